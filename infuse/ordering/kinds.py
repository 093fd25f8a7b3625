"""Which kinds of patients a downtime book has a table for: cells of age, renal function, sex and height.

For: `book`. A cell reaches from edge to edge of whatever changes a dose of any protocol that is ordered together, or speaks
against one. Its facts stand for everybody in it; its words say who that is, as far as no limit on the age asks for a reason.

Refuses: a dose that goes by height where no height is given; kidney bands in two measures, which nobody can compare.

Example: metoclopramide and ketorolac: below and from 65 years, by edges of the clearance at 15.1, 30 and 60 mL/min: 8 cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from infuse.files import bands
from infuse.files.library import Loaded
from infuse.files.protocol import ACTUAL
from infuse.ground import units
from infuse.ground.ranges import HalfOpen, Range
from infuse.ground.units import Quantity, Refused, quantity
from infuse.judgement import screening
from infuse.ordering import order, phases

_GROWN = quantity(40, "year")
_SEXES = ("female", "male")
_WORDS = {"clearance": "creatinine clearance"}
_DECIDES = ("hard", "soft")  # a caution of these stops; any other is a note


class Cell(NamedTuple):
    """One kind of patient: facts to order with, and the same in words. `ages`: those that stand for its band, one of which
    must allow a row."""

    facts: dict[str, Quantity | str]
    words: tuple[tuple[str, str], ...]
    ages: tuple[Quantity | None, ...]


def by_dosing_weight(loaded: Loaded) -> str:
    """Which weight the doses are counted by, "" where it is the actual one or none."""
    rule = loaded.protocol.patient.dosing_weight
    return "" if rule == ACTUAL or not any("kg" in phases.counted_per(each) for each in loaded.protocol.phases) else f"{rule} weight"


def cells(several: Sequence[Loaded], heights: list[Quantity], of_set: bool = False) -> list[Cell]:
    """Every cell for these protocols together; one of everybody where nothing changes. Of one protocol alone the rows are
    dosing weights; of several, whose weights may differ, the weight is worked out from sex and height. Raises order.Missing,
    Refused."""
    per_surface = [each.protocol.id for each in several if any("m2" in phases.counted_per(phase) for phase in each.protocol.phases)]
    by_formula = [each.protocol.id for each in several if by_dosing_weight(each)] if several[1:] else []
    if (per_surface or by_formula) and not heights:
        raise order.Missing({"height": list(dict.fromkeys([*per_surface, *by_formula]))})
    known: dict[str, list] = {name: bands.stretches(ends) for name in ("age", "clearance") if (ends := _ends(several, name))}
    if several[1:] or of_set:
        ends = _told(several, "age")  # of a set's patient the age is always told: its limits may leave none that all allow
        known.setdefault("age", bands.stretches(ends) if ends else [(quantity(0, "month"), None)])
    if by_formula:
        known["sex"] = list(_SEXES)
    if per_surface or by_formula:
        known["height"] = heights
    found = (_cell(several, dict(zip(known, values))) for values in product(*known.values()))
    return [each for each in found if each is not None]


def _ends(several: Sequence[Loaded], name: str) -> list[Quantity]:
    """Every edge of a fact that a dose depends on; with them the edges of what speaks against a drug. Raises Refused."""
    ends = [end for loaded in several for phase in loaded.protocol.phases for band in getattr(phase, "bands", ())
            for edge in (band.edges().get(name),) if edge for end in (edge.low, edge.high) if end]
    if not ends:
        return []
    if strange := next((each for each in ends if not units.fits(each.unit, ends[0].unit)), None):
        raise Refused(f"bands of the {name} in one measure", f"{ends[0].unit} and {strange.unit}", "no table can be for both; leave out one of the protocols")
    return ends + [each for each in _told(several, name) if units.fits(each.unit, ends[0].unit)]


def _told(several: Sequence[Loaded], name: str) -> list[Quantity]:
    """The edges at which a fact speaks against one of the drugs."""
    cautions = [caution.when for loaded in several for caution in (*loaded.drug.contraindications, *loaded.drug.precautions)
                if caution.when and caution.severity in _DECIDES]
    return [end for when in cautions if getattr(when, name) for end in (getattr(when, name).low, getattr(when, name).high) if end]


def _cell(several: Sequence[Loaded], values: dict) -> Cell | None:
    """None where the protocols together are for nobody of that age."""
    facts, ages = {}, (None,)
    words = {"age": _age_words(several, *values.get("age", (None, None)))}
    for name, value in values.items():
        if name == "age":
            ages = _ages(several, *value)
            if not ages:
                return None
        elif name == "clearance":
            low, high = value
            facts[name] = low if low.value else low.with_value(high.value / 2)
            words[_WORDS[name]] = HalfOpen(low if low.value else None, high).on_paper()
        else:
            facts[name] = value
            words[name] = value if isinstance(value, str) else value.on_paper()
    return Cell(facts, tuple((name, said) for name, said in words.items() if said), ages)


# ---------------------------------------------------------------------------------------------- ages


def _limits(several: Sequence[Loaded], words: tuple[str, ...]) -> Iterator[Range]:
    for loaded in several:
        limit = loaded.protocol.patient.age.limit
        yield from (side.range for word, side in (limit.sides if limit else ()) if word in words)


def _age_words(several: Sequence[Loaded], low: Quantity | None, high: Quantity | None) -> str:
    """The ages of a band, from `low` to below `high`, that no protocol asks a reason for; the band itself where there are none."""
    limits, low = list(_limits(several, _DECIDES)), low if low and low.value else None
    bottom = max((each for each in (low, *(one.low for one in limits)) if each), default=None)
    last = min((one.high for one in limits if one.high), default=None)
    if bottom and (last and last < bottom or high and high <= bottom):
        return HalfOpen(low, high).on_paper()
    if last and (high is None or last < high):
        return Range(bottom, last).on_paper()
    return HalfOpen(bottom, high).on_paper() if high else Range(bottom, None).on_paper() if bottom else ""


def ages_without_table(several: Sequence[Loaded]) -> str:
    """below 18 years, or above 65 years: the ages at which one of them stops or asks for a reason; "" where none does."""
    limits = list(_limits(several, _DECIDES))
    bottom, last = max((one.low for one in limits if one.low), default=None), min((one.high for one in limits if one.high), default=None)
    return ", or ".join([*([f"age below {bottom.on_paper()}"] if bottom else []), *([f"age above {last.on_paper()}"] if last else [])])


def _ages(several: Sequence[Loaded], low: Quantity, high: Quantity | None) -> tuple[Quantity, ...]:
    """Ages of a band from young to old, as far as the protocols allow them, and without a reason if there are such. What a
    child may weigh goes by the age; of adults one stands for all."""
    hard, soft = list(_limits(several, ("hard",))), list(_limits(several, ("soft",)))
    bottom = max(each.to("month") for each in (low, *(one.low for one in hard if one.low)))
    top = high.to("month").with_value(high.to("month").value - 1) if high else max(bottom, _GROWN.to("month"))
    span = max(top.value - bottom.value, Fraction(0))
    spread = sorted({bottom.with_value(Fraction(int(bottom.value + span * part / 4))) for part in range(5)} | {screening.ADULT.to("month")})
    found = [each for each in spread if bottom <= each <= top and all(each in one for one in hard)]
    found = [each for each in found if all(each in one for one in soft)] or found
    grown = [each for each in found if each >= screening.ADULT] if all(each.protocol.population == "adult" for each in several) else []
    return tuple(grown[:1] or found)
