//! A branch that lacks what was fetched of it is not prepared.

use crate::fixture::Fixture;

/// Adds a commit to `branch` of the remote, and fetches it.
fn go_on(fixture: &Fixture, branch: &str) {
    let git = |args: &[&str]| fixture.sandbox.git(args);
    git(&["clone", "--quiet", "--branch", branch, "../remote.git", "../other"]);
    git(&["-C", "../other", "commit", "--quiet", "--allow-empty", "--message", "Late"]);
    git(&["-C", "../other", "push", "--quiet"]);
    git(&["fetch", "--quiet", "origin"]);
    std::fs::remove_dir_all(fixture.sandbox.dir().join("other")).unwrap();
}

#[test]
fn a_cut_from_a_trunk_that_is_behind_is_refused() {
    let fixture = Fixture::new("lone-package");
    go_on(&fixture, "main");
    let said = fixture.refuses("branch", &["branch-behind"]);
    assert!(said.contains("`main` lacks 1 commit of origin/main, as fetched on 2024-05-20"), "{said}");
    assert!(said.contains("run `git merge --ff-only origin/main`"), "{said}");
    let dry = fixture.run("branch --dry-run");
    assert!(dry.status == 1 && dry.out.contains("release-0.3.4"), "{}", dry.out);
    let allowed = fixture.run("branch --allow-behind");
    assert!(allowed.status == 0 && allowed.err.contains("warning[branch-behind]"), "{}", allowed.err);
}

#[test]
fn of_several_branches_each_is_looked_at() {
    let fixture = Fixture::new("lone-package");
    let git = |args: &[&str]| fixture.sandbox.git(args);
    git(&["branch", "--quiet", "release-0.3.4"]);
    git(&["switch", "--quiet", "--create", "release-0.2.0"]);
    for path in ["Cargo.toml", "Cargo.lock", "README.md"] {
        fixture
            .sandbox
            .write(path, fixture.sandbox.read(path).replace("0.3.4", "0.2.0").replace("0.3\"", "0.2\""));
    }
    fixture.sandbox.commit_all("An older line");
    git(&["push", "--quiet", "--set-upstream", "origin", "release-0.2.0", "release-0.3.4"]);
    git(&["switch", "--quiet", "main"]);
    go_on(&fixture, "release-0.3.4");
    let said = fixture.refuses("patch --branch release-*", &["branch-behind"]);
    assert!(said.contains("run `git fetch . origin/release-0.3.4:release-0.3.4`"), "{said}");
    fixture.sandbox.git(["fetch", "--quiet", ".", "origin/release-0.3.4:release-0.3.4"]);
    assert_eq!(fixture.run("patch --branch release-* --dry-run").status, 0);
}

#[test]
fn what_is_ahead_or_has_diverged_is_said() {
    let fixture = Fixture::new("lone-package");
    fixture.sandbox.git(["commit", "--quiet", "--allow-empty", "--message", "Here"]);
    let said = fixture.run("branch --dry-run");
    assert!(said.status == 0 && said.err.contains("note[branch-ahead]: `main` has 1 commit"), "{}", said.err);
    go_on(&fixture, "main");
    let said = fixture.run("branch --dry-run");
    assert!(said.status == 0 && said.err.contains("warning[branch-diverged]"), "{}", said.err);
}
