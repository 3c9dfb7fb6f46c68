//! How projects differ in what moves, and how: each convention with the state before, the configuration, the
//! command, and what stands in the manifests after; [`Fixture::prepare`] has Cargo accept it.

mod steps;

use crate::fixture::Fixture;

/// No notes, which are another matter.
const NO_NOTES: &str = "[notes]\nenabled = false\n";

/// Returns what `branch` has of versions and requirements: `name version` of each package with what it
/// depends on, `name requirement`.
fn holds(fixture: &Fixture, branch: &str) -> Vec<String> {
    let files = fixture.sandbox.git(["ls-tree", "-r", "--name-only", branch]);
    let manifests = files.lines().filter(|path| path.ends_with("/Cargo.toml"));
    let held = manifests.map(|path| {
        let text = fixture.sandbox.git(["show", &format!("{branch}:{path}")]);
        let quoted = |line: &str| line.rsplit('"').nth(1).unwrap().to_owned();
        let version = text.lines().find(|line| line.starts_with("version")).map(quoted).unwrap();
        let required = text.lines().filter(|line| line.contains("path = "));
        let required = required.map(|line| format!(" {} {}", line.split(' ').next().unwrap(), quoted(line)));
        format!("{} {version}:{}", path.split('/').next().unwrap(), required.collect::<String>())
    });
    held.collect()
}

/// A library, its macros and what extends it, of which only the library moves; with a requirement of each kind.
fn loose(requirements: &str) -> Fixture {
    let fixture = Fixture::made(
        &[
            ("brass 1.47.4", &["brass-macros ~2.5.0"]),
            ("brass-macros 2.5.0", &[]),
            ("brass-stream 0.1.17", &["brass 1.15.0"]),
            ("brass-test 0.4.4", &["brass >=1.2.0"]),
            ("brass-util 0.7.15", &["brass 1.47.4"]),
        ],
        &format!(
            "lead = \"brass\"\n[[line]]\npackages = [\"brass-*\"]\nmove = false\n{requirements}\n{NO_NOTES}"
        ),
    );
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-1.47.0"]);
    fixture
}

#[test]
fn a_looser_requirement_that_still_matches_stays() {
    let fixture = loose("");
    fixture.prepare("patch");
    assert_eq!(
        holds(&fixture, "HEAD"),
        [
            "brass-macros 2.5.0:",
            "brass-stream 0.1.17: brass 1.15.0",
            "brass-test 0.4.4: brass >=1.2.0",
            "brass-util 0.7.15: brass 1.47.5",
            "brass 1.47.5: brass-macros ~2.5.0",
        ]
    );
}

#[test]
fn those_that_raise_all_requirements_say_so() {
    for follow in ["\"always\"", "[\"brass\"]"] {
        let fixture = loose(&format!("[requirements]\nfollow = {follow}\n"));
        fixture.prepare("patch");
        let held = holds(&fixture, "HEAD");
        assert!(held.contains(&"brass-stream 0.1.17: brass 1.47.5".to_owned()), "{held:?}");
        assert!(held.contains(&"brass-test 0.4.4: brass >=1.47.5".to_owned()), "{held:?}");
    }
    let said = loose("[requirements]\nfollow = [\"nobody\"]\n").prepare("patch");
    assert!(said.contains("no package is named `nobody`, as `[requirements]` expects"), "{said}");
    let said = loose("[requirements]\nfollow = \"sometimes\"\n").refuses("patch", &["config-value"]);
    assert!(
        said.contains(
            "`requirements.follow` takes \"needed\", \"always\", \"unmatched\", \"moving\" or a list"
        ),
        "{said}"
    );
}

#[test]
fn those_that_leave_a_requirement_alone_while_it_matches_say_so() {
    let packages = [("gears 0.8.18", &[][..]), ("top 0.8.3", &["gears 0.8.18"])];
    let lines = "lead = \"top\"\n[notes]\nenabled = false\n[requirements]\nfollow = \"unmatched\"\n";
    let fixture = Fixture::made(&packages, lines);
    fixture.prepare("bump");
    assert_eq!(holds(&fixture, "HEAD"), ["gears 0.8.19:", "top 0.8.4: gears 0.8.18"]);
    fixture.prepare("bump --to 0.9.0");
    assert_eq!(holds(&fixture, "HEAD"), ["gears 0.9.0:", "top 0.9.0: gears 0.9.0"]);
}

#[test]
fn those_that_raise_requirements_of_what_is_released_with_them_say_so() {
    let packages =
        [("cogs 0.1.0", &["gears 0.8.18"][..]), ("gears 0.8.18", &[]), ("top 0.8.3", &["gears 0.8.16"])];
    let lines = "lead = \"top\"\n[notes]\nenabled = false\n[requirements]\nfollow = \"moving\"\n";
    let fixture =
        Fixture::made(&packages, &format!("{lines}[[line]]\npackages = [\"cogs\"]\nmove = false\n"));
    fixture.prepare("bump");
    assert_eq!(
        holds(&fixture, "HEAD"),
        ["cogs 0.1.0: gears 0.8.18", "gears 0.8.19:", "top 0.8.4: gears 0.8.19"]
    );
    fixture.prepare("bump --to cogs=0.1.1");
    assert_eq!(
        holds(&fixture, "HEAD"),
        ["cogs 0.1.1: gears 0.8.20", "gears 0.8.20:", "top 0.8.5: gears 0.8.20"]
    );
    fixture.prepare("bump --to 0.9.0");
    assert_eq!(
        holds(&fixture, "HEAD"),
        ["cogs 0.1.1: gears 0.9.0", "gears 0.9.0:", "top 0.9.0: gears 0.9.0"]
    );
    // An entry of the workspace is of those that inherit it.
    let requires = |config: &str| {
        let fixture = Fixture::new("virtual-workspace");
        let xtask = fixture.sandbox.read("xtask/Cargo.toml");
        fixture
            .sandbox
            .write("xtask/Cargo.toml", xtask.replace("version.workspace = true", "version = \"7.0.0\""));
        fixture
            .sandbox
            .write("relprep.toml", format!("{NO_NOTES}[requirements]\nfollow = \"moving\"\n{config}"));
        fixture.sandbox.commit_all("A configuration");
        fixture.prepare("bump");
        let root = fixture.sandbox.read("Cargo.toml");
        let line = root.lines().find(|line| line.starts_with("orbit = "));
        line.unwrap().rsplit_once("version = ").unwrap().1.to_owned()
    };
    assert_eq!(requires(""), "\"7.0.1\" }");
    let own = "[[line]]\npackages = [\"xtask\"]\nmove = false\n";
    assert_eq!(requires(own), "\"7.0.0\" }");
}

#[test]
fn what_no_longer_matches_follows_in_packages_that_stay_too() {
    let fixture = Fixture::made(
        &[("brass 0.5.2", &[]), ("brass-extra 0.10.1", &["brass 0.5.0"])],
        &format!("lead = \"brass\"\n[[line]]\npackages = [\"brass-extra\"]\nmove = false\n{NO_NOTES}"),
    );
    fixture.prepare("branch");
    assert_eq!(holds(&fixture, "main"), ["brass-extra 0.10.1: brass 0.6.0", "brass 0.6.0:"]);
}

#[test]
fn an_entry_that_no_member_inherits_never_refuses() {
    let stale =
        "resolver = \"2\"\n[workspace.dependencies]\nbrass = { path = \"brass\", version = \"0.3\" }\n";
    let made = |dependency: &str| {
        let fixture = Fixture::made(
            &[("brass 0.5.2", &[]), ("brass-extra 0.5.2", &["brass 0.5.2"])],
            &format!("lead = \"brass\"\n{NO_NOTES}"),
        );
        let root = fixture.sandbox.read("Cargo.toml").replace("resolver = \"2\"\n", stale);
        fixture.sandbox.write("Cargo.toml", root);
        let extra = fixture.sandbox.read("brass-extra/Cargo.toml");
        let written = "brass = { path = \"../brass\", version = \"0.5.2\" }";
        fixture.sandbox.write("brass-extra/Cargo.toml", extra.replace(written, dependency));
        fixture.sandbox.commit_all("a table of dependencies");
        fixture
    };
    let said = made("brass = { path = \"../brass\", version = \"0.5.2\" }").prepare("branch");
    assert!(
        said.contains("warning[requirement-match]: the requirement `0.3` does not match 0.5.2"),
        "{said}"
    );
    made("brass.workspace = true").refuses("branch", &["requirement-match"]);
}

/// Two packages of one version, of which one requires the other exactly.
fn pair(version: &str, config: &str) -> Fixture {
    let (base, top) = (format!("base {version}"), format!("top {version}"));
    Fixture::made(
        &[(&base, &[]), (&top, &[&format!("base ={version}")])],
        &format!("lead = \"top\"\n{config}\n{NO_NOTES}"),
    )
}

#[test]
fn a_cut_leaves_room_for_the_patches_of_its_branch() {
    for (version, args, trunk) in [
        ("0.4.0", "branch --level minor", "0.5.0"),
        ("0.4.2", "branch", "0.5.0"),
        ("3.1.0", "branch --level minor", "3.2.0"),
        ("0.0.3", "branch --to 0.1.0", "0.1.0"),
    ] {
        let fixture = pair(version, "");
        fixture.prepare(args);
        let held = [format!("base {trunk}:"), format!("top {trunk}: base ={trunk}")];
        assert_eq!(holds(&fixture, "main"), held, "{version} {args}");
    }
    for (version, args) in
        [("0.0.3", "branch"), ("0.0.3", "branch --level minor"), ("2.0.0", "branch --level patch")]
    {
        let said = pair(version, "").refuses(args, &["no-room"]);
        assert!(said.contains("with its next patch"), "{said}");
    }
}

#[test]
fn a_line_below_1_0_makes_room_beside_a_lead_that_steps_a_minor() {
    let packages: [(&str, &[&str]); 3] = [
        ("tower 4.2.0", &["gears 0.123.0", "springs 0.0.7"]),
        ("gears 0.123.0", &[]),
        ("springs 0.0.7", &[]),
    ];
    let config = format!("lead = \"tower\"\n{NO_NOTES}");
    let said = Fixture::made(&packages, &config).refuses("branch --level minor", &["no-room"]);
    assert!(said.contains("the trunk would be at 0.0.8 for `springs`"), "{said}");
    assert!(
        said.contains("give `--to springs=0.1.0`, or say of `[[line]] packages = [\"springs\"]`"),
        "{said}"
    );
    let fixture = Fixture::made(&packages, &config);
    fixture.prepare("branch --level minor --to springs=0.1.0");
    assert_eq!(
        holds(&fixture, "main"),
        ["gears 0.124.0:", "springs 0.1.0:", "tower 4.3.0: gears 0.124.0 springs 0.1.0"]
    );
    fixture.sandbox.git(["switch", "--quiet", "release-4.2.0"]);
    fixture.prepare("patch");
    assert_eq!(
        holds(&fixture, "HEAD"),
        ["gears 0.123.1:", "springs 0.0.8:", "tower 4.2.1: gears 0.123.1 springs 0.0.8"]
    );
    // What no patch moves needs no room.
    let quiet = format!("{config}[[line]]\npackages = [\"springs\"]\npatch = \"none\"\n");
    let fixture = Fixture::made(&packages, &quiet);
    fixture.prepare("branch --level minor");
    assert_eq!(holds(&fixture, "main")[1], "springs 0.0.8:");
}

#[test]
fn versions_go_where_they_are_asked_to_and_never_down() {
    let fixture = pair("2.3.4", "");
    fixture.prepare("branch --to 5.0.0");
    assert_eq!(holds(&fixture, "main"), ["base 5.0.0:", "top 5.0.0: base =5.0.0"]);
    for to in ["2.3.4", "2.3.3", "2.3.4-rc.1"] {
        pair("2.3.4", "").refuses(&format!("branch --to {to}"), &["version-down"]);
    }
    let said = pair("2.3.4", "").refuses("branch --to nobody=3.0.0", &["not-in-a-line"]);
    assert!(said.contains("no package is called `nobody`"), "{said}");
    let said = pair("2.3.4", "").refuses("branch --to topp=3.0.0", &["not-in-a-line"]);
    assert!(said.contains("did you mean `top`?"), "{said}");
    let said = pair("2.3.4", "").refuses("bump --to 5.0.0 --to top=6.0.0", &["to-unclear"]);
    assert!(said.contains("the lead package `top` cannot come to both 5.0.0 and 6.0.0"), "{said}");
    let packages = [("gears 0.4.0", &[][..]), ("top 2.3.4", &["gears 0.4.0"])];
    let fixture = Fixture::made(&packages, "lead = \"top\"\n");
    fixture.prepare("bump --level minor --to gears=0.4.0");
    assert_eq!(holds(&fixture, "main"), ["gears 0.4.0:", "top 2.4.0: gears 0.4.0"]);
    // One that stays otherwise moves where it is asked for by name.
    let config = "lead = \"top\"\n[[line]]\npackages = [\"gears\"]\nmove = false\n";
    let fixture = Fixture::made(&packages, config);
    fixture.prepare("bump --to gears=0.4.1");
    assert_eq!(holds(&fixture, "main"), ["gears 0.4.1:", "top 2.3.5: gears 0.4.1"]);
    let said = Fixture::made(&packages, config).refuses("bump --to gears=0.3.9", &["version-down"]);
    assert!(said.contains("`gears` is at 0.4.0, and 0.3.9 does not come after it"), "{said}");
    // Packages that happen to share a version part where it is asked for.
    let fixture = pair("2.3.4", "");
    fixture.prepare("bump --to base=2.3.4");
    assert_eq!(holds(&fixture, "main"), ["base 2.3.4:", "top 2.3.5: base =2.3.4"]);
    let packages =
        [("gears 0.4.0", &[][..]), ("springs 0.4.0", &[]), ("cogs 0.4.0", &[]), ("top 2.3.4", &[])];
    let three = || Fixture::made(&packages, "lead = \"top\"\n");
    let fixture = three();
    fixture.prepare("bump --to gears=0.5.0");
    assert_eq!(holds(&fixture, "main"), ["cogs 0.5.0:", "gears 0.5.0:", "springs 0.5.0:", "top 2.3.5:"]);
    let fixture = three();
    fixture.prepare("bump --to gears=0.5.0 --to springs=0.4.0 --to cogs=0.4.1");
    assert_eq!(holds(&fixture, "main"), ["cogs 0.4.1:", "gears 0.5.0:", "springs 0.4.0:", "top 2.3.5:"]);
    let said = three().refuses("bump --to gears=0.5.0 --to springs=0.4.0", &["to-unclear"]);
    assert!(said.contains("say what it comes to, too: `--to cogs=VERSION`"), "{said}");
    let said = pair("2.3.4", "").run("branch --to next");
    assert_eq!(said.status, 2);
    assert!(said.err.contains("write it like 1.2.3 or core=1.2.3"), "{}", said.err);
    // The other lines go as far as the lead package does.
    let fixture = Fixture::made(
        &[("gears 0.8.1", &[]), ("tower 4.2.0", &["gears 0.8.1"])],
        &format!("lead = \"tower\"\n{NO_NOTES}"),
    );
    fixture.prepare("branch --to 7.0.0");
    assert_eq!(holds(&fixture, "main"), ["gears 0.9.0:", "tower 7.0.0: gears 0.9.0"]);
}

#[test]
fn a_number_that_the_schedule_skips_is_passed_over() {
    let schedule = "[schedule]\nanchor = { version = \"5.0.0\", release = \"2024-07-20\" }\n\
        [[schedule.release]]\nversion = \"6.0.0\"\nskip = \"number\"\nreason = \"the name of another product\"\n\
        [[schedule.release]]\nversion = \"7.0.0\"\nskip = \"release\"\nreason = \"a holiday\"\n";
    let fixture = pair("5.0.0", schedule);
    fixture.prepare("branch");
    assert_eq!(holds(&fixture, "main")[0], "base 8.0.0:");
    let said = pair("6.0.0", schedule).refuses("branch", &["number-skipped"]);
    assert!(said.contains("the schedule skips 6.0.0: the name of another product"), "{said}");
}

#[test]
fn a_train_that_counts_minors_steps_minors() {
    let schedule =
        "[schedule]\nnumbering = \"minor\"\nanchor = { version = \"1.16.0\", release = \"2024-07-20\" }\n";
    let fixture = pair("1.16.0", schedule);
    fixture.prepare("branch");
    assert_eq!(holds(&fixture, "main")[0], "base 1.17.0:");
    let fixture = pair("1.16.0", schedule);
    fixture.prepare("branch --level major");
    assert_eq!(holds(&fixture, "main")[0], "base 2.0.0:");
    // Without a schedule the branches tell.
    let fixture = pair("1.16.0", "[names]\nbranch = \"v{short}\"\n");
    fixture.sandbox.git(["branch", "v1.14"]);
    fixture.sandbox.git(["branch", "v1.15"]);
    fixture.sandbox.git(["push", "--quiet", "origin", "v1.14", "v1.15"]);
    let said = fixture.prepare("branch");
    assert!(
        said.contains("note[level]: the trunk moves by a minor, as between v1.14, v1.15 and 1.16.0"),
        "{said}"
    );
    assert_eq!(holds(&fixture, "main")[0], "base 1.17.0:");
}

#[test]
fn a_candidate_never_moves_a_line_down() {
    let fixture = Fixture::made(
        &[
            ("lead 0.16.0-rc.3", &["lib 0.1.0", "extra 0.2.0-dev"]),
            ("lib 0.1.0", &[]),
            ("extra 0.2.0-dev", &[]),
        ],
        &format!("lead = \"lead\"\nprerelease = {{ candidate = \"rc\" }}\n{NO_NOTES}"),
    );
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-0.16.0"]);
    fixture.prepare("rc");
    assert_eq!(
        holds(&fixture, "HEAD"),
        ["extra 0.2.0-rc.1:", "lead 0.16.0-rc.4: lib 0.1.0 extra 0.2.0-rc.1", "lib 0.1.0:"]
    );
    let fixture = pair("3.0.0-rc.1", "prerelease = { candidate = \"beta\" }\n");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-3.0.0"]);
    let said = fixture.refuses("rc", &["version-down"]);
    assert!(said.contains("is at 3.0.0-rc.1, and 3.0.0-beta.1 does not come after it"), "{said}");
}

#[test]
fn numbered_labels_of_a_trunk_are_kept() {
    for (label, now, next) in [
        ("alpha", "4.0.0-alpha.0", "4.1.0-alpha.0"),
        ("alpha", "4.0.0-alpha", "4.1.0-alpha"),
        ("beta.1", "4.0.0-beta.3", "4.1.0-beta.1"),
        ("alpha.1+dev", "4.0.0-alpha.1+dev", "4.1.0-alpha.1+dev"),
        ("dev", "4.0.0-dev", "4.1.0-dev"),
    ] {
        let fixture = pair(now, &format!("prerelease = {{ trunk = \"{label}\" }}\n"));
        fixture.prepare("branch --level minor");
        assert_eq!(holds(&fixture, "main")[0], format!("base {next}:"));
        fixture.sandbox.git(["switch", "--quiet", "release-4.0.0"]);
        fixture.prepare("release");
        assert_eq!(holds(&fixture, "HEAD")[0], "base 4.0.0:");
    }
    let said =
        pair("4.0.0-beta.0", "prerelease = { trunk = \"alpha\" }\n").refuses("branch", &["prerelease"]);
    assert!(
        said.contains("4.0.0-beta.0 is a pre-release other than is expected, as in 4.0.0-alpha"),
        "{said}"
    );
    for label in ["alpha.01", "a b", "1", "alpha.0.1", "alpha.x", "dev+a b"] {
        pair("4.0.0", &format!("prerelease = {{ trunk = \"{label}\" }}\n"))
            .refuses("branch", &["config-value"]);
    }
}

#[test]
fn a_level_completes_the_pre_release_that_is_on_its_way_there() {
    for (version, level, to) in [
        ("4.0.0-rc.2", "patch", "4.0.0"),
        ("4.0.0-rc.2", "major", "4.0.0"),
        ("4.1.0-beta.1", "minor", "4.1.0"),
        ("4.1.0-beta.1", "major", "5.0.0"),
        ("4.1.1-rc.1", "patch", "4.1.1"),
        ("4.1.1-rc.1", "minor", "4.2.0"),
        ("0.8.0-rc.1", "major", "0.8.0"),
        ("0.8.1-rc.1", "major", "0.9.0"),
    ] {
        let fixture = pair(version, "prerelease = { candidate = \"rc\" }\n");
        fixture.prepare(&format!("bump --level {level}"));
        let expected = [format!("base {to}:"), format!("top {to}: base ={to}")];
        assert_eq!(holds(&fixture, "HEAD"), expected, "{version} {level}");
    }
}

#[test]
fn candidates_count_from_where_they_do() {
    let fixture = pair("4.0.0-dev", "prerelease = { trunk = \"dev\", candidate = \"rc.0\" }\n");
    fixture.prepare("branch");
    fixture.sandbox.git(["switch", "--quiet", "release-4.0.0"]);
    for (command, version) in
        [("", "4.0.0-rc.0"), ("rc", "4.0.0-rc.1"), ("rc --to 4.0.0-rc.5", "4.0.0-rc.5"), ("release", "4.0.0")]
    {
        if !command.is_empty() {
            fixture.prepare(command);
        }
        assert_eq!(
            holds(&fixture, "HEAD"),
            [format!("base {version}:"), format!("top {version}: base ={version}")]
        );
    }
}

#[test]
fn a_patch_may_have_candidates() {
    let fixture = pair("4.0.2", "prerelease = { candidate = \"rc\" }\n");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-4.0.0"]);
    fixture.sandbox.git(["tag", "v4.0.2"]);
    fixture.refuses("rc", &["tag-exists"]);
    for (command, version) in
        [("rc --level patch", "4.0.3-rc.1"), ("rc", "4.0.3-rc.2"), ("release", "4.0.3"), ("patch", "4.0.4")]
    {
        fixture.prepare(command);
        assert_eq!(holds(&fixture, "HEAD")[0], format!("base {version}:"), "{command}");
    }
}

#[test]
fn a_release_may_have_a_suffix_of_its_own() {
    let fixture = pair("4.0.0-dev", "prerelease = { trunk = \"dev\", release = \"nemo\" }\n");
    fixture.prepare("branch");
    assert_eq!(holds(&fixture, "main")[0], "base 5.0.0-dev:");
    fixture.sandbox.git(["switch", "--quiet", "release-4.0.0"]);
    for (command, version) in [("release", "4.0.0-nemo"), ("patch", "4.0.1-nemo")] {
        fixture.prepare(command);
        assert_eq!(holds(&fixture, "HEAD")[0], format!("base {version}:"), "{command}");
    }
}

#[test]
fn a_patch_takes_no_version_that_another_branch_holds() {
    // As a cut would leave it that made no room.
    let fixture = pair("0.4.0", "");
    fixture.sandbox.git(["branch", "release-0.4.0"]);
    for name in ["base", "top"] {
        let path = format!("{name}/Cargo.toml");
        let text = fixture.sandbox.read(&path).replace("0.4.0", "0.4.1");
        fixture.sandbox.write(&path, text);
    }
    fixture.sandbox.commit_all("the next version");
    let said = fixture.refuses("patch --branch release-0.4.0", &["version-held"]);
    assert!(said.contains("`main` holds 0.4.1 of `top` already"), "{said}");
    fixture.sandbox.git(["branch", "--move", "main", "release-0.4.1"]);
    fixture.sandbox.git(["branch", "main", "release-0.4.0"]);
    let said = fixture.refuses("patch --branch release-0.4.0", &["branch-of-patch"]);
    assert!(said.contains("is prepared on a branch of its own, `release-0.4.1`"), "{said}");
}

/// Writes another version where `pair` has one, and commits.
fn moved(fixture: &Fixture, from: &str, to: &str) {
    for path in ["base/Cargo.toml", "top/Cargo.toml", "Cargo.lock"] {
        let text = fixture.sandbox.read(path).replace(from, to);
        fixture.sandbox.write(path, text);
    }
    fixture.sandbox.commit_all("another version");
}

#[test]
fn what_is_released_from_the_trunk_is_bumped_there() {
    let notes = "[notes]\nfile = \"NEWS.md\"\n";
    let fixture = pair("1.0.0", "");
    fixture.sandbox.write("relprep.toml", format!("lead = \"top\"\n{notes}"));
    fixture.sandbox.write("NEWS.md", "## 1.0.0\n\nReleased 2024-01-01.\n\n<!-- ARCHIVE_START -->\n");
    fixture.sandbox.commit_all("notes");
    fixture.sandbox.git(["push", "--quiet", "origin", "main"]);
    fixture.sandbox.git(["tag", "v1.0.0"]);
    fixture.sandbox.write("top/src/lib.rs", "//! More.\n");
    fixture.sandbox.commit_all("more");
    let said = fixture.refuses("branch", &["tag-exists"]);
    assert!(said.contains("run `cargo relprep bump` for the next one"), "{said}");
    for command in ["release", "patch"] {
        let said = fixture.refuses(command, &["not-on-release-branch"]);
        assert!(said.contains("`cargo relprep bump` where releases are made from the trunk"), "{said}");
    }
    let said = fixture.prepare("bump");
    assert!(said.contains("Bump top to 1.0.1"), "{said}");
    assert_eq!(holds(&fixture, "main"), ["base 1.0.1:", "top 1.0.1: base =1.0.1"]);
    assert!(fixture.sandbox.read("NEWS.md").starts_with("## 1.0.1\n\nReleased 2024-05-20.\n"));
    assert_eq!(fixture.sandbox.git(["log", "-1", "--format=%s"]), "Release top 1.0.1");
    fixture.prepare("bump --level minor --no-date");
    assert_eq!(holds(&fixture, "main")[0], "base 1.1.0:");
    assert!(!fixture.sandbox.read("NEWS.md").contains("1.1.0"));
    fixture.prepare("bump --to 2.0.0-rc.1");
    assert_eq!(fixture.sandbox.git(["log", "-1", "--format=%s"]), "Bump top to 2.0.0-rc.1");
    let said = fixture.refuses("bump", &["prerelease"]);
    assert!(said.contains("give `--to 2.0.0`"), "{said}");
    fixture.prepare("bump --to 2.0.0-rc.2 --no-date");
    fixture.prepare("bump --to 2.0.0 --no-date");
    assert_eq!(holds(&fixture, "main"), ["base 2.0.0:", "top 2.0.0: base =2.0.0"]);
}
