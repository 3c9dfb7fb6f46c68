//! The packaging rehearsal by Cargo itself, and the comparison of interfaces by `cargo semver-checks`.

use std::fs;

use super::{check, edit, lock, member, released, wrong};
use crate::checking::{Run, relprep_with};
use crate::environment;
use crate::support::{Sandbox, write_executable};

const NONE: [&str; 0] = [];

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Returns the findings of one rule, each with its severity, file and line.
fn found(run: &Run, rule: &str) -> Vec<String> {
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

/// Runs `check --api` with a program in the place of `cargo-semver-checks` that says `said`.
fn compared(sandbox: &Sandbox, said: &str, status: u8) -> Run {
    let bin = sandbox.dir().join("bin");
    fs::create_dir_all(&bin).unwrap();
    fs::write(bin.join("said"), said).unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$2\" = --version ] && {{ echo 'cargo-semver-checks 0.0.7'; exit; }}\n\
         echo \"$@\" > '{0}/asked'\ncat '{0}/said'\nexit {status}\n",
        bin.display()
    );
    write_executable(&bin.join("cargo-semver-checks"), &script);
    let path = environment::path(&[&bin]).into_string().unwrap();
    let args = ["check", "--api", "--format", "json", "--date", "2024-05-20"];
    relprep_with(sandbox, &args, &[("PATH", &path)])
}

#[test]
fn what_breaks_an_interface_is_told_with_item_file_and_line() {
    let sandbox = released();
    sandbox.write("members/app/src/lib.rs", "\n\npub enum Side { Left, Right, Both }\n");
    sandbox.commit_all("Break it");
    let said = "    Building app v1.0.0 (current)\n\n--- failure enum_variant_added: enum variant added ---\n\n\
                Failed in:\n  variant Side:Both in /x/members/app/src/lib.rs:3\n\n\
                --- failure function_missing: pub fn removed ---\n\nFailed in:\n  \
                function app::f, previously in file /x/t/git-v1.0.0/members/app/src/lib.rs:1\n";
    let run = compared(&sandbox, said, 1);
    assert_eq!(
        found(&run, "api-held"),
        [
            "error members/app/src/lib.rs:3 the interface of `app` breaks: variant Side:Both (enum variant added), unlike at v1.0.0",
            "error members/app/src/lib.rs the interface of `app` breaks: function app::f (pub fn removed), at v1.0.0 in \
             members/app/src/lib.rs:1",
        ]
    );
    assert!(run.out.contains("compared with v1.0.0 by cargo-semver-checks 0.0.7"), "{}", run.out);
    let asked = fs::read_to_string(sandbox.dir().join("bin/asked")).unwrap();
    assert!(
        asked.contains("--baseline-rev v1.0.0 --release-type patch") && asked.contains("--exclude tool"),
        "{asked}"
    );
    assert_eq!(found(&compared(&sandbox, "", 0), "api-held"), NONE);
    let failed =
        found(&compared(&sandbox, "error: running cargo-doc on crate \'app\' failed\n", 1), "api-held");
    assert!(
        failed[0].starts_with("note") && failed[0].contains("unchecked: running cargo-doc"),
        "{failed:?}"
    );
    // On the trunk it is what the next release breaks.
    sandbox.git(["switch", "--quiet", "--force-create", "main"]);
    let next = found(&compared(&sandbox, said, 1), "api-held");
    assert!(next.len() == 2 && next.iter().all(|one| one.starts_with("note")), "{next:?}");
}

#[test]
fn without_the_program_or_a_release_interfaces_are_unchecked() {
    let sandbox = released();
    let only = check(&sandbox, &["--api"]);
    assert_eq!(
        found(&only, "api-held"),
        ["note  the interfaces are unchecked: no release before this commit is tagged here"]
    );
    sandbox.commit_all("Go on");
    // A PATH with all that is needed but the program.
    let bin = sandbox.dir().join("bin");
    fs::create_dir(&bin).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    for name in ["git", "cargo", "rustc", "rustup"] {
        if let Some(found) =
            std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
        {
            std::os::unix::fs::symlink(found, bin.join(name)).unwrap();
        }
    }
    let args = ["check", "--api", "--format", "json", "--date", "2024-05-20"];
    let run = relprep_with(&sandbox, &args, &[("PATH", bin.to_str().unwrap())]);
    assert_eq!(
        found(&run, "api-held"),
        ["note  the interfaces are unchecked: `cargo semver-checks` is not installed"]
    );
}
