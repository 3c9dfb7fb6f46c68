//! How projects differ in what moves, and how: each convention with the state before, the configuration, the
//! command, and what stands in the manifests after; [`Fixture::prepare`] has Cargo accept it.

use crate::fixture::Fixture;

/// No notes, which are another matter.
const NO_NOTES: &str = "[notes]\nenabled = false\n";

/// Returns what `branch` has of versions and requirements: `name version` of each package with what it
/// depends on, `name requirement`.
fn holds(fixture: &Fixture, branch: &str) -> Vec<String> {
    let files = fixture.sandbox.git(["ls-tree", "-r", "--name-only", branch]);
    let manifests = files.lines().filter(|path| path.ends_with("/Cargo.toml"));
    let held = manifests.map(|path| {
        let text = fixture.sandbox.git(["show", &format!("{branch}:{path}")]);
        let quoted = |line: &str| line.rsplit('"').nth(1).unwrap().to_owned();
        let version = text.lines().find(|line| line.starts_with("version")).map(quoted).unwrap();
        let required = text.lines().filter(|line| line.contains("path = "));
        let required = required.map(|line| format!(" {} {}", line.split(' ').next().unwrap(), quoted(line)));
        format!("{} {version}:{}", path.split('/').next().unwrap(), required.collect::<String>())
    });
    held.collect()
}

/// A library, its macros and what extends it, of which only the library moves; with a requirement of each kind.
fn loose(requirements: &str) -> Fixture {
    let fixture = Fixture::made(
        &[
            ("brass 1.47.4", &["brass-macros ~2.5.0"]),
            ("brass-macros 2.5.0", &[]),
            ("brass-stream 0.1.17", &["brass 1.15.0"]),
            ("brass-test 0.4.4", &["brass >=1.2.0"]),
            ("brass-util 0.7.15", &["brass 1.47.4"]),
        ],
        &format!(
            "lead = \"brass\"\n[[line]]\npackages = [\"brass-*\"]\nmove = false\n{requirements}\n{NO_NOTES}"
        ),
    );
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-1.47.0"]);
    fixture
}

#[test]
fn a_looser_requirement_that_still_matches_stays() {
    let fixture = loose("");
    fixture.prepare("patch");
    assert_eq!(
        holds(&fixture, "HEAD"),
        [
            "brass-macros 2.5.0:",
            "brass-stream 0.1.17: brass 1.15.0",
            "brass-test 0.4.4: brass >=1.2.0",
            "brass-util 0.7.15: brass 1.47.5",
            "brass 1.47.5: brass-macros ~2.5.0",
        ]
    );
}

#[test]
fn those_that_raise_all_requirements_say_so() {
    for follow in ["\"always\"", "[\"brass\"]"] {
        let fixture = loose(&format!("[requirements]\nfollow = {follow}\n"));
        fixture.prepare("patch");
        let held = holds(&fixture, "HEAD");
        assert!(held.contains(&"brass-stream 0.1.17: brass 1.47.5".to_owned()), "{held:?}");
        assert!(held.contains(&"brass-test 0.4.4: brass >=1.47.5".to_owned()), "{held:?}");
    }
    let said = loose("[requirements]\nfollow = [\"nobody\"]\n").prepare("patch");
    assert!(said.contains("no package is named `nobody`, as `[requirements]` expects"), "{said}");
    let said = loose("[requirements]\nfollow = \"sometimes\"\n").refuses("patch", &["config-value"]);
    assert!(said.contains("\"needed\", \"always\", or a list of packages as in [\"core-*\"]"), "{said}");
}

#[test]
fn what_no_longer_matches_follows_in_packages_that_stay_too() {
    let fixture = Fixture::made(
        &[("brass 0.5.2", &[]), ("brass-extra 0.10.1", &["brass 0.5.0"])],
        &format!("lead = \"brass\"\n[[line]]\npackages = [\"brass-extra\"]\nmove = false\n{NO_NOTES}"),
    );
    fixture.prepare("branch");
    assert_eq!(holds(&fixture, "main"), ["brass-extra 0.10.1: brass 0.6.0", "brass 0.6.0:"]);
}

#[test]
fn an_entry_that_no_member_inherits_never_refuses() {
    let stale =
        "resolver = \"2\"\n[workspace.dependencies]\nbrass = { path = \"brass\", version = \"0.3\" }\n";
    let made = |dependency: &str| {
        let fixture = Fixture::made(
            &[("brass 0.5.2", &[]), ("brass-extra 0.5.2", &["brass 0.5.2"])],
            &format!("lead = \"brass\"\n{NO_NOTES}"),
        );
        let root = fixture.sandbox.read("Cargo.toml").replace("resolver = \"2\"\n", stale);
        fixture.sandbox.write("Cargo.toml", root);
        let extra = fixture.sandbox.read("brass-extra/Cargo.toml");
        let written = "brass = { path = \"../brass\", version = \"0.5.2\" }";
        fixture.sandbox.write("brass-extra/Cargo.toml", extra.replace(written, dependency));
        fixture.sandbox.commit_all("a table of dependencies");
        fixture
    };
    let said = made("brass = { path = \"../brass\", version = \"0.5.2\" }").prepare("branch");
    assert!(
        said.contains("warning[requirement-stale]: the requirement `0.3` does not match 0.5.2"),
        "{said}"
    );
    made("brass.workspace = true").refuses("branch", &["requirement-stale"]);
}
