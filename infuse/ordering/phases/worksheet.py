"""What every kind of phase is worked out with: the setting, what the user chose, the judging of its figures.

For: the kinds of phase beside this module.

Refuses: a pump that cannot run the rate, a deviation above the tolerance, a choice that the file does not allow:
as alerts.

Example: choose(phase.dose, "dose", setting) is the file's default, or what `--dose` says if the file allows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from infuse.arithmetic import dosing, figure, rounding
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.preparation import Prepared
from infuse.files.devices import Pump
from infuse.files.given import Given
from infuse.files.library import Loaded
from infuse.files.protocol import Band, Phase
from infuse.files.stated import Choice, Limit
from infuse.ground import grammar, numerals, units
from infuse.ground.units import Quantity, Refused
from infuse.judgement import limits
from infuse.judgement.limits import HARD, Alert, Room


class Setting(NamedTuple):
    """What a phase is worked out with: its files, the weight, the pump, and what the user chose."""

    loaded: Loaded
    weight: Figure | None
    pump: Pump
    chosen: dict[str, Given]
    area: Figure | None = None
    band: Band | None = None

    def per(self, ordered: Quantity) -> Figure | None:
        """What the ordered dose is counted per: the dosing weight, the surface, or nothing."""
        return self.area if ordered.unit.patient == "m2" else self.weight

    def bridge(self, ordered: Quantity) -> Figure | None:
        """The drug's own factor, where a dose in mEq or mmol is made from a product in mg; else None."""
        one = self.loaded.drug.bridge(ordered.unit)
        return figure.stated("equivalent", one.quantity, one.where) if one else None

    def content(self, concentration: Figure | None, ordered: Quantity) -> Figure | None:
        """The concentration, counted as the dose is: 40 mg/mL times 8.12 mEq/g for a dose in mEq."""
        factor = self.bridge(ordered)
        if factor is None:
            return concentration
        return figure.work_out(f"concentration_in_{factor.value.unit.amount}", f"{ordered.unit.amount}/mL", [concentration, factor])

    def code(self, name: str) -> str:
        return f"{self.loaded.protocol.id}.{name}"

    @property
    def tolerance(self) -> Fraction:
        said = self.loaded.protocol.rounding.tolerance
        return said.quantity.value if said else limits.DEFAULT_TOLERANCE

    @property
    def rate_step(self) -> Quantity:
        """What the file asks for; where it asks for nothing, the finest that the pump can do."""
        said = self.loaded.protocol.rounding.pump_rate
        if self.pump.drops:
            return self.pump.steps[0][1]  # a whole drop: nobody can count the step that the file asks of pumps
        return said.quantity if said else min(step for _, step in self.pump.steps)

    def step_at(self, rate: Quantity) -> Quantity:
        """The step of a pump rate: what both the file and the pump allow there."""
        return rounding.common_step(self.rate_step.to("mL/h"), self.pump.step_at(rate))

    @property
    def withdraw_step(self) -> Quantity | None:
        said = self.loaded.protocol.rounding.withdraw_volume
        return said.quantity if said else None


class Rung(NamedTuple):
    """One rung of a ladder or step of a schedule: its figures by name, and the alerts that hold when it is reached."""

    figures: dict[str, Figure]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class PhaseOrder:
    """One phase worked out: figures by name, how it is made ready, the ladder, bags for the course, alerts."""

    loaded: Loaded
    phase: Phase
    prepared: Prepared
    figures: dict[str, Figure]
    alerts: tuple[Alert, ...]
    rungs: tuple[Rung, ...] = ()
    ladder_end: str = ""
    bags: tuple[int, int | None] | None = None
    rate_step: Quantity | None = None
    volume_step: Quantity | None = None
    beyond_use: Figure | None = None
    band: Band | None = None
    steps: tuple[Rung, ...] = ()
    continues: Any = None  # of `continuing`, which stands above


# ---------------------------------------------------------------------------------------------- what the user chose


def choose(choice: Choice, name: str, setting: Setting) -> tuple[Figure, list[Alert]]:
    """The chosen or default value; an alert where it is not one that the file allows. Raises Refused."""
    given = setting.chosen.get(name)
    if given is None:
        return figure.stated(name, choice.default.quantity, choice.default.where), []
    default = choice.default.quantity
    value = grammar.read_quantity(given.text)
    bridged = None if units.fits(value.unit, default.unit) else _bridged(name, figure.stated("ordered", value, given.where), default, setting)
    if bridged is None and not units.fits(value.unit, default.unit):
        wanted, found = grammar.kind_of(default.unit), grammar.kind_of(value.unit)
        hint = f"that is {found}" if found != wanted else f"{value.unit} does not convert to {default.unit}"
        raise Refused(f"{wanted}, such as {default}", given.text, hint)
    if not value.value:
        raise Refused(f"{grammar.kind_of(default.unit)}, such as {default}, above zero", given.text)
    return allowed(choice, bridged or figure.stated(name, value.to(default.unit), given.where), setting)  # as the file spells it: one order, one unit


def _bridged(name: str, typed: Figure, default: Quantity, setting: Setting) -> Figure | None:
    """A dose typed in mEq or mmol where the file states a mass, or the other way, by the drug's own factor; None: there is
    none that leads to the file's unit."""
    for one in setting.loaded.drug.equivalents:
        factor = figure.stated("equivalent", one.quantity, one.where)
        for times, by in (([typed], [factor]), ([typed, factor], [])):
            try:
                return figure.work_out(name, default.unit, times, by)
            except units.DimensionError:
                continue
    return None


def allowed(choice: Choice, chosen: Figure, setting: Setting, said_of: str = "") -> tuple[Figure, list[Alert]]:
    """The value as chosen; an alert where it is not one that the file allows. `said_of`: what the alert calls a value that
    nobody typed, instead of naming it."""
    name, value = chosen.name, chosen.value
    typed = chosen.inputs[0].value if chosen.inputs else value
    if choice.options:
        if any(map(value.equals, choice.options)):
            return chosen, []
        said = " or ".join(each.on_paper() for each in choice.options)
    elif value in choice.allowed:
        return chosen, []
    else:
        said = choice.allowed.on_paper()
    top, bottom = choice.allowed.high, choice.allowed.low
    far = f"{limits.times_over(value, top)} the most" if value > top else "below the least" if value < bottom else "not one of those"
    what = said_of or f"{name.replace('_', ' ')} {typed.on_paper()}"
    message = f"{what} is {far} that may be chosen, {said} ({choice.default.where})"
    return chosen, [Alert(HARD, setting.code(name), message, said, choice.default.where)]


def quantity_chosen(name: str, kind: str, setting: Setting) -> Figure | None:
    given = setting.chosen.get(name)
    if given is None:
        return None
    value = grammar.read_quantity(given.text, kind)
    if not value.value:
        raise Refused(grammar.expectation(kind) + ", above zero", given.text)
    return figure.stated(name, value, given.where)


# ---------------------------------------------------------------------------------------------- judging


def named(phase: Phase, name: str) -> Limit | None:
    return next((each for each in phase.limits if each.name == name), None)


def judge(phase, setting, values: dict[str, list[Quantity]], typed=()) -> list[Alert]:
    """Every limit of the phase and the drug against the exact and the delivered values, by name."""
    found = []
    for limit in (*phase.limits, *setting.loaded.drug.limits):
        if limit.name in values:
            what = limit.name.replace("_", " ")
            alert = limits.judge(limit, setting.code(limit.name), values[limit.name], what, typed=limit.name in typed)
            if alert:
                found.append(alert)
    return found


def totals(phase, setting, given_in: Callable[[Quantity | None], Quantity]) -> list[Alert]:
    """Every limit on a total, against what runs in its window (None: the whole course)."""
    judged = (limits.judge(limit, setting.code("total"), [amount], "total") for limit, amount in _each_total(phase, setting, given_in))
    return [each for each in judged if each]


def totals_room(phase, setting, given_in: Callable[[Quantity | None], Quantity]) -> Room:
    """What the limits on totals leave to rounding: it must not carry what is given in a window past them either."""
    return sum((limits.room(*each) for each in _each_total(phase, setting, given_in)), Room())


def _each_total(phase, setting, given_in) -> Iterator[tuple[Limit, Quantity]]:
    """(limit, what is given in its window), counted as the limit is."""
    for limit in phase.limits:
        if limit.name == "total":
            yield limit, dosing.counted_in(limit.unit, given_in(limit.rolling), setting.weight)


def pump_can(pump: Pump, setting: Setting, rate: Quantity, rounded: Quantity) -> list[Alert]:
    if rate in pump.rate and rounded in pump.rate and rounded.value:
        return []
    message = f"the pump rate lies outside what the pump can do: {pump.title}, {pump.rate.on_paper()}"
    return [Alert(HARD, setting.code("pump_rate"), message, pump.rate.on_paper())]


def deviates(one: Figure, setting: Setting) -> list[Alert]:
    if abs(one.value.value) <= setting.tolerance:
        return []
    said = f"{numerals.on_paper(setting.tolerance)}%"
    message = f"rounding would carry the delivered dose more than {said} from the ordered one; choose another product or pump"
    return [Alert(HARD, setting.code("deviation"), message, said)]
