"""The independent double check: a page of its own that gives the inputs, and boxes instead of the answers.

For: the second person at a high-alert drug, who works apart from the first; the end of the order sheet, and the form
`check` by itself. Used for no other drug: a check of everything is a check of nothing.

Refuses: to show any number that the second person works out, and what is said in it of the first person's.

Example: ketamine at 70 kg gives 0.1 mg/kg/hour, 70 kg, 500 mg made up to 250 mL, and asks for the dose and the pump rate.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from infuse.arithmetic.figure import Figure
from infuse.files.protocol import Continuous, Intermittent, Maintenance, Schedule
from infuse.ground import numerals, units
from infuse.ground.units import Quantity
from infuse.judgement import limits
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper import identity
from infuse.paper.page import Boxes, Cut, Field, Fields, Section, Sentences, Table
from infuse.paper.phrases import HOUR, as_rate, counted_by, kind_said, said

TORN_OFF = "tear off here; the second person works without the pages above"
TO_TICK = Boxes((
    "patient, two identifiers; allergies", "drug, strength, expiry; label", "weight, its unit and date; dose within limits",
    "route and line, traced from the bag", "pump: drug, concentration, every setting above",
    "hold, stop and call criteria known"))
EMPTY = "____"

_DOSES, _RATES = ("dose", "calculated_dose"), ("dose_rate", "calculated_dose_rate")
FOLLOWS = "what follows"


class Answer(NamedTuple):
    """What the second person works out: its unit, and by how much it may differ from the first person's ("" not at all).
    `follows`: it comes of what stands above it, so what may differ there makes it differ too."""

    what: str
    unit: str
    may_differ: str = ""
    follows: bool = False


def sections(order: Order) -> list[Section]:
    """A page for each high-alert phase of the order; none without one."""
    found = []
    for number, phase in enumerate(order.phases, 1):
        if phase.loaded.drug.high_alert:
            found += _page(order, phase, number)
    return found


def _page(order: Order, phase: PhaseOrder, number: int) -> list[Section]:
    drug = phase.loaded.drug
    answers = tuple((each.what, f"{EMPTY} {each.unit}", f"{EMPTY} {each.unit}", each.may_differ or "nothing") for each in _followed(_answers(phase)))
    return [
        Section(f"INDEPENDENT DOUBLE CHECK   order {number}, {drug.name}", (
            Cut(TORN_OFF), Fields((*identity.to_identify(order), *_given(phase)))), flag="HIGH-ALERT", pairs=True),
        Section("WORK OUT ALONE, THEN COMPARE   the first person's figures are written in last", (
            Sentences((f"Round {_how_to_round(phase)}. What may differ is one of these steps, and {FOLLOWS}, at most {_tolerance(phase)}.",)),
            Table(("WORK OUT", "SECOND PERSON", "FIRST PERSON", "MAY DIFFER BY"), answers)), joins=True),
        Section("COMPARE, AND CHECK AT THE BEDSIDE", (
            Sentences(("The same, or no further apart than stated: go on by the order sheet. Further apart: do NOT start; both work it out "
                       "again alone; if they still differ, call the pharmacist, and write down what was done.",), strong=True),
            TO_TICK, Table(("", "NAME", "SIGNATURE", "DATE, TIME"), tuple((each, "", "", "") for each in ("first person", "second person", "if different, done")), blank=True)),
            joins=True, pairs=True)]


def _most(phase: PhaseOrder) -> Fraction:
    said_so = phase.loaded.protocol.rounding.tolerance
    return said_so.quantity.value if said_so else limits.DEFAULT_TOLERANCE


def _tolerance(phase: PhaseOrder) -> str:
    return f"{numerals.on_paper(_most(phase))}%"


def _followed(answers: list[Answer]) -> list[Answer]:
    """What may differ above carries through: a volume that is a step apart makes another concentration and another rate."""
    found: list[Answer] = []
    for one in answers:
        apart = one.follows and any(each.may_differ for each in found)
        found.append(one._replace(may_differ=FOLLOWS) if apart else one)
    return found


def _step_of(volume: Figure, step: Quantity, phase: PhaseOrder) -> str:
    """The step, unless it alone would carry the volume further than the tolerance: 1 mL of 14 mL are 7%."""
    return step.on_paper() if volume.value.value and step.over(volume.value) * 100 <= _most(phase) else ""


# ---------------------------------------------------------------------------------------------- what is given


def _given(phase: PhaseOrder) -> list[Field]:
    figures, product, one = phase.figures, phase.prepared.product, phase.prepared.preparation
    rows = [Field("DRUG", phase.loaded.drug.name, strong=True), *(_ordered(phase)), *_weight(counted_by(phase))]
    if getattr(phase.phase, "cap", None):
        rows.append(Field("MOST IN ONE DOSE", phase.phase.cap.quantity.on_paper()))
    if one.amount:
        rows.append(Field("AMOUNT IN THE BAG", one.amount.quantity.on_paper()))
    factor = phase.loaded.drug.bridge((figures.get("dose") or figures["dose_rate"]).value.unit)
    rows += [Field("EQUIVALENT", f"{factor.quantity.on_paper()} of {phase.loaded.drug.name}")] if factor else []
    if one.final_volume and "bag_volume" in figures:
        rows.append(Field("BAG, AS MEASURED", said(figures["bag_volume"])))
    if isinstance(phase.phase, Intermittent):
        rows += [Field("OVER", said(_as_ordered(figures["duration"]))), *([Field("NEVER FASTER THAN", phase.phase.fastest.quantity.on_paper())] if phase.phase.fastest else [])]
    if phase.rungs:
        rows += [Field("STEP UP BY", phase.phase.titration.by.quantity.on_paper()),
                 Field("THE LADDER REACHES", phase.phase.titration.up_to.quantity.on_paper())]
    rows += [Field("NEVER ABOVE", "; ".join(_ceilings(phase)))] if _ceilings(phase) else []
    rows.append(Field("PRODUCT", product.name))
    if one.added_to:
        rows.append(Field("ADDED TO", f"{said(figures['bag_volume'])} of {one.diluent}"))
    if one.final_volume:
        rows.append(Field("MADE UP TO", f"{one.final_volume.quantity.on_paper()} with {one.diluent}"))
    return rows


def _ordered(phase: PhaseOrder) -> list[Field]:
    """The order as it was written: a dose, the steps of a schedule, the tiers of a rate."""
    if isinstance(phase.phase, Schedule):
        return [Field(f"STEP {number}", f"{step.rate.quantity.on_paper()} for {step.duration.quantity.on_paper()}")
                for number, step in enumerate(phase.phase.steps, 1)]
    if isinstance(phase.phase, Maintenance):
        rows = [Field("ORDERED", f"{tier.rate.quantity.on_paper()} for the kilograms {tier.weight.on_paper()}") for tier in phase.phase.tiers]
        return rows + ([Field("CEILING", phase.phase.ceiling.quantity.on_paper())] if phase.phase.ceiling else [])
    ordered = phase.figures.get("dose") or phase.figures.get("ordered_dose_rate") or phase.figures["dose_rate"]
    ceiling = getattr(phase.phase, "ceiling", None)
    return [Field("ORDERED", said(ordered), strong=True), *([Field("CEILING", ceiling.quantity.on_paper())] if ceiling else [])]


def _as_ordered(duration: Figure) -> Figure:
    """The time as the file or the prescriber says it; how far it is stretched is for the second person to work out."""
    return duration.inputs[-1] if duration.formula else duration


def _weight(one: Figure | None) -> list[Field]:
    """The weight or surface that counts; of one that is worked out, what it is worked out from."""
    if one is None:
        return [Field("COUNTED BY", "no weight: the dose is fixed")]
    if not one.inputs:
        return [Field("COUNTED BY", kind_said(one), strong=True)]
    known = {each.name: each for each in _typed(one)}
    return [Field("COUNTED BY", f"{one.label}, {one.formula.partition(':')[0]}"), *(Field(each.label.upper(), said(each)) for each in known.values())]


def _typed(one: Figure) -> list[Figure]:
    return [deep for each in one.inputs for deep in _typed(each)] if one.inputs else [one]


def _ceilings(phase: PhaseOrder) -> list[str]:
    """The hard maxima that end the sums of the second person too; of a rate that runs on, only the lowest of those that are
    counted alike: 200 mg in an hour are 3.333 mg/min, which is below a maximum of 4."""
    highest = [(limit, limit.hard.range.high) for limit in phase.phase.limits if limit.hard and limit.hard.range.high]
    runs_on = isinstance(phase.phase, Continuous)
    rates = [(high, high.on_paper()) for limit, high in highest if limit.name in _RATES]
    if runs_on:
        rates += [(as_rate(high, limit.rolling), f"{as_rate(high, limit.rolling).on_paper()}, which is {high.on_paper()} in {limit.rolling.on_paper()}")
                  for limit, high in highest if limit.rolling == HOUR]
    said = [high.on_paper() for limit, high in highest if limit.name in _DOSES]
    said += [text for rate, text in rates if not any(units.fits(other.unit, rate.unit) and other < rate for other, _ in rates)]
    said += [f"{high.on_paper()} in {limit.rolling.on_paper()}" for limit, high in highest if limit.rolling and not (runs_on and limit.rolling == HOUR)]
    return list(dict.fromkeys(said + _strongest(phase)))


def _strongest(phase: PhaseOrder) -> list[str]:
    """The highest concentration of what is diluted."""
    diluted = phase.prepared.preparation.added_to or phase.prepared.preparation.final_volume
    several = [limit.hard.range.high for limit in (*phase.phase.limits, *phase.loaded.drug.limits) if limit.name == "final_concentration" and limit.hard]
    return [high.on_paper() for high in several if diluted and high]


def _how_to_round(phase: PhaseOrder) -> str:
    parts = []
    if _drawn_up(phase):
        parts.append(f"volumes to {phase.prepared.step.on_paper()}, what a syringe of {phase.prepared.syringe.on_paper()} shows")
    if phase.rate_step is not None:
        parts.append(f"pump rates to {phase.rate_step.on_paper()}, a step of the pump")
    if phase.steps:
        parts.append(f"the volume of a step to {phase.volume_step.on_paper()}")
    return "; ".join(parts + ["a tie upward, never past a limit"])


def _drawn_up(phase: PhaseOrder) -> bool:
    return phase.prepared.syringe is not None and "withdraw_volume" in phase.figures


# ---------------------------------------------------------------------------------------------- what is worked out


def _answers(phase: PhaseOrder) -> list[Answer]:
    figures, weight = phase.figures, counted_by(phase)
    calculated = figures.get("calculated_dose") or figures["calculated_dose_rate"]
    rows = [Answer("weight or surface to count by", weight.value.unit.on_paper())] if weight and weight.inputs else []
    rows.append(Answer("dose in all", figures["total_dose"].value.unit.on_paper()) if "total_dose" in figures
                else Answer("dose for this patient", calculated.value.unit.on_paper()))
    if getattr(phase.phase, "fastest", None):
        step = phase.loaded.protocol.rounding.duration
        rows.append(Answer("time to run over", figures["duration"].value.unit.on_paper(), step.quantity.on_paper() if step else ""))
    if not phase.prepared.premixed:
        graduation = _step_of(figures["withdraw_volume"], phase.prepared.step, phase) if _drawn_up(phase) else ""
        rows += [Answer("volume to withdraw", "mL", graduation), Answer("final volume", "mL", follows=phase.prepared.preparation.final_volume is None)]
    if not phase.prepared.product.fluid:
        rows.append(Answer("final concentration", figures["final_concentration"].value.unit.on_paper(), follows=not phase.prepared.premixed))
    return rows + (_pump(phase, weight) if "pump_rate" in figures else [])


def _pump(phase: PhaseOrder, weight: Figure | None) -> list[Answer]:
    """What goes into the pump, in its order of entry."""
    rate = phase.rate_step.on_paper()
    if phase.steps:
        volume = phase.volume_step.on_paper()
        each = [(Answer(f"step {number}: pump rate", "mL/hour", rate), Answer(f"step {number}: volume", "mL", volume)) for number in range(1, len(phase.steps) + 1)]
        return [row for pair in each for row in pair] + [Answer("volume in all", "mL", f"{phase.volume_step.on_paper()} a step")]
    ordered = phase.figures.get("dose_rate")
    rows = [Answer("pump: weight to enter", weight.value.unit.on_paper())] if weight and ordered and ordered.value.unit.patient else []
    if ordered and not phase.prepared.product.fluid:
        rows.append(Answer("pump: dose rate", ordered.value.unit.on_paper()))
    told = _step_of(phase.figures["volume_to_be_infused"], phase.volume_step, phase)
    volume_row = Answer("pump: volume to infuse", "mL", told, follows=not phase.prepared.premixed)
    rate_row = Answer("pump: pump rate", "mL/hour", _step_of(phase.figures["pump_rate"], phase.rate_step, phase), follows=True)
    if not ordered:  # a dose over a time: the volume first, then the rate that it makes, then what that rate gives
        rows += [volume_row, rate_row]
        rows += [] if phase.prepared.product.fluid else [
            Answer("pump: dose rate that it gives", phase.figures["delivered_dose_rate"].value.unit.on_paper(), follows=True)]
    else:
        rows += [rate_row, volume_row]
    return rows + ([Answer("pump rate, top of the ladder", "mL/hour", rate)] if phase.rungs else [])
