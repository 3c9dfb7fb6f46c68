//! The same as `git cherry-pick -x`, on random pairs of commits and branches.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use relprep::git::Repo;

use crate::environment;
use crate::support::Sandbox;

/// How many pairs are compared, unless `RELPREP_TEST_PAIRS` says otherwise.
const PAIRS: usize = 500;

/// A small generator of numbers, the same ones every time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

/// One state of the files of a history.
#[derive(Clone)]
struct Files(Vec<(String, Vec<String>)>);

impl Files {
    fn new(numbers: &mut Numbers) -> Self {
        let words = ["let a = 1;", "}", "{", "", "return;", "x += 1;"];
        let file = |number: usize, numbers: &mut Numbers| {
            let lines = (0..30).map(|line| match numbers.below(3) {
                0 => words[numbers.below(words.len())].to_owned(),
                _ => format!("line {line} of {number}"),
            });
            (format!("d{}/f{number}.rs", number % 3), lines.collect())
        };
        Self((0..8).map(|number| file(number, numbers)).collect())
    }

    /// Changes something: mostly lines, now and then a name, a file that comes or goes.
    fn change(&mut self, numbers: &mut Numbers, serial: usize) {
        let at = numbers.below(self.0.len());
        match numbers.below(14) {
            0 => self.0[at].0 = format!("d{}/moved{serial}.rs", numbers.below(3)),
            1 if self.0.len() > 4 => drop(self.0.remove(at)),
            2 => self
                .0
                .push((format!("d{}/new{serial}.rs", numbers.below(3)), vec![format!("new {serial}"); 12])),
            _ => {
                let lines = &mut self.0[at].1;
                let line = numbers.below(lines.len());
                match numbers.below(4) {
                    0 => lines.insert(line, format!("added {serial}")),
                    1 if lines.len() > 10 => drop(lines.remove(line)),
                    _ => lines[line] = format!("changed {serial}"),
                }
            }
        }
    }
}

/// Writes the commands of `git fast-import` for a trunk of `length` commits and `branches` branches
/// that leave it and go their own way.
fn history(numbers: &mut Numbers, length: usize, branches: usize) -> String {
    let mut stream = String::new();
    let mut serial = 0;
    let mut commit = |stream: &mut String, branch: &str, from: Option<usize>, files: &Files| -> usize {
        serial += 1;
        let message = format!("Change number {serial}\n");
        let _ = writeln!(stream, "commit refs/heads/{branch}\nmark :{serial}");
        let _ = writeln!(stream, "author Bob <bob@example.org> {} +0200", 1_700_000_000 + serial);
        let _ = writeln!(stream, "committer Bob <bob@example.org> {} +0000", 1_700_000_000 + serial);
        let _ = write!(stream, "data {}\n{message}", message.len());
        if let Some(from) = from {
            let _ = writeln!(stream, "from :{from}");
        }
        stream.push_str("deleteall\n");
        for (path, lines) in &files.0 {
            let text = lines.join("\n") + "\n";
            let _ = write!(stream, "M 100644 inline {path}\ndata {}\n{text}", text.len());
        }
        serial
    };
    let mut files = Files::new(numbers);
    let mut tip = None;
    for number in 0..length {
        files.change(numbers, number);
        tip = Some(commit(&mut stream, "main", tip, &files));
        if number % (length / branches) == 0 {
            let (mut own, mut own_tip) = (files.clone(), tip);
            for more in 0..6 {
                own.change(numbers, 10_000 + number * 10 + more);
                own_tip = Some(commit(&mut stream, &format!("release-{number}.0.0"), own_tip, &own));
            }
        }
    }
    stream
}

#[test]
fn random_picks_agree_with_git_cherry_pick() {
    if environment::ran_apart() {
        return;
    }
    let pairs = std::env::var("RELPREP_TEST_PAIRS").map_or(PAIRS, |count| count.parse().unwrap());
    let sandbox = Sandbox::new();
    let mut numbers = Numbers(0x5eed_5eed_5eed_5eed);
    let stream = history(&mut numbers, 120, 12);
    let mut import = sandbox.command("git");
    let mut import = import.args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn().unwrap();
    import.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(import.wait().unwrap().success());
    sandbox.git(["switch", "-q", "--detach", "main"]);
    let commits: Vec<String> = sandbox.git(["rev-list", "main~1"]).lines().map(str::to_owned).collect();
    let branches = sandbox.git(["for-each-ref", "--format=%(refname:short)", "refs/heads/release-*"]);
    let branches: Vec<&str> = branches.lines().collect();
    let drawn: Vec<(&str, &str)> = (0..pairs)
        .map(|_| (commits[numbers.below(commits.len())].as_str(), branches[numbers.below(branches.len())]))
        .collect();

    let repo = Repo::discover(&sandbox.root()).unwrap();
    let (mut clean, mut conflicts) = (0, 0);
    let mut differences = String::new();
    for (commit, branch) in drawn {
        let id = repo.commits_of(commit).unwrap()[0];
        let onto = repo.commits_of(branch).unwrap()[0];
        let before = repo.before(id, None).unwrap();
        let merged = repo.pick(onto, before, id).unwrap();
        let ours = match merged.conflicts.is_empty() {
            true => Some(merged.tree),
            false => None,
        };
        let theirs = cherry_pick(&sandbox, commit, branch);
        let theirs = theirs.map(|made| repo.tree_of(repo.commits_of(&made).unwrap()[0]).unwrap());
        match ours {
            Some(_) => clean += 1,
            None => conflicts += 1,
        }
        if ours != theirs {
            let _ = writeln!(differences, "{commit} onto {branch}: {ours:?}, and git {theirs:?}");
        }
    }
    assert_eq!(differences, "");
    assert!(
        clean * 8 >= pairs && conflicts * 8 >= pairs,
        "{clean} clean and {conflicts} conflicts say little"
    );
}

/// Picks in the work tree, where no branch is checked out, and returns the commit, or `None` where it
/// conflicts.
fn cherry_pick(sandbox: &Sandbox, commit: &str, branch: &str) -> Option<String> {
    sandbox.git(["reset", "-q", "--hard", branch]);
    let output = sandbox.try_git(["cherry-pick", "-x", "--allow-empty", "--keep-redundant-commits", commit]);
    if output.status.success() {
        return Some(sandbox.read(".git/HEAD").trim().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("CONFLICT"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    None
}
