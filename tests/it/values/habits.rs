//! Names of release branches and tags, inferred from those that are there, in every usual shape.

use relprep::config::Config;
use relprep::git::{BranchName, Branches, CommitId, Refs, Tag, TagName};
use relprep::project::names::{Product, infer, is_like_release_branch};
use relprep::rule::{self, Severity};
use semver::Version;

const BEFORE: &[&str] = &[
    "",
    "v",
    "release-",
    "release/",
    "releases/v",
    "stable/",
    "rel-",
    "dial-v",
    "dial-",
    "dial/",
    "maint_",
    "Release-",
    "support/v",
    "series.",
];
const AFTER: &[&str] = &["", ".x", "-x", "_maintenance", "-stable", "-lts", "/branch"];

fn refs(branches: impl IntoIterator<Item = String>, tags: impl IntoIterator<Item = String>) -> Refs {
    let commit = CommitId::from_hex(&"1a".repeat(20)).unwrap();
    let names = branches.into_iter().map(|name| (BranchName::new(name).unwrap(), commit));
    let tag = |name: String| {
        let name = TagName::new(name).unwrap();
        (name.clone(), Tag { name, commit, day: None, own_day: None })
    };
    Refs { branches: Branches::of_locals(names), tags: tags.into_iter().map(tag).collect() }
}

fn inferred(refs: &Refs, holds: &Version) -> Config {
    let mut config = Config::default();
    let product = Product {
        own: vec!["dial"],
        packages: vec!["dial", "dial-sys"],
        holds: Some(holds),
        ..Product::default()
    };
    let said = infer(&mut config, refs, &product);
    assert!(said.iter().all(|said| said.severity == Severity::Note), "{said:?}");
    config
}

/// The branches' names, by major and minor.
type BranchNames<'a> = &'a dyn Fn(u64, u64) -> String;

#[test]
fn every_usual_name_of_a_release_branch_is_read_and_given() {
    let releases = [(3, 1), (4, 7), (5, 11)];
    let noise = ["fix-4", "dependabot/cargo/serde-1.0.2", "dial-sys-v0.3", "5", "alice/4.7", "release-next"];
    for before in BEFORE {
        for after in AFTER {
            let forms: [(BranchNames<'_>, u64); 3] = [
                (&|major, minor| format!("{before}{major}.{minor}.0{after}"), 1),
                (&|major, minor| format!("{before}{major}.{minor}{after}"), 1),
                (&|major, _| format!("{before}{major}{after}"), 0),
            ];
            for (name, minors) in forms {
                if name(3, 1) == "3" {
                    continue;
                }
                let branches = releases.iter().map(|(major, minor)| name(*major, *minor));
                let branches = branches.chain(noise.map(str::to_owned));
                let tags = releases.iter().map(|(major, minor)| format!("{major}.{minor}.2"));
                let names = inferred(&refs(branches, tags), &Version::new(6, 2, 0)).names;
                for (major, minor) in releases {
                    let branch = name(major, minor);
                    assert!(is_like_release_branch(&branch, &["dial"]), "{branch}");
                    assert_eq!(
                        names.branch.line(&branch),
                        Some(Version::new(major, minor * minors, 0)),
                        "{branch}"
                    );
                }
                assert_eq!(names.branch.render(&Version::new(6, 2, 0), "dial"), name(6, 2));
                assert!(noise.iter().all(|noise| names.branch.read(noise).is_none()), "{}", names.branch);
            }
        }
    }
}

#[test]
fn every_usual_name_of_a_tag_is_read_and_given() {
    for before in BEFORE.iter().chain(&["dial@", "dial-v/", "tag-", "DIAL_v", "odd-words-"]) {
        let versions = ["0.8.0", "0.8.1-rc.1", "0.8.1", "0.9.0"];
        let tags = versions.iter().map(|version| format!("{before}{version}"));
        let others =
            ["dial-sys-v1.0.0", "dial-sys-v1.1.0", "nightly", "nightly-2024-05-20"].map(str::to_owned);
        let names = inferred(&refs([], tags.chain(others)), &Version::new(0, 10, 0)).names;
        for version in versions {
            let version: Version = version.parse().unwrap();
            assert_eq!(names.tag.read(format!("{before}{version}")), Some(version.clone()), "{before}");
        }
        assert_eq!(names.tag.render(&Version::new(0, 10, 0), "dial"), format!("{before}0.10.0"));
        assert_eq!(names.tag.read("dial-sys-v1.0.0"), None, "{before}");
    }
}

#[test]
fn what_is_stated_is_not_inferred_and_a_tie_is_an_error() {
    let there = refs(["3.x".to_owned(), "v3".to_owned()], ["3.0.0".to_owned(), "dial-3.0.0".to_owned()]);
    let mut config = Config::default();
    let holds = Version::new(4, 0, 0);
    let product = Product { own: vec!["dial"], holds: Some(&holds), ..Product::default() };
    let said = infer(&mut config, &there, &product);
    assert_eq!(said.iter().map(|said| said.rule).collect::<Vec<_>>(), [rule::NAMES_UNCLEAR; 2]);
    // Until it is decided, both are read.
    assert_eq!(
        (config.names.branch.read("3.x"), config.names.branch.read("v3")),
        (Some(Version::new(3, 0, 0)), Some(Version::new(3, 0, 0)))
    );
    // What was inferred is not inferred again.
    assert!(infer(&mut config, &there, &product).is_empty());
}
