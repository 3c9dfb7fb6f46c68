//! Where tests note that they are skipped, for the program that tells it: `skipped.rs`.

use std::env;
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};

/// Names the file of notes to a test that another one runs in a process of its own.
pub const VARIABLE: &str = "RELPREP_TEST_NOTES";

/// Returns the file of notes, one for each run of Cargo.
pub fn file() -> PathBuf {
    let own = || Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("skipped-{}", parent_id()));
    env::var_os(VARIABLE).map_or_else(own, PathBuf::from)
}
