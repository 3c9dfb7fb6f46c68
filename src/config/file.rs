//! Where a configuration may stand.

/// A file that may hold the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// Its path, as the user knows it.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// The name that the schema of the configuration has where it lies beside it, for editors.
pub const SCHEMA_FILE: &str = "relprep.schema.json";

/// Returns the first line of a configuration, by which editors find its schema; `has_schema` says whether the
/// file of that name lies beside it, and without one there is nothing to find.
pub fn schema_directive(has_schema: bool) -> Option<String> {
    has_schema.then(|| format!("#:schema ./{SCHEMA_FILE}"))
}

/// The tables of a manifest that may hold the configuration.
pub(super) const METADATA: [[&str; 3]; 2] =
    [["workspace", "metadata", "relprep"], ["package", "metadata", "relprep"]];
