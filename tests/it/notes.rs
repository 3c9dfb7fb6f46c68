//! Where tests note that they are skipped, for the program that tells it: `skipped.rs`.

use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};

/// Returns the file of notes, one for each run of Cargo.
pub fn file() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("skipped-{}", parent_id()))
}
