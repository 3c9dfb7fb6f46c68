//! Workspaces that chance makes, and every command and level on them.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};

use crate::fixture::Fixture;

/// How many workspaces are made; `RELPREP_TEST_WORKSPACES` says otherwise.
const WORKSPACES: u64 = 6;

const COMMANDS: [&str; 8] = [
    "branch",
    "branch --level minor",
    "bump",
    "bump --level minor",
    "bump --level major",
    "patch",
    "patch --level minor",
    "rc --level patch",
];

/// Numbers of a simple generator, the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let index = usize::try_from(self.below(all.len() as u64)).unwrap();
        all[index]
    }

    /// A workspace of some packages at some versions, each of which requires some of those before it.
    fn workspace(&mut self) -> Vec<(String, Vec<String>)> {
        let versions = ["3.1.4", "3.1.4", "0.7.2", "0.0.5", "12.0.0", "0.20.1"];
        let mut packages: Vec<(String, Vec<String>)> = Vec::new();
        for index in 0..2 + self.below(4) {
            let version = if index == 0 { "3.1.4" } else { self.one_of(&versions) };
            let mut required = Vec::new();
            for (other, _) in &packages {
                let (name, version) = other.split_once(' ').unwrap();
                let parts: Vec<&str> = version.split('.').collect();
                let whole = self.one_of(&["", "=", "~", ">=", "^"]).to_owned() + version;
                let short = format!("{}.{}", parts[0], parts[1]);
                let wanted = match self.below(4) {
                    0 => continue,
                    1 => short,
                    _ => whole,
                };
                required.push(format!("{name} {wanted}"));
            }
            packages.push((format!("p{index} {version}"), required));
        }
        packages
    }
}

/// Returns the version of each package on `branch`, and checks that every requirement matches.
fn versions(fixture: &Fixture, branch: &str) -> BTreeMap<String, Version> {
    let files = fixture.sandbox.git(["ls-tree", "-r", "--name-only", branch]);
    let mut held = BTreeMap::new();
    let mut required = Vec::new();
    for path in files.lines().filter(|path| path.ends_with("/Cargo.toml")) {
        let text = fixture.sandbox.git(["show", &format!("{branch}:{path}")]);
        let quoted = |line: &str| line.rsplit('"').nth(1).unwrap().to_owned();
        let version = text.lines().find(|line| line.starts_with("version")).map(quoted).unwrap();
        held.insert(path.split('/').next().unwrap().to_owned(), version.parse().unwrap());
        let entries = text.lines().filter(|line| line.contains("path = "));
        required.extend(entries.map(|line| (line.split(' ').next().unwrap().to_owned(), quoted(line))));
    }
    for (name, wanted) in required {
        assert!(VersionReq::parse(&wanted).unwrap().matches(&held[&name]), "{name} {wanted}: {held:?}");
    }
    held
}

#[test]
fn versions_go_up_and_no_two_branches_come_to_hold_one() {
    let asked = std::env::var("RELPREP_TEST_WORKSPACES").ok().map(|number| number.parse().unwrap());
    let mut chance = Chance(14);
    let (mut made, mut refused) = (0, 0);
    for _ in 0..asked.unwrap_or(WORKSPACES) {
        let packages = chance.workspace();
        let borrowed: Vec<(&str, Vec<&str>)> = packages
            .iter()
            .map(|(package, required)| (package.as_str(), required.iter().map(String::as_str).collect()))
            .collect();
        let listed: Vec<(&str, &[&str])> =
            borrowed.iter().map(|(package, required)| (*package, required.as_slice())).collect();
        let config = "lead = \"p0\"\nprerelease.candidate = \"rc\"\n[notes]\nenabled = false\n";
        for command in COMMANDS {
            let config = if command.starts_with("rc") {
                config
            } else {
                &config.replacen("prerelease.candidate = \"rc\"\n", "", 1)
            };
            let fixture = Fixture::made(&listed, config);
            let (main, release) = ("main", "release-3.1.4");
            let before = versions(&fixture, main);
            let on_release = command.starts_with("patch") || command.starts_with("rc");
            if on_release {
                fixture.sandbox.git(["switch", "--quiet", "--create", release]);
            }
            let said = fixture.run(command);
            if said.status != 0 {
                assert_eq!(said.status, 1, "{command} of {packages:?}: {}", said.err);
                refused += 1;
                continue;
            }
            made += 1;
            let moved = if on_release { release } else { main };
            let after = versions(&fixture, moved);
            for (name, version) in &after {
                assert!(*version >= before[name], "{command} of {packages:?}: {name} goes down to {version}");
            }
            assert!(after["p0"] > before["p0"], "{command} of {packages:?}: {after:?}");
            let only = fixture.run("check --only-versions");
            assert_eq!(only.status, 0, "{command} of {packages:?}: {}{}", only.out, only.err);
            fixture.cargo_accepts(moved);
            if command.starts_with("branch") {
                fixture.sandbox.git(["switch", "--quiet", release]);
                for _ in 0..2 {
                    assert_eq!(fixture.run("patch").status, 0, "{command} of {packages:?}");
                    let patched = versions(&fixture, release);
                    let shared: Vec<_> =
                        patched.iter().filter(|(name, held)| after[*name] == **held).collect();
                    assert!(shared.is_empty(), "{command} of {packages:?}: {shared:?} on both branches");
                }
            }
        }
    }
    assert!(made > refused, "{made} steps made, {refused} refused");
}
