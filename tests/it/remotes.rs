//! Which remote counts: the same for every command, whatever the remotes are called.

#![expect(clippy::unwrap_used, reason = "a test fails that cannot be set up")]

use crate::support::Sandbox;

const CONFIG: &str = "\
[check]
notes-archive = 'off'

[schedule]
anchor = { version = '1.0.0', release = '2024-05-20' }
support-months = 12
";

/// What every command is asked, and how it ends where the fix is on every branch.
const COMMANDS: &[(&str, i32)] = &[
    ("backport FIX --dry-run --date 2024-06-01", 0),
    ("backport FIX --status --date 2024-06-01", 0),
    ("backport --status --date 2024-06-01", 0),
    ("status --date 2024-06-01", 0),
    ("status --date 2024-06-01 --supported", 0),
    ("schedule --date 2024-06-01", 0),
    ("check --supported --date 2024-06-01", 0),
    ("check --branch release-1.0.0 --date 2024-06-01", 1),
    ("check-msrv --branch release-1.0.0", 0),
];

/// A clone of a project, and of a fork of it that is behind.
struct Clone {
    sandbox: Sandbox,
    fix: String,
}

impl Clone {
    /// Makes a clone whose trunk is checked out and has no upstream, and all of whose branches were fetched
    /// from the remotes `project` and `fork`.
    fn new(project: &str, fork: &str) -> Self {
        let manifest = |version: &str| {
            format!(
                "[package]\nname = \"tool\"\nversion = \"{version}\"\nedition = \"2021\"\nrust-version = \"1.70\"\n"
            )
        };
        let lock = "version = 3\n\n[[package]]\nname = \"tool\"\nversion = \"1.0.0\"\n";
        let notes = "## 1.0.0\n\nUnreleased.\n";
        let sandbox = Sandbox::with_files([
            ("Cargo.toml", manifest("1.0.0").as_str()),
            ("Cargo.lock", lock),
            ("RELEASES.md", notes),
            ("relprep.toml", CONFIG),
            ("src/lib.rs", "// one\n"),
        ]);
        let git = |args: &[&str]| sandbox.git(args);
        git(&["branch", "release-1.0.0"]);
        sandbox.write("Cargo.toml", manifest("2.0.0"));
        sandbox.write("Cargo.lock", lock.replace("1.0.0", "2.0.0"));
        sandbox.commit_all("Bump to 2.0.0");
        git(&["clone", "--quiet", "--bare", ".", "../fork"]);
        git(&["-C", "../fork", "branch", "release-7.0.0", "main"]);
        sandbox.write("src/lib.rs", "// fixed\n");
        sandbox.commit_all("Fix it");
        let fix = sandbox.rev("HEAD");
        git(&["switch", "--quiet", "release-1.0.0"]);
        git(&["cherry-pick", "-x", "main"]);
        git(&["switch", "--quiet", "main"]);
        git(&["clone", "--quiet", "--bare", ".", "../project"]);
        git(&["branch", "-D", "release-1.0.0"]);
        for (name, folder) in [(project, "../project"), (fork, "../fork")] {
            git(&["remote", "add", name, folder]);
            git(&["fetch", "--quiet", name]);
            git(&["remote", "set-head", name, "main"]);
        }
        Self { sandbox, fix }
    }

    /// Runs a command, and returns its exit status and what it prints.
    fn run(&self, command: &str) -> (i32, String) {
        let mut program = self.sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        let args = command.split(' ').map(|word| if word == "FIX" { &self.fix } else { word });
        let output = program.arg("relprep").args(args).output().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(text).unwrap())
    }

    /// Returns how each command ends and what it says, but for why the remote counts.
    fn answers(&self, options: &str) -> Vec<(i32, String)> {
        let answer = |(command, _): &(&str, i32)| {
            let (status, text) = self.run(&format!("{command}{options}"));
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("remote "));
            (status, lines.collect::<Vec<_>>().join("\n"))
        };
        COMMANDS.iter().map(answer).collect()
    }

    /// Checks that every command answers as where the fork was never heard of.
    #[track_caller]
    fn answers_as_without(&self, fork: &str, options: &str) {
        let answers = self.answers(options);
        for ((command, expected), (status, text)) in COMMANDS.iter().zip(&answers) {
            assert_eq!(status, expected, "{command}: {text}");
        }
        self.sandbox.git(["remote", "remove", fork]);
        assert_eq!(answers, self.answers(options));
    }
}

#[test]
fn the_remote_of_the_trunk_s_upstream_counts_whatever_the_names() {
    for (project, fork) in
        [("upstream", "origin"), ("zeta", "alpha"), ("alpha", "zeta"), ("origin", "upstream")]
    {
        let clone = Clone::new(project, fork);
        clone.sandbox.git(["branch", "--quiet", "--set-upstream-to", &format!("{project}/main"), "main"]);
        clone.answers_as_without(fork, "");
    }
}

#[test]
fn option_and_configuration_tell_where_the_trunk_has_no_upstream() {
    let clone = Clone::new("zeta", "alpha");
    clone.sandbox.git(["config", "branch.main.remote", "."]);
    let (status, text) = clone.run("check --supported --date 2024-06-01");
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("which of the remotes alpha, zeta counts is not known"), "{text}");
    for command in ["status --date 2024-06-01", "branch --dry-run"] {
        let (_, text) = clone.run(command);
        assert!(text.contains("warning[remote-unknown]"), "{command}: {text}");
    }
    let (_, text) = clone.run("check --supported --date 2024-06-01 --remote zeta");
    assert!(text.contains("zeta (as `--remote` says)"), "{text}");
    let (_, text) = clone.run("backport FIX --dry-run --date 2024-06-01 --remote alpha");
    let expected = ["to 2 branches, as fetched from alpha", "release-1.0.0  clean"];
    assert!(expected.iter().all(|words| text.contains(words)), "{text}");
    clone.sandbox.write("relprep.toml", format!("remote = 'zeta'\n{CONFIG}"));
    clone.sandbox.commit_all("Say which remote counts");
    clone.answers_as_without("alpha", "");
}

#[test]
fn names_tell_where_nothing_else_does_and_that_is_said() {
    let clone = Clone::new("upstream", "origin");
    let (status, text) = clone.run("status --date 2024-06-01");
    assert_eq!(status, 0, "{text}");
    assert!(text.contains("of the remotes origin, upstream, `upstream` counts"), "{text}");
    assert!(text.contains("release-1.0.0 (upstream)") && !text.contains("release-7.0.0"), "{text}");
    clone.sandbox.git(["remote", "rename", "upstream", "elsewhere"]);
    clone.sandbox.git(["remote", "remove", "origin"]);
    let (status, text) = clone.run("status --date 2024-06-01");
    assert_eq!(
        (status, text.contains("release-1.0.0 (elsewhere)"), text.contains("note[")),
        (0, true, false)
    );
}

#[test]
fn what_was_fetched_is_found_by_refspec_though_names_have_slashes() {
    let clone = Clone::new("team/project", "team-fork");
    clone.sandbox.git(["branch", "--quiet", "--set-upstream-to", "team/project/main", "main"]);
    clone.answers_as_without("team-fork", "");
    let before = clone.answers("");
    let refspec = "+refs/heads/*:refs/kept/*";
    clone.sandbox.git(["config", "remote.team/project.fetch", refspec]);
    clone.sandbox.git(["fetch", "--quiet", "team/project"]);
    for name in ["main", "release-1.0.0"] {
        clone.sandbox.git(["update-ref", "-d", &format!("refs/remotes/team/project/{name}")]);
    }
    assert_eq!(clone.answers(""), before);
}

#[test]
fn a_remote_that_is_not_there_is_refused_by_every_command() {
    let clone = Clone::new("upstream", "origin");
    for (command, _) in COMMANDS.iter().chain(&[("branch --dry-run", 0), ("branch --dry-run --push", 0)]) {
        let (status, text) = clone.run(&format!("{command} --remote nowhere"));
        assert_eq!(status, 1, "{command}: {text}");
        assert!(text.contains("error[no-remote]: \"nowhere\" is not a remote"), "{command}: {text}");
    }
}
