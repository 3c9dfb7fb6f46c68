//! `cargo relprep ci`: the files that it writes, and what it does with those that are there.

mod lint;
mod runner;
mod runs;

use crate::fixture::Fixture;

const PUBLISH: &str = "name = 'Orbit'\n[publish]\nexclude = ['orbit-b*']\n[schedule]\n\
                       anchor = { version = '7.0.0', release = '2024-05-20' }\n";

fn configured(config: &str) -> Fixture {
    Fixture::changed("virtual-workspace", &[("relprep.toml", "", config)])
}

fn run(fixture: &Fixture, args: &str) -> String {
    let said = fixture.run(args);
    assert_eq!(said.status, 0, "{args}: {}{}", said.out, said.err);
    said.out
}

fn names(fixture: &Fixture) -> Vec<String> {
    let files = fixture.sandbox.git(["ls-files", "--others", "--cached", ".github"]);
    let mut names: Vec<String> = files.lines().map(|path| path.replace(".github/", "")).collect();
    names.sort();
    names
}

fn workflow(fixture: &Fixture, name: &str) -> String {
    fixture.sandbox.read(format!(".github/workflows/relprep-{name}.yml"))
}

#[test]
fn what_is_written_is_what_applies() {
    let fixture = configured(PUBLISH);
    let before = fixture.state();
    let said = run(&fixture, "ci github --dry-run");
    assert!(said.contains("Would write .github/workflows/relprep-check.yml\n"), "{said}");
    assert!(run(&fixture, "ci github --diff").contains("+name: 'Release train'\n"));
    assert_eq!(fixture.state(), before);
    assert!(run(&fixture, "ci github").contains("Wrote .github/actions/relprep/action.yml\n"));
    let all = ["backport", "check", "prepare", "publish", "supported", "tag", "train"];
    let mut expected =
        vec!["actions/relprep-open/action.yml".to_owned(), "actions/relprep/action.yml".to_owned()];
    expected.extend(all.map(|name| format!("workflows/relprep-{name}.yml")));
    assert_eq!(names(&fixture), expected);
    assert!(workflow(&fixture, "publish").contains("--workspace --locked --exclude orbit-bench\n"));
    assert_eq!(run(&fixture, "ci github"), "The workflows are current.\n");
    assert!(run(&fixture, "ci --check").contains("passed"));

    // Nothing to be due or supported, nothing to publish, and one left out.
    fixture
        .sandbox
        .write("relprep.toml", "[names]\nbranch = 'release/{short}'\n[ci]\nleave-out = ['backport']\n");
    let said = run(&fixture, "ci github");
    assert!(said.contains("Removed .github/workflows/relprep-train.yml\n"), "{said}");
    assert_eq!(
        names(&fixture)[2..],
        ["check", "prepare", "tag"].map(|name| format!("workflows/relprep-{name}.yml"))
    );
    let check = workflow(&fixture, "check");
    assert!(check.contains("    branches: ['main', 'release/[0-9]+.[0-9]+']\n"), "{check}");
}

#[test]
fn where_releases_are_made_from_the_trunk_there_is_no_train() {
    let fixture = configured("");
    run(&fixture, "ci github");
    assert_eq!(
        names(&fixture)[2..],
        ["check", "prepare", "tag"].map(|name| format!("workflows/relprep-{name}.yml"))
    );
    assert!(workflow(&fixture, "prepare").contains("cargo relprep bump"));
    assert!(workflow(&fixture, "tag").contains("    branches: ['main']\n"));
}

#[test]
fn a_workspace_in_a_folder_has_files_of_its_own() {
    let manifest = "[workspace]\n[package]\nname = \"inner\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
    let inner = [("rust/inner/Cargo.toml", manifest, manifest), ("rust/inner/src/lib.rs", "", "")];
    let fixture = Fixture::changed("lone-package", &inner);
    let folder = "rust/inner";
    run(&fixture, "ci github");
    let before = names(&fixture);
    let said = fixture.run_in(folder, "ci github");
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let own: Vec<String> = names(&fixture).into_iter().filter(|name| !before.contains(name)).collect();
    assert!(own.len() > 3, "{own:?}");
    let prefix = format!("relprep-{}", folder.replace('/', "-"));
    let check = fixture.sandbox.read(format!(".github/workflows/{prefix}-check.yml"));
    assert!(check.contains(&format!("    working-directory: '{folder}'\n")), "{check}");
    assert!(check.contains(&format!("uses: ./.github/actions/{prefix}\n")), "{check}");
}

#[test]
fn what_is_stale_is_shown_and_fails() {
    let fixture = configured(PUBLISH);
    let said = fixture.run("ci --check");
    assert_eq!(said.status, 1, "{}{}", said.out, said.err);
    assert!(
        said.err.contains("error[workflow-stale]: .github/workflows/relprep-check.yml is missing"),
        "{}",
        said.err
    );
    run(&fixture, "ci github");
    fixture.sandbox.write("relprep.toml", PUBLISH.replace("orbit-b*", "orbit-m*"));
    let said = fixture.run("ci --check");
    assert_eq!(said.status, 1);
    assert!(
        said.out.contains("-          cargo +stable publish --workspace --locked --exclude orbit-bench\n"),
        "{}",
        said.out
    );
    let said = fixture.run("ci --check --format github");
    assert!(said.out.starts_with("::error file=.github/workflows/relprep-publish.yml,line="), "{}", said.out);
    let said = fixture.run("ci --check --format json");
    assert!(said.out.contains("\"rule\": \"workflow-stale\""), "{}", said.out);
    run(&fixture, "ci github");
    run(&fixture, "ci --check");
}

#[test]
fn what_a_person_has_changed_is_not_written_over_and_newer_pins_are_kept() {
    let fixture = configured(PUBLISH);
    run(&fixture, "ci github");
    let path = ".github/workflows/relprep-train.yml";
    let written = fixture.sandbox.read(path);
    let checkout = written.lines().find(|line| line.contains("uses: actions/checkout@")).unwrap();
    let newer = format!("      - uses: actions/checkout@{} # v99.1.0", "b".repeat(40));
    fixture.sandbox.write(path, written.replace(checkout, &newer));
    run(&fixture, "ci --check");

    fixture.sandbox.write(path, written.replace("17 6 * * *", "0 0 * * *"));
    let before = fixture.state();
    let said = fixture.run("ci github");
    assert_eq!((said.status, fixture.state()), (1, before), "{}", said.err);
    assert!(
        said.err.contains("error[workflow-changed]: .github/workflows/relprep-train.yml was changed by hand"),
        "{}",
        said.err
    );
    assert_eq!(fixture.run("ci --check").status, 1);
    run(&fixture, "ci github --force");
    assert_eq!(fixture.sandbox.read(path), written);

    fixture.sandbox.write(path, "name: ours\n");
    let said = fixture.run("ci github");
    assert!(said.status == 1 && said.err.contains("was not written by this command"), "{}", said.err);
    fixture.sandbox.write("relprep.toml", format!("{PUBLISH}[ci]\nleave-out = ['train']\n"));
    run(&fixture, "ci github");
    assert_eq!(fixture.sandbox.read(path), "name: ours\n");
}

#[test]
fn all_is_written_or_nothing() {
    let fixture = configured(PUBLISH);
    // The last file to be written cannot be.
    fixture.sandbox.write(".github/actions/relprep-open", "in the way\n");
    let said = fixture.run("ci github");
    assert_eq!(said.status, 3, "{}{}", said.out, said.err);
    assert_eq!(names(&fixture), ["actions/relprep-open"]);
    let said = fixture.run("ci gitlab");
    assert_eq!(said.status, 2);
    assert_eq!(fixture.run("ci").status, 2);
    assert_eq!(fixture.run("ci github --format json").status, 2);
}

#[test]
fn a_workflow_that_is_not_known_is_not_left_out() {
    let fixture = configured("[ci]\nleave-out = ['trian']\n");
    let said = fixture.refuses("ci github", &["config-value"]);
    assert!(said.contains("there is no workflow `trian`: they are check, train,"), "{said}");
}
