"""Validates documents against a JSON Schema.

usage: validate.py SCHEMA.json <DOCUMENTS

Each line of the input is the JSON of a text, itself JSON, or TOML where it begins with `toml:`. For each a line is
printed: `valid`, or what is wrong.
"""
import datetime
import json
import sys
import tomllib

import fastjsonschema


def plain(value):
    """Returns TOML's days as the texts that an editor takes them for."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        validate = fastjsonschema.compile(json.load(file))
    for line in sys.stdin:
        text = json.loads(line)
        toml = text.removeprefix("toml:")
        try:
            validate(json.loads(text) if toml is text else plain(tomllib.loads(toml)))
            print("valid")
        except (fastjsonschema.JsonSchemaException, tomllib.TOMLDecodeError) as error:
            print(str(error).splitlines()[0])


main()
