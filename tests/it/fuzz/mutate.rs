//! Texts made of other texts.

/// The longest text that is made, in bytes.
const LONGEST: usize = 4 * 1024;

/// What parsers stumble over, whatever they parse.
const ODD: [&str; 40] = [
    "\u{feff}",
    "\r",
    "\r\n",
    "\n",
    "\0",
    "\u{1b}[31m",
    "é",
    "\u{202e}",
    "\u{1f980}",
    "\u{a0}",
    "\t",
    " ",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\\",
    "{",
    "}",
    "{{",
    "[[",
    "]]",
    "[",
    "]",
    "#",
    "=",
    ",",
    ".",
    "-",
    "+",
    "`",
    "```",
    "0",
    "18446744073709551615",
    "99999999999999999999999",
    "36.0.13",
    "36.0.14",
    "37.0.0-dev",
    "*",
    "<!--",
];

/// A generator of numbers (splitmix64): the same ones on every machine.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`; 0 if there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap();
        usize::try_from(self.next() % end).unwrap()
    }

    /// Returns one of `all`, which are not none.
    pub(super) fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// Makes texts of the words of others.
pub(super) struct Mutator {
    words: Vec<String>,
}

impl Mutator {
    /// Knows the words and lines of `seeds`.
    pub(super) fn of(seeds: &[String]) -> Self {
        let mut words: Vec<String> = ODD.iter().map(|&odd| odd.to_owned()).collect();
        for seed in seeds {
            words.extend(seed.split_inclusive('\n').map(str::to_owned));
            let pieces = seed.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '.');
            words.extend(pieces.filter(|piece| !piece.is_empty()).map(str::to_owned));
        }
        words.sort();
        words.dedup();
        Self { words }
    }

    /// Returns one of `pool`, changed in some places.
    pub(super) fn mutate(&self, pool: &[String], random: &mut Random) -> String {
        let mut bytes = random.one_of(pool).clone().into_bytes();
        for _ in 0..=random.below(5) {
            match random.below(8) {
                0 => flip(&mut bytes, random),
                1 => remove(&mut bytes, random),
                2 => repeat(&mut bytes, random),
                3 => swap_lines(&mut bytes, random),
                4 => remove_line(&mut bytes, random),
                5 => splice(&mut bytes, random.one_of(pool).as_bytes(), random),
                6 => insert(&mut bytes, ODD[random.below(ODD.len())].as_bytes(), random),
                _ => insert(&mut bytes, random.one_of(&self.words).as_bytes(), random),
            }
            bytes.truncate(LONGEST);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    let at = random.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte = u8::try_from(random.below(128)).unwrap();
    }
}

fn remove(bytes: &mut Vec<u8>, random: &mut Random) {
    let from = random.below(bytes.len());
    let len = random.below(16).min(bytes.len() - from);
    bytes.drain(from..from + len);
}

fn repeat(bytes: &mut Vec<u8>, random: &mut Random) {
    let from = random.below(bytes.len());
    let len = random.below(64).min(bytes.len() - from);
    let times = *random.one_of(&[1, 1, 2, 100]);
    let piece = bytes[from..from + len].repeat(times);
    bytes.splice(from..from, piece);
}

/// Returns the range of a line with its end.
fn line(bytes: &[u8], random: &mut Random) -> std::ops::Range<usize> {
    let at = random.below(bytes.len());
    let start = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
    let end = bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| at + end + 1);
    start..end
}

fn swap_lines(bytes: &mut Vec<u8>, random: &mut Random) {
    let taken = line(bytes, random);
    let taken: Vec<u8> = bytes.drain(taken).collect();
    let to = line(bytes, random).start;
    bytes.splice(to..to, taken);
}

fn remove_line(bytes: &mut Vec<u8>, random: &mut Random) {
    let line = line(bytes, random);
    bytes.drain(line);
}

fn splice(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let (at, from) = (random.below(bytes.len()), random.below(other.len()));
    let len = random.below(200).min(other.len() - from);
    let replaced = random.below(2) * random.below(200).min(bytes.len() - at);
    bytes.splice(at..at + replaced, other[from..from + len].iter().copied());
}

fn insert(bytes: &mut Vec<u8>, word: &[u8], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    // A word in the place of another one leaves more texts valid than one between two letters.
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let start = bytes[..at].iter().rposition(|byte| !is_word(byte)).map_or(0, |end| end + 1);
    let end = bytes[at..].iter().position(|byte| !is_word(byte)).map_or(bytes.len(), |end| at + end);
    let range = if random.below(2) == 0 { at..at } else { start..end };
    bytes.splice(range, word.iter().copied());
}
