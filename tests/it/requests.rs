//! Pull requests instead of pushes, and what is done only if it is due.

use serde_json::Value;

use crate::fixture::{Fixture, Said};

const SCHEDULE: &str = "\n[schedule]\nanchor = { version = '49.0.0', release = '2024-05-20' }\ncut-day = 5\nsupport-months = 2\n";

/// A train with candidates whose first release is cut on the 5th of May and released on the 20th.
fn train() -> Fixture {
    let repository = "license = \"MIT\"\nrepository = \"https://github.com/clockwork/tower\"\n";
    Fixture::changed(
        "candidate-train",
        &[
            ("relprep.toml", "[notes]", &format!("{SCHEDULE}\n[notes]")),
            ("crates/tower/Cargo.toml", "name = \"tower\"\n", &format!("name = \"tower\"\n{repository}")),
        ],
    )
}

fn requests(said: &Said) -> Vec<Value> {
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let plans = document["preparation"]["plans"].as_array().unwrap();
    let commits = plans.iter().flat_map(|plan| plan["commits"].as_array().unwrap());
    commits.map(|commit| commit["pull_request"].clone()).collect()
}

fn remote(fixture: &Fixture) -> Vec<String> {
    let heads = fixture.sandbox.git(["ls-remote", "--heads", "origin"]);
    let name = |line: &str| line.split("refs/heads/").nth(1).unwrap().to_owned();
    heads.lines().map(name).collect()
}

/// Merges a branch into another, as a person does.
fn merge(fixture: &Fixture, head: &str, base: &str) {
    fixture.sandbox.git(["switch", "--quiet", base]);
    fixture.sandbox.git(["merge", "--quiet", "--no-ff", "-m", &format!("Merge {head}"), head]);
    fixture.sandbox.git(["push", "--quiet", "origin", base]);
    fixture.sandbox.git(["push", "--quiet", "origin", "--delete", head]);
    fixture.sandbox.git(["branch", "-D", head]);
}

#[test]
fn a_train_goes_by_pull_requests_and_waits_for_each() {
    let fixture = train();
    let early = fixture.run("branch --if-due --pull-request --push --date 2024-05-04");
    assert!(early.out.contains("not due until 2024-05-05"), "{}{}", early.out, early.err);

    let said = fixture.run("branch --if-due --pull-request --push --format json --date 2024-05-05");
    let made = requests(&said);
    let bases: Vec<&Value> = made.iter().map(|request| &request["base"]).collect();
    assert_eq!(bases, ["release-49.0.0", "main"]);
    assert_eq!(made[0]["title"], "Prepare tower 49.0.0-rc.1");
    assert_eq!(made[1]["title"], "Bump tower to 50.0.0-dev");
    let link = "[`release-49.0.0`](https://github.com/clockwork/tower/tree/release-49.0.0) is cut";
    assert!(made[1]["body"].as_str().unwrap().contains(link), "{}", made[1]);
    assert_eq!(remote(&fixture), ["bump-50.0.0", "main", "prepare-49.0.0", "release-49.0.0"]);
    assert_eq!(fixture.sandbox.rev("release-49.0.0"), fixture.sandbox.rev("main"));

    // Until the trunk's is merged.
    let again = fixture.run("branch --if-due --pull-request --push --date 2024-05-06");
    assert_eq!(again.status, 0, "{}", again.err);
    assert!(again.out.contains("the branch `release-49.0.0` already exists"), "{}", again.out);
    merge(&fixture, "bump-50.0.0", "main");
    let next = fixture.run("branch --if-due --pull-request --push --date 2024-05-07");
    assert!(next.out.contains("50.0.0 is not due until 2024-06-05"), "{}", next.out);

    // The candidate waits; the release would have the same branch.
    let release =
        "release --branch release-49.0.0 --if-due --pull-request --push --format json --date 2024-05-20";
    assert_eq!(requests(&fixture.run(release)), [Value::Null; 0]);
    merge(&fixture, "prepare-49.0.0", "release-49.0.0");
    let made = requests(&fixture.run(release));
    assert_eq!(
        (&made[0]["base"], &made[0]["title"]),
        (&"release-49.0.0".into(), &"Release tower 49.0.0".into())
    );
    assert!(made[0]["body"].as_str().unwrap().contains("tags it as `v49.0.0`"), "{}", made[0]);
    merge(&fixture, "prepare-49.0.0", "release-49.0.0");
    assert_eq!(requests(&fixture.run(release)), [Value::Null; 0]);
}

#[test]
fn people_are_shown_how_a_pull_request_is_opened() {
    let fixture = train();
    let said = fixture.run("branch --pull-request --date 2024-05-05");
    let call =
        "gh pr create --base main --head bump-50.0.0 --title 'Bump tower to 50.0.0-dev' --body 'Prepared by ";
    assert!(said.out.contains(call), "{}", said.out);
    let said = fixture.run("branch --date 2024-05-05");
    assert!(!said.out.contains("gh pr"), "{}", said.out);
}

#[test]
fn the_branch_of_a_pull_request_that_is_left_over_is_named_with_its_remedy() {
    let fixture = train();
    assert_eq!(fixture.run("branch --pull-request --push --date 2024-05-05").status, 0);
    fixture.sandbox.git(["branch", "-D", "prepare-49.0.0"]);
    fixture.sandbox.git(["switch", "--quiet", "release-49.0.0"]);
    let said = fixture.refuses("rc --pull-request", &["branch-exists"]);
    assert!(said.contains("`git push origin --delete prepare-49.0.0`"), "{said}");
}

#[test]
fn a_backport_goes_to_a_branch_for_a_pull_request_where_none_is_configured() {
    let fixture = Fixture::new("virtual-workspace");
    assert_eq!(fixture.run("branch").status, 0);
    fixture.sandbox.write("crates/orbit/src/lib.rs", "// fixed\n");
    fixture.sandbox.commit_all("Fix it");
    fixture.sandbox.git(["push", "--quiet", "origin", "--all"]);
    let said = fixture.run("backport HEAD --pull-request --push --format json");
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let made = &document["backport"]["made"][0];
    assert!(made["branch"].as_str().unwrap().starts_with("backport/"), "{made}");
    assert_eq!(made["pull_request"]["base"], "release-7.0.0");
    assert_eq!(document["backport"]["pushed"], "origin");
}

/// Runs `tag --if-due` of the branch and returns the names of what it makes.
fn due_tags(fixture: &Fixture, branch: &str) -> Vec<String> {
    let said = fixture.run(&format!("tag --if-due --branch {branch} --format json --date 2024-05-20"));
    assert_eq!(said.status, 0, "{}{}", said.out, said.err);
    let document: Value = serde_json::from_str(&said.out).unwrap();
    let tags = document["tagging"]["tags"].as_array().unwrap();
    tags.iter().map(|tag| tag["tag"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn only_the_commit_that_makes_a_release_is_tagged() {
    // Neither a pre-release nor notes say that what was cut is not released.
    let config = "lead = \"top\"\n[notes]\nenabled = false\n";
    let fixture = Fixture::made(&[("top 4.0.0", &[])], config);
    assert_eq!(fixture.run("branch").status, 0);
    let none: [&str; 0] = [];
    assert_eq!(due_tags(&fixture, "release-4.0.0"), none);
    fixture.sandbox.git(["tag", "v4.0.0", "release-4.0.0"]);
    fixture.sandbox.git(["switch", "--quiet", "release-4.0.0"]);
    fixture.sandbox.git(["push", "--quiet", "origin", "--all"]);
    assert_eq!(fixture.run("patch --pull-request --push").status, 0);
    merge(&fixture, "prepare-4.0.1", "release-4.0.0");
    assert_eq!(due_tags(&fixture, "release-4.0.0"), ["v4.0.1"]);
    fixture.sandbox.write("top/src/lib.rs", "//! A fix.\n");
    fixture.sandbox.commit_all("Fix it");
    assert_eq!(due_tags(&fixture, "release-4.0.0"), none);
    // The trunk holds what is to come.
    assert_eq!(due_tags(&fixture, "main"), none);
    fixture.sandbox.git(["tag", "-d", "v4.0.1"]);
    assert_eq!(due_tags(&fixture, "release-4.0.0"), none, "an older commit made it");
    assert_eq!(fixture.run("tag --commit HEAD~").status, 0);
    assert_eq!(fixture.sandbox.rev("v4.0.1"), fixture.sandbox.rev("HEAD~"));
}

#[test]
fn candidates_and_dated_notes_make_releases() {
    let fixture = train();
    assert_eq!(fixture.run("branch --date 2024-05-05").status, 0);
    fixture.sandbox.git(["switch", "--quiet", "release-49.0.0"]);
    assert_eq!(due_tags(&fixture, "release-49.0.0"), ["v49.0.0-rc.1"]);
    assert_eq!(fixture.run("release --date 2024-05-20").status, 0);
    assert_eq!(due_tags(&fixture, "release-49.0.0"), ["v49.0.0"]);
    assert_eq!(due_tags(&fixture, "release-49.0.0"), [""; 0]);

    let fixture = Fixture::new("virtual-workspace");
    assert_eq!(fixture.run("branch").status, 0);
    fixture.sandbox.git(["switch", "--quiet", "release-7.0.0"]);
    assert_eq!(due_tags(&fixture, "release-7.0.0"), [""; 0]);
    assert_eq!(fixture.run("release").status, 0);
    assert_eq!(due_tags(&fixture, "release-7.0.0"), ["v7.0.0"]);
}
