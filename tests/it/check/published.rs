//! What is published: where, in which order, and that a patch asks its users for nothing new.

use super::{CONFIGURATION, Sandbox, check, edit, lock, member, planted, released, wrong};
use crate::check_msrv::with_third_parties;

const NONE: [&str; 0] = [];

/// Says of both registries where they are.
fn with_registries(sandbox: &Sandbox) {
    let registry =
        |name: &str| format!("[registries.{name}]\nindex = \"sparse+https://localhost:1/{name}/\"\n");
    sandbox.write(".cargo/config.toml", registry("house") + &registry("yard"));
}

/// Plants what the members say of registries; Cargo has no index of them, and the rest is unchecked.
fn registries(lib: &str, app: &str, requirement: &str) -> Vec<String> {
    let sandbox = released();
    with_registries(&sandbox);
    sandbox.write("members/lib/Cargo.toml", member("lib", lib));
    let dependencies =
        format!("[dependencies]\nlib = {{ path = \"../lib\", version = \"=1.0.0\"{requirement} }}\n");
    sandbox.write("members/app/Cargo.toml", member("app", &format!("{app}{dependencies}")));
    sandbox.commit_all("Publish elsewhere");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    let run = check(&sandbox, &[]);
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let found = document["report"]["findings"].as_array().unwrap();
    let about = found.iter().filter(|finding| finding["rule"] == "package-dependency");
    about
        .map(|finding| {
            format!("{}: {}", finding["message"].as_str().unwrap(), finding["remedy"].as_str().unwrap())
        })
        .collect()
}

#[test]
fn a_member_is_required_from_a_registry_that_has_it() {
    let house = "publish = [\"house\"]\n";
    let both = "publish = [\"yard\", \"house\"]\n";
    assert_eq!(registries(house, house, ", registry = \"house\""), NONE);
    assert_eq!(registries(both, house, ", registry = \"house\""), NONE);
    assert_eq!(registries("", house, ""), NONE);
    assert_eq!(
        registries(house, house, ""),
        [
            "`app` requires `lib` from crates.io, and that is published to `house` only: state `registry = \"house\"`"
        ]
    );
    assert_eq!(
        registries("publish = [\"yard\"]\n", house, ", registry = \"house\""),
        [
            "`app` requires `lib` from `house`, and that is published to `yard` only: add `\"house\"` to `publish` of `lib`"
        ]
    );
    let crates_io = "publish = [\"crates-io\"]\n";
    assert_eq!(
        registries(crates_io, crates_io, ", registry = \"house\""),
        ["`app` requires `lib` from `house`, and that is published to crates.io only: take `registry` out"]
    );
    let refused = registries(both, crates_io, ", registry = \"house\"");
    assert!(
        refused[0]
            .starts_with("`app` is published to crates.io, which takes no package that requires `lib` from")
    );
}

#[test]
fn a_development_dependency_that_an_earlier_release_satisfies_makes_no_cycle() {
    let back = |requirement: &str| {
        planted(|it| {
            let back =
                format!("[dev-dependencies]\napp = {{ path = \"../app\", version = \"{requirement}\" }}\n");
            it.write("members/lib/Cargo.toml", member("lib", &back));
            for path in ["Cargo.toml", "members/app/Cargo.toml", "version.h"] {
                it.write(path, it.read(path).replace("1.0.0", "1.0.1"));
            }
            edit(it, "RELEASES.md", "## 1.0.0", "## 1.0.1\n\nReleased 2024-05-20.\n\n## 1.0.0");
            lock(it);
            it.commit_all("Release 1.0.1");
            it.git(["tag", "v1.0.1"]);
        })
    };
    // `planted` tags its own commit as 1.0.0, and the release before it as 1.0.1.
    let found = back("1");
    assert!(!found.contains(&"error publish-order".to_owned()), "{found:?}");
    let found = back("=1.0.1");
    assert!(found.contains(&"error publish-order".to_owned()), "{found:?}");
}

#[test]
fn a_patch_asks_its_users_for_nothing_new() {
    let sandbox = with_third_parties();
    let config = "[notes]\nenabled = false\n[check]\npackage-metadata = \"off\"\nlock-current = \"off\"\nmsrv = \"off\"\n";
    sandbox.write("relprep.toml", config);
    let lib = sandbox.read("members/lib/Cargo.toml");
    let features = "[features]\nfast = []\nsafe = []\n";
    sandbox.write("members/lib/Cargo.toml", format!("{lib}{features}"));
    sandbox.commit_all("Have features");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    let found = || {
        sandbox.commit_all("Go on");
        sandbox.git(["tag", "--force", "v1.0.1"]);
        let run = check(&sandbox, &[]);
        let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let found = document["report"]["findings"].as_array().unwrap();
        let held = found.iter().filter(|finding| finding["rule"] == "dependency-held");
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        held.map(|finding| {
            assert_eq!(finding["severity"], "warning");
            let line = finding["place"]["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
            format!("{}{line} {}", text(&finding["place"]["path"]), text(&finding["message"]))
        })
        .collect::<Vec<_>>()
    };
    edit(
        &sandbox,
        "members/app/Cargo.toml",
        "mid = \"1\"",
        "mid = \"1.0.1\"\n[dev-dependencies]\nnew = \"3\"",
    );
    assert_eq!(found(), NONE);
    edit(&sandbox, "members/app/Cargo.toml", "mid = \"1.0.1\"", "mid = \"2\"");
    edit(
        &sandbox,
        "Cargo.toml",
        "[workspace.package]",
        "[workspace.dependencies]\ndeep = \"1\"\n\n[workspace.package]",
    );
    sandbox.write(
        "members/lib/Cargo.toml",
        format!("{lib}[features]\nfast = []\n[dependencies]\ndeep.workspace = true\n"),
    );
    let manifest = sandbox.read("members/app/Cargo.toml");
    let line = manifest.lines().position(|line| line.starts_with("mid")).unwrap() + 1;
    assert_eq!(
        found(),
        [
            format!("members/app/Cargo.toml:{line} `app` requires `mid` `2`, and v1.0.0 required `1`"),
            "Cargo.toml:6 `lib` requires `deep`, which v1.0.0 did not".to_owned(),
            "members/lib/Cargo.toml `lib` has no feature `safe`, which v1.0.0 had".to_owned(),
        ]
    );
    edit(&sandbox, "members/app/Cargo.toml", "mid = \"2\"\n", "");
    assert_eq!(found()[0], "members/app/Cargo.toml `app` does not require `mid` any more, as v1.0.0 did");
}

#[test]
fn a_name_that_only_other_releases_have_is_no_note() {
    let sandbox = released();
    let config = |more: &str| CONFIGURATION.replace("exact = [\"lib\"]", &format!("exact = [\"lib\"{more}]"));
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.write("members/extra/Cargo.toml", member("extra-part", ""));
    sandbox.write("members/extra/src/lib.rs", "");
    sandbox.commit_all("Add a part");
    sandbox.git(["switch", "--quiet", "release-1.0.0"]);
    let found = |more: &str| {
        sandbox.write("relprep.toml", config(more));
        sandbox.commit_all("Configure it");
        sandbox.git(["tag", "--force", "v1.0.0"]);
        check(&sandbox, &[]).findings()
    };
    assert_eq!(found(", \"extra-*\""), NONE);
    assert_eq!(found(", \"extar-*\""), ["note requirements-unused"]);
    let line = |packages: &str| {
        let line = format!("[[line]]\npackages = [\"{packages}\"]\nmove = false\n");
        sandbox.write("relprep.toml", config("") + &line);
        sandbox.commit_all("Configure it");
        sandbox.git(["tag", "--force", "v1.0.0"]);
        check(&sandbox, &[]).findings()
    };
    for packages in ["extra-*", "members/extra", "members/ext*"] {
        assert_eq!(line(packages), NONE, "{packages}");
    }
    assert_eq!(line("members/extar"), ["note line-unused"]);
}

#[test]
fn a_name_that_fits_nothing_in_a_supported_release_is_a_note() {
    let sandbox = released();
    // An older release had such a package, and nobody supports it any more.
    sandbox.git(["switch", "--quiet", "release-0.9.0"]);
    sandbox.write("members/extra/Cargo.toml", "[package]\nname = \"extra-part\"\n");
    sandbox.commit_all("Have a part");
    sandbox.git(["switch", "--quiet", "release-1.0.0"]);
    let found = |months: u32, day: &str| {
        let schedule = format!(
            "[schedule]\nanchor = {{ version = \"0.9.0\", release = \"2024-04-20\" }}\nnumbering = \"minor\"\n\
             support-months = {months}\n"
        );
        let config = CONFIGURATION.split("[schedule]").next().unwrap();
        sandbox.write("relprep.toml", format!("{config}{schedule}[publish]\nexclude = [\"extra-*\"]\n"));
        let mut commit = sandbox.command("git");
        commit.env("GIT_COMMITTER_DATE", format!("{day}T12:00:00Z")).args([
            "commit",
            "--all",
            "--allow-empty",
            "--quiet",
            "--message",
            "c",
        ]);
        assert!(commit.status().unwrap().success());
        sandbox.git(["tag", "--force", "v1.0.0"]);
        let found = check(&sandbox, &[]).findings();
        found.into_iter().filter(|found| found.contains("unused")).collect::<Vec<_>>()
    };
    assert_eq!(found(2, "2024-05-20"), NONE);
    assert_eq!(found(2, "2024-08-20"), ["note publish-unused"]);
}

#[test]
fn a_rule_that_finds_much_says_how_it_is_turned_off() {
    let sandbox = released();
    for number in 0..5 {
        let package = format!(
            "[package]\nname = \"sample-{number}\"\nversion = \"0.1.0\"\nrust-version = \"1.70\"\nlicense = \"MIT\"\n"
        );
        sandbox.write(format!("members/sample-{number}/Cargo.toml"), package);
        sandbox.write(format!("members/sample-{number}/src/lib.rs"), "");
    }
    lock(&sandbox);
    sandbox.commit_all("Add samples");
    sandbox.git(["tag", "--force", "v1.0.0"]);
    let run = check(&sandbox, &[]);
    assert_eq!(wrong(&run), ["error package-metadata"; 5]);
    assert_eq!(
        run.out.matches("`package-metadata = \\\"off\\\"` in `[check]` turns this rule off").count(),
        1,
        "{}",
        run.out
    );
}
