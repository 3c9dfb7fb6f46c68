//! Results, refusals and failures as data: one document a run, whatever the command.

mod bodies;

use schemars::JsonSchema;
use serde::Serialize;

use crate::text::escaped_json;
pub use bodies::{BackportData, Body, MadeTags, PreparationData, StepData, TaggingData};

/// The version of the document.
pub const VERSION: u32 = 3;

/// What `--format json` prints: `version`, `command`, and one more key, which names what it holds.
///
/// `version` is raised when a key changes its meaning or goes; keys may be added without that. Days are written
/// as 2025-08-20, and commits by their full names.
#[derive(Serialize, JsonSchema)]
pub struct Document<'a> {
    /// The version of the document's form.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// The command that was run: `patch`.
    command: &'a str,
    #[serde(flatten)]
    body: Body<'a>,
}

/// Returns what `command` has to say, on several lines; what a CI matrix is made of on one.
pub fn document(command: &str, body: Body<'_>) -> String {
    let is_line = matches!(body, Body::Supported(_));
    let document = Document { version: VERSION, command, body };
    // Nothing here has a key that is not a string, the only thing that fails.
    let text =
        if is_line { serde_json::to_string(&document) } else { serde_json::to_string_pretty(&document) };
    escaped_json(&(text.unwrap_or_default() + "\n"))
}
