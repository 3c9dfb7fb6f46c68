//! A pack and its index, as git reads them (gitformat-pack(5)).
//!
//! libgit2 can write both, but reads the whole pack again to index it, and compresses it at leisure: that took as long
//! as everything else that a commit of a hundred manifests needs. Objects are whole here, compressed as fast as it
//! goes, and not at all where they are small: `git gc` looks for what they have in common one day.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use git2::{ObjectType, OdbObject, Oid};
use sha1_smol::Sha1;

/// The objects of a pack, and where each is, as the contents of the two files.
pub(crate) struct PackFile {
    /// What tells it from others, of its file's name.
    pub(crate) name: String,
    pub(crate) objects: Vec<u8>,
    pub(crate) index: Vec<u8>,
}

/// What an object holds.
pub(crate) enum Content<'o> {
    /// Of a blob, which its id is known to be of.
    Blob(&'o [u8]),
    /// Of any object, as it was read.
    Read(OdbObject<'o>),
}

impl Content<'_> {
    fn kind(&self) -> ObjectType {
        match self {
            Self::Blob(_) => ObjectType::Blob,
            Self::Read(object) => object.kind(),
        }
    }

    fn data(&self) -> &[u8] {
        match self {
            Self::Blob(data) => data,
            Self::Read(object) => object.data(),
        }
    }
}

/// Where an object is in a pack, and what is there.
struct PackEntry {
    id: Oid,
    crc: u32,
    offset: u64,
}

impl PackFile {
    /// Packs objects, which are sorted by their ids and of which each is there once.
    ///
    /// # Errors
    ///
    /// If an object cannot be read.
    pub(crate) fn of<'o>(objects: impl ExactSizeIterator<Item = Result<(Oid, Content<'o>)>>) -> Result<Self> {
        let count = u32::try_from(objects.len()).context("too many objects for one pack")?;
        let mut pack = [b"PACK", &2_u32.to_be_bytes()[..], &count.to_be_bytes()].concat();
        let mut compress = Compress::new(Compression::fast(), true);
        let mut entries = Vec::with_capacity(objects.len());
        for object in objects {
            let (id, content) = object?;
            let start = pack.len();
            pack.extend(header(kind(content.kind())?, content.data().len()));
            deflate(&mut compress, content.data(), &mut pack)?;
            let mut crc = Crc::new();
            crc.update(&pack[start..]);
            entries.push(PackEntry { id, crc: crc.sum(), offset: start as u64 });
        }
        let checksum = seal(&mut pack);
        let mut name = String::new();
        checksum.iter().try_for_each(|byte| write!(name, "{byte:02x}"))?;
        Ok(Self { name, objects: pack, index: index(&entries, &checksum) })
    }
}

/// Returns the number that packs have for a kind of objects.
fn kind(kind: ObjectType) -> Result<u8> {
    match kind {
        ObjectType::Commit => Ok(1),
        ObjectType::Tree => Ok(2),
        ObjectType::Blob => Ok(3),
        ObjectType::Tag => Ok(4),
        ObjectType::Any => anyhow::bail!("an object has no kind"),
    }
}

/// Returns what stands before an object: its kind and its size, the lowest bits first.
fn header(kind: u8, size: usize) -> Vec<u8> {
    let low = |bits: u8, of: usize| of.to_le_bytes()[0] & ((1 << bits) - 1);
    let mut bytes = vec![kind << 4 | low(4, size)];
    let mut rest = size >> 4;
    while rest > 0 {
        if let Some(last) = bytes.last_mut() {
            *last |= 0x80;
        }
        bytes.push(low(7, rest));
        rest >>= 7;
    }
    bytes
}

/// The size in bytes below which an object is stored as it is: to begin anew takes a compressor longer, and a folder
/// of a package is hardly more than two ids.
const SMALL: u8 = 128;

/// Adds `data` to `to`, as zlib does (RFC 1950 and 1951).
fn deflate(compress: &mut Compress, data: &[u8], to: &mut Vec<u8>) -> Result<()> {
    if let Some(len) = u8::try_from(data.len()).ok().filter(|len| *len < SMALL) {
        // One block, the last one, with its length and what is left of that.
        to.extend([0x78, 0x01, 0x01, len, 0, !len, 0xff]);
        to.extend(data);
        to.extend(adler32(data).to_be_bytes());
        return Ok(());
    }
    compress.reset();
    loop {
        let done = usize::try_from(compress.total_in()).unwrap_or(usize::MAX);
        to.reserve(data.len() / 2 + 64);
        if compress.compress_vec(&data[done..], to, FlushCompress::Finish)? == Status::StreamEnd {
            return Ok(());
        }
    }
}

/// Returns the checksum of RFC 1950.
fn adler32(data: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    let (low, high) = data.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % BASE;
        (low, (high + low) % BASE)
    });
    high << 16 | low
}

/// Adds the checksum of what is there, and returns it.
fn seal(bytes: &mut Vec<u8>) -> [u8; 20] {
    let checksum = Sha1::from(&*bytes).digest().bytes();
    bytes.extend(checksum);
    checksum
}

/// What marks, in the table of offsets, the place of one in the table of those that are too far away for it.
const FAR: u32 = 1 << 31;

/// Returns the index (version 2) of a pack with these entries, which are sorted, and this checksum.
fn index(entries: &[PackEntry], checksum: &[u8; 20]) -> Vec<u8> {
    let mut index = [&b"\xfftOc"[..], &2_u32.to_be_bytes()].concat();
    let mut of_first_byte = [0_u32; 256];
    for entry in entries {
        of_first_byte[usize::from(entry.id.as_bytes()[0])] += 1;
    }
    let mut up_to = 0;
    for count in of_first_byte {
        up_to += count;
        index.extend(up_to.to_be_bytes());
    }
    index.extend(entries.iter().flat_map(|entry| entry.id.as_bytes()));
    index.extend(entries.iter().flat_map(|entry| entry.crc.to_be_bytes()));
    let (mut far, mut next) = (Vec::new(), FAR);
    for PackEntry { offset, .. } in entries {
        // What does not fit into 31 bits stands in a table of its own.
        let near = u32::try_from(*offset).ok().filter(|offset| offset & FAR == 0);
        index.extend(near.unwrap_or(next).to_be_bytes());
        if near.is_none() {
            far.push(*offset);
            next += 1;
        }
    }
    index.extend(far.into_iter().flat_map(u64::to_be_bytes));
    index.extend(checksum);
    seal(&mut index);
    index
}

#[cfg(test)]
mod tests {
    use std::fs;

    use git2::{Indexer, Repository};

    use super::*;

    #[test]
    fn libgit2_makes_the_same_index_of_the_pack() {
        let folder = tempfile::tempdir().unwrap();
        let repo = Repository::init(folder.path()).unwrap();
        let odb = repo.odb().unwrap();
        // What repeats nothing does not get smaller; what repeats all the time gets much smaller.
        let noise = |len: usize| {
            let bytes = (0..len as u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8);
            bytes.collect::<Vec<u8>>()
        };
        let mut contents: Vec<Vec<u8>> =
            [0, 1, 15, 16, 127, 128, 2047, 2048, 70_000, 1 << 20].map(noise).into();
        contents.extend([1, 100, 300_000, 3 << 20].map(|len| vec![b'a'; len]));
        let blobs: Vec<Oid> = contents.iter().map(|content| repo.blob(content).unwrap()).collect();
        let mut builder = repo.treebuilder(None).unwrap();
        for (at, blob) in blobs.iter().enumerate() {
            builder.insert(format!("file-{at}"), *blob, 0o100_644).unwrap();
        }
        let tree = builder.write().unwrap();
        let who = git2::Signature::new("Ann", "ann@example.org", &git2::Time::new(0, 0)).unwrap();
        let commit = repo.commit(None, &who, &who, "A commit", &repo.find_tree(tree).unwrap(), &[]).unwrap();
        let mut all: Vec<Oid> = blobs.into_iter().chain([tree, commit]).collect();
        all.sort_unstable();
        for some in [&all[..], &all[..1], &all[3..9]] {
            let pack = PackFile::of(some.iter().map(|id| Ok((*id, Content::Read(odb.read(*id)?))))).unwrap();
            let mut indexer = Indexer::new(Some(&odb), folder.path(), 0, true).unwrap();
            std::io::Write::write_all(&mut indexer, &pack.objects).unwrap();
            let name = indexer.commit().unwrap();
            let index = fs::read(folder.path().join(format!("pack-{name}.idx"))).unwrap();
            assert_eq!((name, index), (pack.name, pack.index));
        }
    }

    #[test]
    fn what_is_far_away_stands_in_a_table_of_its_own() {
        let id = |first: u8| Oid::from_bytes(&[&[first; 1][..], &[0; 19]].concat()).unwrap();
        let offsets = [12, (1 << 31) - 1, 1 << 31, 5 << 32];
        let entries: Vec<PackEntry> =
            (1..).zip(offsets).map(|(at, offset)| PackEntry { id: id(at), crc: 0, offset }).collect();
        let index = index(&entries, &[7; 20]);
        let offsets = &index[8 + 1024 + 4 * (20 + 4)..];
        let near = [12_u32, 0x7fff_ffff, 0x8000_0000, 0x8000_0001].map(u32::to_be_bytes).concat();
        let far = [1_u64 << 31, 5 << 32].map(u64::to_be_bytes).concat();
        assert_eq!(offsets[..32], [near, far].concat());
        assert_eq!(offsets[32..52], [7; 20]);
        assert_eq!(offsets.len(), 32 + 2 * 20);
    }

    #[test]
    fn sizes_take_as_many_bytes_as_they_need() {
        assert_eq!(header(3, 15), [0x3f]);
        assert_eq!(header(3, 16), [0xb0, 0x01]);
        assert_eq!(header(1, 0x7ff), [0x9f, 0x7f]);
        assert_eq!(header(2, 0x800), [0xa0, 0x80, 0x01]);
    }
}
