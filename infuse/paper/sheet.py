"""What an order sheet says, in which order: the patient, each order, how it is watched, who signs, what it rests on.

For: every medium. The vital lines come first and are signed; what an order rests on (limits, working, references, files) is
an annex; the independent double check is a part of its own that can be torn off.

Refuses: to show any dose, volume or rate of an order that is not ready: then the sheet says why, and nothing else.

Example: lay_out(order) of ketamine at 70 kg opens with the banner, the patient, and "start at 3.5 mL/hour".
"""

from __future__ import annotations

from collections.abc import Iterator

from infuse.files.given import on_paper_time
from infuse.files.measured import BOX
from infuse.files.protocol import Continuous
from infuse.judgement import screening
from infuse.judgement.limits import HARD, NOTE, SOFT
from infuse.ordering import compact
from infuse.ordering import plan as plans
from infuse.ordering.order import READY, Order, Request
from infuse.ordering.phases import PhaseOrder
from infuse.paper import basis, bedside, blanks, branching, charting, combined, dosing_record, counting, drawing, emergency, identity, warned, wording, wording_rates, wording_supply
from infuse.paper.for_this_patient import worked_out
from infuse.paper.forms import check
from infuse.paper.page import Block, Boxes, Field, Fields, Scan, Section, Sentences, Sheet, Table
from infuse.paper.phrases import sourced

LEVEL_WORDS = {HARD: "HARD STOP", SOFT: "SOFT STOP", NOTE: "NOTE"}


def lay_out(order: Order, annex: bool = True) -> Sheet:
    """The page of an order, whatever its status; of one that is ready, with its annex or without."""
    if order.status != READY:
        return identity.document(order, "NO ORDER", [_stopped(order), identity.patient(order), basis.record(order)])
    body, checks = _body(order), check.sections(order)
    if annex:
        return identity.document(order, "Order sheet", [*body, *basis.annex(order, body), *checks])
    return identity.document(order, bedside.KIND, [*bedside.sections(order, body), *checks], left_out=bedside.footer(order))


def _body(order: Order) -> list[Section]:
    """What is ordered, watched, checked and signed."""
    top = [identity.patient(order), *emergency.at_the_top(order)]
    later = emergency.alone(order)
    sections = combined.before_the_orders(order) if order.plan else []
    sections += [] if later else [_screening(order)]
    sections += [] if order.plan else dosing_record.before_the_orders(order)
    for number, phase in enumerate(order.phases, 1):
        sections += [*_one_order(order, phase, number), *dosing_record.after_the_order(order, phase)]
        if phase is _last_of(order, phase.loaded):
            sections += _watching(order, phase, alone=order.plan is None)
    sections += combined.after_the_orders(order) if order.plan else []
    sections += [*([_screening(order)] if later else []), _signatures(), _verify(order)]
    return [*top, *_notices(order, [*top, *sections]), *sections]


# ---------------------------------------------------------------------------------------------- notices and stops


def _notices(order: Order, sections: list[Section]) -> list[Section]:
    """What comes before the first dose; `sections`: all of the sheet that is counted."""
    blocks: list[Block] = [emergency.before_the_first_dose(sections) if emergency.alone(order) else
                           Sentences((counting.said(sections, "Answer every one before the first dose"),), strong=True)]
    blocks.append(_where_to_look(order))
    for override in order.overrides:
        alerts = [each for each in order.alerts if each.code == override.code]
        blocks.append(Fields((
            Field("SOFT STOP OVERRIDDEN", "; ".join(each.message for each in alerts), strong=True),
            Field("REASON", override.reason), Field("BY", f"{override.by}, {on_paper_time(override.at)}"))))
    notes = tuple(each.message for each in order.alerts if each.level == NOTE and not each.screened)
    if notes:
        blocks.append(Sentences(notes, strong=True))
    shadowed = [f"{each.name} is used instead of the shipped {each.shadows}" for each in basis.read_files(order) if each.shadows]
    if shadowed:
        blocks.append(Sentences(tuple(shadowed), strong=True))
    return [Section("BEFORE THE FIRST DOSE", tuple(blocks))]


def _where_to_look(order: Order) -> Sentences:
    """What is done first and next, and where it says when to stop: a nurse finds it on the first page."""
    double = any(each.loaded.drug.high_alert for each in order.phases)
    checked = "; for every order that is HIGH-ALERT, the INDEPENDENT DOUBLE CHECK" if double else ""
    given = "go by the TIMELINE, whose rows name their orders" if order.plan else "go by ORDER 1" if not order.phases[1:] else "go by the orders, one after the other"
    pump = "; set a pump as its PUMP SETTINGS say" if any("pump_rate" in each.figures for each in order.phases) else ""
    rescue = " and RESCUE" if any(each.loaded.protocol.rescue for each in order.requests) else ""
    numbered = tuple(f"ORDER {number}" for number in range(1, len(order.phases) + 1))
    first, then = (emergency.LATER.upper(), "GIVE") if emergency.alone(order) else ("FIRST", "THEN")
    return Sentences((f"{first}: tick SCREENING, sign SIGNATURES{checked}.", f"{then}: {given}{pump}.",
                      f"WHEN TO HOLD OR STOP, WHOM TO CALL: HOLD, STOP AND CALL of each drug, and its WARNINGS{rescue}."),
                     to=(("SCREENING", "SIGNATURES", *(("INDEPENDENT DOUBLE CHECK",) if double else ())), (*(("TIMELINE",) if order.plan else ()), *numbered),
                         ("HOLD, STOP AND CALL",)))


def _stopped(order: Order) -> Section:
    needed = [each for each in order.alerts if each.level != NOTE] if any(each.level == HARD for each in order.alerts) else order.not_overridden
    lines = tuple(f"{LEVEL_WORDS[each.level]} {each.code}: {each.message}" for each in needed)
    return Section("NO ORDER WAS MADE", (Sentences(lines, strong=True, items=True),))


# ---------------------------------------------------------------------------------------------- one order


def _one_order(order: Order, phase: PhaseOrder, number: int) -> list[Section]:
    protocol, drug = phase.loaded.protocol, phase.loaded.drug
    called = f"{phase.phase.name}, " if phase.phase.name else ""
    heading = f"ORDER {number}   {drug.name}, {called}{phase.phase.kind}, intravenous"
    answers = _answers(order, phase)
    *rows, in_one_line = wording.three_lines(phase, _how_often(order, phase), order.plan is not None, branching.either(order, phase)).rows
    rows += wording.supply(phase, plans.flush_after(order.plan, phase)).rows
    indication = f"Indication: {protocol.indication}. " if phase is _first_of(order, phase.loaded) else ""
    blocks = [Fields((*rows, in_one_line)), Sentences((f"{indication}Source: {', '.join(phase.phase.source)}.",))]
    if drug.high_alert:
        blocks.append(Sentences((f"HIGH-ALERT: {drug.high_alert.text} ({', '.join(drug.high_alert.source)})."
                                 f" Independent double check at the end of this sheet{f', {emergency.LATER}' if protocol.emergency else ''}.",), strong=True))
    if drug.controlled:
        blocks.append(Sentences((f"Controlled: {drug.controlled}.",)))
    head = emergency.at_its_order(order, phase) if phase is _first_of(order, phase.loaded) else []
    sections = [*head, Section(heading, tuple(blocks), flag="HIGH-ALERT" if drug.high_alert else "", joins=bool(head))]
    if "pump_rate" in phase.figures and not phase.prepared.preparation.shared:  # one bag is programmed once, as ONE BAG says
        by_drops = "drop_rate" in phase.figures
        sections.append(Section(f"GRAVITY SET   {drug.name}", tuple(wording_supply.gravity_set(phase)), joins=True) if by_drops else
                        Section(f"PUMP SETTINGS   {drug.name}", (wording.pump_settings(phase, wording.pump_title(phase, order.patient)),), joins=True))
    if phase.steps:
        sections.append(Section(f"SCHEDULE OF RATES   {drug.name}", tuple(wording_rates.schedule_table(phase)), joins=True))
    if phase.continues:
        sections.append(Section(f"ALREADY RUNNING   {drug.name}", tuple(wording.continued(phase))))
    if isinstance(phase.phase, Continuous) and phase.phase.titration:
        sections += [Section("TITRATION", (wording.titration(phase, answers),)), Section("LADDER", (*wording.ladder(phase), drawing.ladder(phase)))]
    elif blanks.on_their_own(phase.phase.ask, protocol):
        rows = tuple(blanks.answered(each, answers) for each in blanks.on_their_own(phase.phase.ask, protocol))
        sections.append(Section(f"FOR THE PRESCRIBER TO FILL IN   {drug.name}", (Fields(rows),)))
    return sections


def _how_often(order: Order, phase: PhaseOrder) -> str:
    """Where a set gives it before each dose of another; else ""."""
    item = order.plan.arrangement.items.get(phase.loaded.protocol.id) if order.plan else None
    if item is None or item.before_each is None:
        return ""
    other = next(each.loaded.drug.name for each in order.requests if each.loaded.protocol.id == item.before_each.item)
    return f"before each dose of {other}, at the times of the TIMELINE"


def _answers(order: Order, phase: PhaseOrder) -> dict[str, str]:
    """What was answered of the questions of its protocol."""
    request = next(each for each in order.requests if each.loaded is phase.loaded)
    return {question: given.text for question, given in request.answers.items()}


def _first_of(order: Order, loaded) -> PhaseOrder:
    """The first phase of a protocol: what it is for stands once, at it."""
    return next(each for each in order.phases if each.loaded is loaded)


def _last_of(order: Order, loaded) -> PhaseOrder:
    """The last phase of a protocol: what is watched stands once, below all of them."""
    return [each for each in order.phases if each.loaded is loaded][-1]


def _watching(order: Order, phase: PhaseOrder, alone: bool) -> list[Section]:
    """When to hold, stop and call, what to observe (`alone`: with several orders one plan is made of all), rescue."""
    protocol = phase.loaded.protocol
    name = phase.loaded.drug.name
    criteria = tuple(worked_out(order, phase.loaded, each) for each in blanks.findings(protocol, _answers(order, phase), boxed=True))
    to_fill_in = (Sentences((blanks.FILL_IN,)),) if any(BOX in each for each in criteria) else ()
    sections = [Section(f"HOLD, STOP AND CALL   {name}", (*to_fill_in, Sentences(criteria, strong=True, items=True)))]
    sections += [_monitoring(order, protocol, name)] if alone else []
    warnings, behind = warned.notes(phase.loaded)
    if warnings:
        sections.append(Section(f"WARNINGS   {name}", (Sentences(warnings, items=True),), flows=True))
    rescue = tuple(sourced(each.text, each.source) for each in protocol.rescue)
    if rescue:
        sections.append(Section(f"RESCUE   {name}", (Sentences(rescue, items=True),)))
    if behind:
        sections.append(Section(f"ADVISORIES   {name}, and what lies behind its order", (Sentences(behind, items=True),), flows=True, basis=True))
    return sections


def _monitoring(order: Order, protocol, name: str) -> Section:
    rows = tuple(sourced(f"{each.observe}: {each.when}", each.source) for each in protocol.monitoring)
    started = Fields((Field("ACTUAL START", blank="date and time"),))
    return Section(f"MONITORING   {name}", (Sentences(rows, items=True), started, *charting.on_the_sheet(order)), flows=True)


# ---------------------------------------------------------------------------------------------- what it rests on


def _screening(order: Order) -> Section:
    """Boxes: what is asked of every patient; then, of several orders, of each drug its own."""
    asked = [each.question for each in order.open if each.fact in screening.BOXES]
    of_each = [(request.loaded.drug.name, _asked_of(order, request)) for request in order.requests] if order.requests[1:] else []
    everybody = tuple(each for each in asked if not any(each in questions for _, questions in of_each))
    blocks = [Sentences(_what_was_checked(order), strong=True), Sentences(tuple(screened(order)), items=True), Boxes(everybody)]
    for name, questions in of_each:
        if questions:
            blocks += [Sentences((name,), strong=True), Boxes(tuple(each.removeprefix(f"{name}: ") for each in questions))]
    when = emergency.LATER if emergency.alone(order) else "before the first dose"
    return Section(f"SCREENING   tick {when}", tuple(each for each in blocks if each[0]), flows=True, pairs=True)


def _asked_of(order: Order, request: Request) -> list[str]:
    """The boxes of one drug of several."""
    loaded = request.loaded
    cautions = [each.question for each in order.weighed.boxes[loaded.protocol.id] if each.question.startswith(f"{loaded.drug.name}: ")]
    return [each.question for each in screening.open_questions(loaded)] + cautions


def screened(order: Order) -> Iterator[str]:
    """What was found and is no stop; of two pairs of which the same is said, once."""
    found: dict[str, list[str]] = {}
    for each in order.alerts:
        if each.level == NOTE and each.screened:
            lead, _, said = each.message.partition(": ")
            found.setdefault(said, []).append(lead)
    here = ", which is on this sheet"
    for said, leads in found.items():
        all_here = leads[1:] and all(each.endswith(here) for each in leads)
        yield (f"{'; '.join(each.removesuffix(here) for each in leads)}, all on this sheet: {said}" if all_here else f"{'; '.join(leads)}: {said}" if said else leads[0])


def _what_was_checked(order: Order) -> tuple[str, ...]:
    """Which interactions were looked up, and which were not: never more than what is recorded."""
    checked = []
    if order.requests[1:]:
        checked.append("between the drugs of this sheet")
    if any(order.patient.get(name) for name in ("medicines", "given")):
        checked.append("with the medicines and doses that are recorded above")
    said = ["A tick says: checked, and true as printed. What is NOT present, the patient does not have."]
    said += [f"Interactions were checked {' and '.join(checked)}, as far as the files know them."] if checked else []
    if order.patient.get("medicines") is None:
        said.append("Interactions with other medicines were NOT checked: none is recorded.")
    if order.plan is None:
        said.append("Compatibility was NOT checked: nothing else goes through the same line at the same time.")
    return tuple(said)


def _verify(order: Order) -> Section:
    """What is too long for one code stands in several, which are scanned one after the other."""
    parts = compact.parts(compact.write(order))
    several = f" in {len(parts)} parts, scanned in this sequence" if parts[1:] else ""
    said = ("What this sheet was worked out from, without the patient's identity, and what came out; on paper a code holds "
            f"the same text{several}. infuse verify works it out again, and says what is the same.")
    return Section("VERIFY", tuple(Scan(((said, part) if part is parts[0] else (part,)), part) for part in parts), basis=True)


def _signatures() -> Section:
    people = ("prescriber, orders", "pharmacist, verifies", "nurse 1, checks", "nurse 2, double-checks")
    return Section("SIGNATURES", (Table(("", "NAME", "SIGNATURE", "DATE, TIME"), tuple((each, "", "", "") for each in people), blank=True),))
