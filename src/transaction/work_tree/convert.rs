//! Contents as they lie in the work tree: line ends and filters as `git checkout` applies them.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fs;
use std::thread::JoinHandle;

use anyhow::{Context, Result, ensure};
use git2::{Index, Oid};

use crate::git::settings::Settings;
use crate::git::{Mode, Repo};
use crate::path::RepoPath;
use crate::transaction::work_tree::index::blank_entry;

impl Repo {
    /// Returns the content of each blob as `git checkout` would write it at its path.
    pub(crate) fn checked_out_contents(
        &self,
        blobs: &[(&RepoPath, Oid)],
        known: NewContents<'_>,
    ) -> Result<Vec<Vec<u8>>> {
        if blobs.is_empty() {
            return Ok(Vec::new());
        }
        let mut contents = Vec::with_capacity(blobs.len());
        for (_, id) in blobs {
            contents.push(match known.blobs.get(id) {
                Some(content) => content.to_vec(),
                None => self.git.find_blob(*id)?.content().to_vec(),
            });
        }
        let mut attributes = known.attributes.answer()?;
        let others = blobs.iter().map(|(path, _)| *path).filter(|path| !attributes.contains_key(path));
        attributes.append(&mut self.ask_attributes(others.cloned().collect()).answer()?);
        let settings = self.settings()?;
        let is_converted =
            |at: &usize| attributes.get(blobs[*at].0).is_some_and(|found| found.convert(settings));
        let converted: Vec<usize> = (0..blobs.len()).filter(is_converted).collect();
        if !converted.is_empty() {
            let wanted: Vec<_> = converted.iter().map(|&at| blobs[at]).collect();
            for (at, content) in converted.iter().zip(self.filtered(&wanted)?) {
                contents[*at] = content;
            }
        }
        Ok(contents)
    }

    /// Returns the blob that `git add` would make of each file as it lies in the work tree.
    pub(crate) fn cleaned(&self, paths: &[&RepoPath]) -> Result<Vec<Oid>> {
        let listed =
            self.user_git("hash-object").arg("--").args(paths.iter().map(|path| path.as_str())).run()?;
        let ids: Vec<Oid> =
            String::from_utf8(listed)?.lines().map(Oid::from_str).collect::<std::result::Result<_, _>>()?;
        ensure!(ids.len() == paths.len(), "`git hash-object` gave {} answers for {}", ids.len(), paths.len());
        Ok(ids)
    }

    /// Asks git for the attributes of each path: libgit2 would look at each folder for each attribute of
    /// each file.
    pub(crate) fn ask_attributes(&self, paths: Vec<RepoPath>) -> AskedAttributes {
        let request: String = paths.iter().flat_map(|path| [path.as_str(), "\0"]).collect();
        let git = self.user_git("check-attr").args(["-z", "--stdin", "--all"]).input(request);
        let read = move || {
            let said = if paths.is_empty() { Vec::new() } else { git.run()? };
            let said = String::from_utf8(said).context("an attribute is not UTF-8")?;
            let mut attributes: BTreeMap<_, _> =
                paths.into_iter().map(|path| (path, Attributes::default())).collect();
            let mut fields = said.split_terminator('\0');
            while let (Some(path), Some(name), Some(value)) = (fields.next(), fields.next(), fields.next()) {
                let of_path = RepoPath::new(path).and_then(|path| attributes.get_mut(&path));
                let of_path = of_path.with_context(|| format!("`git check-attr` answered for {path}"))?;
                of_path.0.insert(name.to_owned(), value.to_owned());
            }
            Ok(attributes)
        };
        AskedAttributes(std::thread::spawn(read))
    }

    /// Has git check the blobs out in a folder of their own: it knows every filter, also those of
    /// other programs. (`git cat-file --filters --batch` names the wrong lengths.)
    fn filtered(&self, blobs: &[(&RepoPath, Oid)]) -> Result<Vec<Vec<u8>>> {
        let dir = tempfile::tempdir_in(self.state_dir()).context("cannot make a folder in the git dir")?;
        let index_path = dir.path().join("index");
        let mut index = Index::open(&index_path)?;
        for (path, id) in blobs {
            index.add(&blank_entry(path, Mode::Plain, *id))?;
        }
        index.write()?;
        let mut prefix = OsString::from("--prefix=");
        prefix.push(dir.path().join("files"));
        prefix.push("/");
        // In quotes a path may have what parts paths.
        let mut alternates = OsString::from(format!("\"{}\"", self.staging().display()));
        if let Some(others) = std::env::var_os(ALTERNATES) {
            alternates.push(if cfg!(windows) { ";" } else { ":" });
            alternates.push(others);
        }
        let git = self.user_git("checkout-index").env("GIT_INDEX_FILE", &index_path);
        git.env(ALTERNATES, alternates).arg(prefix).arg("--all").run()?;
        let read = |path: &RepoPath| {
            fs::read(dir.path().join("files").join(path))
                .with_context(|| format!("git gave no content for {path}"))
        };
        blobs.iter().map(|(path, _)| read(path)).collect()
    }
}

impl Settings {
    /// Returns whether text files get CRLF in the work tree where no attribute says otherwise
    /// (git-config(1), `core.autocrlf` and `core.eol`).
    fn wants_crlf(&self) -> bool {
        let word = |key: &str| self.text(key).map(str::to_ascii_lowercase);
        match (word("core.autocrlf").as_deref(), word("core.eol").as_deref()) {
            (Some("input"), _) => false,
            _ if self.is_on("core.autocrlf", false) => true,
            (_, Some("crlf")) => true,
            (_, Some("lf")) => false,
            _ => cfg!(windows),
        }
    }
}

/// What is known of new files before they are looked at.
pub(crate) struct NewContents<'a> {
    /// The attributes of most of them.
    pub(crate) attributes: AskedAttributes,
    /// What some blobs hold.
    pub(crate) blobs: &'a HashMap<Oid, &'a [u8]>,
}

/// What git says of the attributes of some paths, asked before it is needed.
pub(crate) struct AskedAttributes(JoinHandle<Result<BTreeMap<RepoPath, Attributes>>>);

impl AskedAttributes {
    fn answer(self) -> Result<BTreeMap<RepoPath, Attributes>> {
        self.0.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// The attributes that one path has, as `git check-attr` prints them: those that nothing is said about are
/// left out.
#[derive(Clone, Debug, Default)]
struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// Returns whether the work tree may hold other bytes than the blob (gitattributes(5)).
    fn convert(&self, settings: &Settings) -> bool {
        let value = |name: &str| self.0.get(name).map_or(UNSPECIFIED, String::as_str);
        let is_on = |name: &str| ![UNSPECIFIED, UNSET].contains(&value(name));
        if is_on("filter") || is_on("ident") || is_on("working-tree-encoding") {
            return true;
        }
        let is_crlf = value("eol") == "crlf";
        if !is_crlf && (is_on("eol") || !settings.wants_crlf()) {
            return false;
        }
        let text = if value("text") == UNSPECIFIED { value("crlf") } else { value("text") };
        match text {
            UNSET => false,
            UNSPECIFIED => is_crlf || settings.is_on("core.autocrlf", false),
            _ => true,
        }
    }
}

/// Where git looks for objects besides.
const ALTERNATES: &str = "GIT_ALTERNATE_OBJECT_DIRECTORIES";
const UNSPECIFIED: &str = "unspecified";
const UNSET: &str = "unset";
