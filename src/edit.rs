//! Edits: text in, text out, and every byte kept that is not a version, a date or a section.

pub mod comments;
pub mod lockfile;
pub mod manifest;
pub mod notes;
pub mod requirement;
pub mod splice;
pub mod version_file;
