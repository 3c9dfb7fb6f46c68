//! The packaging rehearsal by Cargo itself.

use super::{check, edit, lock, member, released, wrong};
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
    let sandbox = released();
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

#[test]
fn registries_that_disagree_and_a_third_party_that_is_not_here_are_told() {
    let mismatch = packed(|it| {
        let registry =
            |name: &str| format!("[registries.{name}]\nindex = \"sparse+https://localhost:1/{name}/\"\n");
        it.write(".cargo/config.toml", registry("house") + &registry("yard"));
        edit(
            it,
            "members/lib/Cargo.toml",
            "license.workspace = true\n",
            "license.workspace = true\npublish = [\"house\"]\n",
        );
    });
    assert_eq!(mismatch.len(), 1, "{mismatch:?}");
    assert!(mismatch[0].contains("cannot be packed: --registry is required"), "{mismatch:?}");
    let absent = packed(|it| {
        let app = it.read("members/app/Cargo.toml");
        it.write(
            "members/app/Cargo.toml",
            format!("{app}[build-dependencies]\nnowhere-to-be-found = \"1\"\n"),
        );
    });
    assert!(absent[0].starts_with("note"), "{absent:?}");
    assert!(absent[0].contains("is unchecked, without network: "), "{absent:?}");
}
