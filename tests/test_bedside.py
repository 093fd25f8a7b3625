"""A sheet without its annex: nothing that is acted on is lost, nothing else is said, and every page says what is not there."""

from __future__ import annotations

import io
import json
import re

import pypdf
import pytest
from conftest import NOW
from test_forms import ORDERS
from test_once import orders_of_sets
from test_paper import strings, words
from test_sheet import BY_ANSWER, KETAMINE, KNOWN, as_json, said

from infuse.judgement import screening
from infuse.ordering import compact
from infuse.paper import basis, bedside, blanks, sheet
from infuse.paper.render import pdf

MADE = ORDERS | orders_of_sets()
LIMITS = "LIMITS AT THE BEDSIDE"
FACTS = ["--weight", "70kg", "--age", "44y", "--without-annex"]


def sections(page):
    """Heading and text of each section; two drugs may have one with the same heading."""
    return [(each.heading, words(" ".join(strings(page._replace(title="", subtitle="", banner="", sections=(each,)))))) for each in page.sections]


def all_of(page):
    return " ".join(text for _, text in sections(page))


@pytest.mark.parametrize("name", MADE)
def test_of_the_body_nothing_but_the_names_of_sources_is_gone(name):
    """Word by word: what the sheet without its annex does not say of a section is an id of a reference, or leads up to one."""
    made = MADE[name]
    ids = {one.id for request in made.requests for one in (*request.loaded.protocol.references.values(), *request.loaded.drug.references.values())}
    ids |= {one.id for one in made.weighed.references.values()} | ({one.id for one in basis.plan.references(made.plan).values()} if made.plan else set())
    whole, bare = sections(sheet.lay_out(made)), sections(sheet.lay_out(made, annex=False))
    kept = [each for each in whole[:[heading for heading, _ in whole].index("ANNEX   what the orders rest on")]]
    kept += [each for each in whole if each[0].startswith(("INDEPENDENT DOUBLE CHECK", "WORK OUT ALONE", "COMPARE"))]
    bare = [each for each in bare if not each[0].startswith(LIMITS)]
    assert [heading for heading, _ in bare] == [heading for heading, _ in kept]
    for (heading, complete), (_, shorter) in zip(kept, bare):
        left = shorter.split()
        for word in complete.split():
            bared = word.strip("(),.;:")
            if left and left[0].strip("(),.;:") == bared:
                left.pop(0)
            else:
                assert bared in ids or bared == "Source", (heading, word, left[:6])
        assert not left, (heading, left)


@pytest.mark.parametrize("name", MADE)
def test_what_somebody_acts_on_is_there(name):
    made = MADE[name]
    text = re.sub(r" \([\d.,]+ \w+ for this patient\)", "", all_of(sheet.lay_out(made, annex=False)))
    for request in made.requests:
        protocol, drug = request.loaded.protocol, request.loaded.drug
        assert all(words(each.rpartition(" (")[0]) in text for each in blanks.findings(protocol, boxed=True))
        assert all(words(each.text) in text for each in (*protocol.emergency, *protocol.rescue, *protocol.advisories, *drug.incompatible))
        assert all(words(each.when) in text for each in protocol.monitoring)
        assert not drug.high_alert or "HIGH-ALERT" in text and "INDEPENDENT DOUBLE CHECK" in text
    for override in made.overrides:
        assert words(override.reason) in text and all(words(each.message) in text for each in made.alerts if each.code == override.code)
    assert "SIGNATURES" in text and words(compact.write(made)) in text.replace("; ;", ";")
    boxes = [each.question.partition(" (")[0] for each in made.open if each.fact in screening.BOXES]
    for each in boxes:
        assert words(each) in text or words(each.partition(": ")[2]) in text, each
    for phase in made.phases:
        shown = [phase.figures[each].value.on_paper() for each in ("pump_rate", "drop_rate", "volume_to_be_infused", "calculated_dose", "duration") if each in phase.figures]
        assert all(words(each) in text for each in shown)
        assert all(rung.figures["pump_rate"].value.on_paper() in text for rung in (*phase.rungs, *phase.steps))


@pytest.mark.parametrize("name", MADE)
def test_every_limit_that_can_be_passed_once_it_runs_is_there(name):
    made = MADE[name]
    there = next((each for heading, each in sections(sheet.lay_out(made, annex=False)) if heading.startswith(LIMITS)), "")
    for phase in made.phases:
        for limit in (*phase.phase.limits, *phase.loaded.protocol.totals, *phase.loaded.drug.limits):
            for level, side in limit.sides:
                said_so = f"{limit.name.replace('_', ' ')}: {level}, {side.range.on_paper()}"
                assert (words(said_so) in there) == (limit.name not in ("age", "weight", "final_concentration")), said_so


def test_every_page_says_so_with_the_id_of_the_order(infuse, tmp_path):
    command = ["order", KETAMINE, "--weight", "71.3kg", *KNOWN]
    made, _ = as_json(infuse, *command)
    done = infuse(*command, "--without-annex", "--output", str(tmp_path / "order.pdf"))
    assert done.returncode == 0, done.stderr
    pages = [words(each.extract_text()) for each in pypdf.PdfReader(io.BytesIO((tmp_path / "order.pdf").read_bytes())).pages]
    for page in pages:
        assert "Order sheet WITHOUT ITS ANNEX, adult." in page and "LEFT OUT: the annex (sources, evidence, working, " in page
        assert f"complete sheet of order {made['order_id']}" in page
        assert "stands on the complete sheet" in page and "stands on this sheet" not in page
    assert words(made["recompute"]) in words(infuse(*command, "--without-annex").stdout)
    assert said(made["orders"][0]["figures"]["pump_rate"]) in " ".join(pages)
    whole = infuse(*command).stdout
    assert "WITHOUT ITS ANNEX" not in whole and "LEFT OUT" not in whole and "\nREFERENCES" in whole


def test_it_is_shorter():
    for made in (ORDERS[KETAMINE], *orders_of_sets().values()):
        whole, bare = (len(pypdf.PdfReader(io.BytesIO(pdf.to_pdf(sheet.lay_out(made, annex), "letter", NOW))).pages) for annex in (True, False))
        assert bare < whole, (bare, whole)


def test_json_is_always_complete(infuse, tmp_path):
    for more in (["--json"], ["--format", "json"], ["--output", str(tmp_path / "order.json")]):
        done = infuse("order", KETAMINE, *FACTS, *more)
        assert done.returncode == 2 and not done.stdout and not list(tmp_path.iterdir())
        assert "--without-annex: expected text, a pdf or --print beside it; found json, which is always complete" in done.stderr


def test_a_form_has_no_annex(infuse):
    done = infuse("order", KETAMINE, *FACTS, "--form", "record")
    assert done.returncode == 2 and not done.stdout and "--without-annex: expected the order sheet; found --form record" in done.stderr
    both = infuse("order", KETAMINE, *FACTS, "--form", "all")
    assert both.returncode == 0 and "WITHOUT ITS ANNEX" in both.stdout and "\nREFERENCES" not in both.stdout and "TITRATION RECORD" in both.stdout.upper()


def test_a_stop_says_all_that_it_says_on_any_sheet(infuse):
    command = ["order", KETAMINE, "--weight", "29kg", "--age", "17y"]
    assert infuse(*command, "--without-annex").stdout == infuse(*command).stdout


def test_an_override_keeps_the_source_of_what_it_overrides(infuse):
    page = words(infuse("order", KETAMINE, "--weight", "160kg", "--age", "44y", *BY_ANSWER, "--without-annex").stdout)
    assert "SOFT STOP OVERRIDDEN weight" in page and "REASON weighed twice on two scales" in page


@pytest.mark.parametrize("text, without", [
    ("stop at once (label-2024, own)", "stop at once"), ("stop (it destroys tissue) and call (label-2024)", "stop (it destroys tissue) and call"),
    ("excluded: a (for the site to decide; own)", "excluded: a (for the site to decide)"), ("for all (label-2024 says so)", "for all (label-2024 says so)"),
    ("known: a (own); b (label-2024)", "known: a; b"), ("Indication: pain. Source: own, label-2024.", "Indication: pain."), ("Source: own.", ""),
    ("The sum. Source: the ward.", "The sum. Source: the ward.")])
def test_only_sources_are_taken_out_of_a_sentence(text, without):
    assert bedside.without_sources(text, {"own", "label-2024"}) == without


@pytest.mark.parametrize("name", [KETAMINE, "emergency-rescue: six drugs, prochlorperazine instead of metoclopramide"])
@pytest.mark.parametrize("annex", [True, False])
def test_the_first_page_names_the_pages_of_what_is_done_first_next_and_when_to_stop(name, annex):
    page = sheet.lay_out(MADE[name], annex)
    pages = [words(each.extract_text()) for each in pypdf.PdfReader(io.BytesIO(pdf.to_pdf(page, "letter", NOW))).pages]
    first = pages[0].partition("BEFORE THE FIRST DOSE")[2]
    for heading in ("SCREENING", "SIGNATURES", "INDEPENDENT DOUBLE CHECK", *(f"ORDER {number}" for number in range(1, len(MADE[name].phases) + 1)), "HOLD, STOP AND CALL"):
        named = re.search(rf"{heading} pages? (\d+(?:, \d+)*)", first)[1].split(", ")
        notes = [each.heading.partition("   ")[2] for each in page.sections if each.heading.partition("   ")[0] == heading]
        there = [str(number) for number, text in enumerate(pages, 1) if any(words(f"{heading} {note}") in text for note in notes)]
        assert named == [each for each in there if each != "1" or heading == "SCREENING"] and named, heading
