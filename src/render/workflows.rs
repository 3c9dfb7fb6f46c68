//! The files of workflows that were written.

use std::fmt::Write as _;

use crate::ops::workflows::FileOutcome;

/// Returns what became of each file, or would; what to do about the files next.
pub fn human(files: &[FileOutcome], is_plan: bool) -> String {
    let mut out = String::new();
    for FileOutcome { path, is_removed } in files {
        let verb = match (is_plan, is_removed) {
            (false, false) => "Wrote",
            (false, true) => "Removed",
            (true, false) => "Would write",
            (true, true) => "Would remove",
        };
        let _ = writeln!(out, "{verb} {path}");
    }
    match (files.is_empty(), is_plan) {
        (true, _) => out.push_str("The workflows are current.\n"),
        (false, true) => {}
        (false, false) => out.push_str(
            "\nCommit them. In the repository's settings let workflows open pull requests; with a token in the secret\n\
             RELPREP_TOKEN these start checks as those of people do.\n",
        ),
    }
    out
}
