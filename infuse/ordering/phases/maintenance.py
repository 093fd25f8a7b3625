"""A rate that is a sum over tiers of the weight, under a ceiling: 4-2-1 and its like.

For: maintenance infusions. The tiers and the ceiling stand in the file; nothing of them is known here.

Refuses: nothing by itself; what is wrong with the result is in its alerts.

Example: 4, 2 and 1 mL/kg/h for the first 10, the next 10 and every further kg are 65 mL/h at 25 kg; 130 mL/h at 90 kg,
which a ceiling of 100 mL/h holds at 100 from 60 kg on.
"""

from __future__ import annotations

from infuse.arithmetic import dosing
from infuse.files.protocol import Maintenance
from infuse.ordering.phases.running import bags, last_bag, run_on
from infuse.ordering.phases.worksheet import PhaseOrder, Setting


def build(phase: Maintenance, setting: Setting) -> PhaseOrder:
    """The rate over all tiers, held at its ceiling, for as long as the course lasts. Raises Refused, units.DimensionError."""
    uncapped = dosing.over_tiers("calculated_dose_rate", phase.tiers, setting.weight)
    held = dosing.capped(uncapped, phase.ceiling, "ceiling")
    made = run_on(phase, setting, held._replace(name="dose_rate"))
    figures = made.figures | last_bag(made, setting.pump)
    if held is not uncapped:
        figures["uncapped_dose_rate"] = uncapped._replace(name="uncapped_dose_rate")
    return PhaseOrder(setting.loaded, phase, made.prepared, figures, tuple(made.alerts), bags=bags(made), beyond_use=made.beyond_use)
