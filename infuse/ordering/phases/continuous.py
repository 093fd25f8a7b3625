"""A rate that runs on, and its ladder: each rung from its own exact value.

For: continuous infusions and titrations.

A rate per kg may have a ceiling for the whole patient: beyond it the dose rate is the one that reaches it.

Refuses: to climb past a hard limit: the ladder ends at or below it, and says why.

Example: ketamine 0.1 by 0.05 to 1 mg/kg/h at 71.3 kg, 2 mg/mL: 19 rungs from 3.6 to 35.6 mL/h.
"""

from __future__ import annotations

from infuse.arithmetic import dosing, figure
from infuse.arithmetic import preparation as prep
from infuse.arithmetic.figure import Figure
from infuse.files.protocol import Continuous
from infuse.judgement.limits import HARD, SOFT
from infuse.ordering.phases.continuing import go_on, nearest, running_rate
from infuse.ordering.phases.ready import whole
from infuse.ordering.phases.running import at_rate, bags, judged_rate, judged_totals, last_bag, run_on
from infuse.ordering.phases.worksheet import PhaseOrder, Rung, Setting, allowed, choose, deviates, pump_can


def build(phase: Continuous, setting: Setting) -> PhaseOrder:
    """A rate that runs on, and its ladder: each rung from its own exact value. Raises Refused, units.DimensionError."""
    start, alerts = choose(phase.start, "dose_rate", setting)
    start, beyond = _held(phase, setting, start)
    made, runs = run_on(phase, setting, start), None
    if "running" in setting.chosen:
        runs = running_rate(setting, start.value, made.figures.get("final_concentration"))
        if not phase.titration and "dose_rate" not in setting.chosen:  # without a ladder what runs goes on, if it may be chosen
            start, alerts = allowed(phase.start, figure.stated("dose_rate", runs[-1].value, runs[0].stated), setting, "the dose rate that runs now")
            start, beyond = _held(phase, setting, start)
            made = run_on(phase, setting, start)
    alerts += made.alerts
    rungs, end = (), ""
    if phase.titration and not any(each.level == HARD for each in alerts):
        rungs, end, broken = _ladder(phase, setting, start, made.prepared, made.beyond_use)
        alerts += broken
    figures, continues = made.figures, None
    if runs and (rungs or not phase.titration):
        number = nearest(rungs, runs[-1]) if rungs else None
        figures = figures | (rungs[number - 1].figures if number else {})
        continues, more = go_on(phase, setting, runs, number, figures)
        alerts += more
    figures = figures | beyond | ({} if rungs else last_bag(made, setting.pump))
    count = bags(made, rungs[-1].figures if rungs else None)
    return PhaseOrder(setting.loaded, phase, made.prepared, figures, tuple(alerts), rungs, end, count, beyond_use=made.beyond_use,
                      continues=continues)


def _held(phase, setting, start) -> tuple[Figure, dict[str, Figure]]:
    """(the dose rate, or the one that brings the whole patient just to the ceiling; then also what was ordered, and what it
    would come to)."""
    per = setting.per(start.value)
    uncapped = dosing.for_this_patient("calculated_dose_rate", start, per)
    held = dosing.capped(uncapped, phase.ceiling, "ceiling")
    if held is uncapped:
        return start, {}
    rate = figure.work_out("dose_rate", start.value.unit, [held], [per])
    return rate, {"ordered_dose_rate": start._replace(name="ordered_dose_rate"), "uncapped_dose_rate": uncapped._replace(name="uncapped_dose_rate")}


def _ladder(phase, setting, start, prepared, beyond_use):
    """(rungs, why the ladder ends before its top, alerts that forbid the whole)."""
    found, bag = [], whole(prepared.figures["final_volume"], setting.pump)
    for value in dosing.rungs(start.value, phase.titration):
        where = start.stated if value == start.value else phase.titration.by.where
        figures = at_rate(phase, setting, figure.stated("dose_rate", value, where), prepared)
        alerts = judged_rate(phase, setting, figures)
        alerts += judged_totals(phase, setting, figures)
        alerts += pump_can(setting.pump, setting, figures["pump_rate"].exact, figures["pump_rate"].value)
        hard = next((each for each in alerts if each.level == HARD), None)
        if hard and found:
            return tuple(found), f"the ladder ends here: one step more and the {hard.message}", []
        broken = deviates(figures["deviation"], setting)
        if broken:
            return (), "", broken
        figures["bag_lasts"], _ = prep.lasting(bag, figures["pump_rate"], beyond_use and beyond_use.value)
        found.append(Rung(figures, tuple(each for each in alerts if each.level == SOFT)))
    return tuple(found), "", []
