//! What the files of a crate name: imports, and paths in the midst of code.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path in the modules of the crate, `["git", "merge"]`, or in another crate, `["std", "fs"]`.
pub type Path = Vec<String>;

/// A file of the crate, without its tests.
#[derive(Default)]
pub struct File {
    /// The module that it is.
    pub module: Path,
    /// What it names, in its order.
    pub mentions: Vec<Mention>,
    /// The types that it defines, but for those that belong to an implementation.
    pub types: Vec<String>,
    /// The modules that it keeps for tests.
    tests: Vec<Path>,
    /// Every name that it uses, but for imports and the modules that it declares.
    names: BTreeSet<String>,
}

/// A path that a file names.
pub struct Mention {
    pub path: Path,
    /// Whether it leads into the crate itself.
    pub inside: bool,
    pub how: How,
}

/// How a file names a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// In the midst of code.
    InCode,
    /// By `use`: the modules below can name it from here, too.
    Import,
    /// By `pub use`.
    Reexport,
}

/// The files of a crate, with what they name told by where it is defined.
pub struct Crate {
    pub files: Vec<File>,
    modules: BTreeSet<Path>,
    /// What stands elsewhere than where it is named: `edit::lockfile::Moved`, and where it comes from.
    reexports: BTreeMap<Path, Path>,
}

impl Crate {
    /// Reads the texts of files, each with its path below `src`.
    ///
    /// A test module may name anything: it is passed over. So is `main.rs`, a crate of its own.
    pub fn read<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let sources: BTreeMap<Path, &str> = sources
            .into_iter()
            .filter(|(path, _)| *path != "main.rs")
            .map(|(path, text)| (module(path), text))
            .collect();
        let modules: BTreeSet<Path> = sources.keys().cloned().collect();
        let mut files: Vec<File> =
            sources.iter().map(|(module, text)| File::read(module, text, &modules)).collect();
        let tests: Vec<Path> = files.iter().flat_map(|file| file.tests.clone()).collect();
        files.retain(|file| !tests.iter().any(|test| file.module.starts_with(test)));
        let reexports = files.iter().flat_map(File::reexports).collect();
        Self { files, modules, reexports }
    }

    /// Returns the file that defines what `path` names.
    pub fn file_of(&self, path: &[String]) -> &[String] {
        for end in (0..=path.len()).rev() {
            let (head, rest) = path.split_at(end);
            if let Some(module) = self.modules.get(head) {
                return module;
            }
            if let Some(target) = self.reexports.get(head) {
                return self.file_of(&[target, rest].concat());
            }
        }
        &[]
    }

    /// Returns the files that `file` needs: what it only hands on is needed by others.
    pub fn needs<'c>(&'c self, file: &'c File) -> BTreeSet<&'c [String]> {
        file.mentions
            .iter()
            .filter(|mention| mention.inside)
            .filter(|mention| mention.how != How::Reexport || file.uses(mention.path.last()))
            .map(|mention| self.file_of(&mention.path))
            .filter(|needed| *needed != file.module)
            .collect()
    }
}

impl File {
    fn read(module: &Path, text: &str, modules: &BTreeSet<Path>) -> Self {
        let tokens: TokenStream = text.parse().unwrap();
        let mut file = Self { module: module.clone(), types: types(&tokens), ..Self::default() };
        file.block(tokens, modules);
        file
    }

    fn uses(&self, name: Option<&String>) -> bool {
        name.is_some_and(|name| self.names.contains(name))
    }

    fn reexports(&self) -> impl Iterator<Item = (Path, Path)> {
        let imports = self.mentions.iter().filter(|mention| mention.inside && mention.how != How::InCode);
        imports.filter_map(|mention| {
            let name = [self.module.as_slice(), &[mention.path.last()?.clone()]].concat();
            (name != mention.path).then(|| (name, mention.path.clone()))
        })
    }

    /// Takes in a sequence of tokens, as a whole file is one, or what stands between two braces.
    fn block(&mut self, stream: TokenStream, modules: &BTreeSet<Path>) {
        let mut tokens = Tokens(stream.into_iter().collect());
        let mut public = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(hash) if hash.as_char() == '#' => match tokens.group(Delimiter::Bracket) {
                    Some(attribute) if is_for_tests(&attribute) => {
                        let test = tokens.skip_item();
                        self.tests.extend(test.map(|name| [self.module.as_slice(), &[name]].concat()));
                    }
                    Some(attribute) => self.block(attribute.stream(), modules),
                    None => {}
                },
                TokenTree::Group(group) => self.block(group.stream(), modules),
                TokenTree::Ident(name) if name == "mod" => drop(tokens.next()),
                TokenTree::Ident(name) if name == "pub" => {
                    public = true;
                    tokens.group(Delimiter::Parenthesis);
                    continue;
                }
                TokenTree::Ident(name) => {
                    let how = match name == "use" {
                        true if public => How::Reexport,
                        true => How::Import,
                        false => How::InCode,
                    };
                    let paths = match how {
                        How::InCode => vec![tokens.path(name.to_string())],
                        How::Import | How::Reexport => tokens.imports(&[]),
                    };
                    for path in paths {
                        if how == How::InCode {
                            self.names.extend(path.iter().cloned());
                        }
                        self.mention(path, how, modules);
                    }
                }
                _ => {}
            }
            public = false;
        }
    }

    fn mention(&mut self, path: Path, how: How, modules: &BTreeSet<Path>) {
        if path.len() == 1 {
            return;
        }
        let from = path.iter().position(|name| !["crate", "self", "super"].contains(&name.as_str()));
        let (way, rest) = path.split_at(from.unwrap_or(path.len()));
        let up = way.iter().filter(|step| *step == "super").count();
        let base = match way.first().map(String::as_str) {
            Some("crate") => &[],
            _ => &self.module[..self.module.len() - up],
        };
        let full = [base, rest].concat();
        let inside = !way.is_empty() || modules.contains(&full[..=base.len()]);
        let path = if inside { full } else { path };
        self.mentions.push(Mention { path, inside, how });
    }
}

/// Returns the types that a file defines; in a block, such as a test module, are others.
fn types(file: &TokenStream) -> Vec<String> {
    let mut tokens = Tokens(file.clone().into_iter().collect());
    let mut types = Vec::new();
    while let Some(token) = tokens.next() {
        if matches!(&token, TokenTree::Ident(name) if ["struct", "enum", "type", "trait"].iter().any(|word| name == word))
        {
            types.extend(tokens.name());
        }
    }
    types
}

/// What is left of a sequence of tokens.
struct Tokens(VecDeque<TokenTree>);

impl Tokens {
    fn next(&mut self) -> Option<TokenTree> {
        self.0.pop_front()
    }

    fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.0.front() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.next();
                Some(group)
            }
            _ => None,
        }
    }

    fn is_mark(&self, at: usize, mark: char) -> bool {
        matches!(self.0.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == mark)
    }

    fn name(&mut self) -> Option<String> {
        match self.next() {
            Some(TokenTree::Ident(name)) => Some(name.to_string()),
            _ => None,
        }
    }

    /// Passes over what an attribute stands before; returns its name if it is a module.
    fn skip_item(&mut self) -> Option<String> {
        let mut module = None;
        while let Some(token) = self.next() {
            match token {
                TokenTree::Ident(name) if name == "mod" => module = self.name(),
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => break,
                TokenTree::Punct(punct) if punct.as_char() == ';' => break,
                _ => {}
            }
        }
        module
    }

    /// Returns the path that begins with `first`; `println!` is `macro::println`.
    fn path(&mut self, first: String) -> Path {
        let mut path = vec![first];
        while self.is_mark(0, ':')
            && self.is_mark(1, ':')
            && matches!(self.0.get(2), Some(TokenTree::Ident(_)))
        {
            self.0.drain(..2);
            path.extend(self.name());
        }
        if path.len() == 1 && self.is_mark(0, '!') {
            path.insert(0, "macro".to_owned());
        }
        path
    }

    /// Returns every path of a `use`, or of one branch of it, and takes the mark that ends it.
    fn imports(&mut self, prefix: &[String]) -> Vec<Path> {
        let mut path = prefix.to_vec();
        loop {
            if let Some(branches) = self.group(Delimiter::Brace) {
                let mut branches = Tokens(branches.stream().into_iter().collect());
                let mut paths = Vec::new();
                while !branches.0.is_empty() {
                    paths.extend(branches.imports(&path));
                }
                self.next();
                return paths;
            }
            match self.next() {
                Some(TokenTree::Ident(name)) if name == "as" => drop(self.next()),
                // `{self, …}` names what stands before the brace.
                Some(TokenTree::Ident(name)) if name == "self" && !path.is_empty() => {}
                Some(TokenTree::Ident(name)) => path.push(name.to_string()),
                Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => path.push("*".to_owned()),
                Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => {}
                _ => return vec![path],
            }
        }
    }
}

fn is_for_tests(attribute: &Group) -> bool {
    let text = attribute.stream().to_string();
    text.starts_with("cfg") && text.contains("test") && !text.contains("not")
}

fn module(path: &str) -> Path {
    let path = path.trim_end_matches(".rs");
    path.split('/').filter(|name| *name != "lib").map(str::to_owned).collect()
}
