//! Names that git would misread.

use super::{configured, refused};

#[test]
fn no_name_becomes_an_option_or_misleads_git() {
    let fixture = configured("");
    for text in [
        "[names]\nbranch = \"--upload-pack={version}\"\n",
        "[names]\nbranch = \"-{version}\"\n",
        "[names]\nbranch = \"a..{version}\"\n",
        "[names]\nbranch = \"{version}@{{1}}\"\n",
        "[names]\nbranch = \"{version}.lock\"\n",
        "[names]\nbranch = \"a b{version}\"\n",
        "[names]\nbranch = \"a\\u001b{version}\"\n",
        "[names]\nbranch = \"+{version}:refs/heads/main\"\n",
        "[names]\ntag = \"--delete={version}\"\n",
        "[names]\ntag = \"v{version}~1\"\n",
        "name = \"-x\"\n[names]\nbranch = \"{name}{version}\"\n",
        "name = \"a:b\"\n[names]\nbranch = \"{name}-{version}\"\n",
        "trunk = \"--output=x\"\n",
        "trunk = \"main:main\"\n",
    ] {
        fixture.sandbox.write("relprep.toml", text);
        refused(&fixture, "branch --allow-dirty", text);
    }
}
