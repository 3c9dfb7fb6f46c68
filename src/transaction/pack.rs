//! New objects: in memory until they are written to one pack.

use std::cell::RefCell;
use std::fs;
use std::io::Write as _;

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
    syncs: RefCell<Syncs>,
}

impl Repo {
    /// Returns what `work` returns; the objects that it makes in the repository that it is given are then in
    /// files, and on their way to the disk.
    pub(crate) fn in_memory<T>(&self, work: impl FnOnce(&InMemory<'_>) -> Result<T>) -> Result<(T, Syncs)> {
        let repo = Self::discover(&self.root)?;
        let objects = repo.git.odb()?;
        let memory = objects.add_new_mempack_backend(IN_MEMORY)?;
        let objects = InMemory { repo: &repo, memory, made: RefCell::default(), syncs: RefCell::default() };
        let done = work(&objects)?;
        objects.store()?;
        let syncs = objects.syncs.take();
        Ok((done, syncs))
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
        let made = self.made.take();
        if made.is_empty() {
            return Ok(());
        }
        let folder = self.repo.git.commondir().join("objects/pack");
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
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
        let files = ["pack", "idx"].map(|extension| folder.join(format!("pack-{name}.{extension}")));
        self.syncs.borrow_mut().start(files.into_iter().chain([folder]));
        self.memory.reset()?;
        Ok(self.repo.git.odb()?.refresh()?)
    }
}
