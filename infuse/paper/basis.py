"""What the orders rest on: limits, working, evidence, references, files. The annex of a sheet, which nobody needs at the bedside.

For: `sheet`. Of several orders each drug's own limits and each order's own working stand below its name.

Refuses: nothing; a reference that nothing on the sheet cites is left out.

Example: ketamine at 70 kg: "dose rate: hard, up to 1 mg/kg/hour (reference-article, ...)"; "pump rate: 7 mg/hour divided by 2 mg/mL".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from infuse import __version__
from infuse.arithmetic import figure
from infuse.files.drug import Drug
from infuse.files.given import on_paper_time
from infuse.files.library import ReadFile
from infuse.files.protocol import Continuous
from infuse.files.stated import Reference
from infuse.ordering import order_id, plan
from infuse.ordering.order import Order
from infuse.ordering.phases import PhaseOrder
from infuse.paper import wording
from infuse.paper.page import Block, Field, Fields, Section, Sentences, Table
from infuse.paper.phrases import without_asides

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def annex(order: Order, above: list[Section]) -> list[Section]:
    """Nobody needs it at the bedside, and everybody may look. Of the references those that are cited."""
    evidence = tuple(_by_name(_evidence(order)))
    sections = [*_ruled_out(order), Section("LIMITS   a limit may be reached, not passed", tuple(limits(order)), basis=True),
                Section("WORKING", tuple(_working(order)), basis=True)]
    sections += [Section("EVIDENCE", evidence, basis=True)] if evidence else []
    references = tuple(_references(order, _cited([*above, *sections])))
    return [Section("ANNEX   what the orders rest on", (Sentences(("What is ordered, watched and signed stands above.",)),), basis=True),
            *sections, Section("REFERENCES", (Sentences(references, items=True),), basis=True), record(order)]


def _ruled_out(order: Order) -> list[Section]:
    """What the facts have answered, without the asides: the files have it in full. What speaks of people of another age or sex
    answers nothing about this patient."""
    found = tuple(f"{request.loaded.drug.name}: {'; '.join(without_asides(each) for each in ruled)}" for request in order.requests
                  if (ruled := [each for each in order.weighed.ruled_out[request.loaded.protocol.id] if each not in _of_others(order, request.loaded.drug)]))
    return [Section("NOT PRESENT   by what is recorded", (Sentences(found, items=True),), basis=True)] if found else []


def _of_others(order: Order, drug: Drug) -> set[str]:
    age, sex = order.patient.get("age"), order.patient.get("sex")
    narrowed = [(one.text, one.when) for one in (*drug.contraindications, *drug.precautions) if one.when]
    return {text for text, when in narrowed if when.age and age is not None and age not in when.age or when.sex and sex is not None and sex != when.sex}


def limits(order: Order, left_out: tuple[str, ...] = ()) -> Iterator[Block]:
    """Of each drug its own, once, and of which order it is where not of all; those of some quantities may be left out."""
    found: dict[str, list[str]] = {}
    for loaded in {phase.loaded.protocol.id: phase.loaded for phase in order.phases}.values():
        numbered = [(number, phase.phase) for number, phase in enumerate(order.phases, 1) if phase.loaded is loaded]
        rules = [rule.limit for rule in (loaded.protocol.patient.age, loaded.protocol.patient.weight) if rule.limit]
        of_each: dict[str, list[int]] = {}
        for number, phase in numbered:
            for line in _lines(phase.limits, left_out, isinstance(phase, Continuous)):
                of_each.setdefault(line, []).append(number)
        own = [line if len(numbers) == len(numbered) else f"order {' and '.join(map(str, numbers))}: {line}" for line, numbers in of_each.items()]
        together = [f"all orders together: {line}" if numbered[1:] else line for line in _lines(loaded.protocol.totals, left_out)]
        found[loaded.drug.name] = [*_lines(rules, left_out), *own, *together, *_lines(loaded.drug.limits, left_out)]
    yield from _by_name((name, tuple(dict.fromkeys(lines))) for name, lines in found.items())


def _lines(limits, left_out: tuple[str, ...], runs_on: bool = False) -> list[str]:
    return list(dict.fromkeys(wording.limit_line(limit, level, side, runs_on) for limit in limits if limit.name not in left_out for level, side in limit.sides))


def _by_name(found: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Block]:
    """Lists with a name above each, where there are several."""
    several = list(found)
    for name, lines in several:
        if several[1:]:
            yield Sentences((name,), strong=True)
        yield Sentences(lines, items=True)


def _working(order: Order) -> Iterator[Block]:
    called = [f"order {number}, {' '.join(filter(None, (phase.loaded.drug.name, phase.phase.name)))}" for number, phase in enumerate(order.phases, 1)]
    yield from _by_name(zip(called, map(_worked_out, order.phases)))


def _worked_out(phase: PhaseOrder) -> tuple[str, ...]:
    """Every step of it; what only says that a number is itself is none."""
    lines: dict[str, None] = {}
    for name in ("clearance", "uncapped_dose", "calculated_dose", "equivalent_dose", "equivalent_dose_rate", "uncapped_dose_rate", "final_concentration", "pump_rate", "drop_rate",
                 "total_dose", "delivered_dose", "delivered_dose_rate", "delivered_duration", "deviation"):
        if name in phase.figures:
            lines |= dict.fromkeys(each for each in figure.working(phase.figures[name]) if not each.startswith("deviation") and not _is_itself(each))
    return tuple(lines)


def _is_itself(line: str) -> bool:
    """`amount: 4 mg = 4 mg`."""
    first, equals, second = line.partition(": ")[2].partition(" = ")
    return bool(equals) and first == second


def _evidence(order: Order) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Of each drug what guidelines say of it, then what is known."""
    for loaded in (request.loaded for request in order.requests):
        lines = [wording.guideline_line(each) for each in loaded.protocol.guidelines]
        lines += [f"{note.text} ({', '.join(note.source)})" for note in loaded.protocol.evidence]
        if lines:
            yield loaded.drug.name, tuple(lines)


# ---------------------------------------------------------------------------------------------- references and files


def _references(order: Order, cited: set[str]) -> Iterator[str]:
    """One document once, however many files name it; two files may call two documents by one id: then both stand here."""
    found: dict[tuple[str, str], list[Reference]] = {}
    for one in _known(order):
        if one.id in cited:
            found.setdefault((one.id, one.doi or one.url), []).append(one)
    for (name, _), several in found.items():
        first = several[0]
        sections, reads = ("; ".join(dict.fromkeys(filter(None, each))) for each in zip(*((one.section, one.read) for one in several)))
        parts = [first.title, sections, first.year, f"doi {first.doi}" if first.doi else first.url, f"read: {reads}" if reads else ""]
        yield f"{name}: " + ". ".join(part.rstrip(".") for part in parts if part) + "."


def names(order: Order) -> set[str]:
    """The ids of all references, cited or not."""
    return {each.id for each in _known(order)}


def _known(order: Order) -> Iterator[Reference]:
    for phase in order.phases:
        loaded = phase.loaded
        codes = {each for one in (loaded.drug.rxnorm, loaded.drug.atc) if one for each in one.source}  # printed by `show` alone
        yield from (one for key, one in loaded.drug.references.items() if key not in codes)
        yield from loaded.protocol.references.values()
    yield from plan.references(order.plan).values() if order.plan else ()
    yield from order.weighed.references.values()


def _cited(sections: list[Section]) -> set[str]:
    """Every word that may be the id of a reference."""
    texts = []
    for block in (block for section in sections for block in section.blocks):
        if isinstance(block, Fields):
            texts += [row.value for row in block.rows]
        elif isinstance(block, Table):
            texts += [cell for row in block.rows for cell in row]
        else:
            texts += getattr(block, "lines", ()) or getattr(block, "questions", ())
    return {word for text in texts for word in _ID.findall(text)}


def read_files(order: Order) -> list[ReadFile]:
    """Every file that the order was made from, once."""
    shared = order.arrangement.files if order.arrangement else ()
    return list(dict.fromkeys((*shared, *(each for request in order.requests for each in request.loaded.files), *order.weighed.files)))


def record(order: Order) -> Section:
    """Files with their hashes, the order's id, the software, the time."""
    protocols = (f"{each.loaded.protocol.id}, version {each.loaded.protocol.version}, {each.loaded.sha256[:12]}" for each in order.requests)
    files = (f"{each.name}, {each.sha256[:12]}" + (f", instead of the shipped {each.shadows}" if each.shadows else "") for each in read_files(order))
    one = order_id.of_order(order)
    return Section("RECORD", (Fields((
        Field("PROTOCOLS" if order.requests[1:] else "PROTOCOL", "; ".join(protocols)), Field("FILES", "; ".join(files)),
        Field("ORDER ID", one or f"none: it needs {order_id.NEEDED}, so that no two patients share one"),
        Field("SOFTWARE", f"infuse v{__version__}"), Field("PRINTED", on_paper_time(order.now)))),), basis=True, flows=True)
