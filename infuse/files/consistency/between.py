"""What the phases of one protocol say of each other, and of its preparations.

For: `consistency.check`.

Refuses: several phases of which one has no name, or two the same; a phase made from a preparation that does not exist;
a preparation that no phase is made from; phases whose doses cannot be added up.

Example: a loading dose with `preparation: vial` beside `preparations` named bag and ampule is a problem at that line.
"""

from __future__ import annotations

from infuse.files.consistency.words import base, wrong
from infuse.files.drug import Drug
from infuse.files.protocol import Protocol
from infuse.files.shapes import did_you_mean
from infuse.ground import units


def phases_have_names(protocol: Protocol, _drug: Drug | None):
    """Choices, cases and the reader of a sheet tell phases apart by their names."""
    first: dict[str, int] = {}
    for phase in protocol.phases if protocol.phases[1:] else ():
        if not phase.name:
            yield wrong(phase.span, "a name for each of several phases", "none", "write name: and what the sheet calls it, such as test dose")
        elif phase.name.lower() in first:
            yield wrong(phase.span, "a name of its own for each phase", f'"{phase.name}"', f"the phase on line {first[phase.name.lower()]} has it")
        else:
            first[phase.name.lower()] = phase.span.line


def phases_are_made_from_what_there_is(protocol: Protocol, _drug: Drug | None):
    names = {each.name for each in protocol.preparations}
    for phase in protocol.phases:
        for name in phase.preparation:
            if name not in names:
                known = f"they are {', '.join(sorted(names))}" if protocol.preparations[1:] else "write several, each under a name, under preparations"
                yield wrong(name.span, "one of the protocol's preparations", f'"{name}"', did_you_mean(name, names) or known)
    for one in protocol.preparations:
        if all(phase.preparation and one.name not in phase.preparation for phase in protocol.phases):
            yield wrong(one.span, "a preparation that a phase is made from", f'"{one.name}"', "every phase names others")


def phases_count_alike(protocol: Protocol, _drug: Drug | None):
    """What phases give is added up, with what was given before: all in mass, or all in mEq, or all in mmol."""
    first = base(protocol.phases[0])[1]
    for phase in protocol.phases[1:]:
        _name, ordered = base(phase)
        if not units.fits(units.unit(first.quantity.unit.amount), units.unit(ordered.quantity.unit.amount)):
            yield wrong(ordered.span, f"a dose in {first.quantity.unit.amount}, as the first phase has", f'"{ordered.quantity}"',
                        f"the first, on line {first.span.line}, is {first.quantity}: what all phases come to must be one sum")


CHECKS = (phases_have_names, phases_are_made_from_what_there_is, phases_count_alike)
