//! Names that git would misread.

use super::{configured, kept, lay_secret, obeyed, refused};

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

/// Names of files that git takes, and programs for options, patterns or orders.
const FILES: [&str; 8] = [
    "--force",
    "-x",
    ":(top)x",
    ":!x",
    "$(touch ran)",
    "a\n::error::x",
    "\u{1b}[31m\u{202e}x",
    "crates/orbit/src/--output=ran",
];

#[cfg(target_os = "linux")]
#[test]
fn names_of_files_are_names_and_nothing_else() {
    use std::os::unix::ffi::OsStrExt as _;

    let fixture = configured("[[run]]\ncommand = [\"sh\", \"-c\", \"echo >>README.md\"]\n");
    let sandbox = &fixture.sandbox;
    for name in FILES.into_iter().chain(["README.md"]) {
        sandbox.write(name, "one\n");
    }
    sandbox.write(std::path::Path::new(std::ffi::OsStr::from_bytes(b"\xff\xfe")), "one\n");
    for folder in ["crates/--all", "crates/$(touch ran)", "crates/a b'c"] {
        let name = folder.bytes().filter(u8::is_ascii_alphabetic).map(char::from).collect::<String>();
        let manifest = format!("[package]\nname = \"{name}\"\nversion = \"7.0.0\"\nedition = \"2021\"\n");
        sandbox.write(format!("{folder}/Cargo.toml"), manifest);
        sandbox.write(format!("{folder}/src/lib.rs"), "");
    }
    sandbox.git(["add", "--all"]);
    fixture.command("cargo").args(["update", "--workspace", "--offline", "--quiet"]).status().unwrap();
    sandbox.commit_all("Odd names");
    for args in ["check", "check --format github", "status", "branch --dry-run --diff", "branch --diff"] {
        let said = fixture.run(args);
        assert!(said.status == 0 || !args.starts_with("branch"), "`{args}`: {}", said.err);
        assert_eq!(obeyed(&(said.out + &said.err)), None, "`{args}`");
        assert!(!sandbox.exists("ran"), "`{args}` ran something");
    }
    let changed = sandbox.git(["diff", "--name-only", "main~1..main"]);
    for line in changed.lines() {
        assert!(
            ["Cargo.toml", "Cargo.lock", "\"", "README.md", "RELEASES.md", "crates/"]
                .iter()
                .any(|begin| line.starts_with(begin)),
            "{changed}"
        );
    }
    for folder in ["crates/--all", "crates/$(touch ran)", "crates/a b'c"] {
        assert!(sandbox.read(format!("{folder}/Cargo.toml")).contains("version = \"8.0.0\""), "{folder}");
    }
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    sandbox.fsck();
}

#[cfg(target_os = "linux")]
#[test]
fn the_name_of_a_file_in_conflict_gives_no_order_to_a_log() {
    let fixture = configured("[schedule]\nanchor = { version = \"7.0.0\", release = \"2024-04-20\" }\n");
    let sandbox = &fixture.sandbox;
    for (branch, text) in [("release-7.0.0", "theirs\n"), ("main", "ours\n")] {
        sandbox.git(["switch", "--quiet", "--force-create", branch, "main"]);
        for name in FILES {
            sandbox.write(name, text);
        }
        sandbox.commit_all(text);
        if branch == "release-7.0.0" {
            sandbox.git(["switch", "--quiet", "main"]);
        }
    }
    for args in ["backport HEAD --to release-7.0.0", "backport HEAD --resolve release-7.0.0"] {
        let said = fixture.run(args);
        let text = said.out + &said.err;
        assert!(text.contains("  a\\n::error::x"), "`{args}`: {text}");
        assert_eq!(obeyed(&text), None, "`{args}`: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("::error::")), "`{args}`: {text}");
        assert!(!sandbox.exists("ran"), "`{args}` ran something");
    }
}
