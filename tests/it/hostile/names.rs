//! Names that git would misread.

use super::{configured, kept, lay_secret, refused};

#[test]
fn no_name_becomes_an_option_or_misleads_git() {
    let fixture = configured("");
    for text in [
        "[names]\nbranch = \"--upload-pack={version}\"\n",
        "[names]\nbranch = \"-{version}\"\n",
        "[names]\nbranch = \"a..{version}\"\n",
        "[names]\nbranch = \"{version}@{{1}}\"\n",
        "[names]\nbranch = \"{version}.lock\"\n",
        "[names]\nbranch = \"a b{version}\"\n",
        "[names]\nbranch = \"a\\u001b{version}\"\n",
        "[names]\nbranch = \"+{version}:refs/heads/main\"\n",
        "[names]\nbranch = \"+{version}\"\n",
        "[names]\nbranch = \"refs/heads/{version}\"\n",
        "[names]\nbranch = \"tags/v{version}\"\n",
        "[names]\nbump-branch = \"-{version}\"\n",
        "[names]\nrelease-branch = \"-{version}\"\n",
        "[names]\nbackport-branch = \"-{short}{branch}\"\n",
        "[names]\ntag = \"--delete={version}\"\n",
        "[names]\ntag = \"v{version}~1\"\n",
        "[names]\ntag = \"v{version}..\"\n",
        "name = \"-x\"\n[names]\nbranch = \"{name}{version}\"\n",
        "name = \"a:b\"\n[names]\nbranch = \"{name}-{version}\"\n",
        "name = \"+\"\n[names]\nbranch = \"{name}{version}\"\n",
        "name = \"-x\"\n[names]\ntag = \"{name}{version}\"\n",
        "name = \"a b\"\n[names]\ntag = \"{name}-{version}\"\n",
        "name = \"x..\"\n[names]\nbump-branch = \"a{name}/{version}\"\n",
        "name = \"a?\"\n[names]\nrelease-branch = \"a{name}/{version}\"\n",
        "trunk = \"--output=x\"\n",
        "trunk = \"main:main\"\n",
    ] {
        fixture.sandbox.write("relprep.toml", text);
        let said = refused(&fixture, "branch --allow-dirty", text);
        if text.contains("[names]") {
            let place = format!("--> relprep.toml:{}:", text.lines().count());
            assert!(said.err.contains("which git does not take as a name"), "{text}: {}", said.err);
            assert!(said.err.contains(&place) && said.err.contains("= help: "), "{text}: {}", said.err);
            // Everything that reads the configuration says so, and not only what makes a branch.
            for args in ["status", "schedule", "check"] {
                refused(&fixture, args, text);
            }
        }
    }
}

#[test]
fn options_of_the_command_line_name_what_they_name_and_nothing_else() {
    let fixture = configured("");
    lay_secret(&fixture, false);
    let outside = fixture.sandbox.dir().join("outside");
    assert!(outside.exists());
    for (args, status) in [
        ("branch --dry-run --manifest-path ../outside/Cargo.toml", [1, 3]),
        ("branch --dry-run --manifest-path /dev/null", [1, 3]),
        ("branch --dry-run --manifest-path .", [1, 3]),
        ("branch --dry-run --manifest-path none/Cargo.toml", [1, 1]),
        ("branch --dry-run --manifest-path .git/config", [1, 3]),
        ("branch --dry-run --config none.toml", [1, 1]),
        ("branch --dry-run --config .", [1, 1]),
        ("branch --dry-run --config /dev/null", [0, 0]),
        ("branch --push --remote --upload-pack=x", [1, 2]),
        ("branch --push --remote=--upload-pack=x", [1, 1]),
        ("patch --dry-run --branch --all", [1, 2]),
        ("patch --dry-run --branch=--all", [1, 1]),
        ("backport --all", [1, 2]),
        ("backport -- --all", [1, 1]),
    ] {
        let before = fixture.state();
        let said = fixture.run(args);
        assert!(status.contains(&said.status), "`{args}`: {} {}", said.status, said.err);
        assert!(!said.err.contains("panicked"), "`{args}`: {}", said.err);
        // The remote is looked at when the branches are made: those that it cannot have stay local.
        if !args.contains("--push") {
            assert_eq!(fixture.state(), before, "`{args}` changed something");
            if !args.contains("outside") {
                kept(&fixture, &said, args);
            }
        }
    }
}
