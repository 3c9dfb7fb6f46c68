//! What third parties impose that came since the promise was made.

use std::collections::BTreeMap;
use std::fmt;

use super::scope::PromisedPackages;
use crate::finding::{Finding, Place};
use crate::path::RepoPath;
use crate::rule;
use crate::rust_version::RustVersion;
use crate::text::{counted, listed};
use crate::workspace::dependencies::GraphError;
use crate::workspace::graph::Graph;

/// How many packages a message names.
const NAMED: usize = 20;

/// What became of the workspace's lock file since the promise was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LockComparison {
    /// None is tracked, so that nobody knows which dependencies are used.
    Untracked,
    /// It says of third parties what it said.
    Same,
    /// These came, or changed.
    Changed {
        /// The lock file.
        path: RepoPath,
        /// Its text.
        text: String,
        /// The third parties.
        packages: Vec<ThirdParty>,
        /// Whether it is current, so that `--locked` passes.
        is_current: bool,
        /// What Cargo says of the packages that are used, or why it does not; where the lock file is not
        /// current, once Cargo has brought it up to date.
        graph: Result<Graph, GraphError>,
    },
}

impl fmt::Display for LockComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untracked => f.write_str("not locked"),
            Self::Same => f.write_str("locked as they were"),
            Self::Changed { packages, .. } => write!(f, "{} locked anew", counted(packages.len(), "package")),
        }
    }
}

/// A third party in the lock file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThirdParty {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The line where the lock file has it, from 1.
    pub line: usize,
}

/// Returns which of the changed third parties need more than `promise`, and which nobody can tell, of those that the
/// packages that are `held` need.
pub fn judge(lock: &LockComparison, promise: RustVersion, held: &PromisedPackages) -> Vec<Finding> {
    match lock {
        LockComparison::Same => Vec::new(),
        LockComparison::Untracked => vec![
            Finding::of(
                rule::MSRV_UNCHECKED,
                "no lock file is tracked, and what the dependencies need is unchecked",
            )
            .remedy("commit the lock file, or prove it with `--build`"),
        ],
        LockComparison::Changed { packages, .. } if packages.is_empty() => Vec::new(),
        LockComparison::Changed { path, packages, graph: Err(why), is_current, .. } => {
            let names: Vec<String> = packages.iter().map(named).collect();
            let message = format!(
                "what {} needs cannot be read offline, and is unchecked: {why}",
                listed(&names, NAMED)
            );
            let remedy = match is_current {
                true => "run `cargo fetch --locked` first",
                false => "run `cargo update --workspace`, and commit the lock file, which is not current",
            };
            vec![Finding::of(rule::MSRV_UNCHECKED, message).at(Place::file(path)).remedy(remedy)]
        }
        LockComparison::Changed { path, text, packages, graph: Ok(graph), is_current } => {
            let place = |line| Place::line(path, text, line);
            let mut findings = compare((path, &place), packages, (graph, held), promise);
            findings.extend((!is_current).then(|| not_current(path)));
            findings
        }
    }
}

fn not_current(path: &RepoPath) -> Finding {
    let message = "the lock file is not current, and what Cargo would add to it is unchecked";
    let remedy = "run `cargo update --workspace --offline`, and commit the lock file";
    Finding::of(rule::MSRV_UNCHECKED, message).at(Place::file(path)).remedy(remedy)
}

fn compare(
    (path, place): (&RepoPath, &dyn Fn(usize) -> Place),
    packages: &[ThirdParty],
    (graph, held): (&Graph, &PromisedPackages),
    promise: RustVersion,
) -> Vec<Finding> {
    let reached = graph.reach(|node| node.member && held.holds_member(&node.name), held.develops());
    let mut by_name: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        by_name.insert((&node.name, &node.version), index);
    }
    let (mut silent, mut unused) = (Vec::new(), Vec::new());
    let mut findings = Vec::new();
    for package in packages {
        let Some(&index) = by_name.get(&(package.name.as_str(), package.version.as_str())) else {
            unused.push(named(package));
            continue;
        };
        if !reached.contains(index) {
            // Only for development, or for a member that nobody else uses.
            continue;
        }
        match graph.nodes[index].rust {
            Some(needed) if needed > promise => {
                let chain = reached.chain(graph, index);
                findings.push(too_new(package, needed, promise, &chain).at(place(package.line)));
            }
            Some(_) => {}
            None => silent.push(named(package)),
        }
    }
    let unchecked = |names: &[String], why: &str| {
        (!names.is_empty()).then(|| {
            Finding::of(rule::MSRV_UNCHECKED, format!("{} {why}", listed(names, NAMED)))
                .at(Place::file(path))
                .remedy("prove it with `--build`")
        })
    };
    findings.extend(unchecked(&silent, "declares no `rust-version`, and is unchecked"));
    findings.extend(unchecked(&unused, "is not among the packages that Cargo uses here, and is unchecked"));
    findings
}

fn too_new(package: &ThirdParty, needed: RustVersion, promise: RustVersion, chain: &str) -> Finding {
    let message = format!(
        "`{} {}` needs Rust {needed}, and the line promised {promise}: {chain}",
        package.name, package.version
    );
    let remedy = format!(
        "go back to a version that Rust {promise} builds: `cargo update {} --precise <version>`",
        package.name
    );
    Finding::of(rule::MSRV_DEPENDENCY, message).remedy(remedy)
}

fn named(package: &ThirdParty) -> String {
    format!("`{} {}`", package.name, package.version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::graph::{Edge, Node};

    fn node(name: &str, rust: Option<u64>) -> Node {
        Node {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            rust: rust.map(RustVersion::new),
            member: ["app", "xtask"].contains(&name),
        }
    }

    fn used(indices: &[usize]) -> Vec<Edge> {
        indices.iter().map(|&to| Edge { to, development: false }).collect()
    }

    fn changed(names: &[&str], graph: Result<Graph, GraphError>) -> Vec<String> {
        judged(names, graph, &PromisedPackages::all())
    }

    fn judged(names: &[&str], graph: Result<Graph, GraphError>, held: &PromisedPackages) -> Vec<String> {
        let path = RepoPath::new("Cargo.lock").unwrap();
        let packages = names.iter().map(|name| ThirdParty {
            name: (*name).to_owned(),
            version: "1.0.0".to_owned(),
            line: 1,
        });
        let (packages, text) = (packages.collect(), String::new());
        let lock = LockComparison::Changed { packages, path, text, is_current: true, graph };
        judge(&lock, RustVersion::new(80), held).into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn a_third_party_that_needs_more_has_its_chain() {
        let nodes =
            vec![node("deep", Some(81)), node("app", None), node("mid", Some(70)), node("silent", None)];
        let graph = Graph { nodes, edges: vec![vec![], used(&[2, 3]), used(&[0]), vec![]] };
        assert_eq!(
            changed(&["deep", "mid", "silent", "gone"], Ok(graph)),
            [
                "`deep 1.0.0` needs Rust 1.81, and the line promised 1.80: app 1.0.0 → mid 1.0.0 → deep 1.0.0",
                "`silent 1.0.0` declares no `rust-version`, and is unchecked",
                "`gone 1.0.0` is not among the packages that Cargo uses here, and is unchecked",
            ]
        );
    }

    #[test]
    fn what_only_development_or_an_unpublished_member_needs_is_no_users() {
        let nodes = vec![
            node("app", None),
            node("xtask", None),
            node("tester", Some(81)),
            node("tool", Some(82)),
            node("deep", Some(83)),
        ];
        let development = vec![Edge { to: 2, development: true }, Edge { to: 4, development: false }];
        let graph = Graph { nodes, edges: vec![development, used(&[3, 0]), vec![], vec![], vec![]] };
        let names = ["tester", "tool", "deep"];
        let found = judged(&names, Ok(graph.clone()), &PromisedPackages::published(&["app"]));
        assert_eq!(
            found,
            ["`deep 1.0.0` needs Rust 1.83, and the line promised 1.80: app 1.0.0 → deep 1.0.0"]
        );
        assert_eq!(changed(&names, Ok(graph)).len(), 3);
    }

    #[test]
    fn what_cannot_be_read_is_unchecked() {
        let found = changed(&["deep"], Err(GraphError::Other("it is not downloaded".to_owned())));
        assert_eq!(
            found,
            ["what `deep 1.0.0` needs cannot be read offline, and is unchecked: it is not downloaded"]
        );
        assert_eq!(changed(&[], Err(GraphError::Stale)), [""; 0]);
        assert_eq!(judge(&LockComparison::Same, RustVersion::new(1), &PromisedPackages::all()), []);
        assert_eq!(
            judge(&LockComparison::Untracked, RustVersion::new(1), &PromisedPackages::all())[0].rule,
            rule::MSRV_UNCHECKED
        );
    }
}
