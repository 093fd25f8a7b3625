"""The quick calculations: one question, typed on the command line, answered with its working.

For: `infuse rate`, `dose`, `volume`, `drops` and `convert`. Each function takes the texts as they were typed (None
where an option was left out) and returns an `Answer`, whose working ends in a check back by the reverse road.

Refuses, all faults of a call at once (`Problems`): what the vocabulary refuses; zero; a per-kg dose without a
weight, unless the answer is per kg too; no strength, one of another kind than the dose, or one beside a dose in
mL; a rounding that would give zero. It knows no protocol and no limit, and every answer says so.

Example: 0.1 mg/kg/h at 70 kg from 500 mg in 250 mL: 7 mg/h divided by 2 mg/mL is 3.5 mL/h.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from infuse.arithmetic import figure, rounding
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.patient import step_from_pounds
from infuse.ground import grammar, numerals, units
from infuse.ground.source import printable
from infuse.ground.units import Quantity, Refused, Unit

NOTE = "Arithmetic only: no protocol, limit or interaction was checked."
_PATIENT = {"kg": ("--weight", "the patient's weight", "70kg"), "m2": ("--bsa", "the body surface area", '"1.8 m2"')}
_STRENGTH = 'a concentration, such as "50 mcg/mL" or "500 mg in 250 mL"'
_FLOW = 'a volume over a time, such as "1,000 mL over 8 h", or a rate, such as "125 mL/h"'
_CREATININE = ("micromol/L", "mg/dL")


class Problems(Exception):
    """Everything that is wrong with what was typed: `refused`, a list of (option or argument, Refused). What was
    not typed at all was found to be ""."""

    def __init__(self, refused: list[tuple[str, Refused]]):
        self.refused = refused
        super().__init__("\n".join(f"{name}: {printable(str(each))}" for name, each in refused))


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures asked for, by name; the working, inputs first and check back last; what was not checked."""

    figures: dict[str, Figure]
    working: tuple[str, ...]
    note: str = NOTE

    def as_json(self) -> dict:
        """`exact` unrounded, an integer or fraction; `value` a decimal string; `unit` in our spelling."""
        named = {
            name: {"exact": str(one.exact.value), "value": numerals.decimal(one.value.value), "unit": str(one.value.unit)}
            for name, one in self.figures.items()
        }
        return {**named, "working": list(self.working), "note": self.note}

    def as_text(self) -> list[str]:
        """The lines as printed: the answer, its working, the note."""
        named = [f"{name.replace('_', ' ')} {_printed(one.value)}" for name, one in self.figures.items()]
        return [*named, *self.working, self.note]

HEAVIEST = units.quantity(650, "kg")  # nobody who was ever weighed; no protocol stands behind these sums to say it


def rate(dose_rate, weight=None, strength=None, unit=None, step=None, bsa=None) -> Answer:
    """`pump_rate` for a dose rate, in mL/h to 0.1 mL/h unless `unit` and `step` say otherwise. Raises Problems."""
    typed = _Typed("DOSE_RATE", dose_rate, weight, bsa, strength, unit, step)
    ordered = typed.figure("dose_rate", "DOSE_RATE", *grammar.DOSE_RATES)
    patient, contained = typed.patient(), typed.strength()
    target = typed.unit("mL/h", *grammar.DOSE_RATES)
    if target and target.amount_class != "volume":
        target = typed.refuse("--unit", "a unit for a pump rate, such as mL/kg/min", f"{target.amount} is not a volume")
    typed.fit(contained, _unit(ordered))
    times, by = typed.crossing(patient, _unit(ordered), target)
    size = typed.step(target)
    typed.stop()
    calculated = _sum("calculated_dose_rate", _counted_per(target.patient, _unit(ordered)), [ordered, *times], by)
    exact = _sum("pump_rate", target, [calculated], contained)
    pump = _rounded("pump_rate", exact, _rate_step(target) if size is None else size)
    back = figure.work_out("check_back", _unit(ordered), [pump, *contained, *by], times)
    return Answer({"pump_rate": pump}, _working(pump, back, ordered, _unused(patient, times, by)))


def dose(pump_rate, weight=None, strength=None, unit=None, step=None, bsa=None) -> Answer:
    """`dose`, the dose rate that a pump rate gives: per kg with a weight, per m2 with a surface area, in the amount
    of the strength and the time of the pump rate, unless `unit` says otherwise. Raises Problems."""
    typed = _Typed("PUMP_RATE", pump_rate, weight, bsa, strength, unit, step)
    pump = typed.figure("pump_rate", "PUMP_RATE", "pump rate")
    patient, contained = typed.patient(), typed.strength()
    if unit is None:
        target = typed.usual_dose_rate(pump, patient, contained)
    else:
        target = typed.unit(unit, *grammar.DOSE_RATES)
        typed.fit(contained, target)
    times, by = typed.crossing(patient, _unit(pump), target)
    size = typed.step(target)
    typed.stop()
    calculated = _sum("calculated_dose_rate", target.without_patient(), [pump, *contained])
    result = _rounded("dose", _sum("dose", target, [calculated, *times], by), size)
    back = figure.work_out("check_back", _unit(pump), [result, *by], contained)
    return Answer({"dose": result}, _working(result, back, pump, _unused(patient, times, by)))


def volume(dose, weight=None, strength=None, unit=None, step=None, bsa=None) -> Answer:
    """`dose` for this patient, in the amount typed unless `unit` names another, and the `volume` that carries it,
    to 0.1 mL (0.01 mL below 1 mL) unless `step` says otherwise. Raises Problems."""
    typed = _Typed("DOSE", dose, weight, bsa, strength, unit, step)
    ordered = typed.figure("dose", "DOSE", *grammar.DOSES)
    patient, contained = typed.patient(), typed.strength()
    whole = _unit(ordered) and _unit(ordered).without_patient()
    target = typed.unit(whole and str(whole), "dose")
    if whole and target and not units.fits(whole, target):
        typed.refuse("--unit", f"a unit for a dose in {whole}", _unlike(whole, target))
    typed.fit(contained, _unit(ordered))
    times, by = typed.crossing(patient, _unit(ordered), whole)
    size = typed.step(units.unit("mL"))
    typed.stop()
    calculated = _sum("calculated_dose", target, [ordered, *times], by)
    exact = _sum("volume", units.unit("mL"), [calculated], contained)
    drawn = _rounded("volume", exact, _volume_step(exact) if size is None else size)
    back = figure.work_out("check_back", _unit(ordered), [drawn, *contained], times)
    return Answer({"dose": calculated, "volume": drawn}, _working(drawn, back, ordered, _unused(patient, times, by)))


def drops(what, set_=None, step=None) -> Answer:
    """`drop_rate` in whole drops/min, from a volume over a time or a rate; without a set `pump_rate` in mL/h, to
    0.1 mL/h; unless `step` says otherwise. Raises Problems."""
    typed = _Typed("WHAT", what, step=step, set_=set_)
    times, by = typed.flow()
    factor = typed.figure("drop_factor", "--set", "drop factor")
    factors = [] if factor is None else [factor]
    name, target = ("pump_rate", units.unit("mL/h")) if set_ is None else ("drop_rate", units.unit("drops/min"))
    size = typed.step(target)
    typed.stop()
    result = _rounded(name, _sum(name, target, [*times, *factors], by), _rate_step(target) if size is None else size)
    back = figure.work_out("check_back", _unit(times[0]), [result, *by], factors)
    return Answer({name: result}, _working(result, back, times[0]))


def convert(quantity, unit) -> Answer:
    """`value`: the quantity in another unit of its dimension, exactly. Creatinine alone goes between micromol/L and
    mg/dL. Raises Problems."""
    typed = _Typed("QUANTITY", quantity)
    typed.texts["UNIT"] = unit
    given = typed.figure("quantity", "QUANTITY")
    target = typed.read("UNIT", units.unit)
    if unit is None:
        typed.refuse("UNIT", "a unit", "it is the unit of the answer")
    pair = given and target and (str(_unit(given)), str(target))
    creatinine = pair in (_CREATININE, _CREATININE[::-1])
    if pair and not creatinine and not units.fits(_unit(given), target):
        typed.refuse("UNIT", f"a unit that {_unit(given)} converts to", _unlike(_unit(given), target))
    typed.stop()
    if not creatinine:
        result = figure.work_out("value", target, [given])
        return Answer({"value": result}, tuple(figure.working(result)))
    factor = units.CREATININE
    exact = units.creatinine(given.value) if pair == _CREATININE else Quantity(given.value.value * factor, target)
    result = Figure("value", exact, exact, given.value.on_paper(), (given,))
    said = f"creatinine only: 1 mg/dL is {numerals.on_paper(factor)} micromol/L"
    return Answer({"value": result}, (*figure.working(result), said), f"Creatinine only. {NOTE}")


# ---------------------------------------------------------------------------------------------- what was typed


class _Typed:
    """The texts of one call, read one by one; each refusal is kept, so that a person sees all of them at once."""

    def __init__(self, argument, text, weight=None, bsa=None, strength=None, unit=None, step=None, set_=None):
        self.texts = {argument: text, "--weight": weight, "--bsa": bsa, "--in": strength}
        self.texts |= {"--unit": unit, "--step": step, "--set": set_}
        self.wrong = []
        if text is None:
            self.refuse(argument, "a number with its unit", "it is what the answer is worked out from")
            self.stop()

    def refuse(self, option, expected, hint):
        self.wrong.append((option, Refused(expected, self.texts[option] or "", hint)))

    def refused(self, option):
        return any(option == name for name, _ in self.wrong)

    def stop(self):
        if self.wrong:
            raise Problems(self.wrong)

    def read(self, option, reader):
        """What the reader makes of the text; None where there is none or it is refused."""
        try:
            return None if self.texts[option] is None else reader(self.texts[option])
        except Refused as refused:
            self.wrong.append((option, refused))

    def figure(self, name, option, *kinds) -> Figure | None:
        value = self.read(option, lambda text: _above_zero(text, *kinds))
        return None if value is None else figure.stated(name, value, _where(option))

    def patient(self) -> dict[str, Figure]:
        """What was given of the patient, by what a dose is counted per: kg, m2."""
        given = {"kg": self.read("--weight", _weight), "m2": self.figure("body_surface_area", "--bsa", "body area")}
        return {word: one for word, one in given.items() if one is not None}

    def strength(self) -> list[Figure]:
        """The concentration, or nothing."""
        read = self.read("--in", grammar.read_strength)
        if read is None:
            return []
        concentration, amount, within = read
        formula = "" if amount is None else f"{amount.on_paper()} in {within.on_paper()}"
        return [Figure("concentration", concentration, concentration, formula, stated="--in")]

    def unit(self, default, *kinds) -> Unit | None:
        """The unit asked for, of one of the kinds; else the default."""
        if self.texts["--unit"] is None:
            return None if default is None else units.unit(default)
        one = self.read("--unit", units.unit)
        if one is None or any(grammar.KINDS[kind][2](one) for kind in kinds):
            return one
        phrases = " or ".join(grammar.KINDS[kind][0] for kind in kinds)
        self.refuse("--unit", f"a unit for {phrases}", f"{one} is for {grammar.kind_of(one)}")

    def step(self, target: Unit | None) -> Quantity | None:
        """The step to round to, where one was given."""
        size = self.read("--step", _above_zero)
        if size is not None and target is not None and not units.fits(target, size.unit):
            self.refuse("--step", f"a step for an answer in {target}", _unlike(target, size.unit))
        return size

    def flow(self) -> tuple[list[Figure], list[Figure]]:
        """What was typed for drops, as what multiplies and what divides."""
        if " over " in self.texts["WHAT"]:
            read = self.read("WHAT", grammar.read_volume_over_time)
            names, values = ("volume", "time"), read if read is not None else ()
        else:
            one = self.read("WHAT", lambda text: _above_zero(text, "pump rate", expected=_FLOW))
            names, values = ("rate",), () if one is None else (one,)
        figures = [figure.stated(name, value, _where("WHAT")) for name, value in zip(names, values)]
        return figures[:1], figures[1:]

    def fit(self, contained, amount: Unit | None):
        """A strength of the kind that the dose is of; none beside a dose in mL."""
        if amount is None or self.refused("--in"):
            return
        kind = _unit(contained[0]).amount_class if contained else "volume"
        if amount.amount_class == "volume" and contained:
            self.refuse("--in", "no strength", f"the dose is in {amount.amount}: it is a volume already, leave --in out")
        elif amount.amount_class != "volume" and not contained:
            self.refuse("--in", _STRENGTH, f'the dose is in {amount.amount}: give --in "500 mg in 250 mL"')
        elif kind != amount.amount_class:
            hint = f"{contained[0].value.on_paper()} is {kind} per volume, the dose is in {amount.amount}"
            self.refuse("--in", f"a concentration in {amount.amount}", hint)

    def crossing(self, patient, start: Unit | None, end: Unit | None) -> tuple[list[Figure], list[Figure]]:
        """What multiplies and what divides on the way from a unit per kg or m2 to one that is not, or back."""
        times, by = [], []
        for word, (option, what, example) in _PATIENT.items():
            if start is None or end is None or (start.patient == word) == (end.patient == word):
                continue
            side, counted = (times, start) if start.patient == word else (by, end)
            if word in patient:
                side.append(patient[word])
            elif not self.refused(option):
                self.refuse(option, f"{what}, because {counted} is per {word}", f"give {option} {example}")
        return times, by

    def usual_dose_rate(self, pump, patient, contained) -> Unit | None:
        """The unit of a dose rate that nobody named."""
        if self.texts["--in"] is None:
            self.refuse("--in", _STRENGTH, 'give --in "500 mg in 250 mL"; for a dose in mL, --unit mL/kg/h')
        if self.texts["--weight"] is not None and self.texts["--bsa"] is not None:
            self.refuse("--unit", "a unit, because weight and surface are both given", "say --unit mg/kg/h or mg/m2/h")
        return None if self.wrong else units.unit("/".join([_unit(contained[0]).amount, *patient, _unit(pump).time]))


def _where(option):
    return option if option.startswith("--") else "as typed"


def _above_zero(text, *kinds, expected=None):
    expected = expected or (grammar.expectation(*kinds) if kinds else "a number with its unit, such as 500 mg")
    try:
        one = grammar.read_quantity(text, *kinds)
    except Refused as refused:
        raise Refused(expected, text, refused.hint) from None
    if one.value == 0:
        raise Refused(f"{expected}, above zero", text, "it is zero")
    return one


def _weight(text):
    expected = "a weight with its unit, such as 70kg or 154lb"
    if re.fullmatch(r"[0-9][0-9.,]*", text):
        raise Refused(expected, text, f"the unit is missing: {text}kg or {text}lb?")
    typed = _above_zero(text, "weight", expected=expected)
    if typed > HEAVIEST:
        raise Refused(f"a weight of at most {HEAVIEST.on_paper()}", text, "nobody weighs more: is the decimal point, or the unit, right?")
    if str(typed.unit) == "kg":
        return figure.stated("weight", typed, "--weight")
    exact = typed.to("kg")
    step = step_from_pounds(exact)
    used, _ = rounding.nearest(exact, step)
    if used.value == 0:
        raise Refused(f"{expected}, above zero", text, f"to {step} it is zero")
    return Figure("weight", exact, used, stated=f"--weight, converted, to {step.on_paper()}")


# ---------------------------------------------------------------------------------------------- sums and their rounding


def _unit(one):
    return None if one is None else one.value.unit


def _counted_per(patient, one):
    return units.unit("/".join([one.amount, *([] if patient is None else [patient]), one.time]))


def _sum(name, to, times, by=()):
    # a figure that is already in the unit needs no line of working that repeats it
    if len(times) == 1 and not by and _unit(times[0]) == to:
        return times[0]
    return figure.work_out(name, to, times, by)


def _rate_step(target):
    steps = {"mL/h": rounding.DEFAULT_RATE_STEP, "drops/min": units.quantity(1, "drops/min")}
    return steps.get(str(target))


def _volume_step(exact):
    return units.quantity("0.01" if exact.value < units.quantity(1, "mL") else "0.1", "mL")


def _rounded(name, exact, step):
    named = exact._replace(name=name)
    if step is None:
        return named
    value, how = rounding.nearest(exact.value, step)
    if value.value == 0:
        finer = exact.value.with_value(Fraction(1))
        while finer > exact.value:
            finer = finer.with_value(finer.value / 10)
        hint = f'{exact.value.on_paper()} would round to zero; --step "{finer}" would do'
        raise Problems([("--step", Refused("a step that leaves more than zero", str(step), hint))])
    return figure.rounded(named, value, how)


def _working(result, back, asked, unused=()):
    """The lines of the result, what was not used, and how far the way back ends from what was asked."""
    words = figure.deviation_in_words(figure.deviation(back, asked))
    ending = "as asked" if words == "none" else f"{words} what was asked"
    return (*figure.working(result), *unused, f"{figure.line_of(back)}, {ending}")


def _unused(patient, times, by):
    return [f"{figure.line_of(one)} was not needed and not used" for one in patient.values() if one not in (*times, *by)]


def _printed(value):
    shown = value.on_paper()
    whole = Fraction(numerals.on_paper(value.value).replace(",", "")) == value.value
    return shown if whole else f"{shown} (shortened: exact in JSON)"


def _unlike(one: Unit, other: Unit) -> str:
    """Why the two units do not measure the same, in plain words."""
    classes = {one.amount_class, other.amount_class}
    counted = f"{one} counts {one.amount_class}, {other} counts {other.amount_class}"
    if classes == {"weight", "mass"}:
        return "kg and lb are a patient's weight here, g and mg an amount of drug"
    if len(classes) == 2:
        return f"{counted}: only through a factor that a drug file declares" if classes <= set(units.DRUG) else counted
    return f"{one} is for {grammar.kind_of(one)}, {other} for {grammar.kind_of(other)}"
