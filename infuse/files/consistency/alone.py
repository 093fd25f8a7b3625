"""What a protocol says of itself, held against itself.

For: `consistency.check`, with a drug or without.

Refuses: a step, cap, limit or fastest rate of another kind than the dose; a time to choose that the hard limit forbids; a cap above the hard limit; a ladder of thousands; a default outside its
own choices; a hard limit below what is stated; a per-kg dose without bounds on the weight.

Example: `by: 0.05 mg/h` beside `start: 0.1 mg/kg/h` is a problem at the step.
"""

from __future__ import annotations

from infuse.files import bands
from infuse.files.consistency.words import awaits_the_site, base, is_dose, limits_of, of_another_kind, own_handling, per_patient, unknown_sources, wrong
from infuse.files.drug import Drug
from infuse.files.protocol import INTERVAL, Continuous, Intermittent, Maintenance, Protocol
from infuse.files.shapes import written
from infuse.files.stated import COURSE, Limit
from infuse.ground import units
from infuse.ground.units import Quantity

MOST_RUNGS = 80  # a ladder is read by a nurse
MOST_TOLERANCE = units.quantity(10, "%")  # dose rounding above 10 percent is not rounding (HOPA)


def references_exist(protocol: Protocol, drug: Drug | None):
    if drug is None:  # then nobody knows what stands under its references
        return
    known = {**protocol.references, **drug.references}
    flushes = [phase.flush for phase in protocol.phases if isinstance(phase, Intermittent) and phase.flush]
    banded = [band for phase in protocol.phases for band in getattr(phase, "bands", ())]
    for block in (*protocol.guidelines, *protocol.evidence, *protocol.emergency, *protocol.advisories, *protocol.rescue, *protocol.screening, *protocol.phases, *flushes,
                  *protocol.monitoring, *protocol.criteria, *protocol.preparations, *own_handling(protocol.preparations), *banded, *limits_of(protocol)):
        yield from unknown_sources(block.source, known)


def ladder_agrees(protocol: Protocol, _drug):
    for phase in protocol.phases:
        if not isinstance(phase, Continuous) or phase.titration is None:
            continue
        start, steps = phase.start.default, phase.titration
        for name, each in (("a step", steps.by), ("the top of the ladder", steps.up_to)):
            if not units.fits(start.quantity.unit, each.quantity.unit):
                yield of_another_kind(each.span, each.quantity, "start", start, name)
            elif each.quantity.unit.time != start.quantity.unit.time:
                hint = f"start, on line {start.span.line}, is {start.quantity}: a step per {each.quantity.unit.time} is easily 60 times off"
                yield wrong(each.span, f"a rate per {start.quantity.unit.time}, as start is", f'"{each.quantity}"', hint)
        count = _rungs(start.quantity, steps)
        if count == 1 and steps.up_to.quantity > start.quantity and steps.by.quantity.unit.time == start.quantity.unit.time:
            yield wrong(steps.by.span, f"a step within the ladder, from {start.quantity} on line {start.span.line} to {steps.up_to.quantity} on line {steps.up_to.span.line}",
                        f'"{steps.by.quantity}"')
        if units.fits(start.quantity.unit, steps.by.quantity.unit) and start.quantity.with_value(start.quantity.value * MOST_RUNGS) < steps.by.quantity:
            yield wrong(start.span, f"a start within {MOST_RUNGS} times of the step", f'"{start.quantity}"', f"by, on line {steps.by.span.line}, is {steps.by.quantity}")
        if count is not None and count > MOST_RUNGS:
            yield wrong(steps.by.span, f"a ladder of at most {MOST_RUNGS} rungs", f"{count:,}", f"the step is small against start, on line {start.span.line}, and up_to, on line {steps.up_to.span.line}")
        if units.fits(start.quantity.unit, steps.up_to.quantity.unit) and phase.start.allowed.high > steps.up_to.quantity:
            hint = f"start, on line {start.span.line}, goes up to {phase.start.allowed.high}: the top of the ladder is not below it"
            yield wrong(steps.up_to.span, f"at least {phase.start.allowed.high}", f'"{steps.up_to.quantity}"', hint)


def _rungs(start: Quantity, steps) -> int | None:
    if not all(units.fits(start.unit, each.quantity.unit) for each in (steps.by, steps.up_to)) or steps.up_to.quantity < start:
        return None
    return int((steps.up_to.quantity - start).over(steps.by.quantity)) + 1


def choices_agree(protocol: Protocol, _drug):
    for phase in protocol.phases:
        for _name, choice in phase.choices:
            default, span = choice.default.quantity, choice.default.span
            where = f"what may be chosen stands on line {choice.places[0].line}" if choice.places else ""
            if choice.range and default not in choice.range:
                yield wrong(span, f"a default within {written(choice.range)}", f'"{default}"', where)
            elif choice.options and not any(map(default.equals, choice.options)):
                options = ", ".join(each.on_paper() for each in choice.options)
                yield wrong(span, f"a default that is one of the options, {options}", f'"{default}"', where)


def cap_agrees(protocol: Protocol, _drug):
    for phase in protocol.phases:
        if not isinstance(phase, Intermittent) or phase.cap is None:
            continue
        dose, cap = phase.dose.default, phase.cap
        if not per_patient(dose.quantity):
            hint = f"dose, on line {dose.span.line}, is {dose.quantity}: it is the same for every patient and needs no cap"
            yield wrong(cap.span, "a cap only beside a dose per kg", f'"{cap.quantity}"', hint)
        elif not units.fits(dose.quantity.unit.without_patient(), cap.quantity.unit):
            hint = f"dose, on line {dose.span.line}, is {dose.quantity}: its cap is an amount for the whole patient"
            yield wrong(cap.span, f"a dose in {dose.quantity.unit.without_patient()}", f'"{cap.quantity}"', hint)
        else:
            for limit in (each for each in phase.limits if each.name == "calculated_dose" and each.hard):
                most = limit.hard.range.high
                if most is not None and units.fits(most.unit, cap.quantity.unit) and cap.quantity > most:
                    hint = f"the hard limit of the calculated dose, on line {limit.hard.span.line}: a heavy patient would be refused, not capped"
                    yield wrong(cap.span, f"a cap of at most {most}", f'"{cap.quantity}"', hint)


def fastest_agrees(protocol: Protocol, _drug):
    """The rate that stretches a duration is of the dose's own kind."""
    for phase in protocol.phases:
        said = phase.fastest if isinstance(phase, Intermittent) else None
        if said is None:
            continue
        dose = phase.dose.default
        wanted = [units.unit(f"{dose.quantity.unit.amount}{per}/min") for per in ("", "/kg")]
        if not any(units.fits(each, said.quantity.unit) for each in wanted):
            hint = f"dose, on line {dose.span.line}, is {dose.quantity}"
            yield wrong(said.span, f"a dose rate in {' or '.join(each.text for each in wanted)}", f'"{said.quantity}"', hint)


def limits_agree(protocol: Protocol, drug: Drug | None):
    """Every limit is of the kind of the figure that it limits."""
    for phase in protocol.phases:
        name, ordered = base(phase)
        for limit in phase.limits:
            kinds = _figure_like(limit, ordered.quantity, phase, drug)
            for _, side in limit.sides:
                if kinds and not any(units.fits(end.unit, each) for end in side.range.ends() for each in kinds):
                    wanted = " or ".join(each.text for each in kinds)
                    hint = f"{name}, on line {ordered.span.line}, is {ordered.quantity}"
                    what = "total" if limit.window else limit.name.replace("_", " ")
                    yield wrong(side.span, f"a limit of the {what} in {wanted}", f'"{written(side.range)}"', hint)


def _figure_like(limit: Limit, ordered: Quantity, phase, drug: Drug | None) -> list[units.Unit]:
    whole = ordered.unit.without_patient()
    if limit.name in ("duration", "pump_rate", INTERVAL):
        return []
    if limit.name == "final_concentration":
        if drug and drug.bridge(ordered.unit):  # what is in the bag is counted as its products are
            return [units.unit(f"{next(iter(drug.products.values())).amount}/mL")]
        return [units.unit(f"{whole.amount}/mL")] if whole.amount_class != "volume" else []
    if limit.name == "total":
        return [units.unit(whole.amount), units.unit(f"{whole.amount}/kg")]
    if limit.name.startswith("calculated"):
        return [whole]
    if limit.name == "dose_rate" and is_dose(phase):
        return [units.unit(f"{whole.amount}/min"), units.unit(f"{whole.amount}/kg/min")]
    return [ordered.unit]


def rates_count_per_the_same_time(protocol: Protocol, _drug):
    """A limit of a rate is per hour where the rate is: 1 mg/kg/min passes as a limit of 1 mg/kg/h only until somebody
    believes it."""
    for phase in protocol.phases:
        name, ordered = base(phase)
        time = None if is_dose(phase) else ordered.quantity.unit.time
        for limit in phase.limits:
            if time is None or limit.name not in ("dose_rate", "calculated_dose_rate"):
                continue
            for _, side in limit.sides:
                for end in side.range.ends():
                    if end.unit.time not in (None, time):
                        yield wrong(side.span, f"a limit per {time}, as {name} is", f'"{end}"')


def intervals_agree(protocol: Protocol, _drug):
    """The time between two doses is at least so long, and the phase itself repeats no sooner."""
    for phase in protocol.phases:
        again = getattr(phase, "again", None)
        for _, side in (each for limit in phase.limits if limit.name == INTERVAL for each in limit.sides):
            if side.range.low is None or side.range.high is not None:
                yield wrong(side.span, "a least time between two doses, such as at least 6 h", f'"{written(side.range)}"')
            elif again and again.every.quantity < side.range.low:
                hint = f"the limit of the dosing interval, on line {side.span.line}"
                yield wrong(again.every.span, f"a dose every {side.range.low} or more", f'"{again.every.quantity}"', hint)


def tolerance_is_small(protocol: Protocol, _drug):
    said = protocol.rounding.tolerance
    if said and said.quantity > MOST_TOLERANCE:
        yield wrong(said.span, f"a tolerance of at most {MOST_TOLERANCE}", f'"{said.quantity}"')


def has_hard_maximum(protocol: Protocol, _drug):
    names = ("dose", "calculated_dose", "dose_rate", "calculated_dose_rate")
    for phase in protocol.phases:
        if not any(each.name in names and each.hard and each.hard.range.high is not None for each in phase.limits):
            yield wrong(phase.span, "a hard maximum of the dose or the dose rate, under limits", "none",
                         "a limit that nobody wrote is not `no limit`: state it, with its source or with basis: site")


def defaults_keep_limits(protocol: Protocol, _drug):
    for phase in protocol.phases:
        name = "dose" if is_dose(phase) else "dose_rate"
        for limit in phase.limits:
            if limit.name != name or not limit.hard:
                continue
            for each, line in ((stated.quantity, stated.span.line) for stated in phase.ordered):
                if all(units.fits(each.unit, end.unit) for end in limit.hard.range.ends()) and each not in limit.hard.range:
                    hint = f"the phase itself states {each}, on line {line}"
                    yield wrong(limit.hard.span, f"a hard limit that allows {each}", f'"{written(limit.hard.range)}"', hint)
                    break


def times_keep_limits(protocol: Protocol, _drug):
    """Every time that may be chosen for a dose is one that the hard limit of the duration allows."""
    for phase in (each for each in protocol.phases if isinstance(each, Intermittent)):
        for limit in (each for each in phase.limits if each.name == "duration" and each.hard):
            default, places = phase.duration.default, phase.duration.places
            out = next((each for each in (default.quantity, *phase.duration.allowed.ends()) if each not in limit.hard.range), None)
            if out is not None:
                place = default.span if out is default.quantity or not places else places[0]
                yield wrong(place, f"times within the hard limit, {written(limit.hard.range)}", f'"{out}"', f"the limit stands on line {limit.hard.span.line}")


def weight_is_bounded(protocol: Protocol, _drug):
    """A per-kg dose without bounds on the weight would accept any slip of the scales."""
    if any(per_patient(each.quantity) for phase in protocol.phases for each in phase.ordered):
        limit = protocol.patient.weight.limit
        hard = limit.hard.range if limit and limit.hard else None
        if hard is None or hard.low is None or hard.high is None:
            yield wrong(limit.span if limit else protocol.patient.span, "a hard range of weights, because the dose is per kg",
                         f'"{written(hard)}"' if hard else "none",
                         "under patient, weight, write hard: LOWEST to HIGHEST, with its source or basis: site")


def course_total_has_an_end(protocol: Protocol, _drug):
    """A total over a course that has no stated end could not be worked out."""
    for phase in protocol.phases:
        if isinstance(phase, (Continuous, Maintenance)) and phase.duration.range.high is None:
            for limit in phase.limits:
                if limit.window == COURSE:
                    hint = f"a total in the course stands on line {limit.span.line}"
                    yield wrong(phase.duration.span, "a longest duration", f'"{written(phase.duration.range)}"', hint)


def site_limits_are_said(protocol: Protocol, drug: Drug | None):
    for limit in [*limits_of(protocol), *(drug.limits if drug else ())]:
        yield from awaits_the_site(limit)


def bands_are_proven(protocol: Protocol, _drug):
    """Every patient is taken in by just one band; a clearance is banded only where the file says how it is worked out."""
    for phase in protocol.phases:
        banded = getattr(phase, "bands", ())
        for fault in bands.faults(banded) if banded else ():
            yield wrong(banded[0].span, "bands that take in every patient once", fault, "a band is: below A, from A to below B, from B")
        if "clearance" in bands.banded_by(banded) and protocol.patient.clearance is None:
            yield wrong(banded[0].span, "the key clearance under patient, because the bands ask for it", "none")
