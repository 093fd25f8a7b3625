"""A protocol at every weight that it allows: what holds for its cases must hold between them.

For: `infuse check --prove`. The protocol is ordered at every 0.1 kg from its lowest to its highest weight (and at every
edge of a band, one step under and over), in every band of age and renal function, with every preparation, and the result
is judged like an order. Between two edges where nothing is counted per kg or m2, all orders are one: there it is made
only at the ends.

Refuses: nothing; it reports the first counter-example of each kind, with its weight and working.

Example: a ladder whose second rung no pump can run at 31.2 kg is found at 31.2 kg.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from infuse.arithmetic import figure
from infuse.arithmetic.patient import Patient
from infuse.files import bands
from infuse.files.given import Given
from infuse.files.library import Loaded
from infuse.files.protocol import ACTUAL
from infuse.ground.source import ERROR, Problem
from infuse.ground.units import Quantity, quantity
from infuse.judgement.limits import HARD
from infuse.ordering import order, phases
from infuse.ordering.cases import CLOCK
from infuse.ordering.choosing import key_of, ways

STEP = quantity("0.1", "kg")
_DOSES, _RATES = ("calculated_dose", "delivered_dose"), ("calculated_dose_rate", "pump_rate")
_TALL = quantity(170, "cm")
Ways = tuple[tuple[str, str], ...]


class Proven(NamedTuple):
    """Counter-examples, and how many orders were made."""

    problems: list[Problem]
    orders: int


def prove(loaded: Loaded, step: Callable[[int], None] = lambda _count: None) -> Proven:
    """Every weight, band and preparation; `step` is told of each order made."""
    found: dict[tuple, Problem] = {}
    unserved: dict[tuple, list[Problem]] = {}  # by facts and weight: why a preparation does not serve
    made, every, count_of_ways = 0, weights(loaded), len(_ways(loaded.protocol))
    for facts, preparation in settings(loaded):
        before: dict[str, object] = {}
        for weight in every:
            one = order_at(loaded, facts, preparation, weight)
            made += 1
            step(made)
            for key, problem in _against(loaded, one, before, weight):
                found.setdefault((key, preparation), problem)
            unserved.setdefault((*facts.values(), weight), []).extend(_not_served(loaded, one, weight))
    nowhere = next((several for several in unserved.values() if len(several) >= count_of_ways), [])
    return Proven([*found.values(), *dict.fromkeys(nowhere)], made)


def count(loaded: Loaded) -> int:
    """How many orders a proof makes."""
    return len(settings(loaded)) * len(weights(loaded))


def weights(loaded: Loaded) -> list[Quantity] | list[None]:
    """Every 0.1 kg that the protocol allows, as far as the dose depends on it; None once where it asks for no weight."""
    limit, several = loaded.protocol.patient.weight.limit, loaded.protocol.phases
    hard = limit.hard.range if limit and limit.hard else None
    edges = sorted({edge.to("kg").value for phase in several for edge in _weight_edges(phase)})
    asked = edges or phases.anything_counted_per(loaded.protocol)
    if not asked or hard is None or hard.low is None or hard.high is None:
        return [None]
    low, high = hard.low.to("kg").value, hard.high.to("kg").value
    within = [edge for edge in edges if low < edge <= high]
    found: list[Quantity] = []
    for first, end in zip([low, *within], [*within, None]):
        steps = _steps(first, high if end is None else end - STEP.value)
        at = loaded.protocol._replace(phases=tuple(_at(phase, steps[0]) for phase in several))
        everywhere = bool(phases.anything_counted_per(at))
        found += steps if everywhere else sorted({*steps[:2], *steps[-2:]})
    return found


def _weight_edges(phase) -> list[Quantity]:
    edges = [edge for band in getattr(phase, "bands", ()) for name, edge in band.edges().items() if name == "weight"]
    return [end for edge in edges for end in (edge.low, edge.high) if end is not None]


def _steps(first: Fraction, last: Fraction) -> list[Quantity]:
    """From first to last in steps, both ends included."""
    whole = max(int((last - first) / STEP.value), 0)
    found = [STEP.with_value(first + STEP.value * number) for number in range(whole + 1)]
    return found if found[-1].value >= last else [*found, STEP.with_value(last)]


def _at(phase, weight: Quantity):
    """The phase with only the bands that may take in a patient of that weight."""
    several = getattr(phase, "bands", ())
    return phase._replace(bands=bands.fitting(several, {"weight": weight})) if several else phase


def settings(loaded: Loaded) -> list[tuple[dict[str, Quantity], Ways]]:
    """(facts, preparations by choice): every cell of age and renal function, every preparation of every phase."""
    protocol = loaded.protocol
    cells: dict[str, list[Quantity]] = {"age": [_an_age(protocol)]}
    several = tuple(band for phase in protocol.phases for band in getattr(phase, "bands", ()))
    for name in bands.banded_by(several):
        if name != "weight":
            cells[name] = [low if low.value else low.with_value(high.value / 2) for low, high in bands.cells(several, name)]
    age_limit = protocol.patient.age.limit
    if age_limit and age_limit.hard:
        cells["age"] = [age for age in cells["age"] if age in age_limit.hard.range] or [_an_age(protocol)]
    return [(dict(zip(cells, values)), each) for values in product(*cells.values()) for each in _ways(protocol)]


def _ways(protocol) -> list[Ways]:
    """Every way to make the phases ready, each as what would be chosen: (choice, preparation)."""
    several = {"preparation": protocol.preparations} if not all(phase.preparation for phase in protocol.phases) else {}
    several |= {f"{key_of(phase)}.preparation": ways(protocol, phase) for phase in protocol.phases if phase.preparation}
    open_ones = {name: of for name, of in several.items() if of[1:]}
    return [tuple(zip(open_ones, (each.name for each in made))) for made in product(*open_ones.values())]


def _an_age(protocol) -> Quantity:
    limit = protocol.patient.age.limit
    hard = limit.hard.range if limit and limit.hard else None
    if hard is not None:
        return hard.low or hard.high
    return quantity(40, "year")


def order_at(loaded: Loaded, facts: dict[str, Quantity], preparations: Ways, weight: Quantity | None) -> order.Order:
    """One order of the proof."""
    known: dict[str, object] = dict(facts)
    if weight is not None:
        known |= {"weight": weight, "weight_date": CLOCK.date()}  # weighed just now, for a weight that looks impossible
    if loaded.protocol.patient.dosing_weight != ACTUAL or "m2" in phases.anything_counted_per(loaded.protocol):
        known |= {"height": _TALL, "sex": "female"}
    given = {name: Given(str(value), name) for name, value in known.items()}
    chosen = {name: Given(preparation, name) for name, preparation in preparations}
    return order.build([order.Request(loaded, chosen)], Patient(known, given), CLOCK, every_override=True)


def _not_served(loaded, made, weight) -> list[Problem]:
    """Why its preparation cannot be made ready for this dose: no fault where another one can."""
    where, span = f" at {weight.on_paper()}" if weight else "", loaded.protocol.phases[0].span
    return [Problem(ERROR, span, f"expected a preparation for the dose{where}; found none: {alert.message}")
            for alert in made.alerts if alert.level == HARD and alert.code.endswith(".preparation")][:1]


def _against(loaded, made, before, weight):
    """What speaks against one order, and against it beside the one of the weight before."""
    where, span = f" at {weight.on_paper()}" if weight else "", loaded.protocol.phases[0].span
    for alert in made.alerts:
        if alert.level == HARD and not alert.screened and not alert.code.endswith((".preparation", ".band")):  # a caution says that nobody like that gets it
            yield alert.code, Problem(ERROR, span, f"expected an order{where}; found a stop: {alert.message}")
    if made.status == order.NEEDS_OVERRIDE:
        said = "; ".join(alert.message for alert in made.not_overridden)
        yield order.NEEDS_OVERRIDE, Problem(ERROR, span, f"expected an order{where}; found one that no override makes: {said}")
    for number, phase in enumerate(made.phases):
        entered = phase.band is not None and before.get(f"{number}.band") != phase.band
        before[f"{number}.band"] = phase.band
        product = phase.prepared.product.key
        another = before.get(f"{number}.product", product) != product  # its own graduations: what was drawn up before says nothing
        before[f"{number}.product"] = product
        stretched = getattr(phase.phase, "fastest", None) is not None  # a longer time may well mean a slower rate
        for name in _DOSES if stretched else _DOSES + _RATES:
            one = phase.figures.get(name)
            if one is None:
                continue
            key = f"{number}.{name}"
            last = None if (entered and phase.band.may_fall) or (another and name in ("delivered_dose", "pump_rate")) else before.get(key)
            if last is not None and one.value < last:
                message = f"expected a {one.label} that does not fall as weight grows; found {one.value.on_paper()}{where}, after {last.on_paper()}"
                hint = ["where that is meant, the band says why: may_fall: REASON"] if entered else []
                yield key, Problem(ERROR, phase.band.span if entered else span, message, "\n".join(figure.working(one) + hint))
            before[key] = one.value
