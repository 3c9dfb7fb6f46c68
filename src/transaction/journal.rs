//! The journal: what an unfinished publication was about to do, in one file of the git dir.
//!
//! It is there from before the first visible change until after the last, and it holds every byte
//! that is needed to go forward or back.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use git2::Oid;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Refused};
use crate::git::{Mode, RefName, Repo};
use crate::path::RepoPath;
use crate::rule;
use crate::transaction::pack::StagedPacks;
use crate::transaction::refs::{RefMove, ReflogEntry};
use crate::transaction::sync::Syncs;

/// The only format that this program writes and reads.
const FORMAT: u32 = 2;

/// What a publication moves: refs, and the files of one work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Journal {
    /// What was being done.
    pub(crate) title: String,
    /// Who does it, and when, as reflogs have it.
    pub(crate) who: String,
    pub(crate) refs: Vec<RefMove>,
    /// The work tree that follows, if the checked-out branch is among the refs.
    pub(crate) work_tree: Option<WorkTree>,
}

/// A work tree, and the files that move with its branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WorkTree {
    pub(crate) root: PathBuf,
    pub(crate) index: PathBuf,
    /// The branch that was checked out in it, by its full name.
    pub(crate) branch: RefName,
    pub(crate) files: Vec<FileMove>,
}

/// One file, from what it was to what it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileMove {
    pub(crate) path: RepoPath,
    pub(crate) old: Option<Side>,
    pub(crate) new: Option<Side>,
    /// Whether it is in the work tree, and not only in the index (sparse checkouts, submodules).
    pub(crate) on_disk: bool,
}

/// A file as git stores it, and as it lies in the work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) mode: Mode,
    pub(crate) id: Oid,
    /// The content in the work tree: of a link, its target.
    pub(crate) bytes: Vec<u8>,
}

/// What every version of the program writes.
#[derive(Deserialize)]
struct FormatLine {
    format: u32,
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: u32,
    title: String,
    who: String,
    refs: Vec<RefLine>,
    work_tree: Option<WorkTreeLine>,
}

/// A [`RefMove`] as it is written.
#[derive(Serialize, Deserialize)]
pub(crate) struct RefLine {
    name: RefName,
    old: Option<String>,
    new: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct WorkTreeLine {
    root: Vec<u8>,
    index: Vec<u8>,
    branch: RefName,
    files: Vec<FileLine>,
}

#[derive(Serialize, Deserialize)]
struct FileLine {
    path: String,
    old: Option<SideLine>,
    new: Option<SideLine>,
    on_disk: bool,
}

#[derive(Serialize, Deserialize)]
struct SideLine {
    mode: Mode,
    id: String,
    len: usize,
}

impl Repo {
    fn journal_path(&self) -> PathBuf {
        self.state_dir().join("journal")
    }

    /// Writes the journal: it is there whole, or not at all. When this returns it is on the disk, and so is
    /// all that it needs.
    pub(crate) fn write_journal(&self, journal: &Journal, needed: &mut StagedPacks<'_>) -> Result<()> {
        let draft = self.state_dir().join("journal.draft");
        let bytes = journal.encode()?;
        let mut write = || -> Result<()> {
            fs::write(&draft, &bytes)?;
            needed.start([draft.clone()]);
            needed.arrive()?;
            fs::rename(&draft, self.journal_path())?;
            // The first run has made the folder, too.
            let mut folders = Syncs::default();
            folders.start([self.state_dir()]);
            folders.start([self.git.commondir().to_owned()]);
            let packs = self.git.commondir().join("objects/pack");
            folders.start(packs.is_dir().then_some(packs));
            folders.wait()
        };
        let written = write();
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written.with_context(|| format!("cannot write {}", draft.display()))
    }

    /// Returns the journal of an unfinished publication, if there is one.
    ///
    /// # Errors
    ///
    /// A refusal if it is damaged, or another version of this program has written it.
    pub(crate) fn read_journal(&self) -> Result<Option<Journal>> {
        let path = self.journal_path();
        match fs::read(&path) {
            Ok(bytes) => match Journal::decode(&bytes) {
                Ok(journal) => Ok(Some(journal)),
                Err(why) => Err(undecoded(&path, &bytes, &why).into()),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    /// Removes the journal: the publication has come to its end.
    pub(crate) fn remove_journal(&self) -> Result<()> {
        let path = self.journal_path();
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
    }
}

/// Says why a journal is not understood, and how to give its run up.
fn undecoded(path: &Path, bytes: &[u8], why: &anyhow::Error) -> Refused {
    let by_hand = "see with `git status` and `git reflog` what that run has done, put it right by hand, and \
        then remove the file";
    let line = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let format = serde_json::from_slice(line).map(|FormatLine { format }| format);
    let (what, remedy) = match format {
        Ok(format) if format != FORMAT => (
            format!("is of another version of this program: its format is {format}, not {FORMAT}"),
            format!("run any command of that version, which finishes the run; or {by_hand}"),
        ),
        _ if bytes.is_empty() => ("is empty".to_owned(), by_hand.to_owned()),
        _ => (format!("is damaged: {why:#}"), by_hand.to_owned()),
    };
    let message = format!("{}, the journal of an interrupted run, {what}", path.display());
    Finding::of(rule::UNFINISHED, message).remedy(remedy).into()
}

impl Journal {
    /// Returns the full names of its refs.
    pub(crate) fn names(&self) -> impl Iterator<Item = &RefName> {
        self.refs.iter().map(|one| &one.name)
    }

    /// Returns what the reflogs are to say of it.
    pub(crate) fn reason(&self) -> ReflogEntry {
        // A reflog is read by lines.
        let title: String = self.title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        ReflogEntry { who: self.who.clone(), what: format!("relprep: {title}") }
    }

    /// Returns one line of JSON that says everything but the contents of files, and then these
    /// contents, one after the other.
    fn encode(&self) -> Result<Vec<u8>> {
        let header = Header {
            format: FORMAT,
            title: self.title.clone(),
            who: self.who.clone(),
            refs: self.refs.iter().map(RefLine::from).collect(),
            work_tree: self.work_tree.as_ref().map(WorkTreeLine::from),
        };
        let mut bytes = serde_json::to_vec(&header)?;
        bytes.push(b'\n');
        for file in self.work_tree.iter().flat_map(|tree| &tree.files) {
            for side in [&file.old, &file.new].into_iter().flatten() {
                bytes.extend_from_slice(&side.bytes);
            }
        }
        Ok(bytes)
    }

    fn decode(bytes: &[u8]) -> Result<Self> {
        let end = bytes.iter().position(|&byte| byte == b'\n').context("it has no first line")?;
        let (line, mut contents) = (&bytes[..end], &bytes[end + 1..]);
        let header: Header = serde_json::from_slice(line)?;
        ensure!(header.format == FORMAT, "its format is {}, not {FORMAT}", header.format);
        let refs = header.refs.into_iter().map(RefLine::decode).collect::<Result<_>>()?;
        let work_tree = header.work_tree.map(|tree| tree.decode(&mut contents)).transpose()?;
        ensure!(contents.is_empty(), "it is longer than its first line says");
        Ok(Self { title: header.title, who: header.who, refs, work_tree })
    }
}

impl RefLine {
    pub(crate) fn decode(self) -> Result<RefMove> {
        ensure!(
            self.name.branch().is_some() || self.name.is_tag(),
            "{:?} is neither a branch nor a tag",
            self.name
        );
        let id = |text: Option<String>| text.map(|text| Oid::from_str(&text)).transpose();
        Ok(RefMove { name: self.name, old: id(self.old)?, new: id(self.new)? })
    }
}

impl From<&RefMove> for RefLine {
    fn from(one: &RefMove) -> Self {
        let id = |id: Option<Oid>| id.map(|id| id.to_string());
        Self { name: one.name.clone(), old: id(one.old), new: id(one.new) }
    }
}

impl WorkTreeLine {
    fn decode(self, contents: &mut &[u8]) -> Result<WorkTree> {
        let files = self.files.into_iter().map(|file| file.decode(contents)).collect::<Result<_>>()?;
        Ok(WorkTree { root: path_of(self.root)?, index: path_of(self.index)?, branch: self.branch, files })
    }
}

impl From<&WorkTree> for WorkTreeLine {
    fn from(tree: &WorkTree) -> Self {
        Self {
            root: path_bytes(&tree.root),
            index: path_bytes(&tree.index),
            branch: tree.branch.clone(),
            files: tree.files.iter().map(FileLine::from).collect(),
        }
    }
}

impl FileLine {
    fn decode(self, contents: &mut &[u8]) -> Result<FileMove> {
        let path = RepoPath::new(&self.path).with_context(|| format!("{:?} is not a path", self.path))?;
        let old = self.old.map(|side| side.decode(contents)).transpose()?;
        let new = self.new.map(|side| side.decode(contents)).transpose()?;
        Ok(FileMove { path, old, new, on_disk: self.on_disk })
    }
}

impl From<&FileMove> for FileLine {
    fn from(file: &FileMove) -> Self {
        let side = |side: &Side| SideLine { mode: side.mode, id: side.id.to_string(), len: side.bytes.len() };
        Self {
            path: file.path.to_string(),
            old: file.old.as_ref().map(side),
            new: file.new.as_ref().map(side),
            on_disk: file.on_disk,
        }
    }
}

impl SideLine {
    fn decode(self, contents: &mut &[u8]) -> Result<Side> {
        let (bytes, rest) = contents.split_at_checked(self.len).context("it ends too early")?;
        *contents = rest;
        Ok(Side { mode: self.mode, id: Oid::from_str(&self.id)?, bytes: bytes.to_vec() })
    }
}

/// Returns `path` as bytes that [`path_of`] understands on the same machine.
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere a path can be malformed")]
pub(crate) fn path_of(bytes: Vec<u8>) -> Result<PathBuf> {
    use std::os::unix::ffi::OsStringExt as _;
    Ok(OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
pub(crate) fn path_of(bytes: Vec<u8>) -> Result<PathBuf> {
    Ok(OsString::from(String::from_utf8(bytes)?).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::BranchName;

    fn journal() -> Journal {
        let id = |text: &str| Oid::hash_object(git2::ObjectType::Blob, text.as_bytes()).unwrap();
        let main = || BranchName::new("main").unwrap().full();
        let side = |text: &str| Side { mode: Mode::Plain, id: id(text), bytes: text.into() };
        Journal {
            title: "branch 2.0.0".into(),
            who: "Ann <ann@example.org> 1716206400 +0200".into(),
            refs: vec![RefMove { name: main(), old: None, new: Some(id("x")) }],
            work_tree: Some(WorkTree {
                root: "/a b".into(),
                index: "/a b/.git/index".into(),
                branch: main(),
                files: vec![FileMove {
                    path: RepoPath::new("a/b.toml").unwrap(),
                    old: Some(side("old\n")),
                    new: Some(side("new\n{}")),
                    on_disk: true,
                }],
            }),
        }
    }

    #[test]
    fn a_journal_is_read_as_it_was_written() {
        let bytes = journal().encode().unwrap();
        assert_eq!(Journal::decode(&bytes).unwrap(), journal());
    }

    #[test]
    fn a_journal_that_is_not_whole_is_not_read() {
        let bytes = journal().encode().unwrap();
        for end in 0..bytes.len() {
            assert!(Journal::decode(&bytes[..end]).is_err(), "{end}");
        }
        assert!(Journal::decode(&[&bytes[..], b"x"].concat()).is_err());
    }

    #[test]
    fn a_journal_names_only_branches_and_places_inside_the_work_tree() {
        for (from, to) in
            [("refs/heads/main", "refs/heads/../x"), ("refs/heads/main", "HEAD"), ("a/b.toml", "../b.toml")]
        {
            let text = String::from_utf8(journal().encode().unwrap()).unwrap();
            assert!(Journal::decode(text.replacen(from, to, 1).as_bytes()).is_err(), "{to}");
        }
    }
}
