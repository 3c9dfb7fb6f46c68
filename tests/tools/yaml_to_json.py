"""Prints each YAML file that is named as one line of JSON; `on`, which YAML 1.1 takes for a truth, stays a word."""

import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """Knows no words for truths but `true` and `false`, as YAML 1.2."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tf"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        print(json.dumps(yaml.load(file, Loader)))
