"""What can be ordered at all, from the least of the lightest to the most of the heaviest, and whether limits are near it.

For: `consistency.check`. A slip of a unit is sixtyfold or thousandfold and of the right dimension; it puts a limit, a cap or a choice far
from everything that the same file lets anybody order. A limit that nobody could reach stops nothing; one below everything
stops everybody.

Refuses: a limit, cap or ceiling of an amount fifty times above what can be ordered, or below all of it; a limit of how fast or how
long a dose runs a hundred times beside it; choices, steps and tiers a hundred times apart.

Example: `hard: up to 150 g/min` beside 1 to 2 g over 15 to 60 minutes: the most is 133 mg/min.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from infuse.files.consistency.words import wrong
from infuse.files.drug import Drug
from infuse.files.protocol import ACTUAL, Continuous, Intermittent, Maintenance, Protocol, Schedule
from infuse.files.shapes import written
from infuse.files.stated import Limit, Stated
from infuse.ground import units
from infuse.ground.ranges import Range
from infuse.ground.source import Problem, Span
from infuse.ground.units import Quantity, quantity

MEANT = 5  # times that a soft limit may lie beside everything: then every order needs a reason, and that may be meant
FAR = 100  # times: rounder than any honest distance, ten times nearer than a slip of mg for mcg
FAR_OF_AMOUNTS = 50  # of a limit on an amount, which stands nearer to the doses than one on how fast they run: nearer than hours for minutes
_SURFACES = Range(quantity("0.1", "m2"), quantity(4, "m2"))  # of anybody
_PEOPLE = (Range(quantity(1, "kg"), quantity(350, "kg")), Range(quantity(30, "kg"), quantity(350, "kg")))  # anybody; adults
_OF_ACTUAL = 3  # no other dosing weight is less than a third of the actual one


BY_WEIGHT = " per kg"


class Reach(NamedTuple):
    """The least and the most of a figure that can be ordered, and the lines of the file that say so."""

    low: Quantity
    high: Quantity
    lines: tuple[int, ...]

    def times(self, to: units.Unit, other: Reach, divided: bool = False) -> Reach:
        """The product with another, or the quotient."""
        ends = (other.high, other.low) if divided else (other.low, other.high)
        low, high = (units.work_out(to, [mine] if divided else [mine, end], [end] if divided else []) for mine, end in zip((self.low, self.high), ends))
        return Reach(low, high, self.lines + other.lines)

    def under(self, cap: Stated | None) -> Reach:
        if cap is None or not units.fits(cap.quantity.unit, self.high.unit):
            return self
        return Reach(min(self.low, cap.quantity.to(self.low.unit)), min(self.high, cap.quantity.to(self.high.unit)), self.lines + (cap.span.line,))

    def said(self) -> str:
        lines = ", ".join(f"line {each}" for each in dict.fromkeys(self.lines))
        return f"what can be ordered is {Range(self.low, self.high).on_paper()} ({lines})"


def limits_are_near(protocol: Protocol, drug: Drug | None) -> Iterator[Problem]:
    """Every limit, cap and ceiling, of every phase and of all together."""
    several = [*(_of_phase(phase, protocol, drug) for phase in protocol.phases), *(_of_all(limit, protocol) for limit in protocol.totals)]
    far: dict[Span, list[Problem | None]] = {}
    for found in several:
        try:
            for span, near, problem in list(found):
                far.setdefault(span, []).append(None if near else problem)
                yield from [problem] if near and problem else []
        except (units.DimensionError, ZeroDivisionError):
            continue  # its units do not fit together: that is said elsewhere, and nothing can be worked out
    yield from (each[0] for each in far.values() if None not in each)  # far from every band that it holds for


Found = Iterator[tuple[Span, bool, Problem | None]]  # where a limit stands, whether it is near, what is wrong with it


def _of_phase(phase, protocol: Protocol, drug: Drug | None) -> Found:
    figures = reaches(phase, protocol)
    for limit in phase.limits:
        if limit.name == "final_concentration":
            yield from _near(limit, _concentrations(phase, figures, protocol, drug))
        else:
            yield from _near(limit, figures.get(_key(limit)), figures.get(_key(limit) + BY_WEIGHT), of_a_dose=isinstance(phase, Intermittent))
    yield from ((each.span, True, each) for each in _caps_are_near(phase, figures))


def choices_are_near(protocol: Protocol, _drug: Drug | None) -> Iterator[Problem]:
    """What may be chosen of one dose, the steps of a schedule, the tiers of a rate: within a hundredfold."""
    for phase in protocol.phases:
        for _name, choice in phase.choices:
            allowed = choice.allowed
            if allowed.low.value and allowed.high > _times(allowed.low):
                hint = f"from {allowed.low} to {allowed.high}: {_lines(choice.places)}"
                yield wrong(choice.places[-1] if choice.places else choice.default.span, f"choices within {FAR} times of each other", f'"{allowed.high}"', hint)
        if isinstance(phase, (Schedule, Maintenance)):
            least, most = (end(phase.ordered, key=lambda each: each.quantity) for end in (min, max)) if _alike(phase.ordered) else (None, None)
            if least and least.quantity.value and least.quantity.unit.time == most.quantity.unit.time and most.quantity > _times(least.quantity):
                yield wrong(most.span, f"rates within {FAR} times of each other", f'"{most.quantity}"', f"line {least.span.line} says {least.quantity}")


def bands_are_near(protocol: Protocol, _drug: Drug | None) -> Iterator[Problem]:
    """The doses of the bands of one phase, as far as they are of one kind: within a hundredfold. Of a phase with its bands."""
    for phase in protocol.phases:
        doses = sorted((band.dose.default for band in getattr(phase, "bands", ()) if band.dose), key=lambda each: each.span)
        for number, one in enumerate(doses):
            for other in doses[:number]:
                if units.fits(one.quantity.unit, other.quantity.unit) and not other.quantity <= _times(one.quantity) <= _times(_times(other.quantity)):
                    yield wrong(one.span, f"a dose within {FAR} times of the other bands", f'"{one.quantity}"', f"line {other.span.line} says {other.quantity}")
                    break


def _alike(several: tuple[Stated, ...]) -> bool:
    return all(units.fits(several[0].quantity.unit, each.quantity.unit) for each in several)


def _times(one: Quantity, far: int = FAR) -> Quantity:
    return one.with_value(one.value * far)


def _lines(spans) -> str:
    return ", ".join(f"line {each.line}" for each in spans)


# ---------------------------------------------------------------------------------------------- one limit


def _key(limit: Limit) -> str:
    return f"total {limit.window}" if limit.window else limit.name


def _near(limit: Limit, *several: Reach | None, of_a_dose: bool = True) -> Found:
    """Held against whichever of the reaches is of its kind: for the whole patient, or per kg."""
    name, far = "total" if limit.window else limit.name.replace("_", " "), FAR if limit.name == "duration" or (limit.name == "dose_rate" and of_a_dose) else FAR_OF_AMOUNTS
    for word, side in limit.sides:
        ends = side.range.ends()
        reach = next((each for each in several if each and all(units.fits(end.unit, each.high.unit) for end in ends)), None)
        if reach is None:
            continue
        low, high = side.range.low, side.range.high
        within, nothing = (wrong(side.span, f"a {word} limit of the {name} {what}", f'"{written(side.range)}"', reach.said())
                           for what in (f"within {far} times of what can be ordered", "that something can be ordered within"))
        if high is not None and (high if word == "hard" else high.with_value(high.value * MEANT)) < reach.low:
            yield side.span, True, nothing
        elif low is not None and low > (reach.high if word == "hard" else reach.high.with_value(reach.high.value * MEANT)):
            yield side.span, True, nothing
        elif (high is not None and high > _times(reach.high, far)) or (low is not None and low.value and _times(low, far) < reach.low):
            yield side.span, False, within
        else:
            yield side.span, True, None


def _caps_are_near(phase, figures: dict[str, Reach]) -> Iterator[Problem]:
    uncapped = figures.get("uncapped")
    for name in ("cap", "ceiling"):
        said = getattr(phase, name, None)
        if said is None or uncapped is None or not units.fits(said.quantity.unit, uncapped.high.unit):
            continue
        if said.quantity > _times(uncapped.high, FAR_OF_AMOUNTS):
            yield wrong(said.span, f"a {name} within {FAR_OF_AMOUNTS} times of what can be ordered", f'"{said.quantity}"', uncapped.said())
        elif said.quantity < uncapped.low:
            yield wrong(said.span, f"a {name} that does not hold for everybody", f'"{said.quantity}"', uncapped.said())
    fastest, rate = getattr(phase, "fastest", None), figures.get("unstretched")
    if fastest and rate:
        wanted = figures.get("unstretched" + BY_WEIGHT) if fastest.quantity.unit.patient else rate
        if wanted and units.fits(fastest.quantity.unit, wanted.high.unit) and not wanted.low <= _times(fastest.quantity) <= _times(_times(wanted.high)):
            yield wrong(fastest.span, f"a rate within {FAR} times of what can be ordered", f'"{fastest.quantity}"', wanted.said())


def _of_all(limit: Limit, protocol: Protocol) -> Found:
    """A total over all phases: not below the least of any of them, not far above all of them together."""
    made = [reaches(phase, protocol, (limit,)) for phase in protocol.phases]
    yield from _near(limit, *(_together([each.get(_key(limit) + per) for each in made]) for per in ("", BY_WEIGHT)))


def _together(several: list[Reach | None]) -> Reach | None:
    """From the least of any to the most of all."""
    if not several or None in several or not all(units.fits(several[0].high.unit, each.high.unit) for each in several):
        return None
    unit = several[0].high.unit
    high = Quantity(sum(each.high.to(unit).value for each in several), unit)
    return Reach(min(each.low.to(unit) for each in several), high, tuple(line for each in several for line in each.lines))


def _concentrations(phase, figures: dict[str, Reach], protocol: Protocol, drug: Drug | None) -> Reach | None:
    """The weakest and the strongest that a phase can be made, from any preparation and product."""
    found, lines, calculated = [], [], figures.get("calculated_dose")
    for one in (each for preparation in protocol.preparations for each in preparation.from_each()):
        product = drug.products.get(one.product) if drug else None
        if product is None or product.fluid or (phase.preparation and one.name not in phase.preparation):
            continue
        ends = (one.amount.quantity,) * 2 if one.amount else (calculated.low, calculated.high) if calculated else ()
        strength, volume = product.strength.quantity, one.final_volume or one.added_to
        if volume is None and product.dilution != "required":
            found.append(strength)
        elif volume is None or not ends:
            return None  # what is missing is said elsewhere
        factor = drug.bridge(ends[0].unit) if ends else None
        for amount in ends if volume else ():
            mass = units.work_out(product.amount, [amount], [factor.quantity] if factor else [])
            drawn = units.work_out("mL", [mass], [strength])
            whole = volume.quantity.to("mL") if one.final_volume else volume.quantity.to("mL") + drawn
            if drawn <= whole:
                found.append(units.work_out(strength.unit, [mass], [whole]))
        lines += [(one.amount or volume or one).span.line, *([volume.span.line] if volume else [])]
    return Reach(min(found), max(found), (*lines, *(calculated.lines if calculated else ()))) if found else None


# ---------------------------------------------------------------------------------------------- what can be ordered


def reaches(phase, protocol: Protocol, more: tuple[Limit, ...] = ()) -> dict[str, Reach]:
    """The reach of every figure of a phase that a limit can name, as far as the file fixes it. Raises DimensionError."""
    windows = [limit for limit in (*phase.limits, *more) if limit.window]
    found = _of_a_dose(phase, protocol, windows) if isinstance(phase, Intermittent) else _of_a_rate(phase, protocol, windows)
    weights = _weights(protocol, "kg") or Reach(*_PEOPLE[protocol.population == "adult"].ends(), ())
    for key in [_key(limit) for limit in windows]:
        if key in found and key + BY_WEIGHT not in found:  # of a dose that is the same for everybody
            found[key + BY_WEIGHT] = found[key].times(units.unit(f"{found[key].high.unit.amount}/kg"), weights, divided=True)
    return found


def _of_a_dose(phase: Intermittent, protocol: Protocol, windows) -> dict[str, Reach]:
    allowed, times = phase.dose.allowed, phase.duration.allowed
    dose = Reach(allowed.low, allowed.high, (phase.dose.default.span.line, *(each.line for each in phase.dose.places)))
    over = Reach(times.low, times.high, (phase.duration.default.span.line,))
    found = {"dose": dose}
    uncapped = _whole(dose, protocol)
    if uncapped is None:
        return found
    calculated = uncapped.under(phase.cap)
    per_min = units.unit(f"{calculated.high.unit.amount}/min")
    rate = calculated.times(per_min, over, divided=True)
    found |= {"uncapped": uncapped, "calculated_dose": calculated, "unstretched": rate}
    if dose.high.unit.patient == "kg":
        by_weight = dose.times(units.unit(f"{dose.high.unit.amount}/kg/min"), over, divided=True)
        found |= {"unstretched" + BY_WEIGHT: by_weight, "dose_rate" + BY_WEIGHT: by_weight.under(phase.fastest)}
    found["dose_rate"] = rate.under(phase.fastest)
    found["duration"] = over if phase.fastest is None else over._replace(high=_stretched(over.high, dose, calculated, phase.fastest.quantity))
    again = phase.again
    for limit in windows:
        for per, one in (("", calculated), (BY_WEIGHT, dose)):
            if per == "" or one.high.unit.patient == "kg":
                most = one.high.with_value(one.high.value * (again.count if again else 1))
                found[_key(limit) + per] = Reach(one.low, most, one.lines)
    return found


def _stretched(longest: Quantity, dose: Reach, calculated: Reach, fastest: Quantity) -> Quantity:
    """The longest time that an order may be stretched to."""
    most = dose.high if fastest.unit.patient and dose.high.unit.patient else calculated.high
    fits = most.unit.patient == fastest.unit.patient
    return max(longest, units.work_out(longest.unit, [most], [fastest])) if fits else longest.with_value(longest.value * FAR)


def _of_a_rate(phase, protocol: Protocol, windows) -> dict[str, Reach]:
    rates = [each.quantity for each in phase.ordered]
    if not _alike(phase.ordered):
        return {}
    if isinstance(phase, Continuous):
        rates += phase.start.allowed.ends()
    ordered = Reach(min(rates), max(rates), tuple(each.span.line for each in phase.ordered))
    calculated = _whole(ordered, protocol)
    found = {} if isinstance(phase, Maintenance) else {"dose_rate": ordered}
    if calculated is None:
        return found
    held = calculated.under(getattr(phase, "ceiling", None))
    found |= {"uncapped": calculated, "calculated_dose_rate": held}
    if held.high.unit.amount_class == "volume":
        found["pump_rate"] = held
    amount = units.unit(held.high.unit.amount)
    for limit in windows:
        times = _running(phase, limit.rolling)
        if times:
            found[_key(limit)] = held.times(amount, times)
        if times and ordered.high.unit.patient == "kg":
            found[_key(limit) + BY_WEIGHT] = ordered.times(units.unit(f"{amount}/kg"), times)
    return found


def _running(phase, window: Quantity | None) -> Reach | None:
    """How long it runs in a window, at the least and at the most."""
    if isinstance(phase, Schedule):
        whole = Quantity(sum(each.duration.quantity.to("min").value for each in phase.steps), units.unit("min"))
        low, high, lines = min(each.duration.quantity for each in phase.steps), whole, tuple(each.duration.span.line for each in phase.steps)
    else:
        course = phase.duration.range
        low, high, lines = course.low or course.high, course.high or window, (phase.duration.span.line,)
    if high is None:
        return None
    return Reach(min(low, window) if window else low, min(high, window) if window else high, lines)


def _whole(one: Reach, protocol: Protocol) -> Reach | None:
    """For the whole patient: times the weights or surfaces that the protocol allows; None where it bounds none."""
    patient = one.high.unit.patient
    if patient is None:
        return one
    weights = _weights(protocol, patient)
    return None if weights is None else one.times(one.high.unit.without_patient(), weights)


def _weights(protocol: Protocol, patient: str) -> Reach | None:
    limit = protocol.patient.weight.limit
    hard = limit.hard if limit and limit.hard else None
    if hard is None or hard.range.low is None or hard.range.high is None:
        return None
    if patient == "m2":
        return Reach(*_SURFACES.ends(), (hard.span.line,))
    low = hard.range.low
    if protocol.patient.dosing_weight != ACTUAL:
        low = low.with_value(low.value / _OF_ACTUAL)
    return Reach(low, hard.range.high, (hard.span.line,))


CHECKS = (limits_are_near, choices_are_near)
