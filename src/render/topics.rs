//! The pages that `help` shows beside those of commands.

use super::keys;
use super::page::Page;

/// A page of the help.
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// Its name, as `help` takes it.
    pub name: &'static str,
    /// What it is about, in one line.
    pub about: &'static str,
    text: &'static str,
}

/// Every topic, in the order in which one reads.
pub const TOPICS: [Topic; 7] = [
    Topic {
        name: "recipes",
        about: "Sessions for each way of releasing, to begin from",
        text: include_str!("topics/recipes.md"),
    },
    Topic {
        name: CONFIG,
        about: "Every key of the configuration, what it takes, its default and an example",
        text: include_str!("topics/config.md"),
    },
    Topic {
        name: "ci",
        about: "What runs in continuous integration, and what it needs there",
        text: include_str!("topics/ci.md"),
    },
    Topic {
        name: "json",
        about: "What `--format json` prints, and the other formats for programs",
        text: include_str!("topics/json.md"),
    },
    Topic {
        name: "exit-status",
        about: "What the exit status of each command says",
        text: include_str!("topics/exit-status.md"),
    },
    Topic {
        name: "promises",
        about: "What always holds, also when a run is killed, and how that was tried",
        text: include_str!("topics/promises.md"),
    },
    Topic {
        name: "comparison",
        about: "Other tools that release Cargo workspaces, and what they do better",
        text: include_str!("topics/comparison.md"),
    },
];

const CONFIG: &str = "config";

impl Topic {
    /// Returns the one of that name.
    pub fn find(name: &str) -> Option<Self> {
        TOPICS.into_iter().find(|topic| topic.name == name)
    }

    /// Returns its page.
    pub fn page(self) -> Page {
        let mut page = Page::of_markdown(self.text);
        if self.name == CONFIG {
            page.0.extend(keys::blocks());
        }
        page
    }
}
