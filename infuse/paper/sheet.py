"""What an order sheet says, in which order: the patient, each order, how it is watched, who signs, what it rests on.

For: every medium. The vital lines come first and are signed; what an order rests on (limits, working, references, files) is
an annex; the independent double check is a part of its own that can be torn off.

Refuses: to show any dose, volume or rate of an order that is not ready: then the sheet says why, and nothing else.

Example: lay_out(order) of ketamine at 70 kg opens with the banner, the patient, and "start at 3.5 mL/hour".
"""

from __future__ import annotations

import re

from infuse import __version__
from infuse.arithmetic import figure
from infuse.files.given import on_paper_time
from infuse.files.protocol import Continuous
from infuse.judgement import screening
from infuse.judgement.limits import HARD, NOTE, SOFT
from infuse.ordering import compact, order_id, plan
from infuse.ordering.order import READY, Order, Request
from infuse.ordering.phases import PhaseOrder
from infuse.paper import combined, drawing, identity, wording, wording_rates, wording_supply
from infuse.paper.forms import check
from infuse.paper.page import Block, Boxes, Field, Fields, Scan, Section, Sentences, Sheet, Table
from infuse.paper.phrases import without_asides

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LEVEL_WORDS = {HARD: "HARD STOP", SOFT: "SOFT STOP", NOTE: "NOTE"}


def lay_out(order: Order) -> Sheet:
    """The page of an order, whatever its status."""
    if order.status == READY:
        sections = [identity.patient(order), *_notices(order)]
        sections += combined.before_the_orders(order) if order.plan else []
        for number, phase in enumerate(order.phases, 1):
            sections += _one_order(order, phase, number)
            if phase is _last_of(order, phase.loaded):
                sections += _watching(phase, alone=order.plan is None)
        sections += combined.after_the_orders(order) if order.plan else []
        sections += [_screening(order), _signatures(), _verify(order)]
        sections += [*_annex(order, sections), *check.sections(order)]
    else:
        sections = [_stopped(order), identity.patient(order), _files(order)]
    return identity.document(order, "Order sheet" if order.status == READY else "NO ORDER", sections)


# ---------------------------------------------------------------------------------------------- notices and stops


def _notices(order: Order) -> list[Section]:
    count = len(order.open)
    opened = f"{count} boxes are open on this sheet: answer every one before the first dose." if count != 1 else (
        "1 box is open on this sheet: answer it before the first dose.")
    blocks: list[Block] = [Sentences((opened if count else "No box is open on this sheet.",), strong=True)]
    for override in order.overrides:
        alerts = [each for each in order.alerts if each.code == override.code]
        blocks.append(Fields((
            Field("SOFT STOP OVERRIDDEN", "; ".join(each.message for each in alerts), strong=True),
            Field("REASON", override.reason), Field("BY", f"{override.by}, {on_paper_time(override.at)}"))))
    notes = tuple(each.message for each in order.alerts if each.level == NOTE and not each.screened)
    if notes:
        blocks.append(Sentences(notes, strong=True))
    shadowed = [f"{each.name} is used instead of the shipped {each.shadows}" for each in _read_files(order) if each.shadows]
    if shadowed:
        blocks.append(Sentences(tuple(shadowed), strong=True))
    return [Section("BEFORE THE FIRST DOSE", tuple(blocks))]


def _stopped(order: Order) -> Section:
    needed = [each for each in order.alerts if each.level != NOTE] if any(each.level == HARD for each in order.alerts) else order.not_overridden
    lines = tuple(f"{LEVEL_WORDS[each.level]} {each.code}: {each.message}" for each in needed)
    return Section("NO ORDER WAS MADE", (Sentences(lines, strong=True, items=True),))


# ---------------------------------------------------------------------------------------------- one order


def _one_order(order: Order, phase: PhaseOrder, number: int) -> list[Section]:
    protocol, drug = phase.loaded.protocol, phase.loaded.drug
    called = f"{phase.phase.name}, " if phase.phase.name else ""
    heading = f"ORDER {number}   {drug.name}, {called}{phase.phase.kind}, intravenous"
    answers = {question: given.text for question, given in _request(order, phase).answers.items()}
    blocks = [wording.three_lines(phase), Sentences((f"Indication: {protocol.indication}. Source: {', '.join(phase.phase.source)}.",))]
    if drug.high_alert:
        blocks.append(Sentences((f"HIGH-ALERT: {drug.high_alert.text} ({', '.join(drug.high_alert.source)})."
                                 " Independent double check at the end of this sheet.",), strong=True))
    if drug.controlled:
        blocks.append(Sentences((f"Controlled: {drug.controlled}.",)))
    sections = [Section(heading, tuple(blocks), flag="HIGH-ALERT" if drug.high_alert else "")]
    if "pump_rate" in phase.figures and not phase.prepared.preparation.shared:  # one bag is programmed once, as ONE BAG says
        by_drops = "drop_rate" in phase.figures
        sections.append(Section(f"GRAVITY SET   {drug.name}", tuple(wording_supply.gravity_set(phase)), joins=True) if by_drops else
                        Section(f"PUMP SETTINGS   {drug.name}", (wording.pump_settings(phase, wording.pump_title(phase, order.patient)),), joins=True))
    if phase.steps:
        sections.append(Section(f"SCHEDULE OF RATES   {drug.name}", tuple(wording_rates.schedule_table(phase)), joins=True))
    if phase.continues:
        sections.append(Section(f"ALREADY RUNNING   {drug.name}", tuple(wording.continued(phase))))
    supply = wording.supply(phase)
    if supply.rows:
        sections.append(Section("SUPPLY", (supply,)))
    if isinstance(phase.phase, Continuous) and phase.phase.titration:
        sections += [Section("TITRATION", (wording.titration(phase, answers),)), Section("LADDER", (*wording.ladder(phase), drawing.ladder(phase)))]
    elif phase.phase.ask:
        rows = tuple(wording.answered(each, answers) for each in phase.phase.ask)
        sections.append(Section("FOR THE PRESCRIBER TO FILL IN", (Fields(rows),)))
    return sections


def _request(order: Order, phase: PhaseOrder) -> Request:
    return next(each for each in order.requests if each.loaded is phase.loaded)


def _last_of(order: Order, loaded) -> PhaseOrder:
    """The last phase of a protocol: what is watched stands once, below all of them."""
    return [each for each in order.phases if each.loaded is loaded][-1]


def _watching(phase: PhaseOrder, alone: bool) -> list[Section]:
    """When to hold, stop and call, what to observe (`alone`: with several orders one plan is made of all), rescue."""
    protocol = phase.loaded.protocol
    name = phase.loaded.drug.name
    sections = []
    criteria = tuple(f"{each.when}: {each.do} ({', '.join(each.source)})" for each in protocol.criteria)
    sections.append(Section(f"HOLD, STOP AND CALL   {name}", (Sentences(criteria, strong=True, items=True),), flows=True))
    sections += [_monitoring(protocol, name)] if alone else []
    notes = tuple(f"{each.text} ({', '.join(each.source)})" for each in (*protocol.advisories, *phase.loaded.drug.incompatible))
    if notes:
        sections.append(Section("ADVISORIES", (Sentences(notes, items=True),), flows=True))
    rescue = tuple(f"{each.text} ({', '.join(each.source)})" for each in protocol.rescue)
    if rescue:
        sections.append(Section(f"RESCUE   {name}", (Sentences(rescue, items=True),), flows=True))
    return sections


def _monitoring(protocol, name: str) -> Section:
    rows = tuple(f"{each.observe}: {each.when} ({', '.join(each.source)})" for each in protocol.monitoring)
    chart = Table(("DATE, TIME", "BLOOD PRESSURE", "HEART RATE", "BREATHS", "SATURATION", "SEDATION", "PAIN", "BY"),
                  (("",) * 8,) * 4, blank=True)
    return Section(f"MONITORING   {name}", (Sentences(rows, items=True), chart), flows=True)


# ---------------------------------------------------------------------------------------------- what it rests on


def _screening(order: Order) -> Section:
    asked = tuple(each.question for each in order.open if each.fact in screening.BOXES)
    notes = tuple(each.message for each in order.alerts if each.level == NOTE and each.screened)
    blocks = (Sentences(_what_was_checked(order), strong=True), Sentences(notes, items=True), Boxes(asked))
    return Section("SCREENING   tick before the first dose", tuple(each for each in blocks if each[0]), flows=True)


def _ruled_out(order: Order) -> list[Section]:
    """What the facts have answered, without the asides: the files have it in full."""
    found = tuple(f"{request.loaded.drug.name}: {'; '.join(without_asides(each) for each in ruled)}" for request in order.requests
                  if (ruled := order.weighed.ruled_out[request.loaded.protocol.id]))
    return [Section("RULED OUT   by what is recorded", (Sentences(found, items=True),), basis=True)] if found else []


def _what_was_checked(order: Order) -> tuple[str, ...]:
    """Which interactions were looked up, and which were not: never more than what is recorded."""
    checked = []
    if order.requests[1:]:
        checked.append("between the drugs of this sheet")
    if any(order.patient.get(name) for name in ("medicines", "given")):
        checked.append("with the medicines and doses that are recorded above")
    said = [f"Interactions were checked {' and '.join(checked)}, as far as the files know them."] if checked else []
    if order.patient.get("medicines") is None:
        said.append("Interactions with other medicines were NOT checked: none is recorded.")
    if order.plan is None:
        said.append("Compatibility was NOT checked: check every drug in the same line.")
    return tuple(said)


def _annex(order: Order, above: list[Section]) -> list[Section]:
    """What the orders rest on: nobody needs it at the bedside, and everybody may look. Of the references those that are cited."""
    limits, lines, references = [], [], []
    for phase in order.phases:
        loaded = phase.loaded
        rules = [rule.limit for rule in (loaded.protocol.patient.age, loaded.protocol.patient.weight) if rule.limit]
        for limit in (*rules, *phase.phase.limits, *loaded.protocol.totals, *loaded.drug.limits):
            limits += [wording.limit_line(limit, level, side) for level, side in limit.sides]
        lines += _working(phase)
        codes = {each for one in (loaded.drug.rxnorm, loaded.drug.atc) if one for each in one.source}  # printed by `show` alone
        references += [one for key, one in loaded.drug.references.items() if key not in codes] + list(loaded.protocol.references.values())
    references += plan.references(order.plan).values() if order.plan else []
    references += order.weighed.references.values()
    protocols = [request.loaded.protocol for request in order.requests]
    evidence = (*(wording.guideline_line(each) for one in protocols for each in one.guidelines),
                *(f"{note.text} ({', '.join(note.source)})" for one in protocols for note in one.evidence))
    cited = _cited(above, (*limits, *lines, *evidence))
    rows = tuple(dict.fromkeys(_reference(each) for each in references if each.id in cited))  # two files may call two documents by one id: then both stand here
    sections = [Section("ANNEX   what the orders rest on", (Sentences(("What is ordered, watched and signed stands above.",)),), basis=True),
                *_ruled_out(order),
                Section("LIMITS   a limit may be reached, not passed", (Sentences(tuple(dict.fromkeys(limits)), items=True),), basis=True),
                Section("WORKING", (Sentences(tuple(lines), items=True),), basis=True)]
    if evidence:
        sections.append(Section("EVIDENCE", (Sentences(evidence, items=True),), basis=True))
    return sections + [Section("REFERENCES", (Sentences(rows, items=True),), basis=True), _files(order)]


def _cited(sections: list[Section], more) -> set[str]:
    """Every word that may be the id of a reference."""
    texts = list(more)
    for block in (block for section in sections for block in section.blocks):
        if isinstance(block, Fields):
            texts += [row.value for row in block.rows]
        elif isinstance(block, Table):
            texts += [cell for row in block.rows for cell in row]
        else:
            texts += getattr(block, "lines", ()) or getattr(block, "questions", ())
    return {word for text in texts for word in _ID.findall(text)}


def _working(phase: PhaseOrder) -> list[str]:
    lines: dict[str, None] = {}
    for name in ("clearance", "uncapped_dose", "calculated_dose", "equivalent_dose", "equivalent_dose_rate", "uncapped_dose_rate", "final_concentration", "pump_rate", "drop_rate",
                 "total_dose", "delivered_dose", "delivered_dose_rate", "delivered_duration", "deviation"):
        if name in phase.figures:
            lines |= dict.fromkeys(each for each in figure.working(phase.figures[name]) if not each.startswith("deviation"))
    return list(lines)


def _reference(one) -> str:
    where = f"doi {one.doi}" if one.doi else one.url
    parts = [one.title, one.section, one.year, where, f"read: {one.read}" if one.read else ""]
    return f"{one.id}: " + ". ".join(part.rstrip(".") for part in parts if part) + "."


def _read_files(order: Order):
    shared = order.arrangement.files if order.arrangement else ()
    return list(dict.fromkeys((*shared, *(each for request in order.requests for each in request.loaded.files), *order.weighed.files)))


def _files(order: Order) -> Section:
    rows = [Field("PROTOCOL", f"{each.loaded.protocol.id}, version {each.loaded.protocol.version}, {each.loaded.sha256[:12]}")
            for each in order.requests]
    rows += [Field("FILE", f"{each.name}, {each.sha256[:12]}" + (f", instead of the shipped {each.shadows}" if each.shadows else ""))
             for each in _read_files(order)]
    one = order_id.of_order(order)
    rows.append(Field("ORDER ID", one or f"none: it needs {order_id.NEEDED}, so that no two patients share one"))
    rows += [Field("SOFTWARE", f"infuse v{__version__}"), Field("PRINTED", on_paper_time(order.now))]
    return Section("RECORD", (Fields(tuple(rows)),), basis=True)


def _verify(order: Order) -> Section:
    line = compact.write(order)
    return Section("VERIFY", (Scan(("What this sheet was worked out from, without the patient's identity, and what came out; on paper a code holds "
                                    "the same text. infuse verify works it out again, and says what is the same.", line), line),), basis=True)


def _signatures() -> Section:
    people = ("prescriber, orders", "pharmacist, verifies", "nurse 1, checks", "nurse 2, double-checks")
    return Section("SIGNATURES", (Table(("", "NAME", "SIGNATURE", "DATE, TIME"), tuple((each, "", "", "") for each in people), blank=True),))
