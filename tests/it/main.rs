//! All integration tests, in one binary.

mod child;
mod lockfile;
mod publish;
mod support;
