"""What an order sheet says, in which order: the patient, each order, how it is watched, what it rests on, who signs.

For: every medium. The vital lines come first; what an order rests on (limits, working, references, files) last;
the independent double check is a part of its own that can be torn off.

Refuses: to show any dose, volume or rate of an order that is not ready: then the sheet says why, and nothing else.

Example: lay_out(order) of ketamine at 70 kg opens with the banner, the patient, and "start at 3.5 mL/hour".
"""

from __future__ import annotations

from infuse import __version__, approval, combined, figure, plan, screening, wording, wording_rates
from infuse.given import UNKNOWN, on_paper_date, on_paper_time
from infuse.limits import HARD, NOTE, SOFT
from infuse.order import READY, Order, Request
from infuse.page import Block, Boxes, Cut, Field, Fields, Section, Sentences, Sheet, Table
from infuse.patient import age_in_words
from infuse.phases import PhaseOrder
from infuse.protocol import ACTUAL, Continuous
from infuse.tables import DEFAULT_PUMP
from infuse.wording import said

NOT_RECORDED = "Not recorded"
LEVEL_WORDS = {HARD: "HARD STOP", SOFT: "SOFT STOP", NOTE: "NOTE"}
AID = ("A calculation aid for licensed professionals; the basis of every number stands on this sheet. "
       "Valid only for this patient, this weight and this date: print again if the weight changes.")
NOT_SCREENED = "Interactions and compatibility were NOT checked: check every other medicine and every drug in the same line."


def lay_out(order: Order) -> Sheet:
    """The page of an order, whatever its status."""
    protocols = [request.loaded.protocol for request in order.requests]
    population = " and ".join(dict.fromkeys(each.population for each in protocols))
    if order.status == READY:
        sections = [_patient(order), *_notices(order)]
        sections += combined.before_the_orders(order) if order.plan else []
        for number, phase in enumerate(order.phases, 1):
            sections += _one_order(order, phase, number)
            if phase is _last_of(order, phase.loaded):
                sections += _watching(phase, alone=order.plan is None)
        sections += combined.after_the_orders(order) if order.plan else []
        sections += [_screening(order), *_basis(order), _signatures(), *_double_checks(order)]
    else:
        sections = [_stopped(order), _patient(order), _files(order)]
    kind = "Order sheet" if order.status == READY else "NO ORDER"
    ordered = combined.approved(order)
    return Sheet(approval.banner(ordered, order.now.date()), combined.title(order), f"{kind}, {population}. {approval.line(ordered)}",
                 tuple(sections), _footer(order), _identity(order))


def _footer(order: Order) -> tuple[str, ...]:
    names = "; ".join(f"{each.loaded.protocol.id} version {each.loaded.protocol.version}, {each.loaded.sha256[:12]}"
                      for each in order.requests)
    return (AID, f"{names}; infuse v{__version__}; printed {on_paper_time(order.now)}")


# ---------------------------------------------------------------------------------------------- patient


def _patient(order: Order) -> Section:
    return Section("PATIENT", (Fields(_facts(order)),), pairs=True)


def _identity(order: Order) -> tuple[Field, ...]:
    """Who it is, on every page: two identifiers, and what a dose must not go past."""
    known = {row.label: row for row in _facts(order)}
    return tuple(known[each] for each in ("NAME", "BORN", "SEX", "RECORD NUMBER", "ALLERGIES", "WEIGHT"))


def _facts(order: Order) -> tuple[Field, ...]:
    patient = order.patient
    age = age_in_words(patient.get("age")) if patient.get("age") else NOT_RECORDED
    born = on_paper_date(patient.get("birth_date")) if patient.get("birth_date") else NOT_RECORDED
    rows = [
        Field("NAME", _fact(order, "name"), strong=True),
        Field("BORN", f"{born} (age {age})" if age != NOT_RECORDED else born),
        Field("SEX", _fact(order, "sex")),
        Field("RECORD NUMBER", _fact(order, "record_number")),
        Field("ALLERGIES", _list(order, "allergies", "No known allergies")),
        Field("ALLERGIES CHECKED BY", blank=""),
        Field("WEIGHT", _weight(order), strong=True),
        Field("HEIGHT", patient.get("height").to("cm").on_paper() if patient.get("height") else _fact(order, "height")),
        Field("CREATININE", patient.get("creatinine").on_paper() if patient.get("creatinine") else _fact(order, "creatinine")),
        *([Field("CLEARANCE", patient.get("clearance").on_paper())] if patient.get("clearance") else []),
        *_clinical(order),
        Field("CONDITIONS", _list(order, "conditions", "No other conditions")),
        Field("OTHER MEDICINES", _list(order, "medicines", "No other medicines")),
        *([Field("ALREADY GIVEN", _list(order, "given", "Nothing already given"))] if "given" in order.patient.given else []),
        Field("LINE", _fact(order, "line")),
        Field("CARE AREA", _fact(order, "care_area")),
        Field("LOCATION", _fact(order, "location")),
        Field("PRESCRIBER", _fact(order, "prescriber")),
        Field("PRESCRIBER, TELEPHONE", blank=""),
        Field("START", on_paper_time(patient.get("start")) if patient.get("start") else _fact(order, "start")),
    ]
    return tuple(row._replace(write_in=row.value.startswith(NOT_RECORDED)) for row in rows)


def _clinical(order: Order) -> list[Field]:
    """What else is known of the patient; what is not known stands as a box where a drug asks for it."""
    rows = []
    for name in ("pregnancy", "lactation", "qtc", "blood_pressure", "heart_rate", "liver"):
        value = order.patient.get(name)
        if name in order.patient.given:
            said = value.on_paper() if hasattr(value, "on_paper") else _fact(order, name).capitalize()
            rows.append(Field(_LABELS[name], said))
    return rows


_LABELS = {"pregnancy": "PREGNANCY", "lactation": "BREASTFEEDING", "qtc": "QTc", "blood_pressure": "BLOOD PRESSURE", "heart_rate": "HEART RATE",
           "liver": "LIVER DISEASE"}


def _fact(order: Order, name: str) -> str:
    if name in order.patient.unknown:
        return UNKNOWN.capitalize()
    return order.patient.get(name) or NOT_RECORDED


def _list(order: Order, name: str, none: str) -> str:
    values = order.patient.get(name)
    if values and [each.lower() for each in values] == ["none"]:
        return none
    return "; ".join(_with_time(each, order.now) for each in values) if values else _fact(order, name)


def _with_time(said: str, now) -> str:
    """A text as it was typed; of a time ago, the time on the clock too, because a sheet is read later."""
    return f"{said} ({on_paper_time(said.last(now))})" if getattr(said, "ago", None) is not None else said


def _weight(order: Order) -> str:
    if order.weight is None:
        return _fact(order, "weight")
    source = order.patient.get("weight_source") or f"source {NOT_RECORDED.lower()}"
    when = order.patient.get("weight_date")
    return f"{said(order.weight)} ({ACTUAL}; {source}; {on_paper_date(when) if when else 'date ' + NOT_RECORDED.lower()})"


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
    notes = tuple(each.message for each in order.alerts if each.level == NOTE)
    if notes:
        blocks.append(Sentences(notes, strong=True))
    shadowed = [f"{each.name} is used instead of the shipped {each.shadows}" for each in _read_files(order) if each.shadows]
    if shadowed:
        blocks.append(Sentences(tuple(shadowed), strong=True))
    return [Section("BEFORE THE FIRST DOSE", tuple(blocks))]


def _stopped(order: Order) -> Section:
    needed = order.alerts if any(each.level == HARD for each in order.alerts) else order.not_overridden
    lines = tuple(f"{LEVEL_WORDS[each.level]} {each.code}: {each.message}" for each in needed)
    return Section("NO ORDER WAS MADE", (Sentences(lines, strong=True, items=True),))


# ---------------------------------------------------------------------------------------------- one order


def _one_order(order: Order, phase: PhaseOrder, number: int) -> list[Section]:
    protocol, drug = phase.loaded.protocol, phase.loaded.drug
    called = f"{phase.phase.name}, " if phase.phase.name else ""
    heading = f"ORDER {number}   {drug.name}, {called}{phase.phase.kind}, intravenous"
    answers = {question: given.text for question, given in _request(order, phase).answers.items()}
    pump = order.patient.get("pump") or DEFAULT_PUMP
    title = phase.loaded.devices.pumps[pump].title
    blocks = [wording.three_lines(phase), Sentences((f"Indication: {protocol.indication}. Source: {', '.join(phase.phase.source)}.",))]
    if drug.high_alert:
        blocks.append(Sentences((f"HIGH-ALERT: {drug.high_alert.text} ({', '.join(drug.high_alert.source)})."
                                 " Independent double check at the end of this sheet.",), strong=True))
    if drug.controlled:
        blocks.append(Sentences((f"Controlled: {drug.controlled}.",)))
    sections = [Section(heading, tuple(blocks), flag="HIGH-ALERT" if drug.high_alert else "")]
    if "pump_rate" in phase.figures and not phase.prepared.preparation.shared:  # one bag is programmed once, as ONE BAG says
        sections.append(Section(f"PUMP SETTINGS   {drug.name}", (wording.pump_settings(phase, title),), joins=True))
    if phase.steps:
        sections.append(Section(f"SCHEDULE OF RATES   {drug.name}", tuple(wording_rates.schedule_table(phase)), joins=True))
    if phase.continues:
        sections.append(Section(f"ALREADY RUNNING   {drug.name}", tuple(wording.continued(phase))))
    supply = wording.supply(phase)
    if supply.rows:
        sections.append(Section("SUPPLY", (supply,)))
    if isinstance(phase.phase, Continuous) and phase.phase.titration:
        sections += [Section("TITRATION", (wording.titration(phase, answers),)), Section("LADDER", tuple(wording.ladder(phase)))]
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
    sections.append(Section(f"HOLD, STOP AND CALL   {name}", (Sentences(criteria, strong=True, items=True),)))
    sections += [_monitoring(protocol, name)] if alone else []
    notes = tuple(f"{each.text} ({', '.join(each.source)})" for each in (*protocol.advisories, *phase.loaded.drug.incompatible))
    if notes:
        sections.append(Section("ADVISORIES", (Sentences(notes, items=True),), flows=True))
    rescue = tuple(f"{each.text} ({', '.join(each.source)})" for each in protocol.rescue)
    if rescue:
        sections.append(Section(f"RESCUE   {name}", (Sentences(rescue, items=True),)))
    return sections


def _monitoring(protocol, name: str) -> Section:
    rows = tuple(f"{each.observe}: {each.when} ({', '.join(each.source)})" for each in protocol.monitoring)
    chart = Table(("DATE, TIME", "BLOOD PRESSURE", "HEART RATE", "BREATHS", "SATURATION", "SEDATION", "PAIN", "BY"),
                  (("",) * 8,) * 4, blank=True)
    return Section(f"MONITORING   {name}", (Sentences(rows, items=True), chart))


# ---------------------------------------------------------------------------------------------- what it rests on


def _screening(order: Order) -> Section:
    asked = tuple(each.question for each in order.open if each.fact in screening.BOXES)
    return Section("SCREENING   tick before the first dose", (Sentences((NOT_SCREENED,), strong=True), Boxes(asked)), flows=True)


def _basis(order: Order) -> list[Section]:
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
    protocols = [request.loaded.protocol for request in order.requests]
    evidence = (*(wording.guideline_line(each) for one in protocols for each in one.guidelines),
                *(f"{note.text} ({', '.join(note.source)})" for one in protocols for note in one.evidence))
    rows = tuple(dict.fromkeys(map(_reference, references)))  # two files may call two documents by one id: then both stand here
    sections = [Section("LIMITS   a limit may be reached, not passed", (Sentences(tuple(dict.fromkeys(limits)), items=True),), basis=True),
                Section("WORKING", (Sentences(tuple(lines), items=True),), basis=True)]
    if evidence:
        sections.append(Section("EVIDENCE", (Sentences(evidence, items=True),), basis=True))
    return sections + [Section("REFERENCES", (Sentences(rows, items=True),), basis=True), _files(order)]


def _working(phase: PhaseOrder) -> list[str]:
    lines: dict[str, None] = {}
    for name in ("clearance", "uncapped_dose", "calculated_dose", "equivalent_dose", "equivalent_dose_rate", "uncapped_dose_rate", "final_concentration", "pump_rate",
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
    return list(dict.fromkeys((*shared, *(each for request in order.requests for each in request.loaded.files))))


def _files(order: Order) -> Section:
    rows = [Field("PROTOCOL", f"{each.loaded.protocol.id}, version {each.loaded.protocol.version}, {each.loaded.sha256[:12]}")
            for each in order.requests]
    rows += [Field("FILE", f"{each.name}, {each.sha256[:12]}" + (f", instead of the shipped {each.shadows}" if each.shadows else ""))
             for each in _read_files(order)]
    rows += [Field("SOFTWARE", f"infuse v{__version__}"), Field("PRINTED", on_paper_time(order.now))]
    return Section("RECORD", (Fields(tuple(rows)),), basis=True)


def _signatures() -> Section:
    people = ("prescriber, orders", "pharmacist, verifies", "nurse 1, checks", "nurse 2, double-checks")
    return Section("SIGNATURES", (Table(("", "NAME", "SIGNATURE", "DATE, TIME"), tuple((each, "", "", "") for each in people), blank=True),))


def _to_identify(order: Order, name: str, label: str) -> Field:
    known = order.patient.get(name)
    known = on_paper_date(known) if known and name == "birth_date" else known
    return Field(label, known, strong=True) if known else Field(label, blank="")


def _double_checks(order: Order) -> list[Section]:
    sections = []
    for number, phase in enumerate(order.phases, 1):
        if phase.loaded.drug.high_alert:
            blocks: list[Block] = [
                Cut("cut here; the second person works without the page above"),
                Fields(tuple(_to_identify(order, name, label) for name, label in (("name", "NAME"), ("record_number", "RECORD NUMBER"), ("birth_date", "BORN")))),
                *wording.double_check(phase), wording.CHECK_LIST,
                Sentences(("Compare with the first person's figures. The same: go on. Any difference: do not start; "
                           "both work it out again; if they still differ, call the pharmacist and write down what was done.",), strong=True),
                Fields((Field("IF DIFFERENT, DONE", blank=""),)),
                Table(("", "NAME", "SIGNATURE", "DATE, TIME"), (("first person", "", "", ""), ("second person", "", "", "")), blank=True)]
            sections.append(Section(f"INDEPENDENT DOUBLE CHECK   order {number}", tuple(blocks)))
    return sections
