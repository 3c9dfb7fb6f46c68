//! Places at which a test may stop the program.

/// Marks a place at which a test may stop the program; release builds have none.
pub fn step(name: &str) {
    #[cfg(debug_assertions)]
    if std::env::var_os("RELPREP_TEST_STOP").is_some_and(|stop| stop == *name) {
        std::process::abort();
    }
    #[cfg(not(debug_assertions))]
    let _ = name;
}
