"""What a schedule of rates and the tiers of a maintenance infusion say, held against themselves.

For: `consistency.check`, with a drug or without.

Refuses: a ceiling of a rate that is the same for everybody, or beside a ladder; a step or tier of another kind or per another time than the first; tiers that leave out a kilogram, take one in
twice, or do not begin with the lightest; a ceiling of another kind; a schedule that nobody could program.

Example: `rate: 20 mg/min` after `rate: 10 mg/h` is a problem at the second step: it is 60 times the rate that was meant.
"""

from __future__ import annotations

from infuse.files import bands
from infuse.files.consistency.words import of_another_kind, wrong
from infuse.files.protocol import Continuous, Maintenance, Protocol, Schedule
from infuse.files.shapes import written
from infuse.files.stated import Stated
from infuse.ground import units

MOST_STEPS = 24  # a schedule is programmed by a nurse


def steps_agree(protocol: Protocol, _drug):
    for phase in protocol.phases:
        if isinstance(phase, Schedule):
            yield from _like_the_first(phase.ordered, "each step")
            if len(phase.steps) > MOST_STEPS:
                yield wrong(phase.span, f"a schedule of at most {MOST_STEPS} steps", str(len(phase.steps)))


def tiers_agree(protocol: Protocol, _drug):
    for phase in protocol.phases:
        if not isinstance(phase, Maintenance):
            continue
        yield from _like_the_first(phase.ordered, "each tier")
        for fault in bands.faults(phase.tiers):
            yield wrong(phase.tiers[0].span, "tiers that take in every kilogram once", fault.replace("band", "tier"),
                        "a tier is: below A, from A to below B, from B")
        lows = [tier.weight.low for tier in phase.tiers]
        for tier, before, low in zip(phase.tiers[1:], lows, lows[1:]):
            if low is None or (before is not None and low <= before):
                yield wrong(tier.span, "the tiers from the first kilograms upward", tier.weight.on_paper())
        yield from _ceiling_fits(phase)


def ceiling_agrees(protocol: Protocol, _drug):
    """A ceiling of a rate that runs on is for a rate per kg, and not beside a ladder, which ends at its limits."""
    for phase in protocol.phases:
        said = phase.ceiling if isinstance(phase, Continuous) else None
        if said is None:
            continue
        start = phase.start.default
        if start.quantity.unit.patient is None:
            hint = f"start, on line {start.span.line}, is {start.quantity}: it is the same for every patient"
            yield wrong(said.span, "a ceiling only of a rate per kg", f'"{said.quantity}"', hint)
        elif phase.titration:
            yield wrong(said.span, "no ceiling beside titrate", f'"{said.quantity}"', "the hard limit of the calculated dose rate ends the ladder")
        else:
            yield from _ceiling_fits(phase)


def _like_the_first(rates: tuple[Stated, ...], what: str):
    first = rates[0]
    for each in rates[1:]:
        if not units.fits(first.quantity.unit, each.quantity.unit):
            yield of_another_kind(each.span, each.quantity, "the first", first, what)
        elif each.quantity.unit.time != first.quantity.unit.time:
            hint = f"the first, on line {first.span.line}, is {first.quantity}: a rate per {each.quantity.unit.time} is easily taken for one per {first.quantity.unit.time}"
            yield wrong(each.span, f"a rate per {first.quantity.unit.time}, as the first is", f'"{each.quantity}"', hint)


def _ceiling_fits(phase: Maintenance | Continuous):
    said, first = phase.ceiling, phase.ordered[0]
    whole = first.quantity.unit.without_patient()
    if said and (not units.fits(whole, said.quantity.unit) or said.quantity.unit.time != whole.time):
        hint = f"the first, on line {first.span.line}, is {first.quantity}: its ceiling is a rate for the whole patient, per {whole.time}"
        yield wrong(said.span, f"a rate in {whole}", f'"{said.quantity}"', hint)
    for limit in phase.limits if said else ():
        if limit.name == "calculated_dose_rate" and limit.hard and all(units.fits(whole, end.unit) for end in limit.hard.range.ends()):
            if units.fits(whole, said.quantity.unit) and said.quantity not in limit.hard.range:
                yield wrong(said.span, f"a ceiling within the hard limit, {written(limit.hard.range)}", f'"{said.quantity}"',
                            f"it stands on line {limit.hard.span.line}")
