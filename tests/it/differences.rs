//! How two trees differ, held against what git says of them.

use std::io::Write as _;
use std::process::Stdio;

use relprep::git::diff::Difference;
use relprep::git::{CommitId, Repo};

use crate::support::Sandbox;

/// What a tree may have at a path: a mode, and which content.
const ENTRIES: [(&str, usize); 5] =
    [("100644", 0), ("100644", 1), ("100755", 0), ("120000", 0), ("160000", 2)];

/// Paths that are sorted in another way as folders than as files, and one that cannot be in the same tree as
/// another.
const PATHS: [&str; 9] = ["a", "a/b", "a/b/c", "a.c", "a0", "a-b/c", "a/b.c/d", "ä/é", "[a]*"];

/// Commits a tree that is made of the digits of `number`: for each path, what is there.
fn commit(sandbox: &Sandbox, objects: &[String; 3], mut number: usize) -> String {
    sandbox.git(["read-tree", "--empty"]);
    for path in PATHS {
        let kind = number % (ENTRIES.len() + 1);
        number /= ENTRIES.len() + 1;
        if let Some((mode, content)) = ENTRIES.get(kind) {
            let entry = format!("{mode},{},{path}", objects[*content]);
            sandbox.git(["update-index", "--add", "--replace", "--cacheinfo", &entry]);
        }
    }
    let tree = sandbox.git(["write-tree"]);
    sandbox.git(["commit-tree", "-m", "A tree", tree.trim()]).trim().to_owned()
}

fn line(one: &Difference) -> String {
    let kind = match (&one.before, &one.after) {
        (None, _) => "A",
        (_, None) => "D",
        _ => "M",
    };
    format!("{kind} {}", one.shown())
}

#[test]
fn trees_differ_as_git_says() {
    let sandbox = Sandbox::new();
    sandbox.write("x", "one\n");
    sandbox.write("y", "two\n");
    sandbox.commit_all("Content");
    let objects = ["HEAD:x", "HEAD:y", "HEAD"].map(|name| sandbox.git(["rev-parse", name]).trim().to_owned());
    // A step that has no factor in common with the number of trees reaches very different ones.
    let commits: Vec<String> = (0..14).map(|step| commit(&sandbox, &objects, step * 1_234_577)).collect();
    let repo = Repo::discover(&sandbox.root()).unwrap();
    let id = |name: &str| -> CommitId { repo.resolve(name).unwrap().unwrap() };
    let mut seen = 0;
    for (before, after) in commits.iter().flat_map(|one| commits.iter().map(move |other| (one, other))) {
        let trees = [before, after].map(|name| repo.tree_of(id(name)).unwrap());
        let found = repo.differences(Some(trees[0]), trees[1]).unwrap();
        let said = sandbox.git(["diff-tree", "-r", "-z", "--no-renames", "--name-status", before, after]);
        let said: Vec<&str> = said.split('\0').filter(|part| !part.is_empty()).collect();
        let said: Vec<String> =
            said.chunks(2).map(|pair| format!("{} {}", pair[0].replace('T', "M"), pair[1])).collect();
        assert_eq!(found.iter().map(line).collect::<Vec<_>>(), said, "{before} {after}");
        seen += said.len();
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn folders_may_lie_as_deep_as_they_like() {
    let sandbox = Sandbox::new();
    let path = "d/".repeat(6000) + "f";
    let commit = |number: usize| {
        format!(
            "commit refs/heads/deep\ncommitter a <a@b> {number} +0000\ndata 0\nM 100644 inline {path}\ndata 1\n\
             {number}\n"
        )
    };
    let mut command = sandbox.command("git");
    let mut child = command.args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    let input = child.stdin.take().unwrap().write_all((commit(1) + &commit(2)).as_bytes());
    input.unwrap();
    assert!(child.wait().unwrap().success());
    let repo = Repo::discover(&sandbox.root()).unwrap();
    let tree = |name: &str| repo.tree_of(repo.resolve(name).unwrap().unwrap()).unwrap();
    let found = repo.differences(Some(tree("deep^")), tree("deep")).unwrap();
    assert_eq!(found.iter().map(line).collect::<Vec<_>>(), [format!("M {path}")]);
}
