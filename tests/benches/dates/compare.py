"""Compares three readers of spoken dates on the same tables.

An answer is right
- where the table has a date and a time: if it is that date and time;
- where the table has a day: if it is that day, whatever time a package puts in (dateparser cannot leave it out);
- where the table has a window: from Ringbuch if it is exactly that window, from a package if its day lies in it;
- where the table has a date gone by: if it is that date;
- where the table has a question or nothing: if there is no certain answer.
A certain answer that is not right is wrong; no answer, or a question, where one was possible is "asked back".
"""

import datetime as dt
import json
import logging
import re
import subprocess
import sys
import warnings

import dateparser
from ctparse import ctparse
from ctparse.types import Interval, Time

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)


def cases(path):
    clock = expected = None
    alone = True
    for line in open(path, encoding="utf-8").read().splitlines():
        if not line or line.startswith("#"):
            continue
        mark, _, rest = line.partition(" ")
        if mark == "@":
            clock = dt.datetime.fromisoformat(rest)
        elif mark == "=":
            expected = rest
        elif mark == "~":
            alone = rest == "none"
        elif alone:
            yield clock, line, expected


def days_of(expected):
    """The first and the last day of a window, or of a single day."""
    first, _, last = expected.split(" ")[0].partition("..")
    open_end = ".." in expected.split(" ")[0] and not last
    return dt.date.fromisoformat(first), dt.date.max if open_end else dt.date.fromisoformat(last or first)


# An answer is None (nothing certain), or (date, time or None).
def verdict(expected, answer):
    if expected.startswith(("?", "-")):
        return "right" if answer is None else "wrong"
    if answer is None:
        return "asked"
    date, time = answer
    past = expected.startswith("past ")
    expected = expected.removeprefix("past ")
    exact = re.fullmatch(r"(\S+) (\d\d:\d\d)", expected)
    if exact:
        return "right" if (date.isoformat(), time) == exact.groups() else "wrong"
    first, last = days_of(expected)
    return "right" if first <= date <= last or (past and date == first) else "wrong"


def by_dateparser(text, clock, language):
    settings = {"RELATIVE_BASE": clock, "PREFER_DATES_FROM": "future", "DATE_ORDER": "DMY"}
    found = dateparser.parse(text, languages=[language], settings=settings)
    return found and (found.date(), found.strftime("%H:%M"))


def by_ctparse(text, clock, _language):
    found = ctparse(text, ts=clock, timeout=2, latent_time=False)
    found = found and found.resolution
    if isinstance(found, Interval):
        found = found.t_from or found.t_to
        found = found and Time(found.year, found.month, found.day)
    if not isinstance(found, Time) or not (found.year and found.month and found.day):
        return None
    time = None if found.hour is None else f"{found.hour:02}:{found.minute or 0:02}"
    try:
        return dt.date(found.year, found.month, found.day), time
    except ValueError:  # the 31st of February
        return None


def by_ringbuch(binary, table, language):
    """All at once for each clock; the answers in the table's own order, in the table's own form."""
    answers = [None] * len(table)
    for clock in {clock for clock, _, _ in table}:
        at = [index for index, case in enumerate(table) if case[0] == clock]
        lines = "".join(table[index][1] + "\n" for index in at)
        command = [binary, "understand", "-", "--json", "--now", clock.isoformat(), "--lang", language]
        told = subprocess.run(command, input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
        for index, line in zip(at, told, strict=True):
            answers[index] = json.loads(line)
    return answers


def window_of(answer):
    days = answer["date"]
    if answer.get("to_date") != days:
        days = f"{days}..{answer.get('to_date', '')}"
    times = f"{answer.get('from', '')}..{answer.get('to', '')}"
    return days if times == ".." and ".." in days else f"{days} {times}"


def our_verdict(expected, answer):
    kind = answer["kind"]
    told = {
        "resolved": lambda: f"{answer['date']} {answer['time']}",
        "needs_time": lambda: answer["date"],
        "window": lambda: window_of(answer),
        "past": lambda: " ".join(["past", answer["date"], *([answer["time"]] if "time" in answer else [])]),
        "ambiguous": lambda: "?",
        "unreadable": lambda: "-",
    }[kind]()
    if expected.startswith(("?", "-")):
        return "right" if told == expected[0] else "asked" if told in "?-" else "wrong"
    if told == expected:
        return "right"
    return "asked" if kind in ("ambiguous", "unreadable") else "wrong"


def twelve_hours_off(expected, answer):
    exact = re.fullmatch(r"(\S+) (\d\d:\d\d)", expected)
    if not exact or not answer or not answer[1] or answer[0].isoformat() != exact.group(1):
        return False
    meant, told = (dt.datetime.strptime(time, "%H:%M") for time in (exact.group(2), answer[1]))
    return abs(meant - told) == dt.timedelta(hours=12)


def row(name, verdicts, note=""):
    count = len(verdicts)
    shares = [f"{100 * verdicts.count(kind) / count:9.1f} %" for kind in ("right", "asked", "wrong")]
    counts = [f"({verdicts.count(kind)})" for kind in ("right", "asked", "wrong")]
    print(f"{name:12}" + "".join(f"{share} {number:>8}" for share, number in zip(shares, counts)) + note)


def main():
    binary, *paths = sys.argv[1:]
    for path in paths:
        language = "en" if "english" in path else "de"
        table = list(cases(path))
        print(f"\n{path}: {len(table)} expressions")
        print(f"{'':12}{'right':>20}{'asked back or none':>20}{'certain but wrong':>20}")
        ours = by_ringbuch(binary, table, language)
        row("Ringbuch", [our_verdict(expected, answer) for (_, _, expected), answer in zip(table, ours)])
        for name, reader in (("dateparser", by_dateparser), ("ctparse", by_ctparse)):
            answers = [reader(text, clock, language) for clock, text, _ in table]
            verdicts = [verdict(expected, answer) for (_, _, expected), answer in zip(table, answers)]
            off = sum(twelve_hours_off(expected, answer) for (_, _, expected), answer in zip(table, answers))
            row(name, verdicts, f"   {off} of the wrong ones by twelve hours alone")


main()
