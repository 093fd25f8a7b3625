"""When something is observed, as far as the words of a file say it in times that a clock can show.

For: the charts of a sheet and the flowsheet. A file says `when` in a sentence; the times in it that leave no room for doubt become rows with a time,
and the sentence itself stands beside them in full. What is not one of the phrases below is left to the sentence: better no
row than one at a time that nobody meant.

Refuses: nothing; "30 minutes after" (after the start? the end?) is simply not read.

Example: "every 15 minutes in the first hour, then every 2 hours" is every 15 minutes for 1 hour, and from there every 2.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from infuse.ground import grammar
from infuse.ground.units import Quantity, quantity

BEFORE, AT, EVERY, AT_END = "before", "at", "every", "at the end"
ZERO = quantity(0, "min")


class Watch(NamedTuple):
    """`kind`; `time`: after the start (AT) or the end (AT_END), or the interval (EVERY), which lasts for `lasting` (None: until
    the end). `first`: of the first dose alone."""

    kind: str
    time: Quantity = ZERO
    lasting: Quantity | None = None
    first: bool = False


_COUNT = r"(?:\d+(?:\.\d+)?|an?|one|two)"
_UNIT = r"(?:minutes?|hours?)"
_ONE = rf"{_COUNT} {_UNIT}"
_LIST = rf"(?P<list>\d+(?:, \d+)*(?:,? and (?:at )?\d+)? {_UNIT}(?: and {_ONE})?)"  # 5, 15 and 30 minutes; 30 minutes and 1 hour
_DOSE = r"(?: (?:each|every|the) (?:dose|infusion|injection))"
_AFTER_IT = re.compile(rf"(?P<list>{_ONE}) after it")  # said right behind "at the end"
_PHRASES = tuple((re.compile(pattern), kind) for pattern, kind in (
    (rf"before and after{_DOSE}?", "before and after"),
    (rf"before{_DOSE}?", BEFORE),
    (rf"(?:then )?(?:hourly|every (?P<every>(?:{_COUNT} )?{_UNIT}))(?: (?:in the first|for) (?P<lasting>(?:{_COUNT} )?{_UNIT})| from the start, for (?P<lasts>{_ONE}))?", EVERY),
    (rf"at {_LIST}(?: after the start)?(?P<first> of the first dose)?", AT),
    (rf"{_LIST} after the start", AT),
    (rf"{_LIST} after the (?:end|infusion)", AT_END),
    (r"at (?:the|its) end", AT_END),
))
_SEPARATOR = re.compile(r"(?:[,;] (?:and |then )?| and )")
_ASIDE = re.compile(r" \([^()]*\)")
_WORDS = {"a": "1", "an": "1", "one": "1", "two": "2"}


class Read(NamedTuple):
    """The times that a sentence states; `whole`: it states nothing else."""

    watches: tuple[Watch, ...]
    whole: bool


@lru_cache(maxsize=None)
def read(when: str) -> Read:
    """The times of a sentence, and whether they are all of it."""
    text, at, found, whole = _ASIDE.sub("", when), 0, [], True
    while at < len(text):
        match, kind = _phrase(text, at, found)
        if match:
            found += _watches(kind, match)
            at = match.end()
        else:
            whole = False
        after = _SEPARATOR.search(text, at)
        at = after.end() if after else len(text)
    return Read(tuple(found), whole)


def _phrase(text: str, at: int, found: list[Watch]) -> tuple[re.Match | None, str]:
    """The phrase that stands there in full, and its kind."""
    phrases = [*_PHRASES, *([(_AFTER_IT, AT_END)] if found and found[-1].kind == AT_END else [])]
    several = ((pattern.match(text, at), kind) for pattern, kind in phrases)
    return next(((match, kind) for match, kind in several if match and _over(text, match.end())), (None, ""))


def _over(text: str, at: int) -> bool:
    """Whether a phrase is over there, and not the beginning of a longer one."""
    return at == len(text) or _SEPARATOR.match(text, at) is not None


def _watches(kind: str, match: re.Match) -> list[Watch]:
    said = match.groupdict()
    if kind == "before and after":
        return [Watch(BEFORE), Watch(AT_END)]
    if kind == EVERY:
        lasting = said.get("lasting") or said.get("lasts")
        return [Watch(EVERY, _time(said["every"] or "hour"), _time(lasting) if lasting else None)]
    if said.get("list"):
        return [Watch(kind, each, first=bool(said.get("first"))) for each in _listed(said["list"])]
    return [Watch(kind)]


def _listed(text: str) -> list[Quantity]:
    """5, 15 and 30 minutes; 30 minutes and 1 hour: a number without a unit has that of the next."""
    found, waiting = [], []
    for number, unit in re.findall(rf"(\d+(?:\.\d+)?|\ban?\b|\bone\b|\btwo\b)(?: ({_UNIT}))?", text):
        waiting.append(number)
        if unit:
            found += [_time(f"{each} {unit}") for each in waiting]
            waiting = []
    return found


def _time(text: str) -> Quantity:
    """15 minutes, an hour, hours."""
    count, _, unit = text.rpartition(" ")
    number = _WORDS.get(count, count) or "1"
    return grammar.read_quantity(f"{number} {'min' if unit.startswith('minute') else 'h'}", "duration").to("min")


def times(watches: tuple[Watch, ...], start: Quantity, end: Quantity | None, until: Quantity) -> list[Quantity | None]:
    """When to observe, for something that runs from `start` to `end` (None: it runs on), not past `until`; None stands for
    before the start."""
    found: list[Quantity | None] = []
    at = start
    last = until if end is None or end > until else end
    for each in watches:
        if each.kind == BEFORE:
            found.append(None)
        elif each.kind == AT:
            found.append(start + each.time)
        elif each.kind == AT_END:
            found += [end + each.time] if end is not None else []
        else:
            stop = min(until, at + each.lasting) if each.lasting else last
            while each.time.value and at + each.time <= stop:  # "every 0 minutes" is a slip, and would never end
                at += each.time
                found.append(at)
    return [each for each in found if each is None or each <= until]
