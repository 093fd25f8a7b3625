"""What a sheet says once: a page that repeats itself is not read. Nothing is lost by it: every box, pair and document is there."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache

import pytest
from conftest import NOW
from test_drawing import LIBRARY, SETS
from test_forms import ORDERS
from test_paper import words

from infuse.files.compatibility import INCOMPATIBLE
from infuse.judgement import screening
from infuse.ordering import compact, order, picking, setcases
from infuse.paper import sheet
from infuse.paper.page import Boxes, Scan, Sentences, Table
from infuse.paper.render import pdf, text


@cache
def orders_of_sets():
    """Every case of a set that gives a sheet, by the set and the case."""
    found = {}
    for name, of_set in SETS.items():
        for case in of_set.order_set.cases:
            with suppress(picking.CannotPick, order.NotUnderstood, order.Missing):
                made = setcases.order_of(LIBRARY, of_set, case)
                if made.status == order.READY:
                    found[f"{name}: {case.name}"] = made
    return found


LONGEST = max(orders_of_sets(), key=lambda name: len(compact.write(orders_of_sets()[name])))


def section(page, heading):
    return next(each for each in page.sections if each.heading.startswith(heading))


def lines_of(one, kind):
    return [line for block in one.blocks if isinstance(block, kind) for line in (block.questions if kind is Boxes else block.lines)]


@pytest.mark.parametrize("name", orders_of_sets())
def test_every_box_stands_once_below_its_drug(name):
    made = orders_of_sets()[name]
    one = section(sheet.lay_out(made), "SCREENING")
    drugs, below, found = [request.loaded.drug.name for request in made.requests], "", []
    for block in one.blocks:
        if isinstance(block, Sentences) and len(block.lines) == 1 and block.lines[0] in drugs:
            below = f"{block.lines[0]}: "
        found += [(below, each) for each in (block.questions if isinstance(block, Boxes) else ())]
    asked = [each.question for each in made.open if each.fact in screening.BOXES]
    assert len(found) == len(asked)
    assert all(question in asked or drug + question in asked for drug, question in found)


@pytest.mark.parametrize("name", orders_of_sets())
def test_every_pair_of_drugs_is_said_with_what_is_known_of_it(name):
    made = orders_of_sets()[name]
    names = {request.loaded.drug.id: request.loaded.drug.name for request in made.requests}
    said = lines_of(section(sheet.lay_out(made), "LINES"), Sentences)
    for first, second, verdict in made.plan.pairs:
        of_pair = [each for each in said if re.search(rf"{re.escape(names[first])} with [^;]*{re.escape(names[second])}", each)]
        assert len(of_pair) == 1 and verdict.status in of_pair[0], (first, second)
        assert verdict.say.removeprefix(names[second]) in of_pair[0] and all(each in of_pair[0] for each in verdict.source)
    known = [each for each in said if INCOMPATIBLE in each]
    assert said[:len(known)] == known, "what must never meet stands first"


def test_care_areas_of_several_protocols_are_one_box():
    made = orders_of_sets()["emergency-rescue: six drugs, prochlorperazine instead of metoclopramide"]
    (box,) = [each.question for each in made.open if each.fact == "care_area"]
    allowed = box.partition(": ")[2].split(", ")
    assert allowed and all(area in request.loaded.protocol.care_areas for area in allowed for request in made.requests)


def test_a_flush_of_its_own_fluid_is_not_the_one_of_the_set(infuse):
    page = words(infuse("order", "headache-clinic-visit", "--with", "propofol", "--weight", "70kg", "--age", "44y", "--sex", "female",
                        "--height", "165cm", "--creatinine", "0.8 mg/dL").stdout)
    assert re.search(r"order 3: propofol .*?then flush ________ (________ )?mL of dextrose 5% in water, NOT sodium chloride 0.9%", page)


def test_what_the_set_says_of_the_flush_is_no_open_box():
    made = orders_of_sets()["emergency-rescue: six drugs, prochlorperazine instead of metoclopramide"]
    page = words(text.plain(sheet.lay_out(made)))
    rows = [row for block in section(sheet.lay_out(made), "TIMELINE").blocks if isinstance(block, Table) for row in block.rows]
    flushed = [any("; then flush 10 mL" in cell for cell in row) for row in rows]
    assert flushed == [True, True, False, True, True, True]  # sodium chloride is not flushed with itself
    assert "FLUSH ________" not in page and not [each for each in made.open if each.fact == "flush"]


def test_an_order_too_long_for_one_code_has_several():
    made = orders_of_sets()[LONGEST]
    line = compact.write(made)
    page = sheet.lay_out(made)
    codes = [block.holds for block in section(page, "VERIFY").blocks if isinstance(block, Scan)]
    assert len(line.encode()) > compact.MOST_IN_A_CODE and len(codes) > 1
    assert all(len(each.encode()) <= compact.MOST_IN_A_CODE for each in codes)
    assert compact.find("\n".join(codes)) == line
    assert pdf.to_pdf(page, "letter", NOW).startswith(b"%PDF")


@pytest.mark.parametrize("name", ORDERS)
def test_no_step_of_the_working_says_that_a_number_is_itself(name):
    for each in lines_of(section(sheet.lay_out(ORDERS[name]), "WORKING"), Sentences):
        first, equals, second = each.partition(": ")[2].partition(" = ")
        assert not equals or first != second, each


@pytest.mark.parametrize("name", orders_of_sets())
def test_a_document_stands_once_among_the_references(name):
    rows = lines_of(section(sheet.lay_out(orders_of_sets()[name]), "REFERENCES"), Sentences)
    documents = [(each.partition(":")[0], where[0]) for each in rows if (where := re.findall(r"doi \S+|https?://\S+", each))]
    assert len(documents) == len(set(documents))


@pytest.mark.parametrize("name", orders_of_sets())
def test_the_timeline_names_the_order_that_says_how_the_dose_is_given(name):
    """A protocol of several phases has several orders: a half dose is not looked up at the test dose."""
    made = orders_of_sets()[name]
    found = []
    for one in sheet.lay_out(made).sections:
        if one.heading.startswith(("TIMELINE", "ONLY IF NEEDED")):
            found += [cell for block in one.blocks if isinstance(block, Table) for row in block.rows for cell in row if cell.startswith("order ")]
    assert found
    for each in found:
        phase = made.phases[int(each.split(":")[0].removeprefix("order ")) - 1]
        amount = (phase.figures.get("delivered_dose") or phase.figures["delivered_dose_rate"]).value.on_paper()
        assert each.partition(": ")[2].startswith(" ".join(filter(None, (phase.loaded.drug.name, phase.phase.name, amount)))), each
