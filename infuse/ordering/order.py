"""Which steps make an order, in sequence: facts, weight, screening, each phase, judgement, overrides.

For: `infuse order`, the cases of a file, and whatever prints or stores an order. It reads top to bottom like a
pharmacist's worksheet. An Order is a value: its status says whether it may be used.

Refuses: with a hard stop, or a soft stop that nobody overrode, there are no phases in the order at all: nothing
that prints it can print a dose beside a refusal.

Example: build([Request(loaded)], patient, now) for 70 kg gives one titration that starts at 3.5 mL/h.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from infuse.arithmetic import derived, figure
from infuse.arithmetic import patient as patients
from infuse.arithmetic.figure import Figure
from infuse.arithmetic.patient import Patient
from infuse.files.given import Given
from infuse.files.library import Loaded
from infuse.files.ordersets import SetFlush
from infuse.files.protocol import ACTUAL, INTERVAL
from infuse.files.tables import DEFAULT_PUMP
from infuse.ground.units import DimensionError, Refused
from infuse.judgement import limits, screening, weighing
from infuse.judgement.limits import HARD, SOFT, Alert
from infuse.judgement.screening import Open
from infuse.judgement.weighing import Weighed
from infuse.ordering import choosing, exposure, facts, gravity, phases, plan
from infuse.ordering.phases import PhaseOrder, course
from infuse.ordering.phases.worksheet import named
from infuse.ordering.plan import Arrangement, Plan

NOTHING: Mapping[str, Given] = MappingProxyType({})
READY, NEEDS_OVERRIDE, STOPPED = "ready", "needs_override", "stopped"


class NotUnderstood(Exception):
    """What was typed cannot be used: (where, Refused), all of it."""

    def __init__(self, refused: list[tuple[str, Refused]]):
        self.refused = refused
        super().__init__("; ".join(f"{where}: {each}" for where, each in refused))


class Missing(Exception):
    """Facts without which a dose cannot be worked out: (fact, protocols that need it)."""

    def __init__(self, facts: dict[str, list[str]]):
        self.facts = facts
        super().__init__(", ".join(facts))


class Request(NamedTuple):
    """One protocol to order, with what the user chose of it and the answers to what it leaves open."""

    loaded: Loaded
    chosen: Mapping[str, Given] = NOTHING
    answers: Mapping[str, Given] = NOTHING


class Override(NamedTuple):
    """A named person's reason at a soft stop."""

    code: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """An order for one patient. `phases` is empty unless the status is ready."""

    patient: Patient
    weight: Figure | None
    requests: tuple[Request, ...]
    phases: tuple[PhaseOrder, ...]
    alerts: tuple[Alert, ...]
    overrides: tuple[Override, ...]
    now: datetime
    plan: Plan | None = None
    arrangement: Arrangement | None = None
    weighed: Weighed = Weighed()

    @property
    def status(self) -> str:
        if any(each.level == HARD for each in self.alerts):
            return STOPPED
        return NEEDS_OVERRIDE if self.not_overridden else READY

    @property
    def open(self) -> tuple[Open, ...]:
        """Every box of the sheet: facts not recorded, questions before the first dose, what the sources leave open."""
        found = []
        for request in self.requests if self.phases else ():
            found += screening.open_facts(request.loaded, self.patient, self.weight) + screening.open_questions(request.loaded)
            found += self.weighed.boxes[request.loaded.protocol.id]
        for phase in self.phases:
            interval = named(phase.phase, INTERVAL)
            found += filter(None, [screening.last_dose(phase.loaded, self.patient, interval) if interval else None])
        for phase in self.phases:
            found += open_answers(phase, self.requests, self.plan.flush if self.plan else None)
        return tuple(dict.fromkeys(screening.one_care_area(found, [each.loaded for each in self.requests])))

    @property
    def not_overridden(self) -> tuple[Alert, ...]:
        """The soft stops that still need a reason (or, for an impossible-looking weight, a new weighing)."""
        reasons = {each.code for each in self.overrides}
        return tuple(each for each in self.alerts if each.level == SOFT and (each.code not in reasons or each.reweigh))


def build(requests: list[Request], patient: Patient, now: datetime, overrides=(), by: str = "",
          every_override: bool = False, arrangement: Arrangement | None = None) -> Order:
    """The order, whatever its status. `overrides`: (code, reason) pairs; `every_override`: as if each soft stop had one,
    for a proof; `arrangement`: how several protocols are ordered together. Raises Missing, NotUnderstood."""
    _nothing_missing(requests, patient)
    weight = patients.dosing_weight(patient, facts.weight_ranges(requests)) if patient.get("weight") else None
    alerts, worked_out, refused = _same_drug_twice(requests), [], _used_dosing_weight(requests, patient)
    weighed = weighing.weigh([each.loaded for each in requests], patient, weight, now)
    alerts, refused = alerts + list(weighed.alerts), refused + list(weighed.refused)
    weights: dict[str, Figure | None] = {}
    for request in requests:
        per_weight = bool(phases.anything_counted_per(request.loaded.protocol))
        mine = screening.screen(request.loaded, patient, weight, per_weight, now.date())
        dosing, more = facts.dosing_weight(request, patient, weight)
        alerts += mine + more
        weights[request.loaded.protocol.id] = dosing
        if any(each.level == HARD for each in mine + more):
            continue
        try:
            for phase, found in _phases(request, patient, weight, dosing):
                worked_out += [phase] if phase else []
                alerts += found
        except _Bad as bad:
            refused += bad.refused
    if arrangement and arrangement.order_set:
        alerts += screening.care_area(arrangement.order_set.id, arrangement.order_set.care_areas, patient)
    whole = _whole(worked_out, requests)
    together = plan.make(arrangement, worked_out) if arrangement and len(whole) == len(requests) and not refused else None
    found, more = _totals(whole, patient, weights, together, now)
    alerts, refused = alerts + found, refused + more
    if refused:
        raise NotUnderstood(refused)
    alerts = tuple(sorted(_once(alerts), key=lambda each: limits.LEVELS.index(each.level)))
    if every_override:
        overrides = [(code, "proof") for code in dict.fromkeys(each.code for each in alerts if each.level == SOFT)]
    granted = _granted(alerts, overrides, by, now)
    order = Order(patient, weight, tuple(requests), tuple(worked_out), alerts, granted, now, arrangement=arrangement, weighed=weighed)
    if order.status != READY:
        return replace(order, phases=())
    return replace(order, plan=together)


class _Bad(Exception):
    def __init__(self, refused):
        self.refused = refused


def _nothing_missing(requests, patient):
    """Whatever changes a dose must be given, or said to be unknown."""
    missing: dict[str, list[str]] = {}
    for request in requests:
        for name in facts.changes_a_dose(request.loaded.protocol, patient):
            if patient.get(name) is None and name not in patient.unknown:
                missing.setdefault(name, []).append(request.loaded.protocol.id)
    if missing:
        raise Missing(missing)


def _whole(worked_out, requests) -> dict[str, list[PhaseOrder]]:
    """The protocols, by id, whose phases could all be worked out and deliver something: what is missing has no time and no
    total."""
    phases_of = {request.loaded.protocol.id: request.loaded.protocol.phases for request in requests}
    return {name: made for name, made in course.by_protocol(worked_out).items() if len(made) == len(phases_of[name]) and all(map(course.delivers, made))}


def _totals(whole, patient, weights, together, now) -> tuple[list[Alert], list[tuple[str, Refused]]]:
    """The limits on totals of these protocols, with what was given before."""
    found, refused = [], []
    for name, mine in whole.items():
        try:
            found += exposure.judge(mine, patient, weights[name], together, now)
        except Refused as error:
            refused.append((patient.where("given"), error))
    return found, refused


def _same_drug_twice(requests) -> list[Alert]:
    """Two protocols for one drug on one sheet would be given beside each other."""
    first: dict[str, str] = {}
    found = []
    for request in requests:
        protocol = request.loaded.protocol
        other = first.setdefault(protocol.drug, protocol.id)
        if other != protocol.id:
            message = f"{request.loaded.drug.name} is ordered twice, here and by {other}"
            found.append(Alert(HARD, f"{protocol.id}.same_drug", message, where=request.loaded.files[0].name))
    return found


def _used_dosing_weight(requests, patient) -> list[tuple[str, Refused]]:
    """A dosing weight that nothing would use is refused: somebody means the order to follow it."""
    given = patient.get("dosing_weight")
    kinds = {request.loaded.protocol.patient.dosing_weight for request in requests}
    if given is None or kinds != {ACTUAL}:
        return []
    return [(patient.where("dosing_weight"), Refused("no dosing weight: the order goes by the actual weight", str(given)))]


def _phases(request: Request, patient: Patient, actual: Figure | None, weight: Figure | None):
    """Every phase of one protocol worked out, with its alerts (None where no band takes the patient in). Raises _Bad
    with what the user chose and cannot have."""
    chosen, refused = choosing.by_phase(request.loaded.protocol, request.chosen)
    refused += [*_unknown(request), *_no_such_device(request.loaded.devices, patient)]
    if refused:
        raise _Bad(refused)
    several = request.loaded.protocol.phases
    drops = figure.stated("drop_factor", patient.get("drop_factor"), patient.where("drop_factor")) if patient.get("drop_factor") else None
    pump = request.loaded.devices.pumps[patient.get("pump") or DEFAULT_PUMP]
    pump = gravity.as_pump(drops.value, pump) if drops else pump
    for phase, mine in zip(several, chosen):
        try:
            area = derived.surface(patient, actual) if "m2" in phases.counted_per(phase) else None
        except derived.Needs as needs:
            names = ", ".join(needs.facts)
            yield None, [Alert(HARD, f"{request.loaded.protocol.id}.surface", f"{names} is unknown, and the surface needs it")]
            continue
        used, band, shown, alerts = facts.in_its_band(phase, request, patient, actual, [each.value for each in (weight, area) if each])
        if used is None:
            yield None, alerts
            continue
        setting = phases.Setting(request.loaded, weight, pump, mine, area, band)
        try:
            made = phases.build(used, setting)
        except Refused as error:
            place = next((each.where for each in mine.values() if each.text == error.found), "a choice")
            raise _Bad([(place, error)]) from None
        except DimensionError as error:  # `check` has proven the file; only what was chosen can be of another kind
            raise _Bad([("the choices", Refused("units that fit together", str(error)))]) from None
        step = setting.step_at(made.figures["pump_rate"].value) if "pump_rate" in made.figures else None
        alerts += made.alerts
        if drops:
            made, more = gravity.counted(made, setting, drops)
            alerts += more
        if several[1:] and phase.name:
            alerts = [replace(each, message=f"{phase.name}: {each.message}") for each in alerts]
        yield replace(made, figures=made.figures | shown, band=band, rate_step=step, volume_step=pump.volume_step), alerts


def _no_such_device(devices, patient) -> Iterator[tuple[str, Refused]]:
    for fact, what, known in (("compounding", "category", devices.compounding), ("pump", "pump", devices.pumps)):
        said = patient.get(fact)
        if said is not None and said not in known:
            yield patient.where(fact), Refused(f"a {what} of the tables: {', '.join(known) or 'they have none'}", said)


def _unknown(request) -> Iterator[tuple[str, Refused]]:
    """What was chosen or answered and cannot be, beside what `choosing` has found."""
    protocol = request.loaded.protocol
    for name, given in request.chosen.items():
        if name.endswith("bag_volume") and all(each.amount is None and not each.added_to and not each.final_volume
                                               for each in protocol.preparations):
            yield given.where, Refused("no bag volume: the protocol's bags are premixed", given.text)
    asked = [question for phase in protocol.phases for question in phase.ask]
    for question, given in request.answers.items():
        if question not in asked:
            known = ", ".join(asked) or "nothing"
            yield given.where, Refused(f"an answer to what the protocol leaves open: {known}", question)


def _once(alerts):
    """Each sentence once; of a code that is stopped only what stops it."""
    kept: dict[tuple[str, str], Alert] = {}
    for alert in alerts:
        kept.setdefault((alert.code, alert.message), alert)
    hard = {alert.code for alert in kept.values() if alert.level == HARD}
    return [alert for alert in kept.values() if alert.level == HARD or alert.code not in hard]


def _granted(alerts, overrides, by, now) -> tuple[Override, ...]:
    """The overrides that meet an alert. Raises NotUnderstood for one that does not."""
    soft = {each.code for each in alerts if each.level == SOFT}
    hard = {each.code for each in alerts if each.level == HARD}
    wrong = []
    for code, reason in overrides:
        if code in hard and code not in soft:
            continue  # the hard stop itself says that there is no order
        if code not in soft:
            known = ", ".join(sorted(soft)) or "none: nothing here needs an override"
            wrong.append(("--override", Refused(f"the code of a soft stop: {known}", code)))
    if wrong:
        raise NotUnderstood(wrong)
    return tuple(Override(code, reason, by, now) for code, reason in overrides if code in soft)


def open_answers(phase: PhaseOrder, requests, of_set: SetFlush | None = None) -> list[Open]:
    """What the sources of a phase leave to the prescriber, and neither an answer nor the set's own flush says."""
    answers = next(each.answers for each in requests if each.loaded is phase.loaded)
    found = [Open(question, question, f'--answer "{question}=TEXT"') for question in phase.phase.ask if question not in answers]
    steps = getattr(phase.phase, "titration", None)
    if steps:
        blanks = {"step up only when": steps.step_up_when, "step down when": steps.step_down, "step down by": steps.step_down,
                  "after an interruption": steps.restart, "end of course": steps.end_of_course}
        asked = [name for name, said in blanks.items() if not said]
        if steps.every is None and "titration interval" not in phase.phase.ask:
            asked.append("step up every")
        found += [Open("titration", name) for name in asked]
    if phase.beyond_use is None and not phase.prepared.premixed:
        found.append(Open("beyond_use", "beyond-use time of what is prepared", "--beyond-use"))
    if phase.continues and not phase.continues.replaces:
        found.append(Open("replaces", "the sheet that this one replaces", "--replaces"))
    flush = getattr(phase.phase, "flush", None)
    if flush and flush.volume is None and not (of_set and of_set.volume and of_set.fluid == flush.fluid):
        found.append(Open("flush", "volume of the flush"))
    return found
