//! The keys of the configuration, as a page to read.

use std::fmt::Write as _;

use super::{BOLD, DIM};
use crate::config::keys::Key;

/// Returns a page about `keys`, in their order, with styles.
pub fn page(keys: &[Key]) -> String {
    let mut out = String::from(
        "`relprep.toml` beside the root manifest, or `[workspace.metadata.relprep]` in it, or `--config FILE`.\n\
         Every key has a default; paths are relative to the root manifest's folder, and to the repository's root\n\
         where they begin with `/`.\n",
    );
    for key in keys {
        let _ = writeln!(out, "\n{BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}", key.name, key.kind.in_words());
        let _ = writeln!(out, "    {}", key.meaning);
        if key.is_required() {
            let _ = writeln!(out, "    It must be given.");
        } else if !key.default.is_empty() {
            let _ = writeln!(out, "    Default: {}.", key.default);
        }
        let _ = writeln!(out, "    {}", key.line());
    }
    out
}
