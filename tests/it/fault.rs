//! Faults from outside: no permission, a full disk, someone else at work.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::child::{Action, Making, answer};
use crate::support::Sandbox;
use crate::tools::{Tool, skip};

fn repository() -> Sandbox {
    Sandbox::with_files([("Cargo.toml", "version = \"1.0.0\"\n"), ("docs/notes.md", "old notes\n")])
}

fn bump() -> Making {
    let files =
        [("Cargo.toml", "version = \"2.0.0\"\n"), ("docs/notes.md", "notes\n"), ("new/file.md", "new\n")];
    Making::commit("main", &files).and_branch("release-1.0.0")
}

#[test]
fn of_two_runs_at_once_one_wins_and_the_other_says_so() {
    let sandbox = repository();
    let spawn = |name: &str| {
        let mut child = sandbox.child(&sandbox.root(), Action::Publish(bump()));
        child.env("RELPREP_TEST_ANSWER", sandbox.dir().join(name)).stdout(Stdio::null()).spawn().unwrap()
    };
    let mut children = [spawn("a"), spawn("b")];
    for child in &mut children {
        child.wait().unwrap();
    }
    let text = |name: &str| fs::read_to_string(sandbox.dir().join(name)).unwrap();
    let answers = [text("a"), text("b")];
    assert_eq!(answers.iter().filter(|text| text.contains("\"commits\"")).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|text| text.contains("\"refused\"")).count(), 1, "{answers:?}");
    assert_eq!(sandbox.git(["rev-list", "--count", "main"]), "2");
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    sandbox.fsck();
}

#[test]
fn where_the_file_system_has_no_locks_a_dead_run_keeps_the_next_out_until_someone_says_so() {
    let Some(strace) = Tool::Strace.find() else { return };
    let sandbox = repository();
    let child = |action: Action| {
        let child = sandbox.child(&sandbox.root(), action);
        let mut traced = sandbox.command(&strace);
        traced.args(["-f", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=ENOLCK", "--"]);
        traced.arg(child.get_program()).args(child.get_args());
        copy_surroundings(&child, &mut traced);
        traced
    };
    let mut dies = child(Action::Publish(bump()));
    assert!(!dies.env("RELPREP_TEST_STOP", "prepared").output().unwrap().status.success());
    let next = answer(&mut child(Action::Publish(bump())), &sandbox);
    assert_eq!(next.refused(), ["already-running"]);
    assert!(next.text().contains("lock.held"), "{}", next.text());
    fs::remove_file(sandbox.root().join(".git/relprep/lock.held")).unwrap();
    assert_eq!(answer(&mut child(Action::Recover), &sandbox).said(), ["taken-back"]);
    answer(&mut child(Action::Publish(bump())), &sandbox).is_fine();
    assert_eq!(sandbox.left(), [""; 0]);
}

#[test]
fn a_commit_in_between_wins_and_nothing_of_the_run_remains() {
    let sandbox = repository();
    let root = sandbox.root();
    // The hook stands for another terminal: it runs after the checks and before the refs move.
    sandbox.hook(
        "pre-commit",
        &format!(
            "unset GIT_INDEX_FILE GIT_DIR GIT_WORK_TREE GIT_PREFIX; cd '{}' && git commit -q --no-verify --allow-empty -m theirs",
            root.display()
        ),
    );
    let answer = sandbox.publish(bump());
    assert_eq!(answer.refused(), ["ref-not-locked"], "{}", answer.text());
    assert_eq!(sandbox.git(["log", "-1", "--format=%s"]), "theirs");
    assert_eq!(sandbox.git(["status", "--porcelain"]), "");
    assert_eq!(sandbox.git(["branch", "--format=%(refname:short)"]), "main");
    assert!(!sandbox.exists("new") && !sandbox.exists(".git/index.lock"));
    sandbox.fsck();
}

#[test]
fn a_file_that_is_saved_in_between_is_not_overwritten() {
    let sandbox = repository();
    let first = sandbox.rev("main");
    // The hook stands for an editor: it saves after all checks and before the files are written.
    sandbox.hook("reference-transaction", "test \"$1\" != committed || echo mine > docs/notes.md");
    let answer = sandbox.publish(bump());
    assert_eq!(answer.refused(), ["changed-file"], "{}", answer.text());
    assert_eq!(sandbox.rev("main"), first);
    assert_eq!(sandbox.git(["status", "--porcelain"]), " M docs/notes.md");
    assert_eq!(sandbox.read("docs/notes.md"), "mine\n");
}

#[test]
fn a_branch_that_is_left_in_between_takes_no_file_along() {
    let sandbox = repository();
    let first = sandbox.rev("main");
    sandbox.git(["branch", "other"]);
    sandbox.hook(
        "pre-commit",
        &format!(
            "git --git-dir='{}' symbolic-ref HEAD refs/heads/other",
            sandbox.root().join(".git").display()
        ),
    );
    sandbox.publish(bump()).is_fine();
    assert_eq!(sandbox.rev("main^"), first);
    assert_eq!(sandbox.git(["status", "--porcelain", "--branch"]), "## other");
    assert_eq!(sandbox.read("docs/notes.md"), "old notes\n");
}

#[test]
fn a_file_that_becomes_a_folder_in_between_takes_everything_back() {
    let sandbox = repository();
    let first = sandbox.rev("main");
    sandbox.hook(
        "reference-transaction",
        "test \"$1\" != committed || test -d docs/notes.md || { rm docs/notes.md; mkdir docs/notes.md; }",
    );
    let answer = sandbox.publish(bump());
    assert_eq!(answer.refused(), ["changed-file"], "{}", answer.text());
    assert_eq!(sandbox.rev("main"), first);
    assert_eq!(sandbox.git(["branch", "--format=%(refname:short)"]), "main");
    assert_eq!(sandbox.git(["status", "--porcelain"]), " D docs/notes.md");
    assert!(
        !sandbox.exists("new")
            && !sandbox.exists(".git/index.lock")
            && !sandbox.exists(".git/relprep/journal")
    );
}

/// Returns the command as run by someone whom permissions stop, or `None` where that cannot be found.
fn as_mortal(command: &Command, sandbox: &Sandbox) -> Option<Command> {
    let run = |program: &str, args: &[&str]| {
        sandbox.command(program).args(args).output().ok().filter(|output| output.status.success())
    };
    if run("id", &["-u"])?.stdout != b"0\n" {
        let mut same = sandbox.command(command.get_program());
        same.args(command.get_args());
        copy_surroundings(command, &mut same);
        return Some(same);
    }
    run("chown", &["-R", "65534:65534", sandbox.dir().to_str()?])?;
    let user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let program = command.get_program().to_str()?;
    run("setpriv", &[&user[..], &["test", "-x", program]].concat())?;
    let mut mortal = sandbox.command("setpriv");
    mortal.args(user).arg(program).args(command.get_args());
    copy_surroundings(command, &mut mortal);
    Some(mortal)
}

/// Gives one command the environment and folder of another.
pub(crate) fn copy_surroundings(from: &Command, to: &mut Command) {
    to.envs(from.get_envs().filter_map(|(name, value)| Some((name, value?))));
    to.current_dir(from.get_current_dir().unwrap());
}

#[test]
#[cfg(unix)]
fn without_permission_all_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;
    for (path, mode) in [
        (".git", 0o555),
        (".git/objects/pack", 0o555),
        (".git/refs/heads", 0o555),
        ("Cargo.toml", 0o444),
        ("docs/notes.md", 0o444),
        (".", 0o555),
    ] {
        let sandbox = repository();
        let child = sandbox.child(&sandbox.root(), Action::Publish(bump()));
        let Some(mut child) = as_mortal(&child, &sandbox) else {
            skip("setpriv, or a user whom permissions stop");
            return;
        };
        sandbox.git(["config", "--global", "safe.directory", "*"]);
        let before = sandbox.everything();
        let place = sandbox.root().join(path);
        let usual = fs::metadata(&place).unwrap().permissions();
        fs::set_permissions(&place, fs::Permissions::from_mode(mode)).unwrap();
        let answer = answer(&mut child, &sandbox);
        fs::set_permissions(&place, usual).unwrap();
        assert!(!answer.is_fine_at_all(), "{path}: {}", answer.text());
        assert!(answer.text().contains("ermission denied"), "{path}: {}", answer.text());
        assert_eq!(sandbox.everything(), before, "{path}");
        assert!(!sandbox.exists(".git/relprep/journal") && !sandbox.exists(".git/index.lock"), "{path}");
        sandbox.fsck();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn on_a_full_disk_all_stays_as_it_was_or_all_is_new() {
    let sandbox = repository();
    let large = |word: &str| format!("{word}\n").repeat(20_000);
    sandbox.write("Cargo.lock", large("old"));
    sandbox.commit_all("large");
    let making =
        Making::commit("main", &[("Cargo.toml", "two\n"), ("Cargo.lock", &large("newer")), ("new", "new\n")]);
    let disk = sandbox.dir().join("disk");
    fs::create_dir(&disk).unwrap();
    let repo = disk.join("repo");
    let child = sandbox.child(&repo, Action::Publish(making));
    let (mut failed, mut done) = (0, 0);
    for free in [0, 8, 24, 100].into_iter().chain((220..=380).step_by(8)).chain([1000]) {
        let Some(outcome) = on_small_disk(&sandbox, &child, &disk, free) else {
            skip("unshare, and leave to mount a file system");
            return;
        };
        match outcome.as_str() {
            "1 old clean" => failed += 1,
            "2 two clean" => done += 1,
            other => panic!("with {free} KiB free: {other}"),
        }
    }
    assert!(failed > 0 && done > 0, "{failed} failed, {done} went well");
}

/// Runs `child` in a copy of the repository on a file system with `free` KiB left; returns how many
/// commits there are then beyond the first, the manifest, and whether the work tree is clean.
#[cfg(target_os = "linux")]
fn on_small_disk(sandbox: &Sandbox, child: &Command, disk: &Path, free: u32) -> Option<String> {
    let script = r#"
        mount -t tmpfs -o size=4m none "$DISK" || exit 77
        cp -a "$ROOT" "$DISK/repo" && cd "$DISK/repo" || exit 78
        git status >/dev/null
        head -c "$(( $(df --output=avail -B1 "$DISK" | tail -1) - FREE * 1024 ))" /dev/zero > "$DISK/filler"
        "$@" >/dev/null 2>&1
        rm "$DISK/filler"
        test ! -e .git/relprep/journal || echo "journal left"
        git fsck --strict --no-dangling >&2 || echo "damaged"
        test -z "$(git status --porcelain)" && state=clean || state="$(git status --porcelain)"
        case "$(cat Cargo.toml)" in version*) old=old;; *) old=$(cat Cargo.toml);; esac
        echo "$(( $(git rev-list --count HEAD) - 1 )) $old $state"
    "#;
    let mut command = sandbox.command("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]);
    command.arg(child.get_program()).args(child.get_args());
    copy_surroundings(child, &mut command);
    command.env("DISK", disk).env("ROOT", sandbox.root()).env("FREE", free.to_string());
    let output = command.output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap().trim().to_owned())
}
