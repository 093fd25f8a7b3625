"""The papers beside the order sheet: each of its own, each from the order's own figures, nothing on it that it must not show."""

from __future__ import annotations

import json
import re

import pytest
from conftest import NOW, make
from test_paper import CHILD, PATIENT, read, strings, words

from infuse import papers
from infuse.library import Library
from infuse.render import pdf

LIBRARY = Library()
LOADED = {name: LIBRARY.load(path) for name, path in LIBRARY.ids().items()}
REASON = "a reason that a committee would read"


def ordered(name, **more):
    """The order of a shipped protocol, with a reason at every soft stop; None where it wants more than these facts."""
    loaded = LOADED[name]
    facts = (CHILD if loaded.protocol.population == "pediatric" else PATIENT) | {"care_area": loaded.protocol.care_areas[0]} | more
    made = make(loaded, **facts)
    if made.status == "needs_override":
        made = make(loaded, [(each.code, REASON) for each in made.not_overridden], "Dr. Roe", **facts)
    return made if made.status == "ready" else None


ORDERS = {name: made for name in LOADED if (made := ordered(name))}
HIGH_ALERT = [name for name, made in ORDERS.items() if made.phases[0].loaded.drug.high_alert]


def paper(name, form):
    (page,), wrong = papers.lay_out(ORDERS[name], [form])
    assert not wrong
    return page


def text_of(page):
    return words(" ".join(each for section in page.sections for each in strings(page._replace(title="", subtitle="", banner="", sections=(section,)))))


def test_nearly_every_protocol_is_ordered_here():
    assert len(ORDERS) > 0.9 * len(LOADED), set(LOADED) - set(ORDERS)
    assert len(HIGH_ALERT) > 5


# ---------------------------------------------------------------------------------------------- the independent double check


def worked_out(phase):
    """Every number that the second person is to find, as it would be printed, unless it is among what is given."""
    names = ("calculated_dose", "uncapped_dose", "calculated_dose_rate", "total_dose", "withdraw_volume", "amount_withdrawn", "diluent_to_remove",
             "pump_rate", "volume_to_be_infused", "delivered_dose", "delivered_dose_rate", "bag_lasts", "final_concentration")
    several = [phase.figures, *(each.figures for each in (*phase.rungs, *phase.steps))]
    return {one[name].value.on_paper() for one in several for name in names if name in one}


def stated_of(phase):
    """What the order, the file and the label state: no answers."""
    one, figures = phase.prepared.preparation, phase.figures
    product = phase.prepared.product
    found = [product.strength, product.volume, one.amount, one.final_volume, one.added_to, getattr(phase.phase, "cap", None), getattr(phase.phase, "fastest", None)]
    stated = {each.quantity.on_paper() for each in found if each}
    stated |= {figures[name].value.on_paper() for name in ("dose", "dose_rate", "bag_volume") if name in figures}
    stated |= {end.on_paper() for limit in phase.phase.limits for _, side in limit.sides for end in side.range.ends()}
    stated |= {end.on_paper() for syringe in phase.loaded.devices.syringes for end in (syringe.capacity, syringe.step)}
    titration = getattr(phase.phase, "titration", None)
    return stated | ({titration.by.quantity.on_paper(), titration.up_to.quantity.on_paper()} if titration else set()) | {
        each.on_paper() for each in (phase.rate_step, phase.volume_step) if each}


@pytest.mark.parametrize("name", HIGH_ALERT)
def test_the_second_person_sees_no_answer(name):
    said = text_of(paper(name, "check"))
    for phase in ORDERS[name].phases:
        for answer in worked_out(phase) - stated_of(phase):
            assert not re.search(rf"(?<![\d.,]){re.escape(answer)}(?!\d)", said), answer


@pytest.mark.parametrize("name", HIGH_ALERT)
def test_every_answer_and_pump_setting_is_a_box_with_its_unit(name):
    page = paper(name, "check")
    made = ORDERS[name]
    tables = [block for section in page.sections for block in section.blocks if getattr(block, "columns", ("",))[0] == "WORK OUT"]
    assert len(tables) == len(made.phases)
    for phase, table in zip(made.phases, tables):
        rows = {row[0]: row[1:] for row in table.rows}
        assert all(mine == theirs and re.fullmatch("____ [^_]+", mine) and differ for mine, theirs, differ in rows.values())
        if "pump_rate" in phase.figures and not phase.steps:
            assert rows["pump: pump rate"][2] == phase.rate_step.on_paper() and rows["pump: volume to infuse"][2] == phase.volume_step.on_paper()
        if "withdraw_volume" in phase.figures:
            assert rows["volume to withdraw"][2] == phase.prepared.step.on_paper()


@pytest.mark.parametrize("name", [name for name in ORDERS if name not in HIGH_ALERT][::7])
def test_only_a_high_alert_drug_has_a_double_check(name):
    assert papers.lay_out(ORDERS[name], ["check"])[0] == []
    assert "INDEPENDENT DOUBLE CHECK" not in text_of(papers.lay_out(ORDERS[name], ["sheet"])[0][0])


@pytest.mark.parametrize("size", ["letter", "a4"])
@pytest.mark.parametrize("name", HIGH_ALERT)
def test_a_double_check_is_one_page_of_its_own(name, size):
    several = len(ORDERS[name].phases)
    sheet = read(pdf.to_pdf(papers.lay_out(ORDERS[name], ["sheet"])[0], size, NOW))
    apart = read(pdf.to_pdf(paper(name, "check"), size, NOW))
    long = any(len(phase.steps) > 2 for phase in ORDERS[name].phases)
    assert len(apart) == several or long
    assert [text.split("SIGNATURE")[0].count("INDEPENDENT DOUBLE CHECK") for text in sheet][-len(apart):].count(1) == several
    assert "SIGNATURES" not in sheet[-len(apart)] and "pharmacist, verifies" not in sheet[-len(apart)]


def test_how_far_a_time_is_stretched_is_for_the_second_person_to_find():
    """5 mg/kg at 63 kg of ideal weight, not faster than 0.075 mg/kg/min: 66.7 minutes, where 60 are ordered."""
    said = text_of(paper("lidocaine-one-hour", "check"))
    assert "OVER 60 minutes NEVER FASTER THAN" in said and "time to run over ____ minutes" in said and "67" not in said


# ---------------------------------------------------------------------------------------------- asking for papers


def test_a_form_that_is_unknown_or_not_for_this_order_is_refused(infuse):
    asked = ["order", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y"]
    done = infuse(*asked, "--form", "chek", "--form", "sheet", "--form", "sheet")
    assert done.returncode == 2 and not done.stdout
    assert 'found "chek"\n   did you mean check?' in done.stderr and 'expected each form once; found "sheet"' in done.stderr
    done = infuse("order", "thiamine", "--weight", "70kg", "--age", "44y", "--form", "check")
    assert done.returncode == 2 and not done.stdout and 'expected a high-alert drug on this order, for the form; found "check"' in done.stderr


def test_several_papers_are_documents_that_count_their_own_pages(infuse, tmp_path):
    done = infuse("order", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y", "--form", "sheet", "--form", "check", "--output", str(tmp_path / "o.pdf"))
    assert done.returncode == 0, done.stderr
    pages = read((tmp_path / "o.pdf").read_bytes())
    sheets = [text for text in pages if "Order sheet, adult" in text]
    assert all(f"page {number} of {len(sheets)}" in text for number, text in enumerate(sheets, 1))
    assert len(pages) == len(sheets) + 1 and "Independent double check, adult" in pages[-1] and "page 1 of 1" in pages[-1]


def test_a_form_is_the_same_page_as_text_and_as_json(infuse):
    asked = ["order", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y", "--form", "check"]
    text, made = infuse(*asked).stdout, json.loads(infuse(*asked, "--json").stdout)
    (page,) = made["papers"]
    assert page["sections"][0]["heading"].split("   ")[0] in text and page["sections"][1]["rows"][0]["WORK OUT"] in text
    assert all(f"[ ] {each}" in text for section in page["sections"] for each in section.get("boxes", []))


def test_no_form_without_an_order(infuse):
    done = infuse("order", "ketamine-inpatient-titration", "--weight", "29kg", "--age", "44y", "--form", "check")
    assert done.returncode == 1 and "NO ORDER" in done.stdout and "WORK OUT" not in done.stdout
