"""What a patient has taken: another medicine with the time last taken, and a dose that was already given.

For: the facts `medicines` and `given`; screening, which asks how long ago; totals, which count what was given.

Refuses: a dose without its amount or its time, a route that is none, an end before its start.

Example: "sumatriptan 50 mg at 2026-11-24 08:00" is sumatriptan, last taken then; "sertraline" is taken now.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction

from infuse.ground import grammar
from infuse.ground.units import Quantity, Refused, quantity

NONE = "none"
NONE_OTHER = (NONE, "no other")  # what closes a list: what does not stand in it is ruled out
ROUTES = ("intravenous", "intramuscular", "subcutaneous", "oral", "sublingual", "rectal", "intranasal", "inhaled", "topical")
_AMOUNT = r"[0-9][0-9.,]* ?(?:%|[a-zA-Z]+)"
_DAY_AND_TIME = r"\S+[ T]\d{1,2}:\d{2}\S*"
_WHEN = re.compile(rf"(?P<what>.+?),?(?: (?:last )?taken)? (?:at (?P<at>{_DAY_AND_TIME})|(?P<ago>{_AMOUNT}) ago|from (?P<start>{_DAY_AND_TIME}) to (?P<end>{_DAY_AND_TIME}))")
_HOW_OFTEN = re.compile(r"(?i),? (?:once|twice|three times|four times|every) .*$|,? (?:daily|nightly|weekly|monthly|as needed|by mouth|at night|in the morning)$")
_LONGEST_AGO = quantity(52, "week")


class Took(str):
    """The text of a medicine as typed, its name, and when it was last taken (neither: taken now). `none`: no other one."""

    __slots__ = ("name", "at", "ago")

    def last(self, now: datetime) -> datetime | None:
        """When it was last taken, or None: it is taken now."""
        if self.ago is not None:
            return now - _as_time(self.ago)
        return self.at


class Dose(Took):
    """The text of a dose already given, with its amount, its route ("" where it was not said), and the end of one that ran."""

    __slots__ = ("amount", "route", "end")


def _as_time(ago: Quantity) -> timedelta:
    return timedelta(minutes=int(ago.to("min").value))


def _made(kind, text, **values):
    one = kind(text)
    for name, value in values.items():
        setattr(one, name, value)
    return one


def medicine(text: str, read_time: Callable[[str], datetime]) -> Took:
    """A name, with an optional dose, and with the time last taken where it is not taken now."""
    text = _one_line(text, "a medicine, such as sumatriptan at 2026-11-24 08:00")
    what, at, ago, start, _ = _split(text, read_time)
    if start is not None:
        raise Refused("a medicine with the time last taken", text, "a dose that ran from a time to another is given with --given")
    name = re.sub(rf" {_AMOUNT}\b.*$", "", _HOW_OFTEN.sub("", what)) if what.lower() != NONE else what
    return _made(Took, text, name=name, at=at, ago=ago)


def dose(text: str, read_time: Callable[[str], datetime]) -> Dose:
    """NAME AMOUNT [ROUTE] at TIME; of an infusion, from TIME to TIME."""
    expected = 'a dose already given, such as "dihydroergotamine 1 mg at 2026-11-25 02:00"'
    text = _one_line(text, expected)
    if text.lower() == NONE:
        return _made(Dose, text, name=text, at=None, ago=None, amount=None, route="", end=None)
    what, at, ago, start, end = _split(text, read_time)
    if at is None and ago is None and start is None:
        raise Refused(expected, text, "the time is missing: at 2026-11-25 02:00, or 3 h ago")
    match = re.fullmatch(rf"(?P<name>.+?) (?P<amount>{_AMOUNT})(?: (?P<route>[A-Za-z]+))?", what)
    if not match:
        raise Refused(expected, text, "the amount is missing")
    try:
        amount = grammar.read_quantity(match["amount"], "dose")
    except Refused as refused:
        raise Refused(expected, text, refused.hint) from None
    if not amount.value:
        raise Refused(expected, text, "the amount is zero")
    route = match["route"] or ""
    if route and route not in ROUTES:
        near = difflib.get_close_matches(route, ROUTES, n=1)
        raise Refused(f"a route: {', '.join(ROUTES)}", text, f"did you mean {near[0]}?" if near else "")
    return _made(Dose, text, name=match["name"], at=start or at, ago=ago, amount=amount, route=route, end=end)


def _one_line(text, expected):
    if not text.strip():
        raise Refused(expected, text, "nothing is there")
    return " ".join(text.split())


def _split(text, read_time):
    """(what, at, ago, start, end): the words before the time, and the time in whichever form it was given."""
    match = _WHEN.fullmatch(text)
    if not match:
        if re.search(r" (at|from)\b.*[0-9]| ago$", text):
            raise Refused("the time last taken as a day and a time, or as a time ago", text, "such as at 2026-11-24 08:00, or 10 h ago")
        return text, None, None, None, None
    try:
        at, start, end = (read_time(match[name]) if match[name] else None for name in ("at", "start", "end"))
        ago = grammar.read_quantity(match["ago"], "duration") if match["ago"] else None
    except Refused as refused:
        raise Refused(refused.expected, text, refused.hint) from None
    if start is not None and end <= start:
        raise Refused("an end after its start", text)
    if ago is not None and ago > _LONGEST_AGO:
        raise Refused(f"a time of at most {_LONGEST_AGO.on_paper()} ago", text)
    return match["what"], at, ago, start, end


def hours(between: timedelta) -> Quantity:
    """A time on the clock as a quantity, exactly."""
    return quantity(Fraction(between // timedelta(minutes=1)), "min")
