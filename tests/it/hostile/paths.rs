//! Paths that lead outside the work tree.

use super::{configured, kept, lay_secret, refused};
use crate::environment::CARGO;
use crate::fixture::Fixture;

#[test]
fn no_path_of_the_configuration_leads_outside() {
    let fixture = configured("");
    for path in [
        "../x",
        "/../etc/passwd",
        "a/../../x",
        ".git/config",
        "a/.GIT/x",
        "git~1/config",
        ".git./config",
        "a\\\\b",
        "C:/x",
        "C:\\\\x",
        "\\\\\\\\server\\\\x",
        "//server/x",
        "",
        "a\\u0007b",
    ] {
        for text in [
            format!("[notes]\nfile = \"{path}\"\n"),
            format!("[notes]\ntemplate = \"{path}\"\n"),
            format!("[[version-file]]\npath = \"{path}\"\nlines = ['{{version}}']\n"),
        ] {
            fixture.sandbox.write("relprep.toml", &text);
            let said = refused(&fixture, "branch --dry-run --allow-dirty", &text);
            assert!(said.err.contains("names no place inside the repository"), "{text}: {}", said.err);
        }
    }
}

/// What becomes of a workspace whose manifests name what lies outside.
#[derive(Clone, Copy)]
enum Becomes {
    /// It is prepared, and nothing outside is touched.
    Prepared,
    /// It is refused.
    Refused,
    /// It is prepared if what lies outside is a manifest, and refused otherwise.
    AsCargoSays,
}

/// Manifests with a text that is replaced by another one, and what becomes of the workspace then; `OUT`
/// stands for the absolute path of what lies outside.
const CASES: [(Becomes, &str, &str, &str); 11] = {
    use Becomes::{AsCargoSays, Prepared, Refused};
    const ROOT: &str = "Cargo.toml";
    const MEMBER: &str = "crates/orbit/Cargo.toml";
    const DEPENDENCIES: &str = "[dependencies]\n";
    const PACKAGE: &str = "[package]\n";
    const MEMBERS: &str = "members = [";
    [
        (AsCargoSays, MEMBER, DEPENDENCIES, "[dependencies]\noutside = { path = \"../../../outside\" }\n"),
        (AsCargoSays, MEMBER, DEPENDENCIES, "[dependencies]\noutside = { path = \"OUT\" }\n"),
        (AsCargoSays, MEMBER, DEPENDENCIES, "[build-dependencies]\noutside.path = \"OUT\"\n[dependencies]\n"),
        (
            Prepared,
            ROOT,
            "[workspace.package]",
            "[patch.crates-io]\noutside = { path = \"../outside\" }\n[workspace.package]",
        ),
        (Refused, ROOT, MEMBERS, "members = [\"../out*\", "),
        (Refused, ROOT, MEMBERS, "members = [\"OUT\", "),
        (Refused, ROOT, MEMBERS, "default-members = [\"../outside\"]\nmembers = ["),
        (Prepared, ROOT, MEMBERS, "exclude = [\"../outside\", \"/etc\"]\nmembers = ["),
        (Refused, MEMBER, PACKAGE, "[package]\nworkspace = \"../../../outside\"\n"),
        (
            Prepared,
            MEMBER,
            PACKAGE,
            "[package]\nreadme = \"../../../outside/Cargo.toml\"\nlicense-file = \"OUT/file\"\nbuild = \"OUT/src/lib.rs\"\n",
        ),
        (Prepared, MEMBER, DEPENDENCIES, "[lib]\npath = \"../../../outside/src/lib.rs\"\n[dependencies]\n"),
    ]
};

#[test]
fn what_manifests_name_outside_is_neither_told_nor_touched() {
    for (becomes, path, from, to) in CASES {
        for good in [true, false] {
            let fixture = Fixture::new("virtual-workspace");
            lay_secret(&fixture, good);
            let outside = fixture.sandbox.dir().join("outside");
            let to = to.replace("OUT", outside.to_str().unwrap());
            let text = fixture.sandbox.read(path);
            assert!(text.contains(from), "{path} has no {from}");
            fixture.sandbox.write(path, text.replacen(from, &to, 1));
            // A lock file that is current, where it can be.
            let _ = fixture.command(CARGO).args(["update", "--workspace", "--offline"]).output().unwrap();
            fixture.sandbox.commit_all("outside");
            let prepared = match becomes {
                Becomes::Prepared => true,
                Becomes::AsCargoSays => good,
                Becomes::Refused => false,
            };
            for args in ["check", "check-msrv", "branch --diff --dry-run", "branch --diff"] {
                let what = format!("`{args}` on {to}, {good}");
                let said = if args.starts_with("branch") && !prepared {
                    refused(&fixture, args, &what)
                } else {
                    fixture.run(args)
                };
                kept(&fixture, &said, &what);
                assert!(
                    said.status == 0 || !(args.starts_with("branch") && prepared),
                    "{what}: {}",
                    said.err
                );
            }
        }
    }
}

#[test]
fn a_readme_or_licence_outside_is_one_that_is_not_there() {
    let files = "[package]\nreadme = \"../../../outside/file\"\nlicense-file = \"../../../outside/file\"\n";
    let fixture = Fixture::changed("virtual-workspace", &[("crates/orbit/Cargo.toml", "[package]\n", files)]);
    lay_secret(&fixture, true);
    let said = fixture.run("check");
    kept(&fixture, &said, "check");
    for what in ["README", "licence file"] {
        let missing = format!("`orbit` is published and has no {what} at ../../../outside/file");
        assert!(said.err.contains(&missing), "{}", said.err);
    }
}
