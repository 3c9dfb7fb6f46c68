//! What of a Cargo configuration decides how dependencies are resolved; pure.

use toml_edit::{DocumentMut, Table};

/// The tables that say where packages come from and which of them are chosen ("Configuration" in Cargo's
/// reference).
const KEPT: [&str; 5] = ["patch", "paths", "source", "registries", "resolver"];
/// What a registry may say: no program that gives out credentials.
const OF_REGISTRY: [&str; 2] = ["index", "protocol"];

/// Returns `config` without all that names a program, or has nothing to do with resolution; nothing where
/// it is not TOML.
pub(super) fn only(config: &str) -> String {
    let Ok(mut config) = config.parse::<DocumentMut>() else { return String::new() };
    keep(config.as_table_mut(), &KEPT);
    if let Some(registries) = config.get_mut("registries").and_then(|item| item.as_table_like_mut()) {
        for (_, registry) in registries.iter_mut() {
            if let Some(registry) = registry.as_table_mut() {
                keep(registry, &OF_REGISTRY);
            } else if let Some(registry) = registry.as_inline_table_mut() {
                registry.retain(|key, _| OF_REGISTRY.contains(&key));
            }
        }
    }
    config.to_string()
}

fn keep(table: &mut Table, keys: &[&str]) {
    table.retain(|key, _| keys.contains(&key));
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn nothing_that_names_a_program_is_left() {
        let config = "paths = [\"x\"]\n[build]\nrustc = \"./evil\"\n[env]\nPATH = \"evil\"\n\
            [registry]\nglobal-credential-providers = [\"evil\"]\n[target.x.y]\nrunner = \"evil\"\n\
            [registries.own]\nindex = \"sparse+x\"\ncredential-provider = \"evil\"\n\
            [source.crates-io]\nreplace-with = \"v\"\n[alias]\nmetadata = \"evil\"\n";
        assert_eq!(
            only(config),
            "paths = [\"x\"]\n[registries.own]\nindex = \"sparse+x\"\n[source.crates-io]\nreplace-with = \"v\"\n"
        );
        let inline = "registries = { own = { index = \"x\", credential-provider = \"evil\" } }\nbuild.rustc-wrapper = \"evil\"\n";
        assert!(!only(inline).contains("evil") && only(inline).contains("index"));
        assert_eq!(only("build = ["), "");
    }
}
