//! Publication with real git: all of it, or none of it, as the user's git would do it.

use crate::child::Making;
use crate::support::Sandbox;

/// A repository with two tracked files.
fn repository() -> Sandbox {
    Sandbox::with_files([("Cargo.toml", "version = \"1.0.0\"\n"), ("docs/notes.md", "old notes\n")])
}

fn bump() -> Making {
    Making::commit("main", &[("Cargo.toml", "version = \"2.0.0\"\n"), ("new/file.md", "new\n")])
}

#[test]
fn a_commit_on_the_checked_out_branch_takes_index_and_work_tree_along() {
    let sandbox = repository();
    let first = sandbox.rev("HEAD");
    sandbox.publish(bump().and_branch("release-1.0.0")).is_fine();
    assert_eq!(sandbox.rev("HEAD^"), first);
    assert_eq!(sandbox.rev("release-1.0.0"), first);
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    assert_eq!(sandbox.read("Cargo.toml"), "version = \"2.0.0\"\n");
    assert_eq!(sandbox.git(["show", "HEAD:new/file.md"]), "new");
    assert_eq!(
        sandbox.git(["log", "-1", "--format=%an <%ae> %cn %B"]),
        "Ann Other <ann@example.org> Ann Other Release it"
    );
    assert_eq!(sandbox.git(["reflog", "-1", "--format=%gs", "HEAD"]), "relprep: branch 2.0.0");
    sandbox.fsck();
}

#[test]
fn a_commit_on_a_new_branch_leaves_index_and_work_tree_alone() {
    let sandbox = repository();
    sandbox.write("Cargo.toml", "changed\n");
    sandbox.publish(Making::commit("next", &[("Cargo.toml", "version = \"2.0.0\"\n")])).is_fine();
    assert_eq!(sandbox.git(["show", "next:Cargo.toml"]), "version = \"2.0.0\"");
    assert_eq!(sandbox.read("Cargo.toml"), "changed\n");
    assert_eq!(sandbox.git(["status", "--porcelain"]), " M Cargo.toml");
}
