"""What the checks of a file share: how a problem is said, which dose a phase has, which limits and sources there are.

For: the other rooms of `consistency`, and whatever asks what a file fixes.

Refuses: nothing by itself.

Example: a source that no reference names is a problem at its place, with "did you mean".
"""

from __future__ import annotations

from infuse.files.protocol import Continuous, Intermittent, Maintenance, Protocol, Schedule
from infuse.files.shapes import did_you_mean, like
from infuse.files.stated import Limit, Stated
from infuse.ground.source import ERROR, NOTE, Problem, Span, printable
from infuse.ground.units import Quantity


def wrong(span: Span, expected: str, found: str, hint: str = "") -> Problem:
    return Problem(ERROR, span, printable(f"expected {expected}; found {found}"), printable(hint))


def per_patient(quantity: Quantity) -> bool:
    return quantity.unit.patient is not None


def is_dose(phase) -> bool:
    """Whether it is ordered as a dose over a time, not as a rate."""
    return isinstance(phase, Intermittent)


_SAID = {Intermittent: "dose", Continuous: "start", Schedule: "the first rate", Maintenance: "the first rate"}


def base(phase) -> tuple[str, Stated]:
    """What the limits of a phase are held against, and what the file calls it."""
    return _SAID[type(phase)], phase.ordered[0]


def limits_of(protocol: Protocol) -> list[Limit]:
    own = [limit for phase in protocol.phases for limit in phase.limits]
    return own + list(protocol.totals) + [rule.limit for rule in (protocol.patient.age, protocol.patient.weight) if rule.limit]


def own_handling(blocks):
    """What names its own source of how the blocks are handled: a source that stands once is refused once."""
    return [one for block in blocks for one in block.handling if one.source != block.source]


def unknown_sources(ids, known):
    for each in ids:
        if each not in known:
            hint = did_you_mean(each, known) or "write it under references, with its title and its doi or url"
            yield wrong(each.span, "a source that stands under references", f'"{each}"', hint)


def of_another_kind(span: Span, found, name: str, base: Stated, what: str) -> Problem:
    hint = f"{name}, on line {base.span.line}, is {base.quantity}: {what} must be of the same kind"
    return wrong(span, like(base.quantity), f'"{found}"', hint)


def awaits_the_site(limit: Limit):
    """A note for what no source states: of the whole limit, or of the one side that is meant."""
    sides = [(word, side) for word, side in limit.sides if side.site]
    for word, side in sides if len(sides) < len(limit.sides) else sides[:1]:
        which, span = ("", limit.span) if len(sides) == len(limit.sides) else (f"{word} ", side.span)
        yield Problem(NOTE, span, f"the {which}limit of the {limit.name.replace('_', ' ')} awaits the site's decision; it is enforced meanwhile")
