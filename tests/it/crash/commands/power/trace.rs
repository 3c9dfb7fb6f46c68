//! The calls by which a program and its children change files, as strace tells them.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::fault::copy_surroundings;

const TRACED: &str = "trace=open,openat,creat,write,pwrite64,lseek,ftruncate,rename,renameat,renameat2,link,linkat,\
    unlink,unlinkat,rmdir,mkdir,mkdirat,symlink,symlinkat,fsync,fdatasync,chmod,fchmod,fchmodat";

/// What one call does; paths are relative to the root that is watched.
#[derive(Clone, Debug)]
pub(super) enum Call {
    Open { path: PathBuf, creates: bool, truncates: bool, appends: bool },
    Write { path: PathBuf, data: Vec<u8>, at: Option<usize> },
    Seek { path: PathBuf, at: usize },
    Truncate { path: PathBuf, len: usize },
    Rename { from: PathBuf, to: PathBuf },
    Link { from: PathBuf, to: PathBuf },
    Symlink { target: Vec<u8>, path: PathBuf },
    Remove { path: PathBuf },
    MakeFolder { path: PathBuf },
    Sync { path: PathBuf },
}

impl Call {
    /// Returns it without contents.
    pub(super) fn short(&self) -> String {
        let text = format!("{self:?}");
        text.split(" data:").next().unwrap().to_owned()
    }
}

/// Runs the command and returns its calls that concern `root`, in the order in which they ended.
pub(super) fn record(strace: &OsStr, command: &Command, root: &Path, file: &Path) -> Vec<Call> {
    let mut traced = crate::environment::command(strace, root);
    traced.args(["-f", "-qq", "-y", "-xx", "-s", "100000000", "-e", TRACED, "-e", "signal=none", "-o"]);
    traced.arg(file).arg("--").arg(command.get_program()).args(command.get_args());
    copy_surroundings(command, &mut traced);
    let output = traced.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(file).unwrap();
    let mut begun: HashMap<&str, &str> = HashMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let (thread, line) = line.split_once(' ').unwrap();
        let line = line.trim_start();
        if let Some(line) = line.strip_suffix(" <unfinished ...>") {
            begun.insert(thread, line);
            continue;
        }
        let whole = match line.strip_prefix("<... ").and_then(|line| line.split_once(" resumed>")) {
            Some((_, rest)) => format!("{}{rest}", begun.remove(thread).unwrap_or_default()),
            None => line.to_owned(),
        };
        calls.extend(parse(&whole, root));
    }
    calls
}

/// Reads one call that has succeeded.
fn parse(line: &str, root: &Path) -> Option<Call> {
    let (name, rest) = line.split_once('(')?;
    let (args, result) = rest.rsplit_once(" = ")?;
    let args = args.trim_end().strip_suffix(')')?;
    if result.starts_with('-') || result.starts_with('?') {
        return None;
    }
    let args: Vec<&str> = args.split(", ").collect();
    let text = |at: usize| Some(bytes(args.get(at)?.split_once('"')?.1.split('"').next()?));
    let opened = |at: usize| {
        let path =
            PathBuf::from(OsStr::from_bytes(&bytes(args.get(at)?.split_once('<')?.1.split('>').next()?)));
        Some(path)
    };
    let inside = |path: PathBuf| path.strip_prefix(root).ok().map(Path::to_owned);
    let of_file = |at: usize| inside(opened(at)?);
    let below = |folder: usize, at: usize| inside(opened(folder)?.join(OsStr::from_bytes(&text(at)?)));
    // The old forms of calls are relative to the current folder, which they do not tell.
    let named = |at: usize| inside(root.join(OsStr::from_bytes(&text(at)?)));
    let number = |text: &str| text.split([' ', '<']).next().and_then(|text| text.parse::<usize>().ok());
    Some(match name {
        "open" | "creat" | "openat" => {
            let (path, flags) = match name {
                "openat" => (below(0, 1)?, args.get(2)?),
                _ => (named(0)?, args.get(1)?),
            };
            let has = |flag: &str| name == "creat" || flags.split('|').any(|one| one == flag);
            let (creates, truncates) = (has("O_CREAT"), has("O_TRUNC"));
            Call::Open { path, creates, truncates, appends: flags.contains("O_APPEND") }
        }
        "write" | "pwrite64" => {
            let mut data = text(1)?;
            data.truncate(number(result)?);
            let at = if name == "pwrite64" { Some(number(args.last()?)?) } else { None };
            Call::Write { path: of_file(0)?, data, at }
        }
        "lseek" => Call::Seek { path: of_file(0)?, at: number(result)? },
        "ftruncate" => Call::Truncate { path: of_file(0)?, len: number(args.get(1)?)? },
        "rename" => Call::Rename { from: named(0)?, to: named(1)? },
        "renameat" | "renameat2" => Call::Rename { from: below(0, 1)?, to: below(2, 3)? },
        "link" => Call::Link { from: named(0)?, to: named(1)? },
        "linkat" => Call::Link { from: below(0, 1)?, to: below(2, 3)? },
        "symlink" => Call::Symlink { target: text(0)?, path: named(1)? },
        "symlinkat" => Call::Symlink { target: text(0)?, path: below(1, 2)? },
        "unlink" | "rmdir" => Call::Remove { path: named(0)? },
        "unlinkat" => Call::Remove { path: below(0, 1)? },
        "mkdir" => Call::MakeFolder { path: named(0)? },
        "mkdirat" => Call::MakeFolder { path: below(0, 1)? },
        "fsync" | "fdatasync" => Call::Sync { path: of_file(0)? },
        _ => return None,
    })
}

/// Reads a string that strace has printed as `\x41\x42`.
fn bytes(hex: &str) -> Vec<u8> {
    hex.split("\\x").skip(1).map(|pair| u8::from_str_radix(&pair[..2], 16).unwrap()).collect()
}
