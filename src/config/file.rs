//! Where a configuration may stand.

/// A file that may hold the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// Its path, as the user knows it.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// The tables of a manifest that may hold the configuration.
pub(super) const METADATA: [[&str; 3]; 2] =
    [["workspace", "metadata", "relprep"], ["package", "metadata", "relprep"]];
