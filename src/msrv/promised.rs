//! What a release line promised, and what says so.

use crate::rust_version::RustVersion;

/// What was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promised {
    /// The Rust that is enough.
    pub rust: RustVersion,
    /// What says so.
    pub by: PromisedBy,
}

/// What says which Rust was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromisedBy {
    /// `rust-version` of the packages.
    Declaration,
    /// The toolchain file: no package declares a `rust-version`.
    Toolchain,
    /// The user.
    User,
}
