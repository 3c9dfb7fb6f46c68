//! Runs that are killed: at every named step and at random instants. Afterwards there is the old
//! state or the new one, and nothing of the user's is lost.

mod commands;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::child::{Action, Making};
use crate::environment;
use crate::support::Sandbox;

/// How many runs of the library are killed at random instants, unless `RELPREP_TEST_KILLS` says
/// otherwise.
const KILLS: u32 = 40;

/// Returns how many runs are killed at random instants, by default `usual`.
fn kills(usual: u32) -> u32 {
    std::env::var("RELPREP_TEST_KILLS").map_or(usual, |text| text.parse().unwrap())
}

/// As many manifests as a large workspace edits.
const MANIFESTS: usize = 30;

/// Every place at which a run can be stopped, in their order.
const STEPS: [&str; 15] = [
    "objects",
    "journal",
    "index-lock",
    "room",
    "ref-locks",
    "prepared",
    "ref",
    "refs",
    "first-file",
    "file",
    "files",
    "index-draft",
    "index",
    "unlocked",
    "done",
];

/// A workspace at version `n`, and in its repository all that a user may have lying around.
struct World {
    sandbox: Sandbox,
}

fn manifest(version: u32) -> String {
    format!("[package]\nversion = \"{version}.0.0\"\n")
}

fn lock_file(version: u32) -> String {
    format!("[[package]]\nversion = \"{version}.0.0\"\n").repeat(3000)
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        for (path, content) in Self::files(0) {
            sandbox.write(path, content);
        }
        sandbox.write("src/lib.rs", "committed\n");
        sandbox.write(".gitignore", "target\n");
        sandbox.commit_all("first");
        sandbox.git(["config", "gc.auto", "0"]);
        sandbox.write("src/lib.rs", "dirty\n");
        sandbox.write("src/staged.rs", "staged\n");
        sandbox.git(["add", "src/staged.rs"]);
        sandbox.write("src/staged.rs", "staged and changed\n");
        sandbox.write("untracked", "untracked\n");
        sandbox.write("target/ignored", "ignored\n");
        Self { sandbox }
    }

    fn files(version: u32) -> Vec<(String, String)> {
        let mut files: Vec<_> =
            (0..MANIFESTS).map(|i| (format!("crates/c{i}/Cargo.toml"), manifest(version))).collect();
        files.push(("Cargo.lock".into(), lock_file(version)));
        files
    }

    /// Moves everything from `version - 1` to `version`, with a new file and a new branch.
    fn making(version: u32) -> Action {
        let mut files = Self::files(version);
        files.push((format!("notes/{version}.md"), "new\n".into()));
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, content)| (path.as_str(), content.as_str())).collect();
        Action::Publish(Making::commit("main", &files).and_branch(&branch(version)))
    }

    fn child(&self, version: u32) -> Command {
        let mut child = self.sandbox.child(&self.sandbox.root(), Self::making(version));
        child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        child
    }

    /// Checks that all is as at `version`, and the user's own files are as they were.
    #[track_caller]
    fn is_at(&self, version: u32) {
        let sandbox = &self.sandbox;
        for (path, content) in Self::files(version) {
            assert!(sandbox.read(&path) == content, "{path} is not at {version}");
        }
        assert!(!sandbox.exists(format!("notes/{}.md", version + 1)));
        assert_eq!(
            sandbox.git(["status", "--porcelain", "--untracked-files=all"]),
            " M src/lib.rs\nAM src/staged.rs\n?? untracked"
        );
        assert_eq!(sandbox.read("src/lib.rs"), "dirty\n");
        assert_eq!(sandbox.read("src/staged.rs"), "staged and changed\n");
        assert_eq!(sandbox.git(["show", ":src/staged.rs"]), "staged");
        assert_eq!(sandbox.read("untracked"), "untracked\n");
        assert_eq!(sandbox.read("target/ignored"), "ignored\n");
        assert!(!sandbox.exists(".git/index.lock"));
        // What a dead run has started may still be at work in its folder; the run after that removes it.
        for _ in 0..50 {
            if sandbox.left().is_empty() {
                break;
            }
            sandbox.recover();
        }
        assert_eq!(sandbox.left(), [""; 0], "left behind");
        sandbox.fsck();
    }

    /// Returns the version to which the refs have come; both must agree.
    fn version(&self, latest: u32) -> u32 {
        let is_new = self.sandbox.git(["show", "HEAD:Cargo.lock"]) == lock_file(latest).trim_end();
        let has_branch =
            self.sandbox.try_git(["rev-parse", "-q", "--verify", &branch(latest)]).status.success();
        assert_eq!(is_new, has_branch, "half of {latest} is there");
        if is_new { latest } else { latest - 1 }
    }
}

fn branch(version: u32) -> String {
    format!("release-{version}.0.0")
}

#[test]
fn a_run_that_dies_at_any_step_leaves_the_old_state_or_the_new() {
    for (at, step) in STEPS.iter().enumerate() {
        let world = World::new();
        let status = world.child(1).env("RELPREP_TEST_STOP", step).status().unwrap();
        assert!(!status.success(), "there is no step {step}");
        let said = world.sandbox.recover();
        let has_moved = at >= STEPS.iter().position(|step| *step == "ref").unwrap();
        let expected: &[&str] = match *step {
            "objects" | "done" => &[],
            _ if has_moved => &["completed"],
            _ => &["taken-back"],
        };
        assert_eq!(said.said(), expected, "{step}: {}", said.text());
        assert_eq!(world.version(1), u32::from(has_moved), "{step}");
        world.is_at(u32::from(has_moved));
        world.sandbox.recover().is_fine();
    }
}

#[test]
fn the_locks_of_a_dead_run_are_taken_away_and_a_strangers_are_not() {
    let world = World::new();
    let lock = |name: &str| world.sandbox.root().join(format!(".git/{name}.lock"));
    world.child(1).env("RELPREP_TEST_STOP", "prepared").status().unwrap();
    for name in ["index", "HEAD", "refs/heads/main", "refs/heads/release-1.0.0"] {
        assert!(lock(name).exists(), "{name}");
    }
    // Another program's, in place of ours.
    fs::remove_file(lock("refs/heads/main")).unwrap();
    fs::write(lock("refs/heads/main"), "").unwrap();
    assert_eq!(world.sandbox.recover().said(), ["taken-back"]);
    for name in ["index", "HEAD", "refs/heads/release-1.0.0"] {
        assert!(!lock(name).exists(), "{name}");
    }
    assert!(lock("refs/heads/main").exists());
    fs::remove_file(lock("refs/heads/main")).unwrap();
    world.is_at(0);
}

#[test]
fn the_next_run_is_refused_until_the_dead_one_is_settled() {
    let world = World::new();
    world.child(1).env("RELPREP_TEST_STOP", "refs").status().unwrap();
    let answer = world.sandbox.ask(World::making(2));
    assert_eq!(answer.refused(), ["unfinished"], "{}", answer.text());
    assert_eq!(world.sandbox.recover().said(), ["completed"]);
    world.is_at(1);
}

#[test]
fn a_run_that_dies_while_programs_see_the_edited_tree_leaves_no_scratch() {
    let world = World::new();
    world.sandbox.hook("pre-commit", "true");
    world.child(1).env("RELPREP_TEST_STOP", "scratch").status().unwrap();
    let list = || world.sandbox.git(["worktree", "list", "--porcelain"]);
    let scratch = list().lines().filter_map(|line| line.strip_prefix("worktree ")).nth(1).unwrap().to_owned();
    world.sandbox.recover().is_fine();
    assert_eq!(list().matches("worktree ").count(), 1);
    assert!(!fs::exists(scratch).unwrap());
    world.is_at(0);
}

#[test]
fn runs_that_are_killed_at_random_instants_leave_the_old_state_or_the_new() {
    let kills = kills(KILLS);
    let mut random = Random(20_260_820);
    let mut world = World::new();
    let begun = Instant::now();
    assert!(world.child(1).status().unwrap().success());
    let mut span = begun.elapsed();
    let mut version = 1;
    let (mut recovered, mut moved, mut finished) = (0, 0, 0);
    for kill in 1..=kills {
        if kill % 20 == 0 {
            (world, version) = (World::new(), 0);
        }
        let killed = run_and_kill(world.child(version + 1), span.mul_f64(random.part()), kill % 2 == 1);
        // The machine may be busier now than it was, or less busy: few runs shall end by themselves.
        span = span.mul_f64(if killed { 1.02 } else { 0.9 });
        if kill % 3 == 0 {
            let mut recovery = world.sandbox.child(&world.sandbox.root(), Action::Recover);
            recovery.stdout(Stdio::null());
            run_and_kill(recovery, span.mul_f64(random.part() / 2.0), false);
        }
        recovered += u32::from(!world.sandbox.recover().said().is_empty());
        finished += u32::from(!killed);
        let now = world.version(version + 1);
        moved += u32::from(now > version);
        version = now;
        world.is_at(version);
    }
    println!(
        "{kills} runs: {recovered} recovered, {moved} came to the new state, {finished} had ended by themselves"
    );
}

/// Numbers that are the same in every run of the test.
struct Random(u64);

impl Random {
    /// Returns a number from 0 to 1 (D. Knuth's MMIX generator).
    fn part(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.0 >> 32).unwrap()) / f64::from(u32::MAX)
    }
}

/// Runs the child, whose output does not matter, and kills it after `delay`, on its own or with all
/// that it has started; returns whether it was still running.
fn run_and_kill(child: Command, delay: Duration, with_children: bool) -> bool {
    run_wait_and_kill(child, |_| std::thread::sleep(delay), with_children)
}

/// Does the same once `wait` returns.
fn run_wait_and_kill(mut child: Command, wait: impl FnOnce(&mut Child), with_children: bool) -> bool {
    use std::os::unix::process::CommandExt as _;
    let mut child = child.process_group(0).spawn().unwrap();
    wait(&mut child);
    let running = child.try_wait().unwrap().is_none();
    if with_children {
        let group = format!("-{}", child.id());
        let mut kill = environment::command("kill", Path::new("/"));
        let _ = kill.args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }
    let _ = child.kill();
    child.wait().unwrap();
    running
}

/// Returns a world whose run has died when its refs had moved and none of its files.
fn died_after_refs() -> World {
    let world = World::new();
    world.child(1).env("RELPREP_TEST_STOP", "refs").status().unwrap();
    world
}

#[test]
fn a_torn_file_is_completed() {
    let world = died_after_refs();
    world.sandbox.write("Cargo.lock", &lock_file(1)[..70_000]);
    world.sandbox.write("crates/c3/Cargo.toml", "");
    assert_eq!(world.sandbox.recover().said(), ["completed"]);
    world.is_at(1);
}

#[test]
fn a_file_that_someone_has_changed_since_is_left_alone_and_named() {
    let world = died_after_refs();
    world.sandbox.write("crates/c3/Cargo.toml", "mine\n");
    // Its time does not give it away: it was saved long before the index is written.
    let mine = fs::File::options().write(true).open(world.sandbox.root().join("crates/c3/Cargo.toml"));
    mine.unwrap().set_modified(std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
    fs::remove_file(world.sandbox.root().join("crates/c4/Cargo.toml")).unwrap();
    let answer = world.sandbox.recover();
    assert_eq!(answer.said(), ["completed", "left-alone", "left-alone"]);
    assert!(answer.text().contains("crates/c3/Cargo.toml was changed"));
    assert_eq!(world.sandbox.read("crates/c3/Cargo.toml"), "mine\n");
    assert_eq!(world.sandbox.read("crates/c5/Cargo.toml"), manifest(1));
    assert_eq!(
        world.sandbox.git(["status", "--porcelain", "crates"]),
        " M crates/c3/Cargo.toml\n D crates/c4/Cargo.toml"
    );
}

#[test]
fn a_ref_that_someone_has_moved_since_is_left_alone_and_named() {
    let world = died_after_refs();
    let sandbox = &world.sandbox;
    let theirs = sandbox.git(["commit-tree", "-m", "theirs", "HEAD~1^{tree}"]);
    sandbox.git(["update-ref", "refs/heads/main", &theirs]);
    let answer = sandbox.recover();
    assert_eq!(answer.said()[..2], ["completed", "left-alone"], "{}", answer.text());
    assert!(answer.text().contains("refs/heads/main was moved by someone else"));
    assert_eq!(sandbox.rev("main"), theirs);
    assert_eq!(sandbox.read("Cargo.lock"), lock_file(0));
    assert!(!sandbox.exists("notes/1.md") && !sandbox.exists(".git/index.lock"));
}

#[test]
fn a_work_tree_that_has_gone_to_another_branch_is_left_alone() {
    let world = died_after_refs();
    let sandbox = &world.sandbox;
    sandbox.git(["branch", "other", "main~1"]);
    sandbox.git(["symbolic-ref", "HEAD", "refs/heads/other"]);
    let answer = sandbox.recover();
    assert_eq!(answer.said()[0], "completed");
    assert_eq!(sandbox.read("Cargo.lock"), lock_file(0));
    assert_eq!(sandbox.git(["show", "main:Cargo.lock"]), lock_file(1).trim_end());
}

#[test]
#[cfg(unix)]
fn kinds_and_modes_are_completed_too() {
    use std::os::unix::fs::PermissionsExt as _;
    for step in ["refs", "first-file", "files", "index"] {
        let sandbox =
            Sandbox::with_files([("a.sh", "same\n"), ("b", "file\n"), ("c/d", "gone\n"), ("e", "old\n")]);
        sandbox.hook(
            "pre-commit",
            "chmod +x a.sh; ln -sf a.sh b; git rm -q c/d; printf x > f; chmod +x f; git add .",
        );
        let making = Making::commit("main", &[("e", "new\n")]);
        let mut child = sandbox.child(&sandbox.root(), Action::Publish(making));
        assert!(!child.env("RELPREP_TEST_STOP", step).output().unwrap().status.success());
        assert_eq!(sandbox.recover().said(), ["completed"]);
        assert_eq!(sandbox.git(["status", "--porcelain"]), "", "{step}");
        let mode = fs::metadata(sandbox.root().join("a.sh")).unwrap().permissions().mode();
        assert_eq!(mode & 0o100, 0o100, "{step}");
        assert!(!sandbox.exists("c"));
    }
}

#[test]
fn a_damaged_journal_changes_nothing_and_is_named() {
    let world = died_after_refs();
    let path = world.sandbox.root().join(".git/relprep/journal");
    let journal = fs::read(&path).unwrap();
    let newer = [b"{\"format\":3,\"more\":1}\n", &journal[..]].concat();
    for (bytes, what) in [
        (&journal[..journal.len() / 2], "is damaged: it ends too early"),
        (b"", "is empty"),
        (b"\0\0\0\0", "is damaged: it has no first line"),
        (&newer, "is of another version of this program: its format is 3, not 2"),
    ] {
        fs::write(&path, bytes).unwrap();
        let before = world.sandbox.everything();
        for answer in [world.sandbox.recover(), world.sandbox.ask(World::making(2))] {
            assert_eq!(answer.refused(), ["unfinished"], "{}", answer.text());
            let text = answer.text();
            assert!(text.contains("relprep/journal") && text.contains(what), "{text}");
            assert!(text.contains("then remove the file"), "{text}");
        }
        assert_eq!(world.sandbox.everything(), before);
    }
    fs::write(&path, &journal).unwrap();
    assert_eq!(world.sandbox.recover().said(), ["completed"]);
    world.is_at(1);
}

#[test]
fn a_run_in_a_linked_work_tree_is_completed_from_the_main_one() {
    let sandbox = Sandbox::with_files([("Cargo.toml", "one\n")]);
    let other = sandbox.dir().join("other tree");
    sandbox.git(["worktree", "add", "--quiet", "-b", "release-1.0.0", other.to_str().unwrap()]);
    let making = Making::commit("release-1.0.0", &[("Cargo.toml", "two\n")]);
    let mut child = sandbox.child(&other, Action::Publish(making));
    assert!(!child.env("RELPREP_TEST_STOP", "refs").output().unwrap().status.success());
    assert_eq!(sandbox.recover().said(), ["completed"]);
    assert_eq!(fs::read_to_string(other.join("Cargo.toml")).unwrap(), "two\n");
    assert_eq!(sandbox.git(["-C", other.to_str().unwrap(), "status", "--porcelain"]), "");
    assert_eq!(sandbox.read("Cargo.toml"), "one\n");
}
