"""Imports calendars one after the other, as a program does that people subscribe with, and prints what it has.

usage: import.py CALENDAR.ics...

Of the same event, by its UID, the one with the greater SEQUENCE counts, and of equals the later DTSTAMP (RFC 5546,
section 2.1.5). An event must be of all day, and whatever is newer must not be older by one of the two.
"""
import datetime
import sys

import icalendar


def main():
    known = {}
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            calendar = icalendar.Calendar.from_ical(file.read())
        uids = [str(event["UID"]) for event in calendar.walk("VEVENT")]
        assert len(uids) == len(set(uids)), "an UID is there twice"
        for event in calendar.walk("VEVENT"):
            uid, start, end = str(event["UID"]), event.decoded("DTSTART"), event.decoded("DTEND")
            assert type(start) is datetime.date and end - start == datetime.timedelta(days=1), "not an all-day event"
            revision = int(event["SEQUENCE"]), event.decoded("DTSTAMP")
            if uid in known:
                before, day = known[uid]
                assert revision[0] >= before[0] and revision[1] >= before[1], (uid, before, revision)
                assert start == day or revision[0] > before[0], f"{uid} has moved, and nobody would see it"
            known[uid] = revision, start
    for uid, (_, start) in sorted(known.items()):
        print(uid, start)


main()
