//! The packaging rehearsal by Cargo itself.

use super::{CONFIGURATION, check, edit, lock, member, planted, released, wrong};
use crate::checking::Run;
use crate::support::Sandbox;

const NONE: [&str; 0] = [];

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Returns the findings of one rule, each with its severity, file and line.
pub(super) fn found(run: &Run, rule: &str) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let all = document["report"]["findings"].as_array().unwrap_or_else(|| panic!("{document}{}", run.err));
    let shown = |finding: &serde_json::Value| {
        let line = finding["place"]["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
        let place = text(&finding["place"]["path"]) + &line;
        format!("{} {place} {}", text(&finding["severity"]), text(&finding["message"]))
    };
    all.iter().filter(|finding| finding["rule"] == rule).map(shown).collect()
}

fn packed(plant: impl Fn(&Sandbox)) -> Vec<String> {
    packed_beside(&["package-metadata", "package-dependency"], plant)
}

/// Returns what packing finds where these rules are off.
fn packed_beside(off: &[&str], plant: impl Fn(&Sandbox)) -> Vec<String> {
    let sandbox = released();
    let levels = off.iter().map(|rule| format!("{rule} = \"off\"\n")).collect::<Vec<_>>().concat();
    sandbox.write("relprep.toml", format!("{CONFIGURATION}[check]\n{levels}"));
    plant(&sandbox);
    sandbox.commit_all("Go on");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    let before = sandbox.everything();
    let run = check(&sandbox, &["--package"]);
    assert_eq!(sandbox.everything(), before, "it is a rehearsal");
    found(&run, "package-rehearsal")
}

#[test]
fn what_is_published_is_packed_with_its_siblings_and_nothing_is_left_behind() {
    assert_eq!(packed(|_| {}), NONE);
    let sandbox = released();
    let run = check(&sandbox, &["--package", "--verify"]);
    assert_eq!(wrong(&run), NONE, "{}", run.out);
    assert!(run.out.contains("\"name\": \"packed\""), "{}", run.out);
    sandbox.git(["branch", "release-2.0.0"]);
    assert!(check(&sandbox, &["--package", "--branch", "release-2.0.0"]).out.contains("is not checked out"));
    assert_eq!(check(&sandbox, &["--verify"]).status, 2);
}

#[test]
fn each_package_that_cannot_be_packed_is_found_with_its_manifest() {
    let readme = packed(|it| {
        edit(
            it,
            "members/lib/Cargo.toml",
            "license.workspace = true\n",
            "license.workspace = true\nreadme = \"R.md\"\n",
        );
        it.write(
            "members/more/Cargo.toml",
            member("more", "license-file = \"LICENCE\"\n").replace("license.workspace = true\n", ""),
        );
        it.write("members/more/src/lib.rs", "");
        lock(it);
    });
    assert_eq!(readme.len(), 2, "{readme:?}");
    assert!(
        readme[0]
            .starts_with("error members/lib/Cargo.toml:2 `lib` cannot be packed: readme `R.md` does not"),
        "{readme:?}"
    );
    assert!(
        readme[1]
            .starts_with("error members/more/Cargo.toml:2 `more` cannot be packed: license-file `LICENCE`"),
        "{readme:?}"
    );
    let unpublished = packed(|it| {
        edit(
            it,
            "members/app/Cargo.toml",
            "[dev-dependencies]\n",
            "tool = { path = \"../tool\", version = \"1.0.0\" }\n",
        );
        let manifest = it.read("members/app/Cargo.toml");
        it.write("members/app/Cargo.toml", manifest.replace("tool = { path = \"../tool\" }\n", ""));
        lock(it);
    });
    assert_eq!(
        unpublished,
        ["error members/app/Cargo.toml:2 `app` cannot be packed: it requires `tool`, which is not published"]
    );
    let large = packed(|it| {
        // What cannot be compressed: a simple generator of numbers.
        let mut state: u64 = 7;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .take(11 << 20)
        .collect();
        it.write("members/lib/data.bin", noise);
    });
    assert_eq!(
        large,
        [
            "error members/lib/Cargo.toml:2 `lib` is 11.0 MiB when it is packed, and crates.io takes 10 MiB at most"
        ]
    );
}

/// A published member that users get from one registry, and that requires `lib` so.
fn inhouse(sandbox: &Sandbox, lib: &str, requirement: &str) {
    let registry =
        |name: &str| format!("[registries.{name}]\nindex = \"sparse+https://localhost:1/{name}/\"\n");
    sandbox.write(".cargo/config.toml", registry("house") + &registry("yard"));
    sandbox.write("members/lib/Cargo.toml", member("lib", lib));
    let dependency =
        format!("[dependencies]\nlib = {{ path = \"../lib\", version = \"=1.0.0\"{requirement} }}\n");
    sandbox.write("members/more/Cargo.toml", member("more", &format!("publish = [\"house\"]\n{dependency}")));
    sandbox.write("members/more/src/lib.rs", "");
    sandbox.git(["add", "--all"]);
    lock(sandbox);
}

#[test]
fn each_registry_has_its_own_packages() {
    // `app` is for all registries, and requires `lib` from the usual one.
    assert_eq!(packed(|it| inhouse(it, "", ", registry = \"house\"")), NONE);
    assert_eq!(
        packed(|it| inhouse(it, "", "")),
        [
            "note members/more/Cargo.toml:2 whether `more` can be packed is unchecked: it requires `lib` from another registry"
        ]
    );
    // One that is for two is packed for the first.
    assert_eq!(
        packed(|it| {
            inhouse(it, "publish = [\"yard\", \"house\"]\n", ", registry = \"house\"");
            edit(it, "members/app/Cargo.toml", "[dependencies]", "publish = [\"house\"]\n[dependencies]");
            edit(it, "members/app/Cargo.toml", "=1.0.0\"", "=1.0.0\", registry = \"house\"");
            lock(it);
        }),
        NONE
    );
    let mismatch = packed(|it| inhouse(it, "publish = [\"yard\"]\n", ", registry = \"house\""));
    assert!(
        mismatch.iter().any(|one| one.contains("`more`") && one.contains("another registry")),
        "{mismatch:?}"
    );
}

#[test]
fn a_third_party_that_is_not_here_is_unchecked() {
    let absent = packed(|it| {
        let app = it.read("members/app/Cargo.toml");
        let third_party = "[build-dependencies]\nnowhere-to-be-found = \"1\"\n";
        it.write("members/app/Cargo.toml", format!("{app}{third_party}"));
    });
    assert!(absent[0].starts_with("note"), "{absent:?}");
    assert!(absent[0].contains("is unchecked, without network: "), "{absent:?}");
}

#[test]
fn what_a_rule_has_found_packing_does_not_find_again() {
    let plant = |it: &Sandbox| {
        edit(it, "members/lib/Cargo.toml", "license.workspace", "readme = \"R.md\"\nlicense.workspace");
        edit(
            it,
            "members/app/Cargo.toml",
            "[dev-dependencies]\ntool = { path = \"../tool\" }\n",
            "tool = { path = \"../tool\", version = \"1.0.0\" }\n",
        );
        lock(it);
    };
    assert_eq!(planted(plant), ["error package-metadata", "error package-dependency"]);
    assert_eq!(packed_beside(&[], plant), NONE);
    assert_eq!(packed_beside(&["package-metadata"], plant).len(), 1);
}
