"""What stands beside the numbers of a downtime book: what is asked before the first dose, what the prescriber fills in, the
warnings, when to hold and stop, rescue, what is watched. The same as on an order sheet, as far as a book can know the patient.

For: `book_pages`, of one protocol, and `book_sets`, of a set. A book knows nothing of its patient: whatever an order sheet
would ask of one of whom only the weight is told is a box here, the time since the last dose too.

Refuses: nothing; a table of which no row is an order has none of this.

Example: "[ ] the last dose of ketorolac tromethamine, by any route, was at least 6 hours ago, or this is the first".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from infuse.files.protocol import Continuous
from infuse.ordering import book
from infuse.ordering.book import Table
from infuse.ordering.phases import PhaseOrder
from infuse.paper import blanks, combined, warned, wording, wording_supply
from infuse.paper.page import Boxes, Field, Fields, Section, Sentences
from infuse.paper.phrases import sourced

_TICK_SAYS = "A tick says: checked, and true as printed. What is NOT present, the patient does not have."
_NOT_CHECKED = "Interactions with the patient's other medicines were NOT checked: none is known to a book."
_ALONE = f"Compatibility with other drugs was NOT checked: {wording_supply.its_line(planned=False)}."
_PAIRS = "Interactions between the drugs of this set were checked, as far as the files know them."
_AGE = "the age is "
_USUAL = "the weight is usual for the age, by the worksheet at the end"
_NUMBERS_OF = ("START", "GOES ON AT", "MAXIMUM")  # what the ladder of the row says


def questions(tables: Sequence[Table], first: str, when: str = "tick before the first dose") -> Section:
    """The boxes before the first dose, of all the tables that they are for; `first` whether it is the table of this patient; of
    several drugs each has its own below its name; `when` they are ticked."""
    asked: dict[str, dict[str, None]] = {"": {first: None, _USUAL: None}}
    aged = all("age" in dict(table.cell.words) for table in tables)  # then the first box asks for it
    for table in tables:
        for drug, boxes in (book.asked(table) if table.ready else {}).items():
            asked.setdefault(drug, {}).update(dict.fromkeys(_of_table(each) for each in boxes if not (aged and each.startswith(_AGE))))
    of_set = tables[0].entry.requests[1:]
    lead = Sentences((_TICK_SAYS, *((_PAIRS,) if of_set else ()), _NOT_CHECKED, *(() if of_set else (_ALONE,))), strong=True)
    blocks = [block for drug, boxes in asked.items() if boxes for block in (*([Sentences((drug,), strong=True)] if drug else []), Boxes(tuple(boxes)))]
    return Section(f"SCREENING   {when}", (lead, *blocks), flows=True)


def _of_table(box: str) -> str:
    """In the words of a table, which has no sheet around it."""
    return box.replace("this sheet", "this table").replace("named under pump settings", "that the table assumes")


def prescriber(tables: Sequence[Table]) -> list[Section]:
    """What the sources leave open, phase by phase: a line to write on, and of a titration what each step goes by."""
    found: dict[str, dict[Field, None]] = {}
    for table in tables:
        for at, phase in enumerate(table.ready[0].order.phases if table.ready else ()):
            rows = _left_open(phase, [each.order.phases[at] for each in table.ready])
            found.setdefault(" ".join(filter(None, (phase.loaded.drug.name, phase.phase.name))), {}).update(dict.fromkeys(rows))
    return [Section(f"FOR THE PRESCRIBER TO FILL IN   {name}", (Fields(tuple(rows)),)) for name, rows in found.items() if rows]


def _left_open(phase: PhaseOrder, several: Sequence[PhaseOrder]) -> list[Field]:
    if isinstance(phase.phase, Continuous) and phase.phase.titration:
        rows = [wording.titration(each, {}).rows for each in several]
        return [row for row in rows[0] if row.label not in _NUMBERS_OF and all(row in each for each in rows)]
    return [blanks.answered(each, {}) for each in blanks.on_their_own(phase.phase.ask, phase.loaded.protocol)]


def watching(table: Table) -> list[Section]:
    """Of one protocol: when to hold and stop, warnings, rescue, what is watched."""
    loaded = table.entry.loaded[0]
    protocol = loaded.protocol
    return [*noted("HOLD, STOP AND CALL", blanks.findings(protocol, boxed=True), strong=True), *noted("WARNINGS", warned.notes(loaded)[0], strong=True),
            *noted("RESCUE", (sourced(each.text, each.source) for each in protocol.rescue)),
            *noted("MONITORING", (sourced(f"{each.observe}: {each.when}", each.source) for each in protocol.monitoring))]


def watching_all(table: Table) -> list[Section]:
    """Of a set, of all of its drugs together."""
    entry = table.entry
    each_of = entry.loaded
    visit = entry.of_set.order_set.visit
    return [*noted("HOLD, STOP AND CALL", _criteria(table), strong=True),
            *[section for each in each_of for section in noted(f"WARNINGS   {each.drug.name}", warned.notes(each)[0], strong=True)],
            *noted("RESCUE", (f"{each.drug.name}: {note.text} ({', '.join(note.source)})" for each in each_of for note in each.protocol.rescue)),
            *([Section("VISIT", (Boxes(tuple(sourced(each.text, each.source) for each in visit)),), flows=True)] if visit else []),
            combined.monitoring(entry.arrangement, entry.requests)]


def _criteria(table: Table) -> Iterator[str]:
    yield from combined.cited(table.entry.of_set.order_set.criteria)
    for each in table.entry.loaded:
        yield from (f"{each.drug.name}: {said}" for said in blanks.findings(each.protocol, boxed=True))


def noted(heading: str, lines: Iterable[str], strong: bool = False) -> list[Section]:
    """A list under a heading, where there is any."""
    lines = tuple(dict.fromkeys(lines))
    return [Section(heading, (Sentences(lines, strong=strong, items=True),), flows=True)] if lines else []
