"""When each dose of several orders is given, and through which line: sequence, flushes, lines, fluid in all.

For: order sets and orders of several protocols. Times are elapsed minutes since the first order starts; a clock time is
put beside them where a start is known. A drug shares a line with the one before it, with a flush between, unless the two
would run together there: then only where they are established as compatible, else on a further line. A flush takes the time
that the drug before it allows.

Refuses: nothing by itself; what cannot be placed (an item after one that is not there) is refused with the file.

Example: ketorolac over 1 minute, then magnesium over 20 minutes, flushes of 2 minutes: 0 to 1, 3 to 23.

Of branches only one is given: what stands on one never meets what stands on another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from infuse.arithmetic.flushing import Flushing
from infuse.ground.units import Quantity, quantity

ZERO = quantity(0, "min")


class Dose(NamedTuple):
    """One giving of a drug: since the start of its own order, over how long (None: it runs on), its volume and amount, the
    phase (by name and number) and branch that it belongs to, the flush that follows it where one is due (None: none ever is)."""

    start: Quantity
    over: Quantity | None
    volume: Quantity | None
    what: str
    phase: str = ""
    only_if: str = ""
    amount: Quantity | None = None
    branch: str = ""
    number: int = 0
    flush: Flushing | None = None


class Part(NamedTuple):
    """One order with its doses, and when it starts: `at` that time, `after` another part is through and a `gap`, or before
    each dose of some phases of another part; else after the part before it. `alone`: nothing else in its line, ever.
    `if_needed`: it has no time and no place in the sequence."""

    name: str
    drug: str
    doses: tuple[Dose, ...]
    at: Quantity | None = None
    after: str = ""
    gap: Quantity = ZERO
    before: str = ""
    phases: tuple[str, ...] = ()
    lead: Quantity = ZERO
    alone: bool = False
    if_needed: bool = False


class Event(NamedTuple):
    """A dose or a flush at its time since the start of the whole; `end` None: it runs on. `line` from 1."""

    start: Quantity
    end: Quantity | None
    part: int
    dose: Dose
    flush: bool = False
    line: int = 0
    shares_with: tuple[int, ...] = ()

    @property
    def flushed(self) -> Fraction:
        """The minutes of the flush that is due after it."""
        return self.dose.flush.over.value if self.dose.flush else Fraction(0)

    def on(self, branch: str) -> bool:
        """Whether it is given on that branch: what has no branch is given on all of them."""
        return self.dose.branch in ("", branch)


def branches(found: Iterable[Event]) -> list[str]:
    """The branches of which one is given, in their sequence; one without a name where there are none."""
    return list(dict.fromkeys(each.dose.branch for each in found if each.dose.branch)) or [""]


def events(parts: list[Part]) -> list[Event]:
    """Every dose of every part in order of time. A part starts when the one before it and its flush are through."""
    starts = _starts(parts)
    found = [Event(_plus(starts[part.name], dose.start), _end(starts[part.name], dose), number, dose)
             for number, part in enumerate(parts) if not part.before and not part.if_needed for dose in part.doses]
    for number, part in enumerate(parts):
        if part.before:
            found += _before_each(number, part, parts, found)
    shift = min([each.start.value for each in found] + [Fraction(0)])
    moved = [each._replace(start=_minutes(each.start.value - shift), end=each.end and _minutes(each.end.value - shift)) for each in found]
    return sorted(moved, key=lambda each: (each.start.value, each.part))


def _starts(parts) -> dict[str, Quantity]:
    starts: dict[str, Quantity] = {}
    through: dict[str, Fraction] = {}
    before = None
    for part in parts:
        if part.before or part.if_needed:
            continue
        follows = part.after or before
        if part.at is not None:
            start = part.at.to("min").value
        elif follows is None or follows not in through:
            start = Fraction(0)
        else:
            start = through[follows] + part.gap.to("min").value + _longest_lead(part, parts)
        starts[part.name] = _minutes(start)
        through[part.name] = start + _first_round(part)
        before = part.name
    return starts


def _longest_lead(part: Part, parts) -> Fraction:
    """What is given before a part takes its place in the sequence."""
    return max((each.lead.to("min").value for each in parts if each.before == part.name), default=Fraction(0))


def _first_round(part: Part) -> Fraction:
    """How long until the next may start: the first dose and its flush; something that runs on is not waited for."""
    first = part.doses[0]
    if first.over is None:
        return Fraction(0)
    return first.start.to("min").value + _whole(first.over) + (first.flush.over.value if first.flush else 0)


def _before_each(number, part, parts, found) -> list[Event]:
    """The doses of a part that is given before each dose of another, once for each time, on the branch of that dose."""
    other = next(index for index, each in enumerate(parts) if each.name == part.before)
    times = sorted({(each.start.value, each.dose.branch) for each in found
                    if each.part == other and (not part.phases or each.dose.phase in part.phases)})
    starts = [(_minutes(time - part.lead.to("min").value), branch) for time, branch in times]
    return [Event(_plus(start, dose.start), _end(start, dose), number, dose._replace(branch=branch)) for start, branch in starts for dose in part.doses]


def _plus(start: Quantity, more: Quantity) -> Quantity:
    return _minutes(start.value + more.to("min").value)


def _end(start, dose):
    return None if dose.over is None else _minutes(_plus(start, dose.start).value + _whole(dose.over))


def _whole(over: Quantity) -> Fraction:
    """Whole minutes, rounded up: nothing starts while the one before it still runs."""
    return Fraction(math.ceil(over.to("min").value))


def _minutes(value: Fraction) -> Quantity:
    return Quantity(value, ZERO.unit)


# ---------------------------------------------------------------------------------------------- lines


def on_lines(found: list[Event], parts: list[Part], compatible: Callable[[str, str], bool]) -> list[Event]:
    """The events with the line of each, a flush after every dose that another drug follows on its line, and wherever its own
    protocol asks for one. Beside something that runs a drug goes through the same line only where `compatible` (of two drug
    ids) says so."""
    placed: list[Event] = []
    for part in _in_sequence(found):
        mine = [each for each in found if each.part == part]
        line = next(line for line in range(1, len(parts) + 1) if _fits(mine, line, placed, parts, compatible))
        together = tuple(sorted({other.part for other in placed if other.line == line and any(_overlap(each, other) for each in mine)}))
        placed += [each._replace(line=line, shares_with=together) for each in mine]
    placed.sort(key=lambda each: (each.start.value, each.part))
    return sorted(placed + _flushes(placed), key=lambda each: (each.start.value, not each.flush, each.part))


def _in_sequence(found):
    return list(dict.fromkeys(each.part for each in found))


def _fits(mine, line, placed, parts, compatible) -> bool:
    for other in placed:
        if other.line != line:
            continue
        one, two = parts[mine[0].part], parts[other.part]
        if one.alone or two.alone or (not compatible(one.drug, two.drug) and any(_overlap(each, other) for each in mine)):
            return False
    return True


def _overlap(one: Event, other: Event) -> bool:
    """Whether two run at one time for one patient, the flush after each included."""
    if one.dose.branch and other.dose.branch and one.dose.branch != other.dose.branch:
        return False
    return ((other.end is None or one.start.value < other.end.value + other.flushed) and (one.end is None or other.start.value < one.end.value + one.flushed))


def _flushes(placed: list[Event]) -> list[Event]:
    """A flush after each dose that needs one on any branch, once."""
    due: dict[tuple, Event] = {}
    for line in sorted({each.line for each in placed}):
        for branch in branches(placed):
            here = [each for each in placed if each.line == line and each.end is not None and each.on(branch)]
            several = any(each.part != here[0].part for each in here)
            for one, following in zip(here, [*here[1:], None]):
                if one.dose.flush and (one.dose.flush.own or (following.part != one.part if following else several)):
                    due[(line, one.part, one.start.value, one.dose)] = one
    return [each._replace(start=each.end, end=_minutes(each.end.value + each.flushed), flush=True) for each in due.values()]
