//! New objects: in memory until they are written to one pack.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use git2::{Mempack, Oid};

use crate::git::Repo;
use crate::transaction::pack_file::{Content, PackFile};
use crate::transaction::sync::Syncs;

/// Where the objects in memory stand among those on the disk, which have 1 and 2: before them.
const IN_MEMORY: i32 = 1000;

/// A repository that keeps the objects made in it in memory: a pack of a thousand is written in the time
/// of a dozen files.
pub(crate) struct InMemory<'a, 'c> {
    pub(crate) repo: &'a Repo,
    memory: Mempack<'a>,
    made: RefCell<NewObjects<'c>>,
    staged: RefCell<StagedPacks<'c>>,
}

/// Objects that were made.
#[derive(Default)]
pub(crate) struct NewObjects<'c> {
    /// All of them.
    pub(crate) ids: Vec<Oid>,
    /// What the blobs among them hold, as far as it is known.
    pub(crate) blobs: HashMap<Oid, &'c [u8]>,
}

/// Packs in a folder of this program's own, on their way to the disk: git must not see what may be half there
/// after a loss of power.
#[derive(Default)]
pub(crate) struct StagedPacks<'c> {
    folder: Option<PathBuf>,
    files: Vec<(PathBuf, PathBuf)>,
    /// What the blobs in them hold, as far as it is known.
    pub(crate) blobs: HashMap<Oid, &'c [u8]>,
    syncs: Syncs,
}

impl StagedPacks<'_> {
    /// Begins to bring to the disk what must be there with them.
    pub(crate) fn start(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        self.syncs.start(paths);
    }

    /// Waits until all is on the disk, and puts the packs where git finds them.
    pub(crate) fn arrive(&mut self) -> Result<()> {
        std::mem::take(&mut self.syncs).wait()?;
        for (from, to) in self.files.drain(..) {
            let cannot = || format!("cannot write {}", to.display());
            to.parent().map_or(Ok(()), fs::create_dir_all).with_context(cannot)?;
            fs::rename(from, &to).with_context(cannot)?;
        }
        Ok(())
    }
}

impl Drop for StagedPacks<'_> {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

impl Repo {
    /// Returns what `work` returns, and the objects that it makes in the repository that it is given, which
    /// this one finds.
    pub(crate) fn in_memory<'c, T>(
        &self,
        work: impl FnOnce(&InMemory<'_, 'c>) -> Result<T>,
    ) -> Result<(T, StagedPacks<'c>)> {
        let repo = Self::discover(&self.root)?;
        let objects = repo.git.odb()?;
        let memory = objects.add_new_mempack_backend(IN_MEMORY)?;
        let objects = InMemory { repo: &repo, memory, made: RefCell::default(), staged: RefCell::default() };
        let done = work(&objects)?;
        objects.stage()?;
        let mut staged = objects.staged.take();
        match staged.folder.as_deref().map(Path::to_str) {
            None => {}
            Some(Some(folder)) => self.git.odb()?.add_disk_alternate(folder)?,
            // git2 cannot say this path.
            Some(None) => {
                staged.arrive()?;
                self.git.odb()?.refresh()?;
            }
        }
        Ok((done, staged))
    }

    /// Returns the folder in which new packs are staged: the other one in which git has to look for objects.
    pub(crate) fn staging(&self) -> PathBuf {
        self.state_dir().join("objects")
    }
}

impl<'c> InMemory<'_, 'c> {
    /// Notes objects that were made, to be stored.
    pub(crate) fn note(&self, made: NewObjects<'c>) {
        let mut all = self.made.borrow_mut();
        all.ids.extend(made.ids);
        all.blobs.extend(made.blobs);
    }

    /// Writes the noted objects to a pack, where other programs see them.
    pub(crate) fn store(&self) -> Result<()> {
        self.stage()?;
        self.staged.borrow_mut().arrive()?;
        Ok(self.repo.git.odb()?.refresh()?)
    }

    /// Writes the noted objects to a pack.
    fn stage(&self) -> Result<()> {
        let NewObjects { mut ids, blobs } = self.made.take();
        if ids.is_empty() {
            return Ok(());
        }
        ids.sort_unstable();
        ids.dedup();
        let objects = self.repo.git.odb()?;
        let content = |id| match blobs.get(&id) {
            Some(blob) => Ok(Content::Blob(blob)),
            None => objects.read(id).map(Content::Read),
        };
        let pack = PackFile::of(ids.iter().map(|id| Ok((*id, content(*id)?))))?;
        let folder = self.repo.staging().join("pack");
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let packs = self.repo.git.commondir().join("objects/pack");
        let mut staged = self.staged.borrow_mut();
        staged.folder = Some(self.repo.staging());
        staged.blobs.extend(blobs);
        // Git takes a pack for whole once its index is there.
        for (extension, content) in [("pack", &pack.objects), ("idx", &pack.index)] {
            let name = format!("pack-{}.{extension}", pack.name);
            let file = folder.join(&name);
            write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
            staged.start([file.clone()]);
            staged.files.push((file, packs.join(name)));
        }
        Ok(self.memory.reset()?)
    }
}

/// Writes a file that nobody changes any more, as git's own packs are.
fn write(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o444);
    options.open(path)?.write_all(content)
}
