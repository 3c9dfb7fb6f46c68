//! Tools that not every machine has: where they are missing, a test says that it is skipped.
//!
//! With `RELPREP_TEST_TOOLS=required` in the environment, as in CI, a missing tool is a failure.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;

use crate::environment;

/// A tool, and how a test finds it.
#[derive(Clone, Copy)]
pub(crate) enum Tool {
    /// Chromium, by the name that Debian gives it.
    Chromium,
    /// A Python that has `icalendar` and `yaml`; another than `python3` by `RELPREP_TEST_PYTHON`.
    Python,
    /// `mermaid.min.js`, by its path in `RELPREP_TEST_MERMAID`.
    Mermaid,
    /// mdBook.
    Mdbook,
    /// strace, where a process may trace another.
    Strace,
}

impl Tool {
    /// Returns the program or file, or says that the test is skipped.
    pub(crate) fn find(self) -> Option<OsString> {
        let (name, found) = match self {
            Self::Chromium => ("chromium", runs("chromium".into(), &["--version"])),
            Self::Python => {
                let python = env::var_os("RELPREP_TEST_PYTHON").unwrap_or_else(|| "python3".into());
                ("python3 with icalendar and PyYAML", runs(python, &["-c", "import icalendar, yaml"]))
            }
            Self::Mermaid => {
                let path = env::var_os("RELPREP_TEST_MERMAID").filter(|path| PathBuf::from(path).is_file());
                ("mermaid.min.js, named by RELPREP_TEST_MERMAID,", path)
            }
            Self::Mdbook => ("mdbook", runs("mdbook".into(), &["--version"])),
            Self::Strace => ("strace", runs("strace".into(), &["-o", "/dev/null", "true"])),
        };
        if found.is_none() {
            let required = env::var_os("RELPREP_TEST_TOOLS").is_some_and(|value| value == "required");
            assert!(!required, "{name} is not here");
            skip(&format!("{name} is not here"));
        }
        found
    }
}

/// Says that a test is skipped.
#[expect(clippy::print_stderr, reason = "a test that checks nothing has to say so")]
pub(crate) fn skip(why: &str) {
    eprintln!("skipped: {why}");
}

fn runs(program: OsString, arguments: &[&str]) -> Option<OsString> {
    let mut command = environment::command(&program, &env::temp_dir());
    let status = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success()).then_some(program)
}
