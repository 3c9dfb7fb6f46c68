//! By what git tells that a file was changed, without reading it.

use std::fs::Metadata;
use std::time::{Duration, UNIX_EPOCH};

/// What changes with every change of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileStamp {
    len: u64,
    modified: Option<Duration>,
    /// The number of the file, and when something about it changed last.
    #[cfg(unix)]
    identity: (u64, i64, i64),
}

impl FileStamp {
    /// Takes it from what the system says of the file.
    pub(crate) fn of(found: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        Self {
            len: found.len(),
            modified: found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok()),
            #[cfg(unix)]
            identity: (found.ino(), found.ctime(), found.ctime_nsec()),
        }
    }
}
