//! The status of branches, from a policy, branches and tags.

use chrono::NaiveDate;
use relprep::config::schedule::ScheduleConfig;
use relprep::git::survey::{LaterRefs, Presence, ReleaseBranch, ReleaseTag, Survey, Tip};
use relprep::git::{BranchName, CommitId, RemoteName, TagName};
use relprep::rule;
use relprep::status::*;
use relprep::train::{Number, Numbering, Phase, Train};
use relprep::workspace::declared::Declared;
use semver::Version;

fn wasmtime() -> Train {
    train("support-months = 2")
}

fn train(support: &str) -> Train {
    let text = r#"
        anchor = { version = "20.0.0", release = "2024-04-20" }
        cut-day = 5
        lts = { every = 12, first = 24, support-months = 24 }
    "#;
    let text = format!("{text}\n{support}\n");
    toml_edit::de::from_str::<ScheduleConfig>(&text).unwrap().train().unwrap().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Returns the commit whose name is `byte` over and over.
fn id(byte: u8) -> CommitId {
    CommitId::from_hex(&format!("{byte:02x}").repeat(20)).unwrap()
}

/// The versions that manifests declare, each at the commit of its place.
const VERSIONS: [&str; 8] =
    ["24.0.2", "29.0.1", "30.0.2", "31.0.0", "31.1.0", "32.0.0-rc.1", "32.0.0", "33.0.0"];

fn commits() -> impl Iterator<Item = (CommitId, &'static str)> {
    (1..).map(id).zip(VERSIONS)
}

fn tip(name: &str, remote: Option<&str>, ahead: usize, version: &str) -> Tip {
    Tip {
        name: BranchName::new(name).unwrap(),
        remote: remote.and_then(RemoteName::new),
        commit: commits().find(|(_, declared)| *declared == version).unwrap().0,
        has_later: false,
        base: None,
        ahead: Some(ahead),
        is_cut_off: false,
    }
}

fn branch(number: u64, ahead: usize, version: &str) -> ReleaseBranch {
    let name = format!("release-{number}.0.0");
    let first = Version::new(number, 0, 0);
    ReleaseBranch {
        number: Number(number),
        version: first,
        presence: Presence::Sure,
        tip: tip(&name, Some("origin"), ahead, version),
    }
}

fn tag(version: &str, day: &str) -> ReleaseTag {
    let version: Version = version.parse().unwrap();
    let number = Number(version.major);
    ReleaseTag {
        number,
        name: TagName::new(format!("v{version}")).unwrap(),
        version,
        day: date(day),
        commit: id(2),
    }
}

fn status(day: &str, train: Option<&Train>, survey: &Survey) -> Status {
    with_fixes(day, train, survey, &[])
}

/// Returns the status where branches have so many fixes since a day, each with the advisories that it names.
fn with_fixes(
    day: &str,
    train: Option<&Train>,
    survey: &Survey,
    fixes: &[(&str, usize, &str, &[&str])],
) -> Status {
    let unreleased = fixes.iter().map(|(branch, count, since, advisories)| {
        let advisories = advisories.iter().map(|name| (*name).to_owned()).collect();
        let since = Some(date(since));
        ((*branch).to_owned(), Unreleased { fixes: *count, since, advisories, untagged: None })
    });
    let declared = commits().map(|(commit, version)| {
        (commit, Declared { version: version.parse().ok(), msrv: Some("1.84".to_owned()) })
    });
    Status::new(&StatusSources {
        date: date(day),
        train,
        survey,
        declared: &declared.collect(),
        unreleased: &unreleased.collect(),
        lacks_tags: false,
        numbering: Numbering::Major,
        branch: &|version| format!("release-{version}"),
    })
}

fn states(status: &Status) -> Vec<(String, &'static str)> {
    status.rows.iter().map(|row| (row.short.clone(), row.state.name())).collect()
}

fn counts(tags: usize, branches: usize) -> SourceCounts {
    SourceCounts { policy: false, tags, branches, shallow: false, later: LaterRefs::default() }
}

fn fixes(count: usize, since: &str, advisories: &[&str]) -> Fixes {
    let advisories = advisories.iter().map(|name| (*name).to_owned()).collect();
    Fixes { count, since: date(since), advisories }
}

fn ends(major: u64, last_day: &str, fixes: Fixes) -> Todo {
    Todo::Ends { version: Version::new(major, 0, 0), last_day: date(last_day), fixes: Some(fixes) }
}

fn patch(major: u64, fixes: Fixes) -> Todo {
    Todo::Patch { version: Version::new(major, 0, 0), fixes }
}

/// Returns a repository in April 2025, with 32.0.0 late.
fn april() -> Survey {
    Survey {
        trunk: Some(tip("main", None, 0, "33.0.0")),
        branches: vec![
            branch(24, 3, "24.0.2"),
            branch(29, 0, "29.0.1"),
            branch(30, 0, "30.0.2"),
            branch(31, 0, "31.0.0"),
            branch(32, 12, "32.0.0"),
        ],
        tags: [
            ("24.0.0", "2024-08-20"),
            ("24.0.2", "2024-11-05"),
            ("29.0.1", "2025-01-21"),
            ("30.0.0", "2025-02-20"),
            ("30.0.2", "2025-02-25"),
            ("31.0.0", "2025-03-20"),
        ]
        .map(|(version, day)| tag(version, day))
        .into(),
        ..Survey::default()
    }
}

#[test]
fn each_branch_has_its_state() {
    let train = wasmtime();
    let status = status("2025-04-20", Some(&train), &april());
    let expected = [
        ("33.0", "in development"),
        ("32.0", "cut"),
        ("31.0", "supported"),
        ("30.0", "last day"),
        ("29.0", "ended"),
        ("24.0", "supported"),
    ];
    assert_eq!(states(&status), expected.map(|(short, state)| (short.to_owned(), state)));
    assert_eq!(
        status.supported().unwrap(),
        ["release-24.0.0", "release-30.0.0", "release-31.0.0", "release-32.0.0"]
    );
    let row = status.rows.iter().find(|row| row.short == "24.0").unwrap();
    assert_eq!(row.days_left(status.date), Some(487));
    assert_eq!(row.declared.msrv.as_deref(), Some("1.84"));
}

#[test]
fn the_most_pressing_comes_first_and_older_days_before_newer_ones() {
    let train = wasmtime();
    let waiting: [(&str, usize, &str, &[&str]); 3] = [
        ("release-24.0.0", 3, "2025-04-14", &[]),
        ("release-30.0.0", 1, "2025-04-18", &[]),
        ("release-31.0.0", 2, "2025-04-16", &["CVE-2025-0001"]),
    ];
    let on = |day| with_fixes(day, Some(&train), &april(), &waiting).todo;
    let release = Todo::Release { version: Version::new(32, 0, 0), due: date("2025-04-21") };
    let security = || patch(31, fixes(2, "2025-04-16", &["CVE-2025-0001"]));
    let lts = || patch(24, fixes(3, "2025-04-14", &[]));
    let last = || ends(30, "2025-04-20", fixes(1, "2025-04-18", &[]));
    assert_eq!(
        on("2025-04-12"),
        [security(), lts(), patch(30, fixes(1, "2025-04-18", &[]))],
        "not in its last week"
    );
    assert_eq!(on("2025-04-19"), [security(), last(), lts()]);
    assert_eq!(on("2025-04-20"), [last(), security(), lts()], "the last day");
    assert_eq!(on("2025-04-21"), [security(), release.clone(), lts()], "30.0 has ended");
    let cut = Todo::Cut { version: Version::new(33, 0, 0), due: date("2025-05-05") };
    assert_eq!(on("2025-05-05"), [security(), release, cut, lts()]);
    let at_end = on("2026-08-19");
    assert!(at_end.contains(&ends(24, "2026-08-20", fixes(3, "2025-04-14", &[]))), "{at_end:?}");
}

#[test]
fn what_is_not_released_is_no_task_where_there_are_no_fixes() {
    let train = wasmtime();
    let none = Unreleased::default();
    assert_eq!(none.since, None);
    let status = status("2025-04-20", Some(&train), &april());
    assert_eq!(status.todo, [], "24.0 has three commits, and 30.0 ends today");
    let of_29 =
        Past::NeverTagged { version: Version::new(29, 0, 0), tagged: TagName::new("v29.0.1").unwrap() };
    assert_eq!(status.past, [of_29]);
}

#[test]
fn without_a_policy_fixes_wait_on_the_newest_release() {
    let asked = |survey: &Survey| {
        let status = status("2025-04-20", None, survey);
        status.to_look_into().map(|row| row.short.clone()).collect::<Vec<_>>()
    };
    assert_eq!(asked(&april()), ["31.0", "32.0"], "the newest that is out, and what is not out");
    let mut survey = april();
    survey.tags.clear();
    assert_eq!(asked(&survey), [""; 0], "nothing tells what is released");
}

#[test]
fn the_last_two_are_supported_and_each_until_two_months_are_over() {
    let supported = |support: &str, day: &str, survey: &Survey| {
        let status = status(day, Some(&train(support)), survey);
        let out = status.rows.iter().filter(|row| row.is_out());
        let words = |row: &StatusRow| format!("{} {}", row.short, row.days_left(status.date).unwrap());
        out.filter(|row| row.short != "24.0").map(words).collect::<Vec<_>>()
    };
    let both = "support-months = 2\nsupport-releases = 2";
    // 32.0 is late: the two months of 30.0 are over, and only one is out after it.
    let late = april();
    assert_eq!(supported("support-months = 2", "2025-04-22", &late), ["31.0 28"]);
    assert_eq!(supported(both, "2025-04-22", &late), ["31.0 28", "30.0 1"], "until tomorrow at least");
    assert_eq!(supported(both, "2025-05-02", &late), ["31.0 18", "30.0 1"]);
    let first = format!("{both}\nsupport-ends = \"first\"");
    assert_eq!(supported(&first, "2025-04-22", &late), ["31.0 28"]);
    // 32.0 is early: two are out after 30.0, and its two months are not over.
    let mut early = april();
    early.tags.push(tag("32.0.0", "2025-04-11"));
    assert_eq!(supported(both, "2025-04-12", &early), ["32.0 69", "31.0 38", "30.0 8"]);
    assert_eq!(supported("support-releases = 2", "2025-04-12", &early), ["32.0 69", "31.0 38"]);
}

#[test]
fn a_candidate_is_known_by_its_version_or_its_tag() {
    let train = wasmtime();
    let mut survey = april();
    survey.tags.push(tag("32.0.0-rc.1", "2025-04-10"));
    assert_eq!(
        status("2025-04-19", Some(&train), &survey).rows[1].state,
        ReleaseState::Phase(Phase::Candidate)
    );
    survey.tags.pop();
    survey.branches[4] = branch(32, 1, "32.0.0-rc.1");
    assert_eq!(
        status("2025-04-19", Some(&train), &survey).rows[1].state,
        ReleaseState::Phase(Phase::Candidate)
    );
}

#[test]
fn the_policy_alone_says_what_it_had() {
    let train = wasmtime();
    let status = status("2025-11-21", Some(&train), &Survey::default());
    let branches = ["release-24.0.0", "release-36.0.0", "release-38.0.0", "release-39.0.0"];
    assert_eq!(status.supported().unwrap(), branches);
    assert_eq!(status.todo, [], "that there is no branch says something about the clone");
    assert_eq!(status.sources, SourceCounts { policy: true, ..counts(0, 0) });
}

#[test]
fn branches_and_tags_alone_say_what_they_had() {
    let status = status("2025-04-22", None, &april());
    assert_eq!(states(&status)[1..3], [("32.0".to_owned(), "cut"), ("31.0".to_owned(), "released")]);
    assert_eq!(status.supported().unwrap_err().0[0].rule, rule::NO_POLICY);
    assert_eq!(status.sources, counts(6, 5));
    assert_eq!(status.rows[2].released, Some(date("2025-03-20")));
}

#[test]
fn a_branch_in_two_places_is_one_row() {
    let train = wasmtime();
    let mut survey = april();
    let local = Tip { remote: None, commit: id(99), ahead: Some(1), ..survey.branches[0].tip.clone() };
    survey.branches.insert(0, ReleaseBranch { tip: local, ..survey.branches[0].clone() });
    let status = status("2025-04-22", Some(&train), &survey);
    let row = status.rows.last().unwrap();
    assert_eq!((row.tips.len(), row.tip().unwrap().ahead), (2, Some(3)));
    assert_eq!(status.sources.branches, 5);
}

#[test]
fn a_minor_release_has_a_row_of_its_own_and_the_support_of_its_major() {
    let train = wasmtime();
    let mut survey = april();
    let minor = |ahead, version: &str| ReleaseBranch {
        number: Number(31),
        version: Version::new(31, 1, 0),
        presence: Presence::Sure,
        tip: tip("release-31.1.0", None, ahead, version),
    };
    survey.branches.insert(4, minor(2, "31.1.0"));
    let on = |survey: &Survey, train: Option<&Train>, day: &str| {
        let status = status(day, train, survey);
        let of_31 = status.rows.iter().filter(|row| row.number == Number(31));
        let facts = |row: &StatusRow| format!("{} {} {}", row.branch, row.short, row.state.name());
        (of_31.map(facts).collect::<Vec<_>>(), status)
    };
    let (rows, status) = on(&survey, Some(&train), "2025-04-22");
    assert_eq!(rows, ["release-31.1.0 31.1 cut", "release-31.0.0 31.0 supported"]);
    let supported = ["release-24.0.0", "release-31.0.0", "release-31.1.0", "release-32.0.0"];
    assert_eq!(status.supported().unwrap(), supported);

    survey.tags.push(tag("31.1.0", "2025-04-10"));
    survey.tags.push(tag("31.0.1", "2025-04-11"));
    let (rows, status) = on(&survey, Some(&train), "2025-05-20");
    assert_eq!(rows, ["release-31.1.0 31.1 last day", "release-31.0.0 31.0 last day"]);
    let latest = |branch: &str| {
        let row = status.rows.iter().find(|row| row.branch == branch).unwrap();
        (row.latest.as_ref().unwrap().0.to_string(), row.released.unwrap().to_string())
    };
    assert_eq!(latest("release-31.0.0"), ("v31.0.1".to_owned(), "2025-03-20".to_owned()));
    assert_eq!(latest("release-31.1.0"), ("v31.1.0".to_owned(), "2025-04-10".to_owned()));

    let (rows, _) = on(&survey, Some(&train), "2025-05-21");
    assert_eq!(rows, ["release-31.1.0 31.1 ended", "release-31.0.0 31.0 ended"]);
    let (rows, _) = on(&survey, None, "2025-05-21");
    assert_eq!(rows, ["release-31.1.0 31.1 released", "release-31.0.0 31.0 released"]);
}

#[test]
fn a_branch_that_names_another_version_is_told() {
    let train = wasmtime();
    let mut survey = april();
    survey.branches[3] = branch(31, 0, "32.0.0");
    let status = status("2025-04-22", Some(&train), &survey);
    let branch = "release-31.0.0".to_owned();
    assert!(status.todo.contains(&Todo::OtherVersion { branch, version: Version::new(32, 0, 0) }));
}

#[test]
fn a_supported_release_without_a_branch_is_told() {
    let train = wasmtime();
    let mut survey = april();
    survey.branches.remove(0);
    let status = status("2025-04-22", Some(&train), &survey);
    assert!(status.supported().unwrap().contains(&"release-24.0.0"));
    let branch = "release-24.0.0".to_owned();
    assert!(status.todo.contains(&Todo::NoBranch { version: Version::new(24, 0, 0), branch }));
}

#[test]
fn on_a_day_of_the_past_the_plan_tells_which_branches_were_there() {
    let train = wasmtime();
    let mut survey = april();
    for branch in &mut survey.branches {
        branch.tip.has_later = true;
        branch.presence = Presence::CutOff;
    }
    survey.tags.truncate(4);
    let status = status("2025-02-20", Some(&train), &survey);
    let branches = ["release-24.0.0", "release-29.0.0", "release-30.0.0"];
    assert_eq!(status.supported().unwrap(), branches, "31.0.0 was not cut yet");
    assert_eq!(status.sources.branches, 3);
    assert_eq!(status.sources.later, LaterRefs { branches: 2, tags: 0 });
}
