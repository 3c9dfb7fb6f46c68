//! The environment of every process that a test starts: of the machine, its programs and its toolchain.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::thread;

use tempfile::TempDir;

use crate::layers::read_folder;
use crate::notes;
use crate::support::{Sandbox, write_executable};

/// The Cargo that builds the tests, and not rustup's stand-in for it.
pub const CARGO: &str = env!("CARGO");

/// Returns a command that runs `program` and sees nothing of the machine's configuration, nor of the
/// Cargo that runs the tests. What a program keeps for itself lies in the folder `home`.
pub fn command(program: impl AsRef<OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_clear();
    command.env("HOME", home).env("TMPDIR", home).env("XDG_CONFIG_HOME", home.join("config"));
    command.env("CARGO", CARGO).env("CARGO_HOME", home.join("cargo")).env("PATH", path(&[]));
    command.env("GNUPGHOME", home.join("gnupg"));
    command.env("GIT_CONFIG_GLOBAL", home.join("gitconfig")).env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").env("TZ", "UTC");
    if let Some(toolchains) = toolchains() {
        command.env("RUSTUP_HOME", toolchains);
    }
    if let Some(root) = env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    command
}

/// Runs the calling test in a process of its own, so that what the library reads of its environment is
/// this one; returns whether it did, and nothing is left to do.
///
/// # Panics
///
/// If the test fails there.
pub fn ran_apart() -> bool {
    if env::var_os(notes::VARIABLE).is_some() {
        return false;
    }
    let ground = Sandbox::bare_ground();
    let mut child = command(env::current_exe().unwrap(), &ground.dir().join("home"));
    child.args(["--exact", thread::current().name().unwrap()]);
    child.envs(env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RELPREP_")));
    let output = child.env(notes::VARIABLE, notes::file()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("test result: ok. 1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    true
}

/// Makes a folder: in memory where the machine lets programs run from there, which makes files many times
/// faster, unless `TMPDIR` says where.
pub fn folder() -> TempDir {
    static GROUND: LazyLock<PathBuf> = LazyLock::new(|| {
        let memory = Path::new("/dev/shm");
        let chosen = env::var_os("TMPDIR").is_none() && runs_programs(memory);
        if chosen { memory.to_owned() } else { env::temp_dir() }
    });
    tempfile::Builder::new().prefix("relprep test ").tempdir_in(&*GROUND).unwrap()
}

fn runs_programs(folder: &Path) -> bool {
    let Ok(folder) = TempDir::new_in(folder) else { return false };
    let script = folder.path().join("script");
    write_executable(&script, "#!/bin/sh\n");
    command(script, folder.path()).status().is_ok_and(|status| status.success())
}

/// Returns where programs are looked for: in `first`, in the toolchain, and where the machine has them.
pub fn path(first: &[&Path]) -> OsString {
    let machine = env::var_os("PATH").unwrap_or_default();
    let toolchain = Path::new(CARGO).parent();
    let folders = first.iter().copied().chain(toolchain).map(Path::to_owned);
    env::join_paths(folders.chain(env::split_paths(&machine))).unwrap()
}

/// Returns the folder in which rustup keeps its toolchains.
fn toolchains() -> Option<OsString> {
    env::var_os("RUSTUP_HOME").or_else(|| Some(env::home_dir()?.join(".rustup").into()))
}

/// Tests that start programs in each way that there is.
const TESTS: [&str; 6] = [
    "as_user::identity_and_dates_come_from_the_environment_as_in_git",
    "backport::agreement::random_picks_agree_with_git_cherry_pick",
    "check_msrv::a_new_member_a_resolver_and_a_toolchain_file_are_held_to_the_promise",
    "lockfile::a_namesake_outside_the_workspace_stays",
    "ops::a_branch_is_checked_and_a_fix_is_tried_on_the_others",
    "shapes::a_lone_package_is_cut_and_patched",
];

#[test]
fn the_configuration_of_the_machine_reaches_no_test() {
    let machine = TempDir::new().unwrap();
    let broken = machine.path().join("config.toml");
    fs::write(&broken, "[broken\n").unwrap();
    let on_machine = |program: &OsStr, args: &[&str]| {
        let mut command = Command::new(program);
        command.args(args).env("HOME", machine.path()).env("CARGO_HOME", machine.path());
        command.env("GIT_CONFIG_GLOBAL", &broken).env("GIT_DIR", &broken).env("RUSTC_WRAPPER", &broken);
        command.env("CARGO_BUILD_TARGET", "nowhere").env("CARGO_TARGET_DIR", &broken);
        command
            .env("RELPREP_TEST_PAIRS", "20")
            .env("RUSTFLAGS", "--broken")
            .env("RUSTUP_TOOLCHAIN", "broken");
        command.envs(toolchains().map(|folder| ("RUSTUP_HOME", folder))).output().unwrap()
    };
    assert!(!on_machine(CARGO.as_ref(), &["metadata", "--no-deps"]).status.success());
    assert!(!on_machine("git".as_ref(), &["version", "--build-options"]).status.success());
    let args = [&["--exact"][..], &TESTS].concat();
    let output = on_machine(env::current_exe().unwrap().as_ref(), &args);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(&format!("test result: ok. {} passed", TESTS.len())), "{said}");
}

#[test]
fn no_test_starts_a_process_by_itself() {
    let mut sources = Vec::new();
    read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it"), "", &mut sources);
    let owner = Path::new(file!()).file_name().unwrap().to_str().unwrap();
    sources.retain(|(path, text)| path != owner && text.contains("Command::new("));
    let paths: Vec<_> = sources.iter().map(|(path, _)| path).collect();
    assert!(paths.is_empty(), "to be started with `environment::command`: {paths:?}");
}
