//! Which process holds something, and whether it still lives.

#[cfg(target_os = "linux")]
use std::fs;

use serde::{Deserialize, Serialize};

/// A process, told apart from every other, also one that gets the same number later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// The machine, and on it the name space in which `pid` counts.
    pub(crate) host: String,
    /// When it began, in the system's own terms; empty where the system does not say.
    pub(crate) start: String,
}

/// Whether a process lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Running,
    Dead,
    /// It runs elsewhere, or the system does not say.
    Unknown,
}

impl Process {
    /// Returns the process that calls.
    pub(crate) fn current() -> Self {
        Self::with_pid(std::process::id())
    }

    /// Returns the process of this machine that has the number `pid` now.
    pub(crate) fn with_pid(pid: u32) -> Self {
        Self { pid, host: host(), start: start_of(pid).unwrap_or_default() }
    }

    /// Returns whether a process of this machine has the number `pid` now.
    pub(crate) fn is_running_here(pid: u32) -> bool {
        start_of(pid).is_some()
    }

    /// Returns whether the process lives.
    pub(crate) fn life(&self) -> Life {
        if self.start.is_empty() || self.host != host() {
            return Life::Unknown;
        }
        match start_of(self.pid) {
            Some(start) if start == self.start => Life::Running,
            // A system that does not even know this process says nothing about others.
            None if start_of(std::process::id()).is_none() => Life::Unknown,
            _ => Life::Dead,
        }
    }
}

#[cfg(target_os = "linux")]
fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let space = fs::read_link("/proc/self/ns/pid").unwrap_or_default();
    format!("{} {}", name.trim(), space.display())
}

/// Returns the boot and the clock tick in which a process began: the 22nd field of its `stat`
/// (proc(5)), counted after the name, which may hold spaces and brackets.
#[cfg(target_os = "linux")]
fn start_of(pid: u32) -> Option<String> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let after_name = &stat[stat.iter().rposition(|&byte| byte == b')')? + 1..];
    let mut fields = std::str::from_utf8(after_name).ok()?.split_ascii_whitespace();
    // A zombie holds nothing any more.
    if fields.next()? == "Z" {
        return None;
    }
    let tick = fields.nth(18)?;
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(format!("{} {tick}", boot.trim()))
}

#[cfg(not(target_os = "linux"))]
fn host() -> String {
    said_by("hostname", &[]).unwrap_or_default()
}

#[cfg(not(target_os = "linux"))]
fn start_of(pid: u32) -> Option<String> {
    said_by("ps", &["-o", "lstart=", "-p", &pid.to_string()])
}

#[cfg(not(target_os = "linux"))]
fn said_by(program: &str, args: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program).args(args).env("LC_ALL", "C").output().ok()?;
    let said = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_process_is_known_by_its_number_and_its_start() {
        let me = Process::current();
        assert_eq!(me.life(), Life::Running);
        assert_eq!(Process { start: "another".into(), ..me.clone() }.life(), Life::Dead);
        assert_eq!(Process { host: "another".into(), ..me }.life(), Life::Unknown);
    }
}
