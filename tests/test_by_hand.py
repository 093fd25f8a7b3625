"""Whatever is printed and filled in by hand: each blank of every page has one unit printed with it, or is of a kind that has none.

All protocols and sets that ship, their sheets, the forms beside them, the labels, and a downtime book. The kinds without a unit are
listed here: a new blank is either given its unit or added to them, with a reason to think twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from test_drawing import SETS, order_of
from test_forms import LOADED, ORDERS

from infuse.files import measured
from infuse.ground import units
from infuse.paper import blanks, charting, labels, papers, sheet
from infuse.paper.page import Boxes, Field, Fields, Section, Sentences, Sheet, Table

# names, places, words, ticks, initials
UNITLESS = {
    "NAME", "SEX", "RECORD NUMBER", "ALLERGIES", "ALLERGIES CHECKED BY", "CONDITIONS", "OTHER MEDICINES", "ALREADY GIVEN", "LINE", "CARE AREA", "LOCATION",
    "PRESCRIBER", "TELEPHONE OF PRESCRIBER", "PREGNANCY", "BREASTFEEDING", "LIVER DISEASE", "BY", "CHECKED", "CHECKED BY", "STORE", "CHANGE OF BAG",
    "PREPARED", "BEYOND USE", "EXPIRY ON THE BAG",  # dates and times on a label, which has no room to say so
    "STEP UP ONLY WHEN", "CHOSEN BY", "STEP DOWN WHEN", "END OF COURSE",
    "WEIGHED BY", "PHARMACIST WHO WAS CALLED", "ORDER ID OF THE SHEET MADE LATER", "KEPT AT", "RESPONSIBLE",  # the book
}
# columns of tables to write in: the same, numbers of rungs and tables, codes, and times of the day
COLUMNS = {
    "NAME", "SIGNATURE", "BY", "CHECKED BY", "SET BY", "DONE, BY", "GIVEN BY", "WITNESS OF WASTE", "PRESCRIBER", "REASON", "OTHER", "LOT", "VIAL, BAG OR SYRINGE",
    "FROM RUNG", "TO RUNG", "TABLE", "DRUG", "DUE", "AFTER START", "CLOCK",
}
ASKED_BY = re.compile(r" \([\d, to]+\)$")  # the orders of a set that ask for a column
DATED = re.compile(r"\b(DATE|TIME|EXPIRY|STARTED AT|date|time)\b")
SCORED = re.compile(r"\b(0 TO 10|SCORE)\b")
AFTER_A_LINE = ("(number)", "syringes", "bags", "rungs", "infusions", "(rung)")
NAMED_BEFORE = re.compile(r"(\bby name|\(name\)|\bchecked by|\btelephone number|telephone|time(?: of \w+(?: \w+)?)?) ?$")


def has_unit(text: str) -> bool:
    first = text.strip().split(";")[0].split(",")[0].strip()
    return measured.is_unit(first) or first in AFTER_A_LINE or any(first.startswith(f"{each} ") for each in (*measured.DATES, "mL", "minutes", "hours", "days"))


def wrong_fields(row: Field) -> Iterator[str]:
    asked = isinstance(row.label, measured_question)
    if row.blank:
        if not has_unit(row.blank):
            yield f"{row.label}: {row.blank!r} is no unit"
    elif row.blank == "" and not asked and row.label not in UNITLESS:
        yield f"{row.label}: no unit"
    elif row.blank == "" and asked and measured.is_number(row.label):
        yield f"{row.label}: a number without a unit"
    elif row.blank is None and row.write_in:
        yield f"{row.label}: written in without a unit"


measured_question = type(next(each for one in LOADED.values() for phase in one.protocol.phases for each in phase.ask))


# what is seen and said in words, as the files name it; what is measured has a unit (test_charting); sedation is in words or on a named scale
FINDINGS = {charting.heading(column) for one in LOADED.values() for each in one.protocol.monitoring for column in each.chart if ", " not in column}


def wrong_columns(table: Table) -> Iterator[str]:
    for number, column in enumerate(table.columns):
        if not any(row[number] == "" for row in table.rows) or not table.blank:
            continue
        column = ASKED_BY.sub("", column)
        unit = column.rpartition(", ")[2]
        if column in FINDINGS and not set(measured.measured(column.lower())) - {"sedation"}:
            continue
        if column not in COLUMNS and not DATED.search(column) and not SCORED.search(column) and unit not in ("a minute", "C") and not units_of(unit):
            yield f"column {column}"


def units_of(text: str) -> bool:
    try:
        return bool(units.unit(text))
    except units.Refused:
        return False


def wrong_lines(text: str) -> Iterator[str]:
    for hit in re.finditer(r"_{2,}", text):
        after = text[hit.end():].strip()
        if not NAMED_BEFORE.search(text[:hit.start()]) and not has_unit(re.split(r" \(|,|;|:|\)| of | as | or | but ", after)[0]):
            yield f"{text[max(hit.start() - 30, 0):hit.end() + 30]!r}"


def texts(block) -> tuple[str, ...]:
    if isinstance(block, Fields):
        return tuple(row.value for row in block.rows)
    if isinstance(block, Table):
        return tuple(cell for row in block.rows for cell in row)
    return block.lines if isinstance(block, Sentences) else block.questions if isinstance(block, Boxes) else ()


def wrong(sections: tuple[Section, ...], identity: tuple[Field, ...] = ()) -> list[str]:
    found = [each for row in identity for each in wrong_fields(row)]
    for section in sections:
        for block in section.blocks:
            found += [each for row in getattr(block, "rows", ()) if isinstance(block, Fields) for each in wrong_fields(row)]
            found += wrong_columns(block) if isinstance(block, Table) else []
            found += [f"{section.heading}: {each}" for text in texts(block) for each in wrong_lines(text)]
    return list(dict.fromkeys(found))


def pages(made) -> Iterator[Sheet]:
    yield sheet.lay_out(made)
    for form in papers.FORMS:
        yield from papers.lay_out(made, [form])[0]


@pytest.mark.parametrize("name", [*ORDERS, *SETS])
def test_every_blank_has_one_unit_or_is_of_a_kind_without(name):
    made = order_of(name) if name in SETS else ORDERS[name]
    found = [each for page in pages(made) for each in wrong(page.sections, page.identity)]
    assert not found, found


@pytest.mark.parametrize("name", list(ORDERS)[::7])
def test_so_has_every_blank_of_a_sheet_that_knows_nothing_of_the_patient_but_the_weight(name):
    from conftest import make
    from test_paper import CHILD, PATIENT

    facts = CHILD if LOADED[name].protocol.population == "pediatric" else PATIENT
    made = make(LOADED[name], **{each: facts[each] for each in ("weight", "birth_date") if each in facts})
    if made.status == "ready":
        page = sheet.lay_out(made)
        assert not wrong(page.sections, page.identity)
        assert any(row.write_in for row in page.identity)


@pytest.mark.parametrize("name", list(ORDERS))
def test_so_has_every_label(name):
    assert not [each for label in labels.lay_out(ORDERS[name]) for each in wrong((labels.as_section(label),))]


def test_what_is_measured_in_a_finding_has_a_number_or_a_box_on_every_sheet():
    """As it is printed: a finding's own line has the box, with its unit; each box stands once."""
    for name, made in ORDERS.items():
        protocol = LOADED[name].protocol
        asked = {each: each for phase in protocol.phases for each in phase.ask}
        printed = [section for section in sheet.lay_out(made).sections if section.heading.startswith("HOLD, STOP AND CALL")]
        lines = [line for section in printed for block in section.blocks if isinstance(block, Sentences) for line in block.lines]
        for finding, line in zip(protocol.criteria, (each for each in lines if ": " in each and not each.startswith(blanks.FILL_IN))):
            boxed = [kind for box in finding.box for kind in measured.measured(box)]
            assert set(measured.without_number(finding.when)) <= set(boxed), (name, finding.when)
            assert all(f"____ {asked[box].unit}" in line for box in finding.box), (name, line)
        labels_of = [row.label for section in sheet.lay_out(made).sections for block in section.blocks if isinstance(block, Fields) for row in block.rows]
        assert not {box for finding in protocol.criteria for box in finding.box} & set(labels_of), name


def test_a_blank_without_a_unit_is_found():
    def page(block):
        return wrong((Section("X", (block,)),))

    assert page(Fields((Field("SPEED", blank=""),))) and page(Fields((Field("SPEED", blank="banana"),)))
    assert not page(Fields((Field("SPEED", blank="mL/hour"),)))
    assert page(Table(("SPEED",), (("",),), blank=True)) and not page(Table(("SPEED, mL/hour",), (("",),), blank=True))
    assert page(Sentences(("again every ____, as ordered",))) and not page(Sentences(("again every ____ days, as ordered",)))


def test_a_downtime_book_has_a_unit_for_every_blank():
    from test_book import bound
    from test_book import pages as leaves

    found = [each for leaf in leaves(bound("ketamine-inpatient-titration", "metoclopramide")) for each in wrong(leaf.sections, leaf.identity)]
    assert not found, found
