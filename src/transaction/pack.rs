//! New objects: in memory until they are written to one pack.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::Write as _;

use anyhow::{Context, Result};
use git2::{Buf, Indexer, Mempack, Oid};

use crate::git::Repo;

/// Where the objects in memory stand among those on the disk, which have 1 and 2: before them.
const IN_MEMORY: i32 = 1000;

/// A repository that keeps the objects made in it in memory: a pack of a thousand is written in the time
/// of a dozen files.
pub(crate) struct InMemory<'a> {
    pub(crate) repo: &'a Repo,
    memory: Mempack<'a>,
    made: RefCell<Vec<Oid>>,
}

impl Repo {
    /// Returns what `work` returns; the objects that it makes in the repository that it is given are then on
    /// the disk.
    pub(crate) fn in_memory<T>(&self, work: impl FnOnce(&InMemory<'_>) -> Result<T>) -> Result<T> {
        let repo = Self::discover(&self.root)?;
        let objects = repo.git.odb()?;
        let memory = objects.add_new_mempack_backend(IN_MEMORY)?;
        let objects = InMemory { repo: &repo, memory, made: RefCell::default() };
        let done = work(&objects)?;
        objects.store()?;
        Ok(done)
    }
}

impl InMemory<'_> {
    /// Notes objects that were made, to be stored.
    pub(crate) fn note(&self, made: impl IntoIterator<Item = Oid>) {
        self.made.borrow_mut().extend(made);
    }

    /// Writes the noted objects through to the disk, where other programs see them.
    pub(crate) fn store(&self) -> Result<()> {
        let made = self.made.take();
        if made.is_empty() {
            return Ok(());
        }
        let folder = self.repo.git.commondir().join("objects/pack");
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let mut builder = self.repo.git.packbuilder()?;
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
        for extension in ["pack", "idx"] {
            let path = folder.join(format!("pack-{name}.{extension}"));
            let synced = File::open(&path).and_then(|file| file.sync_data());
            synced.with_context(|| format!("cannot write {}", path.display()))?;
        }
        self.memory.reset()?;
        Ok(self.repo.git.odb()?.refresh()?)
    }
}
