"""How a number keeps its working, down to what was typed or to the line of the file that states it.

For: every dose, volume and rate of an order. A Figure is a name, the exact quantity, the quantity as used and
printed after rounding, the sum in words, and the figures that went into it. Showing the working is printing
that tree; rounding makes a new Figure and keeps the exact one.

Example: work_out("pump_rate", "mL/h", times=[calculated_dose_rate], by=[final_concentration]) with 71.3 mg/h
and 2 mg/mL is 35.65 mL/h, "71.3 mg/hour divided by 2 mg/mL".
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from infuse.ground import numerals, units
from infuse.ground.units import Quantity


class Figure(NamedTuple):
    """name (snake_case, as in JSON); exact and value (unrounded, and as used); formula in words; inputs; where it
    was stated; a note on its rounding."""

    name: str
    exact: Quantity
    value: Quantity
    formula: str = ""
    inputs: tuple[Figure, ...] = ()
    stated: str = ""
    rounding: str = ""
    factors: int = 0

    @property
    def sum(self) -> str:
        """The sum in words. Of a product it is put into words only when somebody asks: an order has hundreds, and most
        are never printed."""
        if self.formula or not self.factors:
            return self.formula
        times, by = self.inputs[: self.factors], self.inputs[self.factors :]
        said = " times ".join(each.value.on_paper() for each in times)
        return said + "".join(f" divided by {each.value.on_paper()}" for each in by)

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")


def stated(name: str, quantity: Quantity, where: str) -> Figure:
    """A quantity that somebody typed or a file states."""
    return Figure(name, quantity, quantity, stated=where)


def work_out(name: str, to: units.Unit | str, times=(), by=()) -> Figure:
    """The product of the values of `times`, divided by those of `by`. Raises units.DimensionError."""
    exact = units.work_out(to, [each.value for each in times], [each.value for each in by])
    return Figure(name, exact, exact, inputs=(*times, *by), factors=len(times))


def total(name: str, *parts: Figure) -> Figure:
    """The sum of the values, in the unit of the first."""
    exact = parts[0].value
    for each in parts[1:]:
        exact = exact + each.value
    return Figure(name, exact, exact, " and ".join(each.value.on_paper() for each in parts), parts)


def difference(name: str, first: Figure, second: Figure) -> Figure:
    exact = first.value - second.value
    return Figure(name, exact, exact, f"{first.value.on_paper()} less {second.value.on_paper()}", (first, second))


def rounded(figure: Figure, value: Quantity, how: str) -> Figure:
    """The same figure with the value that will be used; the exact one stays beside it."""
    return figure if value == figure.value else figure._replace(value=value, rounding=how)


def deviation(delivered: Figure, ordered: Figure) -> Figure:
    """How far the delivered figure is from the ordered one, in percent (negative: below)."""
    percent = (delivered.value.over(ordered.value) - 1) * 100 if ordered.value.value else Fraction(0)
    exact = Quantity(percent, units.unit("%"))
    return Figure("deviation", exact, exact, "the delivered against the ordered", (delivered, ordered))


def deviation_in_words(one: Figure) -> str:
    """`none`, `0.2% above`, `0.7% below`: a sign in print has been read as a dash."""
    value = one.value.value
    if not value:
        return "none"
    tenths = Fraction(numerals.half_up(abs(value) * 10), 10)
    size = f"{numerals.on_paper(tenths)}%" if tenths else "under 0.1%"
    return f"{size} {'above' if value > 0 else 'below'}"


def working(figure: Figure, known: dict[int, str] | None = None) -> list[str]:
    """The sum and every sum below it, inputs first, each line once. `known`: the lines of figures that were put into words
    before (by their identity), for somebody who asks for the working of several that share their inputs."""
    lines: dict[str, None] = {}
    _collect(figure, lines, {} if known is None else known)
    return list(lines)


def _collect(one, lines, known):
    line = known.get(id(one))
    if line is None:
        line = known[id(one)] = line_of(one)
    if line not in lines:
        for each in one.inputs:
            _collect(each, lines, known)
        lines[line] = None


def line_of(one: Figure) -> str:
    """One line of working: `pump rate: 71.3 mg/hour divided by 2 mg/mL = 35.65 mL/hour, rounded down to ...`."""
    formula = one.sum
    said = f"{one.label}: {formula} = {one.exact.on_paper()}" if formula else f"{one.label}: {one.value.on_paper()}"
    if one.rounding:
        said += f", {one.rounding} {one.value.on_paper()}"
    return f"{said} ({one.stated})" if one.stated else said
