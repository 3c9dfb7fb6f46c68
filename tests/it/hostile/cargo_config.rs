//! Programs, libraries and arguments that a configuration of Cargo names.

use std::fs;

use tempfile::TempDir;

use crate::fixture::Fixture;
use crate::support::{Sandbox, write_executable};

/// Returns a configuration of Cargo with `program` wherever one can be named.
fn naming(program: &str) -> String {
    format!(
        "[build]\nrustc = '{program}'\nrustc-wrapper = '{program}'\nrustc-workspace-wrapper = '{program}'\n\
         [target.'cfg(all())']\nrunner = ['{program}']\n[target.x86_64-unknown-linux-gnu]\nlinker = '{program}'\n\
         [alias]\nmetadata = ['!{program}']\nupdate = ['!{program}']\n\
         [registry]\nglobal-credential-providers = ['{program}']\ncredential-provider = ['{program}']\n\
         [registries.own]\nindex = 'sparse+https://localhost/'\ncredential-provider = ['{program}']\n\
         [doc]\nbrowser = '{program}'\n[env]\nRUSTC_WRAPPER = {{ value = '{program}', force = true }}\n"
    )
}

#[test]
fn no_program_runs_that_a_cargo_configuration_of_the_repository_names() {
    for file in [".cargo/config.toml", ".cargo/config"] {
        // Cargo is asked about its lock file, and by its resolver asks rustc.
        let fixture = Fixture::changed("patched", &[("Cargo.toml", "resolver = \"2\"", "resolver = \"3\"")]);
        let (evil, ran) = (fixture.sandbox.dir().join("evil"), fixture.sandbox.dir().join("ran"));
        write_executable(&evil, &format!("#!/bin/sh\necho \"$0 $*\" >>'{}'\nexec \"$@\"\n", ran.display()));
        fixture.sandbox.git(["switch", "--quiet", "--create", "release-1.4.2"]);
        fixture.sandbox.write(file, naming(&evil.display().to_string()));
        fixture.sandbox.commit_all("A configuration of Cargo");
        for here in ["release-1.4.2", "main"] {
            fixture.sandbox.git(["switch", "--quiet", here]);
            for args in [
                "status",
                "schedule",
                "check",
                "check --branch release-1.4.2",
                "check --supported",
                "check --only-versions",
                "check-msrv",
                "check-msrv --branch release-1.4.2",
                "branch --dry-run",
                "patch --branch release-1.4.2 --dry-run",
                "patch --branch release-1.4.2 --allow-dirty",
                "backport HEAD --dry-run",
                "backport --status",
            ] {
                let said = fixture.run(args);
                assert!(!ran.exists(), "{file} on {here}: `{args}` ran a program: {}", said.err);
            }
        }
    }
}

/// Places of a configuration of Cargo from which it reaches the release branch that is checked out.
const PLACES: [(&str, &[(&str, &str)]); 3] = [
    ("beside the manifest", &[(".cargo/config.toml", "TABLES")]),
    ("included", &[(".cargo/config.toml", "include = ['../more.toml']\n"), ("more.toml", "TABLES")]),
    ("above the repository", &[("../.cargo/config.toml", "TABLES")]),
];

/// Makes a repository with `tables` of Cargo's configuration in a place, whose Cargo is asked about dependencies.
fn configuring_cargo(files: &[(&str, &str)], tables: &str) -> Fixture {
    let fixture = Fixture::new("virtual-workspace");
    fixture.sandbox.git(["switch", "--quiet", "--create", "release-7.0.0"]);
    for (path, text) in files {
        fixture.sandbox.write(path, text.replace("TABLES", tables));
    }
    fixture.sandbox.commit_all("A configuration of Cargo");
    fixture
}

/// Runs what asks Cargo about dependencies, with temporary folders apart from the repository, and returns everything
/// that it says.
fn checked(fixture: &Fixture) -> String {
    let apart = TempDir::new().unwrap();
    let run = |args: &str| fixture.program(args).env("TMPDIR", apart.path()).output().unwrap();
    let said = ["check", "check-msrv --baseline HEAD~1", "check --package"].map(run);
    let text =
        said.map(|output| String::from_utf8([output.stdout, output.stderr].concat()).unwrap()).concat();
    text.lines().filter(|line| !line.starts_with("  commit ")).collect::<Vec<_>>().join("\n")
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn the_compiler_gets_no_variable_that_a_cargo_configuration_sets() {
    for (place, files) in PLACES {
        let dir = TempDir::new().unwrap();
        let loaded = || fs::read_dir(dir.path()).unwrap().count();
        // What the dynamic linker writes shows whether `LD_PRELOAD` would have been obeyed.
        let output = dir.path().join("loaded").display().to_string();
        for force in ["", ", force = true"] {
            let value = |value: &str| format!("{{ value = '{value}'{force} }}");
            let env = format!("[env]\nLD_DEBUG = {}\nLD_DEBUG_OUTPUT = {}\n", value("files"), value(&output));
            let fixture = configuring_cargo(files, &env);
            checked(&fixture);
            assert_eq!(loaded(), 0, "{place}");
            let metadata = ["metadata", "--offline", "--format-version=1"];
            assert!(fixture.command("cargo").args(metadata).output().unwrap().status.success());
            assert!(loaded() > 0, "{place}: Cargo does not set variables, and the test is blind");
            for file in fs::read_dir(dir.path()).unwrap() {
                fs::remove_file(file.unwrap().path()).unwrap();
            }
        }
    }
}

#[test]
fn the_compiler_gets_no_argument_that_a_cargo_configuration_states() {
    let flags = "rustflags = ['-Zcodegen-backend=/nowhere/evil.so']\n";
    for (place, files) in PLACES {
        let plain = checked(&configuring_cargo(files, "net.retry = 1\n"));
        assert!(!plain.contains("error[failure]"), "{place}: {plain}");
        for tables in [format!("[build]\n{flags}"), format!("[target.'cfg(all())']\n{flags}")] {
            let fixture = configuring_cargo(files, &tables);
            assert_eq!(checked(&fixture), plain, "{place}");
            let metadata = ["metadata", "--offline", "--format-version=1"];
            let output = fixture.command("cargo").args(metadata).output().unwrap();
            assert!(!output.status.success(), "{place}: Cargo does not obey it, and the test is blind");
        }
    }
}

#[test]
fn what_a_cargo_configuration_says_of_dependencies_counts_beside_what_it_says_of_programs() {
    let package = |name: &str, more: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n{more}")
    };
    let sandbox = Sandbox::with_files([
        ("Cargo.toml", package("one", "[dependencies]\ntwo = \"1\"\n[workspace]\nexclude = [\"two\"]\n")),
        ("src/lib.rs", String::new()),
        ("two/Cargo.toml", package("two", "")),
        ("two/src/lib.rs", String::new()),
        (".cargo/patch.toml", "[patch.crates-io]\ntwo = { path = \"two\" }\n".to_owned()),
        (".cargo/config.toml", "include = [\"patch.toml\"]\n[build]\nrustflags = [\"-Zno\"]\n".to_owned()),
    ]);
    let run = |args: &[&str]| sandbox.command("cargo").args(args).output().unwrap();
    assert!(run(&["generate-lockfile", "--offline"]).status.success());
    sandbox.commit_all("Lock");
    let said =
        sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep")).args(["relprep", "check"]).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(!said.contains("no matching package") && !said.contains("lock file"), "{said}");
    sandbox.git(["rm", "--quiet", ".cargo/patch.toml"]);
    sandbox.commit_all("Patch nothing");
    let said =
        sandbox.command(env!("CARGO_BIN_EXE_cargo-relprep")).args(["relprep", "check"]).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("two"), "the test is blind: {said}");
}

#[test]
fn no_configuration_above_temporary_folders_counts_either() {
    let (place, files) = PLACES[2];
    let fixture = configuring_cargo(files, "[build]\nrustc = '/nowhere/evil'\n");
    let said = fixture.program("check").env("TMPDIR", fixture.sandbox.dir()).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("error[cargo-config]: "), "{place}: {said}");
    assert!(said.contains("help: set `TMPDIR` to another folder"), "{place}: {said}");
}

#[test]
fn a_cargo_configuration_that_cannot_be_read_is_refused_by_name() {
    for (config, message, remedy) in [
        ("[build\n", "/.cargo/config.toml is not TOML: ", "help: put it right: "),
        ("[build]\njobs = [\n", " (line 2)\n", "help: put it right: "),
        (
            "include = 'config.toml'\n",
            "/.cargo/config.toml includes itself, or too many files",
            "help: take out",
        ),
    ] {
        let fixture = configuring_cargo(&[(".cargo/config.toml", config)], "");
        let output = fixture.program("check").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let expected = ["error[cargo-config]: ", message, remedy];
        assert!(expected.iter().all(|part| said.contains(part)), "{config}: {said}");
        assert_eq!(output.status.code(), Some(1), "{said}");
    }
}
