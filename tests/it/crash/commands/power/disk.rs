//! A disk that keeps what was synced, and of the rest what a test chooses.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs;
use std::hash::{Hash as _, Hasher as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::trace::Call;

/// Which of the changes that are not synced arrive.
#[derive(Clone, Copy, Debug)]
pub(super) enum Chosen {
    /// None.
    Nothing,
    /// Names and no contents.
    Names,
    /// Contents and no names.
    Contents,
    /// All of them: as after a kill.
    Everything,
    /// All but one change of names.
    AllButName(usize),
    /// One change of names alone.
    OnlyName(usize),
    /// All but the content of one file.
    AllButContent(usize),
}

#[derive(Clone, Debug)]
struct Inode {
    kind: Kind,
    mode: u32,
    data: Vec<u8>,
    synced: Vec<u8>,
    /// Where the next write goes.
    at: usize,
    /// The content in the end, where the calls do not tell.
    late: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Folder,
    Link,
}

/// A change of names.
#[derive(Clone, Debug)]
struct Naming {
    gone: Option<PathBuf>,
    new: Option<(PathBuf, usize)>,
    is_synced: bool,
}

/// All files below a root.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    inodes: Vec<Inode>,
    /// The names that there were in the beginning.
    first: BTreeMap<PathBuf, usize>,
    names: BTreeMap<PathBuf, usize>,
    namings: Vec<Naming>,
    late: HashMap<usize, Vec<u8>>,
}

impl Disk {
    /// Reads what there is.
    pub(super) fn read(root: &Path) -> Self {
        let (inodes, names) = (Vec::new(), BTreeMap::new());
        let mut disk =
            Self { inodes, first: names.clone(), names, namings: Vec::new(), late: HashMap::new() };
        disk.collect(root, root);
        disk.first.clone_from(&disk.names);
        disk
    }

    fn collect(&mut self, root: &Path, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let found = fs::symlink_metadata(&path).unwrap();
            let (kind, data) = if found.is_dir() {
                (Kind::Folder, Vec::new())
            } else if found.is_symlink() {
                (Kind::Link, fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes())
            } else {
                (Kind::File, fs::read(&path).unwrap())
            };
            let mode = found.permissions().mode();
            self.inodes.push(Inode { kind, mode, synced: data.clone(), data, at: 0, late: None });
            self.names.insert(path.strip_prefix(root).unwrap().to_owned(), self.inodes.len() - 1);
            if kind == Kind::Folder {
                self.collect(root, &path);
            }
        }
    }

    /// Returns the contents, by inode, that are otherwise in the end than the calls tell.
    pub(super) fn differences(&self, root: &Path) -> HashMap<usize, Vec<u8>> {
        let mut differences = HashMap::new();
        for (path, &inode) in &self.names {
            if self.inodes[inode].kind == Kind::File
                && let Ok(data) = fs::read(root.join(path))
                && data != self.inodes[inode].data
            {
                differences.insert(inode, data);
            }
        }
        differences
    }

    /// Takes these contents, by inode, for what files get when they are made.
    pub(super) fn with_contents(mut self, contents: HashMap<usize, Vec<u8>>) -> Self {
        self.late = contents;
        self
    }

    pub(super) fn apply(&mut self, call: &Call) {
        match call {
            Call::Open { path, creates, truncates, appends } => {
                if *creates && !self.names.contains_key(path) {
                    self.make(path, Kind::File, Vec::new());
                }
                let Some(file) = self.file(path) else { return };
                if *truncates && file.late.is_none() {
                    file.data.clear();
                }
                file.at = if *appends { file.data.len() } else { 0 };
            }
            Call::Write { path, data, at } => {
                let Some(file) = self.file(path).filter(|file| file.late.is_none()) else { return };
                let start = at.unwrap_or(file.at);
                let end = start + data.len();
                file.data.resize(file.data.len().max(end), 0);
                file.data[start..end].copy_from_slice(data);
                if at.is_none() {
                    file.at = end;
                }
            }
            Call::Seek { path, at } => drop(self.file(path).map(|file| file.at = *at)),
            Call::Truncate { path, len } => {
                let file = self.file(path).filter(|file| file.late.is_none());
                file.map(|file| file.data.resize(*len, 0)).unwrap_or_default();
            }
            Call::Rename { from, to } => {
                let Some(inode) = self.names.remove(from) else { return };
                self.names.insert(to.clone(), inode);
                self.note(Some(from.clone()), Some((to.clone(), inode)));
            }
            Call::Link { from, to } => {
                let Some(&inode) = self.names.get(from) else { return };
                self.names.insert(to.clone(), inode);
                self.note(None, Some((to.clone(), inode)));
            }
            Call::Symlink { target, path } => self.make(path, Kind::Link, target.clone()),
            Call::MakeFolder { path } => self.make(path, Kind::Folder, Vec::new()),
            Call::Remove { path } => {
                if self.names.remove(path).is_some() {
                    self.note(Some(path.clone()), None);
                }
            }
            Call::Sync { path } => self.sync(path),
        }
    }

    fn file(&mut self, path: &Path) -> Option<&mut Inode> {
        let inode = &mut self.inodes[*self.names.get(path)?];
        (inode.kind == Kind::File).then_some(inode)
    }

    fn make(&mut self, path: &Path, kind: Kind, data: Vec<u8>) {
        let inode = self.inodes.len();
        let late = self.late.get(&inode).cloned();
        let data = late.clone().unwrap_or(data);
        // A link has no content that could be lost.
        let synced = if kind == Kind::Link { data.clone() } else { Vec::new() };
        let mode = if kind == Kind::Folder { 0o755 } else { 0o644 };
        self.inodes.push(Inode { kind, mode, data, synced, at: 0, late });
        self.names.insert(path.to_owned(), inode);
        self.note(None, Some((path.to_owned(), inode)));
    }

    fn note(&mut self, gone: Option<PathBuf>, new: Option<(PathBuf, usize)>) {
        self.namings.push(Naming { gone, new, is_synced: false });
    }

    fn sync(&mut self, path: &Path) {
        let root = path == Path::new("");
        let inode = self.names.get(path).copied();
        if root || inode.is_some_and(|inode| self.inodes[inode].kind == Kind::Folder) {
            for naming in &mut self.namings {
                let is_here = |name: &Path| name.parent() == Some(path);
                let new = naming.new.as_ref().map(|(name, _)| name.as_path());
                naming.is_synced |= new.into_iter().chain(naming.gone.as_deref()).any(is_here);
            }
        } else if let Some(inode) = inode {
            let inode = &mut self.inodes[inode];
            inode.synced.clone_from(&inode.data);
        }
    }

    /// Returns what may happen now.
    pub(super) fn choices(&self) -> Vec<Chosen> {
        let open = |(at, naming): (usize, &Naming)| (!naming.is_synced).then_some(at);
        let open: Vec<usize> = self.namings.iter().enumerate().filter_map(open).collect();
        let mut choices = vec![Chosen::Nothing, Chosen::Names, Chosen::Contents, Chosen::Everything];
        choices.extend(open.iter().flat_map(|&at| [Chosen::AllButName(at), Chosen::OnlyName(at)]));
        let unsynced = self.inodes.iter().enumerate().filter(|(_, inode)| inode.data != inode.synced);
        choices.extend(unsynced.map(|(inode, _)| Chosen::AllButContent(inode)));
        choices
    }

    fn names(&self, chosen: Chosen) -> BTreeMap<&Path, usize> {
        let mut names: BTreeMap<&Path, usize> =
            self.first.iter().map(|(path, inode)| (path.as_path(), *inode)).collect();
        for (at, naming) in self.namings.iter().enumerate() {
            let arrives = match chosen {
                Chosen::Nothing | Chosen::Contents => false,
                Chosen::Names | Chosen::Everything | Chosen::AllButContent(_) => true,
                Chosen::AllButName(not) => at != not,
                Chosen::OnlyName(only) => at == only,
            };
            if arrives || naming.is_synced {
                if let Some(gone) = &naming.gone {
                    names.remove(gone.as_path());
                }
                if let Some((path, inode)) = &naming.new {
                    names.insert(path, *inode);
                }
            }
        }
        names
    }

    fn content(&self, chosen: Chosen, inode: usize) -> &[u8] {
        let arrives = match chosen {
            Chosen::Nothing | Chosen::Names | Chosen::OnlyName(_) => false,
            Chosen::Contents | Chosen::Everything | Chosen::AllButName(_) => true,
            Chosen::AllButContent(not) => inode != not,
        };
        let inode = &self.inodes[inode];
        if arrives { &inode.data } else { &inode.synced }
    }

    /// Returns a number that is another one where anything differs.
    pub(super) fn fingerprint(&self, chosen: Chosen) -> u64 {
        let mut hasher = DefaultHasher::new();
        for (path, inode) in self.names(chosen) {
            (path, inode, self.content(chosen, inode)).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Writes what is there then to a folder that is not.
    pub(super) fn write(&self, chosen: Chosen, root: &Path) {
        fs::create_dir(root).unwrap();
        let mut written: HashMap<usize, PathBuf> = HashMap::new();
        for (name, inode) in self.names(chosen) {
            let path = root.join(name);
            // What lies in a folder that has not arrived is not there either.
            if !path.parent().unwrap().is_dir() {
                continue;
            }
            let content = self.content(chosen, inode);
            // What a merge that was tried has left, and nothing leads to: the program writes it again.
            if content.is_empty() && name.starts_with(".git/objects") && self.inodes[inode].kind == Kind::File
            {
                assert!(!name.starts_with(".git/objects/pack"), "{} is empty", name.display());
                continue;
            }
            match self.inodes[inode].kind {
                Kind::Folder => fs::create_dir(&path).unwrap(),
                Kind::Link => std::os::unix::fs::symlink(OsStr::from_bytes(content), &path).unwrap(),
                Kind::File if written.contains_key(&inode) => {
                    fs::hard_link(&written[&inode], &path).unwrap();
                }
                Kind::File => {
                    fs::write(&path, content).unwrap();
                    let mode = fs::Permissions::from_mode(self.inodes[inode].mode);
                    fs::set_permissions(&path, mode).unwrap();
                    written.insert(inode, path);
                }
            }
        }
    }
}
