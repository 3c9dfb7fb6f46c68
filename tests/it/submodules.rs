//! Members that lie in submodules: they belong to another repository, and stay.

use std::fs;

use crate::environment::CARGO;
use crate::fixture::Fixture;
use crate::support::Sandbox;

/// A workspace two of whose members lie in a submodule, and the submodule's own repository.
struct Case {
    fixture: Fixture,
    origin: Sandbox,
}

const SUBMODULE: &str = "vendor/lunar";

const ABOUT: &str = "description = \"It turns.\"\nlicense = \"MIT\"\n";

fn package(name: &str, version: &str, more: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n{more}")
}

/// Adds the repository of `origin` as the submodule `path`.
fn add_submodule(sandbox: &Sandbox, origin: &Sandbox, path: &str) {
    sandbox.git(["config", "--global", "protocol.file.allow", "always"]);
    sandbox.git(["submodule", "--quiet", "add", origin.root().to_str().unwrap(), path]);
}

fn cargo(sandbox: &Sandbox, args: &[&str]) {
    let output = sandbox.command(CARGO).args(args).args(["--offline", "--quiet"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

impl Case {
    /// One member of the submodule is required, the other is only named among the members.
    fn new() -> Self {
        let needs = "rust-version = \"1.60\"\n[features]\nfull = []\n[dependencies]\nlunation = \"0.5\"\n";
        let origin = Sandbox::with_files([
            ("lib/tide/Cargo.toml", package("tide", "0.9.0", needs)),
            ("lib/tide/src/lib.rs", String::new()),
            ("bin/ebb/Cargo.toml", package("ebb-tool", "7.0.0", "")),
            ("bin/ebb/src/main.rs", "fn main() {}\n".to_owned()),
            ("else/Cargo.toml", package("else", "1.0.0", "[workspace]\n")),
        ]);
        let fixture = Fixture::changed(
            "virtual-workspace",
            &[
                ("Cargo.toml", "\"xtask\"", &format!("\"xtask\", \"{SUBMODULE}/bin/ebb\"")),
                ("Cargo.toml", "edition = \"2021\"", "edition = \"2021\"\nrust-version = \"1.70\""),
                (
                    "RELEASES.md",
                    "x",
                    "## 7.0.0\n\nUnreleased.\n\n* Tides.\n\n---\n\nOlder:\n\n<!-- ARCHIVE_START -->\n",
                ),
                (
                    "crates/orbit/Cargo.toml",
                    "edition",
                    &format!("rust-version.workspace = true\n{ABOUT}edition"),
                ),
                ("crates/orbit-macros/Cargo.toml", "edition", &format!("{ABOUT}edition")),
            ],
        );
        let case = Self { fixture, origin };
        let sandbox = &case.fixture.sandbox;
        add_submodule(sandbox, &case.origin, SUBMODULE);
        let manifest = sandbox.read("crates/orbit/Cargo.toml");
        let tide = format!(
            "tide = {{ path = \"../../{SUBMODULE}/lib/tide\", version = \"0.9\", features = [\"full\"] }}\n"
        );
        sandbox.write("crates/orbit/Cargo.toml", manifest + &tide);
        cargo(sandbox, &["update", "--workspace"]);
        sandbox.commit_all("Take in the tides");
        sandbox.git(["push", "--quiet", "origin", "main"]);

        let newer = needs.replace("1.60", "1.90") + "gnomon = \"1\"\n";
        case.origin.write("lib/tide/Cargo.toml", package("tide", "0.9.7", &newer));
        case.origin.commit_all("newer");
        case
    }

    /// Returns a copy whose submodule is as `state` says.
    fn with(&self, state: State) -> Fixture {
        let fixture = Fixture { sandbox: self.fixture.sandbox.copy() };
        let sandbox = &fixture.sandbox;
        match state {
            State::CheckedOut => {}
            State::Elsewhere => {
                let at = sandbox.root().join(SUBMODULE);
                sandbox.git(["-C", at.to_str().unwrap(), "fetch", "--quiet"]);
                sandbox.git(["-C", at.to_str().unwrap(), "checkout", "--quiet", "origin/main"]);
            }
            State::NotCheckedOut => {
                sandbox.git(["submodule", "--quiet", "deinit", "--force", SUBMODULE]);
            }
            State::Absent => {
                sandbox.git(["submodule", "--quiet", "deinit", "--force", SUBMODULE]);
                fs::remove_dir_all(sandbox.root().join(".git/modules")).unwrap();
            }
        }
        fixture
    }
}

/// What there is of the submodule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    CheckedOut,
    /// At another commit than the one that is pinned.
    Elsewhere,
    /// Its git directory is here.
    NotCheckedOut,
    /// Nothing is here, as in most CI.
    Absent,
}

const STATES: [State; 4] = [State::CheckedOut, State::Elsewhere, State::NotCheckedOut, State::Absent];

/// Runs the program, which must succeed and speak of the submodule only where nothing of it is here.
fn run(fixture: &Fixture, state: State, args: &str) -> String {
    let said = fixture.run(args);
    assert_eq!(said.status, 0, "{state:?} {args}: {}{}", said.out, said.err);
    let is_said = said.err.contains("note[submodule-absent]: `tide` is in the submodule vendor/lunar");
    let has_plan = !args.starts_with("status") && !args.starts_with("backport");
    assert_eq!(is_said, state == State::Absent && has_plan, "{state:?} {args}: {}", said.err);
    said.out
}

#[test]
fn members_in_a_submodule_stay_in_whatever_state_it_is() {
    let case = Case::new();
    let pinned = case.fixture.sandbox.git(["rev-parse", "HEAD:vendor/lunar"]);
    let mut answers = Vec::new();
    for state in STATES {
        let fixture = case.with(state);
        let sandbox = &fixture.sandbox;
        let (status, files) = (sandbox.git(["status", "--porcelain"]), submodule_files(sandbox));
        let unchanged = |branch: &str| {
            assert_eq!(sandbox.git(["rev-parse", &format!("{branch}:{SUBMODULE}")]), pinned);
            assert_eq!(sandbox.git(["status", "--porcelain"]), status, "{state:?}");
            assert_eq!(submodule_files(sandbox), files, "{state:?}");
            let lock = sandbox.git(["show", &format!("{branch}:Cargo.lock")]);
            assert!(lock.contains("name = \"tide\"\nversion = \"0.9.0\"\n"), "{lock}");
            assert!(lock.contains("name = \"ebb-tool\"\nversion = \"7.0.0\"\n"), "{lock}");
            fixture.cargo_accepts(branch);
        };
        let cut = run(&fixture, state, "branch");
        assert!(
            cut.contains("  0.9.0  1 package (in a submodule, and another repository's): tide\n"),
            "{cut}"
        );
        assert!(
            cut.contains("  7.0.0  1 package (in a submodule, and another repository's): ebb-tool\n"),
            "{cut}"
        );
        unchanged("main");
        sandbox.git(["switch", "--quiet", "release-7.0.0"]);
        let released = run(&fixture, state, "release");
        sandbox.git(["tag", "v7.0.0"]);
        sandbox.git(["switch", "--quiet", "main"]);
        let patched = run(&fixture, state, "patch --branch release-7.0.0");
        unchanged("release-7.0.0");

        sandbox.write("crates/orbit/src/extra.rs", "// fixed\n");
        sandbox.git(["add", "crates"]);
        sandbox.git(["commit", "--quiet", "-m", "Fix the orbit"]);
        let fixed = run(&fixture, state, "backport HEAD --to release-7.0.0");
        unchanged("release-7.0.0");
        sandbox.git(["switch", "--quiet", "release-7.0.0"]);
        let judged = [
            run(&fixture, state, "check-msrv"),
            run(&fixture, state, "check --date 2024-05-20"),
            run(&fixture, state, "status --date 2024-05-20"),
            run(&fixture, state, "check-msrv --branch release-7.0.0 --baseline v7.0.0"),
        ];
        unchanged("release-7.0.0");
        answers.push((cut, released, patched, fixed, judged.map(|said| without_counts(&said))));
    }
    for (answer, state) in answers.iter().zip(STATES) {
        assert_eq!(*answer, answers[0], "{state:?}");
    }
}

/// Returns the lines of a report but for its last one, which counts the notes.
fn without_counts(said: &str) -> String {
    said.trim_end().rsplit_once('\n').unwrap().0.to_owned()
}

/// Returns every file of the submodule and of its git directory.
fn submodule_files(sandbox: &Sandbox) -> Vec<String> {
    let listed = sandbox.command("find").args([SUBMODULE, ".git/modules", "-type", "f"]).output().unwrap();
    let mut names: Vec<String> =
        String::from_utf8(listed.stdout).unwrap().lines().map(str::to_owned).collect();
    names.sort();
    // git itself refreshes the submodule's index.
    names.retain(|name| !name.ends_with("/index"));
    names.iter().map(|name| format!("{name} {:?}", fs::read(sandbox.root().join(name)).unwrap())).collect()
}

#[test]
fn what_a_submodule_needs_of_rust_is_not_promised_here() {
    let case = Case::new();
    let sandbox = &case.fixture.sandbox;
    sandbox.git(["switch", "--quiet", "--create", "release-7.0.0"]);
    sandbox.git(["tag", "v7.0.0"]);
    let at = sandbox.root().join(SUBMODULE);
    sandbox.git(["-C", at.to_str().unwrap(), "pull", "--quiet", "origin", "main"]);
    cargo(sandbox, &["update", "--workspace"]);
    sandbox.commit_all("Take in the newer tides, which need Rust 1.90 and another third party");
    assert!(sandbox.git(["diff", "v7.0.0", "--", "Cargo.lock"]).contains("+name = \"gnomon\""));
    for state in STATES {
        let fixture = case.with(if state == State::Elsewhere { State::CheckedOut } else { state });
        let sandbox = &fixture.sandbox;
        if state == State::Elsewhere {
            let at = sandbox.root().join(SUBMODULE);
            sandbox.git(["-C", at.to_str().unwrap(), "checkout", "--quiet", "HEAD^"]);
        }
        let said = run(&fixture, state, "check-msrv");
        assert!(said.contains("passed"), "{said}");
        assert!(said.contains("1 package locked anew"), "{said}");
    }
}

#[test]
fn a_submodule_may_be_a_member_itself_and_have_others_in_it() {
    let inner = Sandbox::with_files([
        ("Cargo.toml", package("inner", "0.3.0", "")),
        ("src/lib.rs", String::new()),
        ("more/a/Cargo.toml", package("more-a", "0.1.0", "")),
        ("more/a/src/lib.rs", String::new()),
    ]);
    let outer = Sandbox::with_files([
        ("Cargo.toml", package("outer", "2.0.0", "[dependencies]\ninner.path = \"sub/inner\"\n")),
        ("src/lib.rs", String::new()),
    ]);
    add_submodule(&outer, &inner, "sub/inner");
    outer.commit_all("with the inner one");
    let fixture = Fixture::new("lone-package");
    let sandbox = &fixture.sandbox;
    add_submodule(sandbox, &outer, "libs/outer");
    sandbox.git(["submodule", "--quiet", "update", "--init", "--recursive"]);
    let manifest = sandbox.read("Cargo.toml");
    let members = "\n[workspace]\nmembers = [\"libs/*\", \"libs/outer/sub/inner/more/*\"]\n";
    sandbox.write("Cargo.toml", manifest + members);
    cargo(sandbox, &["update", "--workspace"]);
    sandbox.commit_all("A workspace of three repositories");
    sandbox.git(["push", "--quiet", "origin", "main"]);

    let plan = |fixture: &Fixture| {
        let said = fixture.run("branch --dry-run");
        assert_eq!(said.status, 0, "{}", said.err);
        for stays in ["0.1.0  1 package", "0.3.0  1 package", "2.0.0  1 package"] {
            assert!(said.out.contains(&format!("  {stays} (in a submodule")), "{}{}", said.out, said.err);
        }
        said.err
    };
    assert_eq!(plan(&fixture), "");
    sandbox.git(["submodule", "--quiet", "deinit", "--force", "--all"]);
    assert_eq!(plan(&fixture), "");
    fs::remove_dir_all(sandbox.root().join(".git/modules/libs/outer/modules")).unwrap();
    let said = plan(&fixture);
    assert!(
        said.contains("`inner` is in the submodule libs/outer/sub/inner, whose commit is not here"),
        "{said}"
    );
    assert!(said.contains("`more-a`") && !said.contains("`outer`"), "{said}");
    fs::remove_dir_all(sandbox.root().join(".git/modules")).unwrap();
    let said = plan(&fixture);
    assert!(said.contains("`outer` is in the submodule libs/outer, whose commit is not here"), "{said}");
}
