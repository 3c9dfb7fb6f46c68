//! All integration tests, in one binary.

mod child;
mod publish;
mod support;
