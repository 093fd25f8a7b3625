"""A protocol at every weight that it allows: what holds for its cases must hold between them.

For: `infuse check --prove`. The protocol is ordered at every 0.1 kg from its lowest to its highest weight, in every band
of age and renal function, with every preparation, and the result is judged like an order.

Refuses: nothing; it reports the first counter-example of each kind, with its weight and working.

Example: a ladder whose second rung no pump can run at 31.2 kg is found at 31.2 kg.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import NamedTuple

from infuse import bands, figure, order, phases
from infuse.cases import CLOCK
from infuse.given import Given
from infuse.library import Loaded
from infuse.limits import HARD
from infuse.patient import Patient
from infuse.protocol import ACTUAL
from infuse.source import ERROR, Problem
from infuse.units import Quantity, quantity

STEP = quantity("0.1", "kg")
_DOSES, _RATES = ("calculated_dose", "delivered_dose"), ("calculated_dose_rate", "pump_rate")
_TALL = quantity(170, "cm")


class Proven(NamedTuple):
    """Counter-examples, and how many orders were made."""

    problems: list[Problem]
    orders: int


def prove(loaded: Loaded, step: Callable[[int], None] = lambda _count: None) -> Proven:
    """Every weight, band and preparation; `step` is told of each order made."""
    found: dict[tuple, Problem] = {}
    made = 0
    for facts, preparation in _settings(loaded):
        before: dict[str, Quantity] = {}
        for weight in weights(loaded):
            one = _order(loaded, facts, preparation, weight)
            made += 1
            step(made)
            for key, problem in _against(loaded, one, before, weight):
                found.setdefault((key, preparation), problem)
    return Proven(list(found.values()), made)


def count(loaded: Loaded) -> int:
    """How many orders a proof makes."""
    return len(list(_settings(loaded))) * len(list(weights(loaded)))


def weights(loaded: Loaded) -> Iterator[Quantity | None]:
    """Every 0.1 kg that the protocol allows; None once where it asks for no weight."""
    limit = loaded.protocol.patient.weight.limit
    hard = limit.hard.range if limit and limit.hard else None
    asked = any(phases.counted_per(phase) or "weight" in bands.banded_by(getattr(phase, "bands", ())) for phase in loaded.protocol.phases)
    if not asked or hard is None or hard.low is None or hard.high is None:
        yield None
        return
    value, top, size = hard.low.to("kg").value, hard.high.to("kg").value, STEP.value
    while value <= top:
        yield STEP.with_value(value)
        value += size


def _settings(loaded: Loaded):
    """(facts, preparation): every cell of age and renal function, every preparation that serves the default."""
    protocol = loaded.protocol
    cells: dict[str, list[Quantity]] = {"age": [_an_age(protocol)]}
    for phase in protocol.phases:
        several = getattr(phase, "bands", ())
        for name in bands.banded_by(several):
            if name != "weight":
                cells[name] = [low if low.value else low.with_value(high.value / 2) for low, high in bands.cells(several, name)]
    age_limit = protocol.patient.age.limit
    if age_limit and age_limit.hard:
        cells["age"] = [age for age in cells["age"] if age in age_limit.hard.range] or [_an_age(protocol)]
    for values in product(*cells.values()):
        for one in protocol.preparations:
            yield dict(zip(cells, values)), one.name


def _an_age(protocol) -> Quantity:
    limit = protocol.patient.age.limit
    hard = limit.hard.range if limit and limit.hard else None
    if hard is not None:
        return hard.low or hard.high
    return quantity(40, "year")


def _order(loaded, facts, preparation, weight):
    known = dict(facts)
    if weight is not None:
        known["weight"] = weight
    if loaded.protocol.patient.dosing_weight != ACTUAL or any("m2" in phases.counted_per(phase) for phase in loaded.protocol.phases):
        known |= {"height": _TALL, "sex": "female"}
    given = {name: Given(str(value), name) for name, value in known.items()}
    several = len(loaded.protocol.preparations) > 1
    chosen = {"preparation": Given(preparation, "preparation")} if several else {}
    return order.build([order.Request(loaded, chosen)], Patient(known, given), CLOCK, every_override=True)


def _against(loaded, made, before, weight):
    """What speaks against one order, and against it beside the one of the weight before."""
    where, span = f" at {weight.on_paper()}" if weight else "", loaded.protocol.phases[0].span
    for alert in made.alerts:
        if alert.level == HARD and not alert.code.endswith((".preparation", ".band")):
            yield alert.code, Problem(ERROR, span, f"expected an order{where}; found a stop: {alert.message}")
    for number, phase in enumerate(made.phases):
        stretched = getattr(phase.phase, "fastest", None) is not None  # a longer time may well mean a slower rate
        for name in _DOSES if stretched else _DOSES + _RATES:
            one = phase.figures.get(name)
            if one is None:
                continue
            key = f"{number}.{name}"
            last = before.get(key)
            if last is not None and one.value < last:
                message = f"expected a {one.label} that does not fall as weight grows; found {one.value.on_paper()}{where}, after {last.on_paper()}"
                yield key, Problem(ERROR, span, message, "\n".join(figure.working(one)))
            before[key] = one.value
