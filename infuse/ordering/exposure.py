"""What a patient comes to of each drug: the order's own doses together with those that were given before it.

For: limits on totals, whichever way through a protocol is taken, however often a set gives it, across every route.

Refuses: a dose already given that cannot be added up with the order's, such as one in mL of a drug in mg.

Example: 2 mg of dihydroergotamine 10 hours ago and 1 mg now are 3 mg in 24 hours, above a label's 2 mg.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from infuse.arithmetic.figure import Figure
from infuse.arithmetic.patient import Patient
from infuse.arithmetic.totals import Dose
from infuse.files import taken
from infuse.ground.units import Quantity, Refused
from infuse.judgement import screening
from infuse.judgement.limits import Alert
from infuse.ordering import plan as plans
from infuse.ordering.phases import PhaseOrder, course
from infuse.ordering.plan import Plan


def judge(made: list[PhaseOrder], patient: Patient, weight: Figure | None, plan: Plan | None, now: datetime) -> list[Alert]:
    """Every limit on a total, and on the time since the last dose, of one protocol. Raises Refused for a dose already given in
    another kind of unit."""
    protocol, ways = made[0].loaded.protocol, course.branches(made)
    several, offset = [course.doses(way) for way in ways], course.START
    item = plan.arrangement.items.get(protocol.id) if plan else None
    oftener = item is not None and item.before_each is not None
    if oftener:
        several = plans.ways(plan, protocol.id, len(made))
    elif plan:
        offset = min((each.start for each in plan.events if plan.parts[each.part].name == protocol.id), key=lambda one: one.value, default=offset)
    start = patient.get("start") or now
    return course.judge(made, weight, several, before(made, patient, start, offset, now), oftener)


def before(made: list[PhaseOrder], patient: Patient, start: datetime, offset: Quantity, now: datetime) -> list[Dose]:
    """What was given of the drug, by any of its names and any route, with times before the order's own start."""
    drug = made[0].loaded.drug
    unit = course.given(made[0])[0].amount.unit
    found = []
    for one in patient.get("given") or ():
        if one.lower() == taken.NONE or not screening.is_of(one.name, made[0].loaded):
            continue
        amount = drug.counted_in(unit, one.amount)
        if amount is None:
            raise Refused(f"a dose of {drug.name} in {unit}", str(one))
        at = one.last(now)
        over = one.end - at if one.end else timedelta()
        found.append(Dose(_minutes(at - start, -offset.value), _minutes(over), amount))
    return found


def _minutes(time: timedelta, more: Fraction = Fraction(0)) -> Quantity:
    return course.START.with_value(Fraction(time // timedelta(minutes=1)) + more)

