"""A gravity set in place of a pump: drops a minute, whole, and what that does to the rate.

For: `order`, where a drop factor was given. The set is worked with as a pump whose only step is one drop a minute, so that
rounding keeps every limit that it keeps for a pump, and the way back starts at the drops that somebody counts.

Refuses, as alerts: what must run by a pump (a high-alert drug, a ladder, a schedule of rates, a drug that runs on, part of
a bag of a drug, a shared bag); a whole drop that is further from the ordered rate than the tolerance.

Example: 100 mL over 30 minutes with 20 drops/mL is 66.67 drops/min; 67 drops/min are 201 mL/hour, 0.5% above.
"""

from __future__ import annotations

from dataclasses import replace

from infuse.arithmetic import figure
from infuse.arithmetic.figure import Figure
from infuse.files.devices import Pump
from infuse.files.protocol import Intermittent, Schedule
from infuse.ground import numerals, units
from infuse.ground.ranges import Range
from infuse.ground.units import Quantity, quantity
from infuse.judgement.limits import HARD, Alert
from infuse.ordering.phases import PhaseOrder, Setting

_ONE = quantity(1, "drops/min")


def as_pump(factor: Quantity, like: Pump) -> Pump:
    """The set as a pump: its step is one drop a minute."""
    step = units.work_out("mL/h", [_ONE], [factor])
    return Pump("gravity", f"gravity set of {factor.on_paper()}", ((None, step),), Range(step, None), like.volume_step, drops=True)


def counted(made: PhaseOrder, setting: Setting, factor: Figure) -> tuple[PhaseOrder, list[Alert]]:
    """The phase with its drops a minute and how far they are from the ordered rate, and what speaks against a gravity set."""
    if "pump_rate" not in made.figures:
        return made, []
    why = _needs_a_pump(made)
    if why:
        return made, [Alert(HARD, setting.code("drop_factor"), f"{made.loaded.drug.name} must run by a pump, because {why}; leave out --drop-factor",
                            where=factor.stated)]
    rate = made.figures["pump_rate"]
    exact = figure.work_out("drop_rate", _ONE.unit, [rate._replace(name="ordered_rate", value=rate.exact, rounding=""), factor])
    drops = figure.rounded(exact, units.work_out(_ONE.unit, [rate.value, factor.value]), rate.rounding)
    off = figure.deviation(drops, exact)._replace(name="rate_deviation")
    alerts = []
    if abs(off.value.value) > setting.tolerance:
        said = f"{numerals.on_paper(setting.tolerance)}%"
        alerts.append(Alert(HARD, setting.code("drop_rate"), f"whole drops would run more than {said} from the ordered rate; take a set with more drops "
                            "to the mL, or a pump", said, factor.stated))
    return replace(made, figures=made.figures | {"drop_factor": factor, "drop_rate": drops, "rate_deviation": off}), alerts


def _needs_a_pump(made: PhaseOrder) -> str:
    """Why drops that somebody counts are not good enough, or ""."""
    fluid, prepared = made.prepared.product.fluid, made.prepared
    if made.loaded.drug.high_alert:
        return "it is high-alert"
    if getattr(made.phase, "titration", None) or isinstance(made.phase, Schedule):
        return "its rate changes by steps"
    if not fluid and not isinstance(made.phase, Intermittent):
        return "it runs on at a rate"
    if prepared.preparation.shared:
        return "several drugs share its bag"
    if not fluid and prepared.premixed and made.figures["volume_to_be_infused"].value < made.figures["final_volume"].value:
        return "its bag holds more than the dose, and nothing would stop it"
    return ""
