"""What a protocol leaves to be chosen, and which of its phases a choice is for.

For: `order`, the cases of a file, and the help of the command line. A choice of a protocol with several phases may name
the phase before it, with underscores for spaces: `loading_dose.dose`. Without one it is for every phase that leaves it
open, where they all leave the same.

Refuses: a choice that no phase leaves, a phase that does not exist, and a choice that two phases leave differently: which
one is meant must be said.

Example: `preparation` is for the one phase with two ways to make it ready; `maintenance.duration` for that phase alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from infuse.files.given import Given
from infuse.files.protocol import Continuous, Phase, Preparation, Protocol
from infuse.files.shapes import did_you_mean
from infuse.ground.units import Refused

RUNNING = ("running", "running_in", "running_weight", "replaces")  # of an infusion that already runs
CHOICES = ("dose", "dose_rate", "duration", "preparation", "product", "bag_volume", "beyond_use", *RUNNING)
_STATED = ("dose", "dose_rate", "duration")  # what a phase states itself; the others belong to how it is made ready


def key_of(phase: Phase) -> str:
    """The name of a phase as a choice or a case spells it: loading_dose."""
    return re.sub("[^a-z0-9]+", "_", phase.name.lower()).strip("_")


def ways(protocol: Protocol, phase: Phase) -> tuple[Preparation, ...]:
    """The preparations that a phase may be made from, preferred first: those that it names, else all."""
    by_name = {each.name: each for each in protocol.preparations}
    return tuple(by_name[name] for name in phase.preparation) if phase.preparation else protocol.preparations


def _stated(phase: Phase) -> set[str]:
    return {name for name, _choice in phase.choices} | ({"duration"} if hasattr(phase, "duration") else set())


def choices_of(protocol: Protocol) -> tuple[str, ...]:
    """The choices that a protocol of these phases can have."""
    stated = {name for phase in protocol.phases for name in _stated(phase)}
    runs = any(isinstance(phase, Continuous) for phase in protocol.phases)
    return tuple(name for name in CHOICES if name in stated or (runs if name in RUNNING else name not in _STATED))


def _opening(name: str, protocol: Protocol, phase: Phase):
    """What a phase leaves open under that name, to be compared with another phase's; None: nothing."""
    if name == "preparation":
        several = tuple(each.name for each in ways(protocol, phase))
        return several if several[1:] else None
    if name == "product":
        several = tuple(each.products for each in ways(protocol, phase))
        return several if any(each[1:] for each in several) else None
    if name in ("bag_volume", "beyond_use"):
        return tuple(each.name for each in ways(protocol, phase))
    choice = dict(phase.choices).get(name)
    if choice is not None:
        return (choice.default.quantity, choice.range, choice.options) if choice.range or choice.options else None
    return phase.duration.range if name == "duration" and hasattr(phase, "duration") else None


def by_phase(protocol: Protocol, chosen: Mapping[str, Given]) -> tuple[list[dict[str, Given]], list[tuple[str, Refused]]]:
    """(what is chosen of each phase, what was refused)."""
    found: list[dict[str, Given]] = [{} for _ in protocol.phases]
    wrong: list[tuple[str, Refused]] = []
    for name, given in sorted(chosen.items(), key=lambda one: "." in one[0]):  # what names its phase comes last, and wins
        place, _, key = name.rpartition(".")
        try:
            numbers = _one_phase(place, key, protocol) if place else _every_phase(key, protocol, given)
        except Refused as refused:
            wrong.append((given.where, refused))
            continue
        for number in numbers:
            found[number][key] = given
    alone = {id(mine[key]): mine[key] for mine in found if RUNNING[0] not in mine for key in RUNNING if key in mine}
    wrong += [(given.where, Refused("--running beside it, the pump rate that runs now", given.text)) for given in alone.values()]
    return found, wrong


def _one_phase(place: str, key: str, protocol: Protocol) -> list[int]:
    keys = [key_of(each) for each in protocol.phases]
    if place not in keys or not place:
        named = [each for each in keys if each]
        raise Refused(f"a phase of the protocol: {', '.join(named) or 'it has none with a name'}", place, did_you_mean(place, named))
    number = keys.index(place)
    if key not in CHOICES:
        raise Refused(f"a choice: {', '.join(CHOICES)}", key, did_you_mean(key, CHOICES))
    if key in _STATED and key not in _stated(protocol.phases[number]):
        raise Refused(_instead_of(key, _stated(protocol.phases[number])), f"{place}.{key}")
    return [number]


def _every_phase(key: str, protocol: Protocol, given: Given) -> list[int]:
    if key not in CHOICES:
        raise Refused(f"a choice: {', '.join(CHOICES)}", key)
    if key not in choices_of(protocol):
        raise Refused(_instead_of(key, choices_of(protocol)), key)
    several = range(len(protocol.phases))
    if key in ("preparation", "product"):
        takes = [number for number in several if given.text in _names(key, ways(protocol, protocol.phases[number]))]
        if not takes:
            known = _names(key, protocol.preparations)
            raise Refused(f"a {key} of the protocol: {', '.join(known)}", given.text, did_you_mean(given.text, known))
        return takes
    openings = {number: one for number in several if (one := _opening(key, protocol, protocol.phases[number])) is not None}
    if len({repr(one) for one in openings.values()}) > 1:
        which = [f"{key_of(protocol.phases[number])}.{key}" for number in openings]
        raise Refused(f"the phase that it is for: {' or '.join(which)}", given.text, f'--choose "{protocol.id}.{which[0]}={given.text}"')
    if key in RUNNING:
        return [number for number in several if isinstance(protocol.phases[number], Continuous)]
    return list(openings) or [number for number in several if key not in _STATED or key in _stated(protocol.phases[number])]


def _names(key: str, preparations: tuple[Preparation, ...]) -> list[str]:
    """What may be chosen among those preparations: their names, or their products."""
    return list(dict.fromkeys(name for each in preparations for name in ((each.name,) if key == "preparation" else each.products)))


def _instead_of(name: str, stated) -> str:
    """What is expected where no such choice is left."""
    if name in RUNNING:
        return "a protocol of an infusion that runs on, for what already runs"
    if name == "dose" and "dose_rate" in stated:
        return "dose_rate, because the protocol is a continuous infusion"
    if name == "dose_rate" and "dose" in stated:
        return "dose, because the protocol gives a dose over a time"
    return f"no {name.replace('_', ' ')}: the protocol itself states it"
