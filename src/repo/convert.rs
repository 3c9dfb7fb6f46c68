//! Contents as they lie in the work tree: line ends and filters as `git checkout` applies them.

use std::ffi::OsString;
use std::fs;

use anyhow::{Context, Result, ensure};
use git2::{AttrCheckFlags, AttrValue, Index, Oid};

use crate::path::RepoPath;
use crate::repo::Repo;
use crate::repo::index::blank_entry;
use crate::repo::journal::Mode;
use crate::repo::settings::Settings;

impl Repo {
    /// Returns the content of each blob as `git checkout` would write it at its path.
    pub(super) fn checked_out_contents(
        &self,
        blobs: &[(&RepoPath, Oid)],
        settings: &Settings,
    ) -> Result<Vec<Vec<u8>>> {
        let mut contents = Vec::with_capacity(blobs.len());
        let mut converted = Vec::new();
        for (at, (path, id)) in blobs.iter().enumerate() {
            contents.push(self.git.find_blob(*id)?.content().to_vec());
            if self.is_converted(path, settings)? {
                converted.push(at);
            }
        }
        if !converted.is_empty() {
            let wanted: Vec<_> = converted.iter().map(|&at| blobs[at]).collect();
            for (at, content) in converted.iter().zip(self.filtered(&wanted)?) {
                contents[*at] = content;
            }
        }
        Ok(contents)
    }

    /// Returns the blob that `git add` would make of each file as it lies in the work tree.
    pub(super) fn cleaned(&self, paths: &[&RepoPath]) -> Result<Vec<Oid>> {
        let listed =
            self.user_git("hash-object").arg("--").args(paths.iter().map(|path| path.as_str())).run()?;
        let ids: Vec<Oid> =
            String::from_utf8(listed)?.lines().map(Oid::from_str).collect::<std::result::Result<_, _>>()?;
        ensure!(ids.len() == paths.len(), "`git hash-object` gave {} answers for {}", ids.len(), paths.len());
        Ok(ids)
    }

    /// Returns whether the work tree may hold other bytes than the blob (gitattributes(5)).
    fn is_converted(&self, path: &RepoPath, settings: &Settings) -> Result<bool> {
        let attribute = |name: &str| -> Result<Attribute> {
            let value = self.git.get_attr_bytes(path.as_ref(), name, AttrCheckFlags::FILE_THEN_INDEX)?;
            Ok(match AttrValue::from_bytes(value) {
                AttrValue::Unspecified => Attribute::Unspecified,
                AttrValue::False => Attribute::Unset,
                AttrValue::True => Attribute::Set,
                AttrValue::Bytes(text) => Attribute::Text(String::from_utf8_lossy(text).into_owned()),
                AttrValue::String(text) => Attribute::Text(text.to_owned()),
            })
        };
        for name in ["filter", "ident", "working-tree-encoding"] {
            if attribute(name)?.is_on() {
                return Ok(true);
            }
        }
        let eol = attribute("eol")?;
        let is_crlf = matches!(&eol, Attribute::Text(eol) if eol == "crlf");
        if !is_crlf && (eol.is_on() || !settings.wants_crlf()) {
            return Ok(false);
        }
        Ok(match attribute("text")?.or_else(|| attribute("crlf"))? {
            Attribute::Unset => false,
            Attribute::Unspecified => is_crlf || settings.is_on("core.autocrlf", false),
            Attribute::Set | Attribute::Text(_) => true,
        })
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
        self.user_git("checkout-index").env("GIT_INDEX_FILE", &index_path).arg(prefix).arg("--all").run()?;
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

/// The value of a gitattribute for one path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Attribute {
    Unspecified,
    Unset,
    Set,
    Text(String),
}

impl Attribute {
    fn is_on(&self) -> bool {
        matches!(self, Self::Set | Self::Text(_))
    }

    /// Returns itself where it is specified, and the other one where it is not.
    fn or_else(self, other: impl FnOnce() -> Result<Self>) -> Result<Self> {
        if self == Self::Unspecified { other() } else { Ok(self) }
    }
}
