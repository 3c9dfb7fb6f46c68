//! New objects: in memory until they are written to one pack.

use std::cell::RefCell;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use git2::{Buf, ConfigLevel, Indexer, Mempack, Oid, PackBuilder};

use crate::git::Repo;
use crate::transaction::sync::Syncs;

/// Where the objects in memory stand among those on the disk, which have 1 and 2: before them.
const IN_MEMORY: i32 = 1000;

/// A repository that keeps the objects made in it in memory: a pack of a thousand is written in the time
/// of a dozen files.
pub(crate) struct InMemory<'a> {
    pub(crate) repo: &'a Repo,
    memory: Mempack<'a>,
    made: RefCell<Vec<Oid>>,
    staged: RefCell<StagedPacks>,
}

/// Packs in a folder of this program's own, on their way to the disk: git must not see what may be half there
/// after a loss of power.
#[derive(Default)]
pub(crate) struct StagedPacks {
    folder: Option<PathBuf>,
    files: Vec<(PathBuf, PathBuf)>,
    syncs: Syncs,
}

impl StagedPacks {
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

impl Drop for StagedPacks {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

impl Repo {
    /// Returns what `work` returns, and the objects that it makes in the repository that it is given, which
    /// this one finds.
    pub(crate) fn in_memory<T>(
        &self,
        work: impl FnOnce(&InMemory<'_>) -> Result<T>,
    ) -> Result<(T, StagedPacks)> {
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

impl InMemory<'_> {
    /// Returns what packs objects as they are. To look for others from which they differ little takes longer than all
    /// else, and `git gc` does that one day.
    fn plain_packer(&self) -> Result<PackBuilder<'_>> {
        let file = self.repo.drafts()?.join("pack.config");
        // libgit2 reads the second where it means the first.
        fs::write(&file, "[core]\n\tbigFileThreshold = 1\n[pack]\n\tdeltaCacheSize = 1\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
        self.repo.git.config()?.add_file(&file, ConfigLevel::App, true)?;
        let builder = self.repo.git.packbuilder();
        let _ = fs::remove_file(&file);
        Ok(builder?)
    }

    /// Notes objects that were made, to be stored.
    pub(crate) fn note(&self, made: impl IntoIterator<Item = Oid>) {
        self.made.borrow_mut().extend(made);
    }

    /// Writes the noted objects to a pack, where other programs see them.
    pub(crate) fn store(&self) -> Result<()> {
        self.stage()?;
        self.staged.borrow_mut().arrive()?;
        Ok(self.repo.git.odb()?.refresh()?)
    }

    /// Writes the noted objects to a pack.
    fn stage(&self) -> Result<()> {
        let made = self.made.take();
        if made.is_empty() {
            return Ok(());
        }
        let folder = self.repo.staging().join("pack");
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let mut staged = self.staged.borrow_mut();
        staged.folder = Some(self.repo.staging());
        let mut builder = self.plain_packer()?;
        for id in made {
            builder.insert_object(id, None)?;
        }
        let mut pack = Buf::new();
        builder.write_buf(&mut pack)?;
        let mut indexer = Indexer::new(Some(&self.repo.git.odb()?), &folder, 0, false)?;
        // At once: the indexer maps its file anew for each piece.
        indexer.write_all(&pack)?;
        let name =
            indexer.commit().with_context(|| format!("cannot write a pack to {}", folder.display()))?;
        let packs = self.repo.git.commondir().join("objects/pack");
        // Git takes a pack for whole once its index is there.
        for extension in ["pack", "idx"] {
            let file = format!("pack-{name}.{extension}");
            staged.start([folder.join(&file)]);
            staged.files.push((folder.join(&file), packs.join(&file)));
        }
        Ok(self.memory.reset()?)
    }
}
