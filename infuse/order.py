"""Which steps make an order, in sequence: facts, weight, screening, each phase, judgement, overrides.

For: `infuse order`, the cases of a file, and whatever prints or stores an order. It reads top to bottom like a
pharmacist's worksheet. An Order is a value: its status says whether it may be used.

Refuses: with a hard stop, or a soft stop that nobody overrode, there are no phases in the order at all: nothing
that prints it can print a dose beside a refusal.

Example: build([Request(loaded)], patient, now) for 70 kg gives one titration that starts at 3.5 mL/h.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from infuse import limits, patient as patients, phases, screening
from infuse.figure import Figure
from infuse.library import Loaded
from infuse.limits import HARD, SOFT, Alert
from infuse.patient import Given, Patient
from infuse.phases import PhaseOrder
from infuse.screening import Open
from infuse.tables import DEFAULT_PUMP
from infuse.units import DimensionError, Refused

READY, NEEDS_OVERRIDE, STOPPED = "ready", "needs_override", "stopped"
CHOICES = ("dose", "dose_rate", "duration", "preparation", "bag_volume", "beyond_use")


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


@dataclass(frozen=True, slots=True)
class Request:
    """One protocol to order, with what the user chose of it and the answers to what it leaves open."""

    loaded: Loaded
    chosen: dict[str, Given] = field(default_factory=dict)
    answers: dict[str, Given] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Override:
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
    open: tuple[Open, ...]
    overrides: tuple[Override, ...]
    now: datetime

    @property
    def status(self) -> str:
        if any(each.level == HARD for each in self.alerts):
            return STOPPED
        return NEEDS_OVERRIDE if self.not_overridden else READY

    @property
    def not_overridden(self) -> tuple[Alert, ...]:
        """The soft stops that still need a reason (or, for an impossible-looking weight, a new weighing)."""
        reasons = {each.code for each in self.overrides}
        return tuple(each for each in self.alerts if each.level == SOFT and (each.code not in reasons or each.reweigh))


def build(requests: list[Request], patient: Patient, now: datetime, overrides=(), by: str = "") -> Order:
    """The order, whatever its status. `overrides`: (code, reason) pairs. Raises Missing, NotUnderstood."""
    _nothing_missing(requests, patient)
    weight = patients.dosing_weight(patient, _weight_ranges(requests)) if patient.get("weight") else None
    alerts, worked_out, refused = [], [], []
    for request in requests:
        mine = screening.screen(request.loaded, patient, weight, _per_weight(request), now.date())
        alerts += mine
        if any(each.level == HARD for each in mine):
            continue
        try:
            for phase in _phases(request, patient, weight):
                worked_out.append(phase)
                alerts += phase.alerts
        except _Bad as bad:
            refused += bad.refused
    if refused:
        raise NotUnderstood(refused)
    alerts = tuple(sorted(_once(alerts), key=lambda each: limits.LEVELS.index(each.level)))
    granted = _granted(alerts, overrides, by, now)
    order = Order(patient, weight, tuple(requests), tuple(worked_out), alerts, (), granted, now)
    if order.status != READY:
        return Order(patient, weight, tuple(requests), (), alerts, (), granted, now)
    return Order(patient, weight, tuple(requests), tuple(worked_out), alerts, _open(requests, patient, weight, worked_out),
                 granted, now)


class _Bad(Exception):
    def __init__(self, refused):
        self.refused = refused


def _per_weight(request: Request) -> bool:
    return any(phases.per_weight(phase) for phase in request.loaded.protocol.phases)


def _nothing_missing(requests, patient):
    needed = [each.loaded.protocol.id for each in requests if _per_weight(each)]
    if needed and patient.get("weight") is None and "weight" not in patient.unknown:
        raise Missing({"weight": needed})


def _weight_ranges(requests):
    limits = [request.loaded.protocol.patient.weight.limit for request in requests]
    return tuple(side.range for limit in limits if limit for side in (limit.soft, limit.hard) if side)


def _phases(request: Request, patient: Patient, weight: Figure | None):
    """Every phase of one protocol, worked out. Raises _Bad with what the user chose and cannot have."""
    refused = _unknown_choices(request)
    pumps = request.loaded.devices.pumps
    pump = patient.get("pump") or DEFAULT_PUMP
    if pump not in pumps:
        refused.append((patient.where("pump"), Refused(f"a pump of the tables: {', '.join(pumps)}", pump)))
    if refused:
        raise _Bad(refused)
    setting = phases.Setting(request.loaded, weight, pumps[pump], request.chosen)
    for phase in request.loaded.protocol.phases:
        try:
            yield phases.build(phase, setting)
        except Refused as error:
            place = next((each.where for each in request.chosen.values() if each.text == error.found), "a choice")
            raise _Bad([(place, error)]) from None
        except DimensionError as error:  # `check` has proven the file; only what was chosen can be of another kind
            raise _Bad([("the choices", Refused("units that fit together", str(error)))]) from None


def _unknown_choices(request):
    protocol = request.loaded.protocol
    wrong = []
    for name, given in request.chosen.items():
        if name not in CHOICES:
            wrong.append((given.where, Refused(f"a choice: {', '.join(CHOICES)}", name)))
        elif name == "dose" and not any(hasattr(phase, "dose") for phase in protocol.phases):
            wrong.append((given.where, Refused("dose_rate, because the protocol is a continuous infusion", name)))
        elif name == "dose_rate" and not any(hasattr(phase, "start") for phase in protocol.phases):
            wrong.append((given.where, Refused("dose, because the protocol gives a dose over a time", name)))
        elif name == "bag_volume" and all(each.amount is None and not each.added_to and not each.final_volume
                                          for each in protocol.preparations):
            wrong.append((given.where, Refused("no bag volume: the protocol's bags are premixed", given.text)))
    asked = [question for phase in protocol.phases for question in phase.ask]
    for question, given in request.answers.items():
        if question not in asked:
            known = ", ".join(asked) or "nothing"
            wrong.append((given.where, Refused(f"an answer to what the protocol leaves open: {known}", question)))
    return wrong


def _once(alerts):
    """Each code once at its worst level, in the words of its first alert; a further sentence with it is added."""
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


def _open(requests, patient, weight, worked_out) -> tuple[Open, ...]:
    """Every box of the sheet: facts not recorded, questions before the first dose, what the sources leave open."""
    found = []
    for request in requests:
        found += screening.open_facts(request.loaded, patient, weight)
        found += screening.open_questions(request.loaded)
    for phase in worked_out:
        found += open_answers(phase, requests)
    return tuple(dict.fromkeys(found))


def open_answers(phase: PhaseOrder, requests) -> list[Open]:
    """What the sources of a phase leave to the prescriber and was not answered."""
    answers = next(each.answers for each in requests if each.loaded is phase.loaded)
    found = [Open(question, question, f'--answer "{question}=TEXT"') for question in phase.phase.ask if question not in answers]
    if phase.beyond_use is None and not phase.prepared.premixed:
        found.append(Open("beyond_use", "beyond-use time of what is prepared", "--beyond-use"))
    flush = getattr(phase.phase, "flush", None)
    if flush and flush.volume is None:
        found.append(Open("flush", "volume of the flush"))
    return found
