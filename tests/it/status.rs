//! The status of real repositories.

mod past_days;
mod patch_days;
mod todo;
mod words;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::support::Sandbox;
use crate::tools::recorded_history;

const WASMTIME: &str = r#"
name = "Wasmtime"
trunk = "main"

[schedule]
anchor = { version = "20.0.0", release = "2024-04-20" }
cut-day = 5
support-months = 2
lts = { every = 12, first = 24, support-months = 24 }
"#;

/// Runs `status` as of a day under a configuration, and returns what it prints.
fn status(repo: &Sandbox, config: &str, day: &str, args: &[&str]) -> String {
    repo.write("relprep.toml", config);
    let mut command = repo.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    let output = command.args(["relprep", "status", "--date", day]).args(args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn status_json(repo: &Sandbox, config: &str, day: &str) -> serde_json::Value {
    of_document(&status(repo, config, day, &["--format", "json"]))
}

/// Returns what a document of `status` holds.
fn of_document(text: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(text).unwrap()["status"].clone()
}

/// Returns a repository that has Wasmtime's branches as remote-tracking ones, and its tags; the trunk
/// is checked out.
fn clone(bundle: &Path) -> Sandbox {
    let repo = Sandbox::new();
    let branches = "refs/heads/*:refs/remotes/origin/*";
    repo.git(["fetch", "-q", bundle.to_str().unwrap(), branches, "refs/tags/*:refs/tags/*"]);
    repo.git(["checkout", "-q", "--detach", "refs/remotes/origin/main"]);
    repo
}

#[test]
fn on_each_day_of_patches_the_patched_branches_are_named() {
    let Some(bundle) = recorded_history() else { return };
    let repo = clone(&bundle);
    let cases = std::fs::read_to_string(bundle.with_file_name("cases.tsv")).unwrap();
    let mut days: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in cases.lines() {
        if let ["patch", _, day, branch, ..] = line.split('\t').collect::<Vec<_>>()[..] {
            days.entry(day).or_default().push(branch);
        }
    }
    // Patched four days after its end, together with 33 and 34; status says so.
    let past_the_end = [("2025-06-24", "release-32.0.0")];
    let explained = status(&repo, WASMTIME, "2025-06-24", &[]);
    assert!(!explained.contains("32.0"), "nobody can change it: {explained}");
    let explained = status(&repo, WASMTIME, "2025-06-24", &["--all"]);
    assert!(explained.contains("32.0 ended on June 20 2025, and v32.0.1 came after that"), "{explained}");
    for (day, patched) in days {
        let named = status(&repo, WASMTIME, day, &["--supported"]);
        for branch in patched {
            let expected = !past_the_end.contains(&(day, branch));
            assert_eq!(named.lines().any(|name| name == branch), expected, "{branch} on {day}");
        }
    }
}

#[test]
fn a_tag_that_was_forgotten_is_told_and_a_later_one_tells_the_day() {
    let Some(bundle) = recorded_history() else { return };
    let repo = clone(&bundle);
    let json = status_json(&repo, WASMTIME, "2025-11-11");
    let past = json["past"].as_array().unwrap();
    let text = "38.0.0 was never tagged though v38.0.1 was";
    assert!(past.contains(&serde_json::json!({ "kind": "never-tagged", "text": text })), "{past:?}");
    assert_eq!(json["todo"], serde_json::json!([]), "nobody can change that");
    let releases = json["releases"].as_array().unwrap();
    let release = releases.iter().find(|release| release["version"] == "38.0.0").unwrap();
    assert_eq!(release["released"]["actual"], "2025-10-20");
    assert_eq!(release["latest"], "v38.0.4");
    assert_eq!(release["declared_version"], "38.0.4");
    assert_eq!(release["unreleased"], 0);
    assert!(release["msrv"].is_string());
}

/// A repository written as a stream for `git fast-import`: a trunk, and release branches that leave
/// it.
struct Stream {
    commands: Vec<String>,
    mark: usize,
}

impl Stream {
    /// Adds a commit at noon of a day that changes the source, and returns its mark.
    fn commit(&mut self, reference: &str, from: Option<usize>, day: &str, version: &str) -> usize {
        self.commit_of((reference, from), day, version, ("src/lib.rs", ""))
    }

    /// Adds a commit at noon of a day that changes a file, and returns its mark.
    fn commit_of(
        &mut self,
        (reference, from): (&str, Option<usize>),
        day: &str,
        version: &str,
        (file, message): (&str, &str),
    ) -> usize {
        self.mark += 1;
        let mark = self.mark;
        let seconds =
            day.parse::<chrono::NaiveDate>().unwrap().and_hms_opt(12, 0, 0).unwrap().and_utc().timestamp();
        let from = from.map(|from| format!("from :{from}\n")).unwrap_or_default();
        let manifest = format!("[package]\nname = \"x\"\nversion = \"{version}\"\nrust-version = \"1.84\"\n");
        self.commands.push(format!(
            "commit {reference}\nmark :{mark}\ncommitter A <a@example.invalid> {seconds} +0000\ndata {}\n{message}\n{from}M 100644 inline Cargo.toml\ndata {}\n{manifest}\nM 100644 inline {file}\ndata {}\n{mark}\n",
            message.len(),
            manifest.len(),
            mark.to_string().len(),
        ));
        self.mark
    }

    fn point(&mut self, reference: &str, mark: usize) {
        self.commands.push(format!("reset {reference}\nfrom :{mark}\n\n"));
    }

    /// Makes a merge of the last commit, which changes the source.
    fn merge(&mut self, mark: usize) {
        let commit = self.commands.last_mut().unwrap();
        let at = commit.find("M 100644").unwrap();
        commit.insert_str(at, &format!("merge :{mark}\n"));
    }

    /// Adds a file to the last commit.
    fn add_file(&mut self, path: &str, text: &str) {
        self.commands.push(format!("M 100644 inline {path}\ndata {}\n{text}\n", text.len()));
    }

    fn write(&self) -> Sandbox {
        let repo = Sandbox::new();
        let mut import = repo.command("git");
        let mut child = import.args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(self.commands.concat().as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
        repo.git(["checkout", "-q", "--detach", "main"]);
        repo.write("src/lib.rs", "");
        repo
    }
}

#[test]
fn local_and_remote_branches_are_counted_from_their_latest_tag() {
    let mut stream = Stream { commands: Vec::new(), mark: 0 };
    let cut = stream.commit("refs/heads/main", None, "2025-04-05", "32.0.0");
    let trunk = stream.commit("refs/heads/main", Some(cut), "2025-04-06", "33.0.0");
    let branch = "refs/heads/release-32.0.0";
    let released = stream.commit(branch, Some(cut), "2025-04-22", "32.0.0");
    let patched = stream.commit(branch, Some(released), "2025-04-28", "32.0.1");
    let fixed = stream.commit(branch, Some(patched), "2025-04-29", "32.0.1");
    stream.point("refs/tags/v32.0.0", released);
    stream.point("refs/tags/v32.0.1", patched);
    stream.point("refs/tags/nightly", trunk);
    let later = stream.commit("refs/remotes/origin/release-32.0.0", Some(fixed), "2025-04-30", "32.0.1");
    stream.point("refs/remotes/origin/some/feature", later);
    let repo = stream.write();

    let text = status(&repo, WASMTIME, "2025-05-04", &[]);
    assert_eq!(
        text.lines().filter(|line| !line.contains("24.0")).collect::<Vec<_>>().join("\n"),
        "\
Wasmtime on May 4 2025, from the policy, 1 release branch and 2 tags

Version  State                           Latest release        Unreleased  Ends                      MSRV  Branch
33.0     in development, cut 2025-05-05                                                              1.84  main (local)
32.0     supported                       v32.0.1 (2025-04-28)  2           2025-06-20 (in 47 days)   1.84  release-32.0.0 (local, origin)
31.0     supported                                                         2025-05-20 (in 16 days)         release-31.0.0 (not here)

To do:
* patch 32.0: 2 fixes unreleased since Tuesday
* release-32.0.0 lacks 1 commit of origin
* 31.0 needs security fixes, and there is no branch release-31.0.0 here (a train that began later states `schedule.since`)"
    );

    // As of a day before the last commits, they are not there.
    let json = status_json(&repo, WASMTIME, "2025-04-27");
    let release = &json["releases"][1];
    assert_eq!((&release["latest"], &release["unreleased"]), (&"v32.0.0".into(), &0.into()));
}

#[test]
fn an_annotated_tag_has_its_own_day() {
    let mut stream = Stream { commands: Vec::new(), mark: 0 };
    let cut = stream.commit("refs/heads/main", None, "2025-04-05", "32.0.0");
    stream.point("refs/heads/release-32.0.0", cut);
    stream
        .commands
        .push(format!("tag v32.0.0\nfrom :{cut}\ntagger A <a@example.invalid> 1745237000 +0000\ndata 0\n\n"));
    let repo = stream.write();
    let json = status_json(&repo, "trunk = \"main\"\n", "2025-05-04");
    assert_eq!(json["releases"][0]["released"]["actual"], "2025-04-21");
    assert_eq!(json["releases"][0]["state"], "released");
    assert_eq!(
        json["sources"],
        serde_json::json!({
            "policy": false, "tags": 1, "branches": 1, "shallow": false, "later": { "branches": 0, "tags": 0 },
        })
    );
}

#[test]
fn in_a_shallow_clone_a_number_that_is_not_known_is_not_told() {
    let mut stream = Stream { commands: Vec::new(), mark: 0 };
    let cut = stream.commit("refs/heads/main", None, "2025-04-05", "32.0.0");
    stream.commit("refs/heads/main", Some(cut), "2025-04-06", "33.0.0");
    let branch = "refs/heads/release-32.0.0";
    let released = stream.commit(branch, Some(cut), "2025-04-21", "32.0.0");
    stream.point("refs/tags/v32.0.0", released);
    let fixed = stream.commit(branch, Some(released), "2025-06-10", "32.0.0");
    let fixed = stream.commit(branch, Some(fixed), "2025-06-11", "32.0.0");
    stream.commit(branch, Some(fixed), "2025-06-12", "32.0.0");
    let repo = stream.write();
    assert_eq!(status_json(&repo, WASMTIME, "2025-06-19")["releases"][1]["unreleased"], 3);

    for (depth, known) in [("2", false), ("3", false), ("4", true)] {
        let address = format!("file://{}", repo.root().display());
        let clone = repo.dir().join(format!("clone {depth}"));
        repo.git(["clone", "-q", "--no-single-branch", "--depth", depth, &address, clone.to_str().unwrap()]);
        repo.git(["-C", clone.to_str().unwrap(), "fetch", "-q", "origin", "tag", "v32.0.0", "--depth", "1"]);
        std::fs::write(clone.join("relprep.toml"), WASMTIME).unwrap();
        let run = |args: &[&str]| {
            let mut command = repo.command(env!("CARGO_BIN_EXE_cargo-relprep"));
            command.current_dir(&clone).args(["relprep", "status", "--date", "2025-06-19"]).args(args);
            String::from_utf8(command.output().unwrap().stdout).unwrap()
        };
        let json = of_document(&run(&["--format", "json"]));
        let text = run(&[]);
        let release = json["releases"].as_array().unwrap().iter().find(|row| row["version"] == "32.0.0");
        let unreleased = &release.unwrap()["unreleased"];
        assert_eq!(json["sources"]["shallow"], true);
        if known {
            assert_eq!(*unreleased, 3, "{text}");
            let said = "patch 32.0: it ends tomorrow, with 3 fixes unreleased since June 10 2025";
            assert!(text.contains(said), "{text}");
        } else {
            assert!(unreleased.is_null(), "{depth}: {text}");
            assert!(text.contains("? stands for what is not known") && text.contains("  ?  "), "{text}");
            assert!(
                text.contains("32.0 ends tomorrow, and whether all of it is released is not known"),
                "{text}"
            );
        }
    }
}

#[test]
fn a_repository_that_cannot_be_read_is_not_taken_for_none() {
    let run = |repo: &Sandbox, args: &[&str]| {
        let mut command = repo.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        let output = command.arg("relprep").args(args).args(["--date", "2025-05-04"]).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap(), err)
    };
    for (key, value, reason) in [
        ("core.bare", "true", "is bare"),
        ("extensions.objectformat", "sha256", "cannot open the git repository"),
    ] {
        let repo = Sandbox::new();
        repo.write("relprep.toml", WASMTIME);
        repo.git(["config", "core.repositoryformatversion", "1"]);
        repo.git(["config", key, value]);
        for args in [&["status"][..], &["status", "--supported"]] {
            let (status, out, err) = run(&repo, args);
            assert!(status == 1 && out.is_empty() && err.contains(reason), "{key} {args:?}: {out}{err}");
        }
        let (status, out, err) = run(&repo, &["schedule"]);
        assert!(status == 0 && out.contains("All days are planned days"), "{key}: {out}{err}");
        assert!(err.contains("]: branches and tags were not read: ") && err.contains(reason), "{key}: {err}");
        assert!(err.starts_with("warning["), "{err}");
    }
    let repo = Sandbox::bare_ground();
    std::fs::create_dir(repo.root()).unwrap();
    repo.write("relprep.toml", WASMTIME);
    repo.write(".git", "gitdir: ../gone\n");
    let (status, out, err) = run(&repo, &["status"]);
    assert!(status == 1 && out.is_empty() && err.contains("cannot open the git repository"), "{out}{err}");

    let ground = Sandbox::new();
    let (status, _, err) = run(&ground, &["status", "--manifest-path", "nowhere/Cargo.toml"]);
    assert!(status == 1 && err.contains("error[no-manifest]"), "{err}");
}

#[test]
fn what_a_candidate_has_is_not_unreleased_before_the_release() {
    let mut stream = Stream { commands: Vec::new(), mark: 0 };
    let cut = stream.commit("refs/heads/main", None, "2025-04-05", "32.0.0");
    stream.commit("refs/heads/main", Some(cut), "2025-04-06", "33.0.0");
    let branch = "refs/heads/release-32.0.0";
    let candidate = stream.commit(branch, Some(cut), "2025-04-10", "32.0.0-rc.1");
    stream.point("refs/tags/v32.0.0-rc.1", candidate);
    let release = stream.commit(branch, Some(candidate), "2025-04-21", "32.0.0");
    stream.point("refs/tags/v32.0.0", release);
    let next = stream.commit(branch, Some(release), "2025-04-25", "32.0.1-rc.1");
    stream.point("refs/tags/v32.0.1-rc.1", next);
    let repo = stream.write();
    for (day, latest, unreleased) in
        [("2025-04-10", "v32.0.0-rc.1", 0), ("2025-04-21", "v32.0.0", 0), ("2025-04-25", "v32.0.0", 1)]
    {
        let json = status_json(&repo, WASMTIME, day);
        let release = &json["releases"][1];
        assert_eq!(
            (&release["latest"], &release["unreleased"]),
            (&latest.into(), &unreleased.into()),
            "{day}"
        );
    }
}

#[test]
fn a_branch_that_was_made_later_was_not_there() {
    let mut stream = Stream { commands: Vec::new(), mark: 0 };
    let first = stream.commit("refs/heads/main", None, "2025-03-01", "32.0.0");
    let cut = stream.commit("refs/heads/main", Some(first), "2025-04-03", "32.0.0");
    let bump = stream.commit("refs/heads/main", Some(cut), "2025-04-08", "33.0.0");
    stream.commit("refs/heads/main", Some(bump), "2025-05-04", "33.0.0");
    let release = stream.commit("refs/heads/release-32.0.0", Some(cut), "2025-04-21", "32.0.0");
    stream.point("refs/tags/v32.0.0", release);
    stream.point("refs/heads/release-33.0.0", bump);
    let repo = stream.write();
    let branches = |config: &str, day: &str| {
        let json = status_json(&repo, config, day);
        let rows = json["releases"].as_array().unwrap().iter();
        let places = rows.filter(|row| !row["places"].as_array().unwrap().is_empty());
        let named = places.map(|row| row["branch"].as_str().unwrap().to_owned());
        let named: Vec<String> = named.filter(|name| name.starts_with("release-")).collect();
        assert_eq!(json["sources"]["branches"], named.len(), "{day}");
        named
    };
    let no_policy = "trunk = \"main\"\n";
    for config in [no_policy, WASMTIME] {
        assert_eq!(branches(config, "2025-03-31"), [""; 0], "it left the trunk later");
        assert_eq!(branches(config, "2025-04-08"), ["release-32.0.0"], "the trunk has gone on");
        assert_eq!(branches(config, "2025-05-05"), ["release-33.0.0", "release-32.0.0"]);
    }
    // On the trunk's commit of the day the plan decides.
    assert_eq!(branches(no_policy, "2025-04-06"), [""; 0]);
    assert_eq!(branches(WASMTIME, "2025-04-04"), [""; 0]);
    assert_eq!(branches(WASMTIME, "2025-04-06"), ["release-32.0.0"]);

    let address = format!("file://{}", repo.root().display());
    let clone = repo.dir().join("clone");
    repo.git(["clone", "-q", "--no-single-branch", "--depth", "1", &address, clone.to_str().unwrap()]);
    std::fs::write(clone.join("relprep.toml"), WASMTIME).unwrap();
    let mut command = repo.command(env!("CARGO_BIN_EXE_cargo-relprep"));
    command.current_dir(&clone).args(["relprep", "status", "--date", "2025-04-15"]);
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(text.contains("32.0     cut, release 2025-04-20 (due 2025-04-21)"), "{text}");
    assert!(!text.contains("no branch release-32.0.0"), "{text}");
}

#[test]
fn without_a_policy_releases_are_numbered_as_they_are() {
    let mut stream = Stream { commands: Vec::new(), mark: 0 };
    let cut = stream.commit("refs/heads/main", None, "2025-04-05", "0.3.0");
    let repo = stream.write();
    assert!(status(&repo, "", "2025-05-04", &[]).contains("0.3      in development  "));

    stream.commit("refs/heads/main", Some(cut), "2025-04-06", "0.4.0");
    stream.point("refs/heads/release-0.3.0", cut);
    let fixed = stream.commit("refs/heads/release-0.3.0", Some(cut), "2025-04-07", "0.3.1");
    stream.point("refs/tags/v0.3.0", cut);
    stream.point("refs/tags/v0.3.1", fixed);
    let repo = stream.write();
    let text = status(&repo, "", "2025-05-04", &[]);
    assert!(text.contains(" on May 4 2025, from 1 release branch and 2 tags alone"), "{text}");
    let row = "0.3      released        v0.3.1 (2025-04-07)  0                 1.84  release-0.3.0 (local)";
    assert!(text.contains(row), "{text}");
    assert!(text.contains("0.4      in development  ") && text.contains("  main (local)\n"), "{text}");
    let json = status_json(&repo, "", "2025-05-04");
    assert!(json["releases"][1]["needs_fixes"].is_null(), "{json}");
    assert_eq!(json["releases"][1]["released"]["actual"], "2025-04-05");
}

#[test]
fn a_project_without_a_name_is_called_like_its_lead_package() {
    let nameless = WASMTIME.replace("name = \"Wasmtime\"\n", "");
    let member =
        |name: &str, more: &str| format!("[package]\nname = \"{name}\"\nversion = \"32.0.0\"\n{more}");
    let repo = Sandbox::with_files([
        ("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\n".to_owned()),
        ("a/Cargo.toml", member("orbit-a", "repository = \"https://example.org/x/orbit\"\n")),
        ("b/Cargo.toml", member("orbit", "repository = \"https://example.org/x/orbit\"\n")),
        ("a/src/lib.rs", String::new()),
        ("b/src/lib.rs", String::new()),
        ("relprep.toml", nameless.clone()),
    ]);
    let run = |args: &[&str]| {
        let mut command = repo.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        let output = command.arg("relprep").args(args).args(["--date", "2025-05-04"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&["schedule"]).starts_with("orbit releases as of "), "{}", run(&["schedule"]));
    assert!(run(&["schedule", "--format", "ics"]).contains("UID:orbit-32.0.0-release@relprep"));
    let text = run(&["status"]);
    assert!(text.starts_with("orbit on May 4 2025") && text.contains("32.0.0"), "{text}");

    let ground = Sandbox::bare_ground();
    let write = |name: &str, text: &str| std::fs::write(ground.dir().join(name), text).unwrap();
    write("relprep.toml", &nameless);
    let schedule = || {
        let mut command = ground.command(env!("CARGO_BIN_EXE_cargo-relprep"));
        command.current_dir(ground.dir()).args(["relprep", "schedule", "--date", "2025-05-04"]);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(schedule().starts_with("Project releases as of "), "{}", schedule());
    write("Cargo.toml", &member("sundial", ""));
    assert!(schedule().starts_with("sundial releases as of "), "{}", schedule());
}
