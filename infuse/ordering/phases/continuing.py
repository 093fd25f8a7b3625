"""An infusion that already runs: at which dose rate it does, on which rung that is, and how its pump rate changes.

For: `--running`, where a new weight, a new bag or a new sheet takes over what a pump already gives. The rung nearest to the
dose rate that runs is the one that goes on; the old and the new pump rate stand side by side.

Refuses: a pump rate that is none, a bag in another kind of unit; to go on without a named reason where the pump rate changes
by more than a tenth, or where what runs is above a limit of the protocol.

Example: 15.8 mL/h of 2 mg/mL at 70 kg is 0.4514 mg/kg/h: rung 8, 0.45 mg/kg/h, goes on at 15.8 mL/h.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from infuse.arithmetic import dosing, figure
from infuse.arithmetic.figure import Figure
from infuse.ground import grammar
from infuse.ground.units import Quantity, Refused, fits, quantity
from infuse.judgement import limits
from infuse.judgement.limits import SOFT, Alert
from infuse.ordering.phases.worksheet import Rung, Setting, named

MOST_CHANGE = quantity(10, "%")  # standards on a changed weight: two more than 10 percent apart need a person


class Continues(NamedTuple):
    """What runs (its pump rate, concentration or None, weight or None, dose rate), the number of its rung (None: no ladder), the pump
    rate from now on, the change in percent, and the sheet that this one replaces ("": a box)."""

    pump_rate: Figure
    concentration: Figure | None
    weight: Figure | None
    dose_rate: Figure
    rung: int | None
    new_pump_rate: Figure
    change: Figure
    replaces: str


def running_rate(setting: Setting, start: Quantity, concentration: Figure | None) -> tuple[Figure, Figure | None, Figure | None, Figure]:
    """(pump rate, concentration (None: of a fluid), weight, dose rate in the unit of `start`) as they run. Raises Refused."""
    pump = _stated(setting, "running", "pump rate")
    old = _old_strength(setting, concentration)
    per = setting.per(start)
    weight = _old_weight(setting, per) if start.unit.patient else None
    return pump, old, weight, dosing.delivered_rate("running_dose_rate", pump, setting.content(old, start), weight, start)


def _stated(setting, name, kind) -> Figure:
    given = setting.chosen[name]
    value = grammar.read_quantity(given.text, kind)
    if not value.value:
        raise Refused(grammar.expectation(kind) + ", above zero", given.text)
    return figure.stated("running_" + kind.replace(" ", "_"), value, given.where)


def _old_strength(setting, concentration: Figure | None) -> Figure | None:
    given = setting.chosen.get("running_in")
    if given is None:
        return concentration
    if concentration is None:
        raise Refused("no concentration: a fluid is counted by its volume", given.text)
    value, _amount, _volume = grammar.read_strength(given.text)
    if not fits(value.unit, concentration.value.unit):
        raise Refused(f"a concentration in {concentration.value.unit}", given.text)
    return figure.stated("running_concentration", value, given.where)


def _old_weight(setting, per: Figure) -> Figure:
    given = setting.chosen.get("running_weight")
    if given is None:
        return per
    kind = "body area" if per.value.unit.text == "m2" else "weight"
    value = grammar.read_quantity(given.text, kind)
    if not value.value:
        raise Refused(grammar.expectation(kind) + ", above zero", given.text)
    return figure.stated("running_weight", value.to(per.value.unit), given.where)


def nearest(rungs: tuple[Rung, ...], running: Figure) -> int:
    """The number of the rung nearest to what runs, from 1; of two as near, the lower."""
    return min(range(1, len(rungs) + 1), key=lambda number: (abs((rungs[number - 1].figures["dose_rate"].value - running.value).value), number))


def go_on(phase, setting: Setting, running, rung: int | None, figures: dict[str, Figure]) -> tuple[Continues, list[Alert]]:
    """What goes on from now, and what speaks against it. `figures`: those of the rate that goes on."""
    pump, old, weight, rate = running
    new = figures["pump_rate"]
    change = figure.deviation(new, pump)._replace(name="change")
    given = setting.chosen.get("replaces")
    alerts = []
    if abs(change.value.value) > MOST_CHANGE.value:
        why = " and ".join(word for word, name in (("weight", "running_weight"), ("bag", "running_in")) if name in setting.chosen) or "rate"
        alerts.append(Alert(SOFT, setting.code("running"), f"the pump rate would change by more than {MOST_CHANGE.on_paper()} from the one that runs (another {why})",
                            f"up to {MOST_CHANGE.on_paper()}", setting.chosen["running"].where))
    limit = named(phase, "dose_rate")
    found = limits.judge(limit, setting.code("running"), [rate.value], "the dose rate that runs now") if limit else None
    if found:
        alerts.append(replace(found, level=SOFT))
    return Continues(pump, old, weight, rate, rung, new, change, given.text if given else ""), alerts
