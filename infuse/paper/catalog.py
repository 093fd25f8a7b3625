"""What there is: the list of protocols, and one protocol explained.

For: `infuse list` (from the top of each file alone, without pint) and `infuse show`.

Refuses: nothing; a file that cannot be read is listed with its problem.

Example: "ketamine-inpatient-titration  1  adult  Ketamine continuous infusion, ...".
"""

from __future__ import annotations

import difflib
from datetime import date

from infuse.arithmetic import preparation as prep
from infuse.files import schema
from infuse.files.library import Library, Loaded
from infuse.files.protocol import Continuous, Intermittent, Maintenance, Schedule
from infuse.files.stated import Choice
from infuse.ground.source import printable
from infuse.ordering.choosing import key_of
from infuse.paper import approval, drawing, emergency, unavailable
from infuse.paper.page import Field, Fields, Section, Sentences, Sheet, Steps, Table
from infuse.paper.phrases import sourced
from infuse.paper.wording import again, code_fields, guideline_line, limit_line, reference_line


def rows(library: Library) -> list[dict[str, str]]:
    """id, version, population, drug, title, references and file of every protocol, and its problem if it has one."""
    found = []
    for name, path in library.ids().items():
        document, _ = library.document(path)
        top = schema.header(document)
        found.append({"id": name, "version": top.get("version", ""), "population": top.get("population", ""),
                      "drug": top.get("drug", ""), "title": top.get("title", ""), "indication": top.get("indication", ""),
                      "guidelines": schema.entries_under(document, "guidelines"), "references": schema.keys_under(document, "references"), "file": library.shown(path),
                      "shadows": library.shadowed(path),
                      "problem": document.problems[0].message if document.problems else ""})
    return found


def unknown(library: Library, said: str) -> str:
    """What is said of a protocol that does not exist: those that it may have meant."""
    names = [*library.ids(), *library.sets(), *unavailable.ids(library)]
    near = [each for each in names if said and said.lower() in each] or difflib.get_close_matches(said, names, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "infuse list shows what there is"
    return f'expected a protocol or an order set; found "{printable(said)}"\n   {hint}'


def list_page(found: list[dict]) -> tuple[Section, ...]:
    """One section a protocol: its id, whom it is for, its version, its sources."""
    sections = []
    for each in found:
        fields = [Field("FOR", f"{each['population']}; {each['indication']}"), Field("DRUG", each["drug"]),
                  Field("VERSION", each["version"]), Field("GUIDELINES", "; ".join(map(_strength, each["guidelines"])) or "none read"),
                  Field("SOURCES", ", ".join(each["references"])), Field("FILE", each["file"])]
        if each["problem"]:
            fields = [Field("PROBLEM", f"{each['problem']}; run infuse check", strong=True), Field("FILE", each["file"])]
        if each["shadows"]:
            fields.append(Field("INSTEAD OF", each["shadows"]))
        sections.append(Section(each["id"], (Sentences((each["title"],), strong=True), Fields(tuple(fields)))))
    return tuple(sections)


def _strength(entry: dict[str, str]) -> str:
    return f"{entry.get('body', '')} {entry.get('year', '')}, {entry.get('level', '')}"


def show_page(loaded: Loaded, today: date) -> Sheet:
    """What the protocol needs, gives and rests on; which options give what it needs."""
    protocol, drug = loaded.protocol, loaded.drug
    sections = [Section("FOR WHOM", (Fields((
        Field("POPULATION", protocol.population), Field("INDICATION", protocol.indication),
        Field("CARE AREAS", "; ".join(protocol.care_areas)), Field("DRUG", drug.name + (" (HIGH-ALERT)" if drug.high_alert else "")),
        *code_fields(drug))),)),
        *([Section(emergency.HEADING, (Sentences(emergency.said(protocol), strong=True, items=True),))] if protocol.emergency else []),
        _needs(loaded), _options(loaded)]
    for phase in protocol.phases:
        made_from = [Field("MADE FROM", " or ".join(phase.preparation))] if phase.preparation else []
        called = f"{phase.name}, " if phase.name else ""
        sections.append(Section(f"PHASE   {called}{phase.kind}", (Fields((*_phase(phase), *made_from)), *_drawn(phase))))
    sections.append(Section("LIMITS", (Sentences(tuple(_limits(protocol)), items=True),)))
    guidelines = tuple(guideline_line(each) for each in protocol.guidelines)
    sections.append(Section("GUIDELINES", (Sentences(guidelines or ("none read",), items=True),)))
    evidence = tuple(sourced(each.text, each.source) for each in protocol.evidence)
    if evidence:
        sections.append(Section("EVIDENCE", (Sentences(evidence, items=True),)))
    references = (*protocol.references.values(), *drug.references.values())
    sections.append(Section("SOURCES", (Sentences(tuple(reference_line(each) for each in references), items=True),)))
    sections.append(Section("FILES", (Sentences(tuple(f"{each.name}, {each.sha256[:12]}" for each in loaded.files), items=True),)))
    footer = (f"{protocol.id}, version {protocol.version}, {loaded.sha256[:12]}",)
    subtitle = f"{protocol.id}, version {protocol.version}. {approval.line([protocol])}"
    return Sheet(approval.banner([protocol], today), protocol.title, subtitle, tuple(sections), footer)


def _drawn(phase) -> list[Steps]:
    """The steps of a ladder, for nobody in particular."""
    steps = getattr(phase, "titration", None)
    return [drawing.dose_rates(phase.start.default.quantity, steps)] if steps else []


def _limits(protocol) -> list[str]:
    """Every limit, those of one band with the band that they hold for."""
    stated = [(limit, isinstance(phase, Continuous)) for phase in protocol.phases for limit in phase.limits] + [(limit, False) for limit in protocol.totals]
    lines = [limit_line(limit, word, side, runs_on) for limit, runs_on in stated for word, side in limit.sides]
    for band in (band for phase in protocol.phases for band in getattr(phase, "bands", ())):
        lines += [f"{band.on_paper()}: {line}" for limit in band.limits for word, side in limit.sides
                  if (line := limit_line(limit, word, side)) not in lines]
    return list(dict.fromkeys(lines))


def _needs(loaded: Loaded) -> Section:
    protocol = loaded.protocol
    per_weight = any(each.quantity.unit.patient for phase in protocol.phases for each in phase.ordered)
    rows = [("weight", '--weight "70 kg"', "changes the dose: must be given" if per_weight else "checked where given"),
            ("age", '--age "44 years" or --birth-date 1982-03-04', "permits or forbids: a box where not given")]
    for number, (name, rule) in enumerate((("weight", protocol.patient.weight), ("age", protocol.patient.age))):
        for word, side in (("hard", rule.limit.hard), ("soft", rule.limit.soft)) if rule.limit else ():
            if side:
                rows.append((f"{name}, {word} limit", "", side.range.on_paper()))
    rows += [("weight source, date", "--weight-source measured --weight-date 2026-11-20", "a box where not given"),
             ("name, record number", "--name, --record-number", "a box where not given"),
             ("allergies", '--allergy "penicillin: rash"', "a box where not given"),
             ("care area, pump", "--care-area, --pump", "a box where not given")]
    return Section("FACTS ABOUT THE PATIENT", (Table(("FACT", "OPTION", "EFFECT"), tuple(rows)),))


def _options(loaded: Loaded) -> Section:
    protocol = loaded.protocol
    rows = []
    for phase in protocol.phases:
        rows += [(_option(name, phase, protocol), said) for name, choice in phase.choices if (said := _choice(choice))]
        if isinstance(phase, (Continuous, Maintenance)):
            rows.append((_option("duration", phase, protocol), phase.duration.range.on_paper()))
        if phase.preparation[1:]:
            rows.append((_option("preparation", phase, protocol), " or ".join(phase.preparation) + "; the first that serves the dose"))
        rows += [(f'--answer "{question}=TEXT"', "left open by the source") for question in phase.ask]
    if len(protocol.preparations) > 1 and not all(phase.preparation for phase in protocol.phases):
        rows.append(("--preparation", " or ".join(each.name for each in protocol.preparations) + "; " + _which(loaded)))
    products = dict.fromkeys(name for each in protocol.preparations if each.products[1:] for name in each.products)
    if products:
        rows.append(("--product", " or ".join(products) + "; the one that leaves the least, then the fewest vials"))
    if any(each.beyond_use is None and prep.needs_volume(each, loaded.drug.products[each.product]) for one in protocol.preparations for each in one.from_each()):
        rows.append(('--beyond-use "24 h"', "no source states it: a box where not given"))
    pumps = ", ".join(loaded.devices.pumps)
    rows.append(("--pump", pumps))
    how = f'One phase: --choose "{protocol.id}.{key_of(protocol.phases[0])}.KEY=VALUE", and so on.'
    return Section("WHAT CAN BE CHOSEN", (*([Sentences((how,))] if protocol.phases[1:] else []), Table(("OPTION", "ALLOWED"), tuple(rows))))


def _option(name: str, phase, protocol) -> str:
    """--dose; of several phases the name that tells which one is meant."""
    return f"{key_of(phase)}.{name}" if protocol.phases[1:] else f"--{name.replace('_', '-')}"


def _which(loaded: Loaded) -> str:
    """Which preparation is used where none is chosen."""
    if not any(name == "dose" for phase in loaded.protocol.phases for name, _ in phase.choices):
        return "the first unless chosen"
    fluid = all(loaded.drug.products[each.product].fluid for each in loaded.protocol.preparations)
    return "the fewest bags, then those that leave the least" if fluid else "the first that serves the dose"


def _choice(choice: Choice) -> str:
    default = choice.default.quantity.on_paper()
    if choice.options:
        return f"{' or '.join(each.on_paper() for each in choice.options)}; {default} unless chosen"
    return f"{choice.range.on_paper()}; {default} unless chosen" if choice.range else ""


def _phase(phase) -> list[Field]:
    if isinstance(phase, Schedule):
        return [*(Field(f"STEP {number}", f"{step.rate.quantity.on_paper()} for {step.duration.quantity.on_paper()}")
                  for number, step in enumerate(phase.steps, 1)), Field("SOURCE", ", ".join(phase.source))]
    if isinstance(phase, Maintenance):
        return [*(Field("RATE", f"{tier.rate.quantity.on_paper()}: the kilograms {tier.weight.on_paper()}") for tier in phase.tiers),
                *([Field("CEILING", phase.ceiling.quantity.on_paper())] if phase.ceiling else []),
                Field("FOR", phase.duration.range.on_paper()), Field("SOURCE", ", ".join(phase.source))]
    ordered = phase.choices[0][1]
    said = _choice(ordered) or ordered.default.quantity.on_paper()
    if isinstance(phase, Intermittent):
        rows = [Field("DOSE", said)]
        if phase.bands:
            rows = [Field("DOSE", f"{band.dose.default.quantity.on_paper() if band.dose else 'none, ' + band.refuse}: {band.on_paper()}")
                    for band in phase.bands]
        if phase.cap:
            rows.append(Field("CAP", phase.cap.quantity.on_paper()))
        return rows + [Field("OVER", _choice(phase.duration) or phase.duration.default.quantity.on_paper()),
                       *([Field("SCHEDULE", again(phase))] if again(phase) else []), Field("SOURCE", ", ".join(phase.source))]
    rows = [Field("START", said), *([Field("CEILING", phase.ceiling.quantity.on_paper())] if phase.ceiling else [])]
    if phase.titration:
        steps = phase.titration
        rows += [Field("STEP", steps.by.quantity.on_paper()), Field("UP TO", steps.up_to.quantity.on_paper()),
                 Field("EVERY", steps.every.range.on_paper() if steps.every else "not stated: for the prescriber"),
                 Field("UNTIL", steps.until)]
    return rows + [Field("FOR", phase.duration.range.on_paper()), Field("SOURCE", ", ".join(phase.source))]
