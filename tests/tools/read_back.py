"""Reads renderings of a schedule back with parsers of others.

usage: read_back.py CALENDAR.ics PRODUCT.md SCHEDULE.json

The calendar must hold, for each release of the JSON, its cut, release and EOL days as all-day events.
The page must have the front matter that endoflife.date asks for, and say what the JSON says.
"""
import datetime
import json
import pathlib
import re
import sys

import fastjsonschema
import icalendar
import yaml



class Loader(yaml.SafeLoader):
    """Leaves days as the text that they are: the schema has no other."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def day(release, kind):
    return release[kind].get("actual", release[kind]["planned"])


def check_calendar(data, schedule):
    calendar = icalendar.Calendar.from_ical(data)
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert len(events) == 3 * len(schedule["releases"]), "an event is missing, or an UID is there twice"
    found = {}
    for event in events.values():
        assert not getattr(event, "errors", None), event.errors
        start, end = event.decoded("DTSTART"), event.decoded("DTEND")
        assert type(start) is datetime.date and end - start == datetime.timedelta(days=1), "not an all-day event"
        assert event.decoded("DTSTAMP").tzinfo is not None, "a time stamp must be in UTC"
        assert str(event["SUMMARY"]).startswith(" ".join(schedule["name"].split()) + ": "), event["SUMMARY"]
        _, version, kind = re.fullmatch(r"(.*)-(\d+\.\d+\.\d+)-(cut|release|eol)@relprep", str(event["UID"])).groups()
        found[version, kind] = start.isoformat()
    for release in schedule["releases"]:
        days = {"cut": day(release, "cut"), "release": day(release, "release"), "eol": release["eol"]}
        for kind, expected in days.items():
            assert found[release["version"], kind] == expected, (release["version"], kind)


def check_endoflife(text, schedule):
    begin, front, body = re.split(r"^---\n", text, flags=re.MULTILINE)
    assert begin == "" and body.startswith("\n> ") and body.endswith("\n"), "no page with front matter"
    product = yaml.load(front, Loader)
    schema = pathlib.Path(__file__).with_name("endoflife.schema.json").read_text(encoding="utf-8")
    fastjsonschema.compile(json.loads(schema))(product)
    assert product["title"] == " ".join(schedule["name"].split()), product["title"]
    releases = product["releases"]
    assert releases, "no release"
    for release in releases:
        assert release["releaseDate"] < release["eol"]
        assert release["releaseDate"] <= schedule["date"], "a release of the future"
    cycles = [release["releaseCycle"] for release in releases]
    assert len(set(cycles)) == len(cycles)
    dates = [release["releaseDate"] for release in releases]
    assert dates == sorted(dates, reverse=True), "not newest first"
    by_major = {release["version"].split(".")[0]: release for release in schedule["releases"]}
    for release in releases:
        other = by_major[release["releaseCycle"]]
        assert release["eol"] == other["eol"] and release.get("lts", False) == other["lts"]


def main():
    calendar, releases, schedule = sys.argv[1:]
    with open(schedule, encoding="utf-8") as file:
        schedule = json.load(file)["schedule"]
    with open(calendar, "rb") as file:
        check_calendar(file.read(), schedule)
    with open(releases, encoding="utf-8") as file:
        check_endoflife(file.read(), schedule)


main()
