"""Orders on paper: the same words and numbers as the text and the JSON, on every page whose it is, on Letter and A4."""

from __future__ import annotations

import json
import re

import pypdf
import pytest
from test_sheet import ADULT, KETAMINE, KNOWN, PAGES, said

SIZES = {"letter": (612, 792), "a4": (595, 841)}  # whole points
ORDERS = [name for name, command in PAGES.items() if command[0] == "order"]


@pytest.fixture
def pdf(infuse, tmp_path):
    """The pages of an order: pdf("order", ...) gives each page's text, and keeps the document as `tmp_path/order.pdf`."""

    def run(*arguments, code=0):
        done = infuse(*arguments, "--output", str(tmp_path / "order.pdf"))
        assert done.returncode == code, done.stderr
        return [words(page.extract_text()) for page in pypdf.PdfReader(tmp_path / "order.pdf").pages]

    return run


def words(text):
    return " ".join(text.split())


@pytest.mark.parametrize("paper", SIZES)
def test_every_page_says_whose_it_is_and_that_nobody_approved_it(pdf, tmp_path, paper):
    pages = pdf("order", KETAMINE, "--weight", "71.3kg", *KNOWN, "--paper", paper)
    for number, text in enumerate(pages, 1):
        assert "REFERENCE PROTOCOL - NOT APPROVED AT THIS SITE" in text
        assert "Ketamine continuous infusion, inpatient titration for refractory headache" in text and "adult" in text
        assert "Sample, Jane" in text and "04-Mar-1982 (age 44 years)" in text and "TEST 0001" in text
        assert f"page {number} of {len(pages)}" in text
    for page in pypdf.PdfReader(tmp_path / "order.pdf").pages:
        assert tuple(int(each) for each in page.mediabox[2:]) == SIZES[paper]


@pytest.mark.parametrize("name", ORDERS)
def test_the_numbers_of_the_json_stand_on_the_paper(infuse, pdf, name):
    made = json.loads(infuse(*PAGES[name], "--json").stdout)
    text = " ".join(pdf(*PAGES[name], code=0 if made["status"] == "ready" else 1))
    if made["status"] != "ready":
        assert not re.search(r"\d mL/hour", text), "a rate beside a refusal"
        assert made["alerts"][0]["message"] in text
    for order in made["orders"]:
        for figure in ("pump_rate", "volume_to_be_infused"):
            assert said(order["figures"][figure]) in text
        for rung in order.get("ladder", []):
            assert f"{said(rung['dose_rate'])} {said(rung['pump_rate'])}" in text


CONTRADICTIONS = [(("--output", "order.txt", "--format", "pdf"), "found pdf (--format) and text (order.txt)"),
                  (("--output", "order.pdf", "--json"), "found json (--json) and pdf (order.pdf)"),
                  (("--format", "pdf", "--json"), "found json (--json) and pdf (--format)"),
                  (("--format", "doc"), 'expected text, json or pdf; found "doc"'),
                  (("--paper", "legal"), 'expected letter or a4; found "legal"')]


@pytest.mark.parametrize(("options", "says"), CONTRADICTIONS)
def test_a_format_is_said_once(infuse, tmp_path, options, says):
    done = infuse("order", ADULT, "--age", "44y", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "") and says in done.stderr
    assert not list(tmp_path.iterdir())


SCRIPTS = ["Łukasz Żółć", "Nguyễn Thị Ánh", "李 小龍", "عبد الله", "שרה כהן", "Ελένη", "Ольга", "हिन्दी", "김민준", "ไทย"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_any_script_prints_from_fonts_that_come_with_the_install(pdf, name):
    text = " ".join(pdf("order", ADULT, "--age", "44y", "--name", name))
    assert not set(name) - set(text), "a character is missing"


def test_a_character_that_no_font_has_is_named_and_nothing_is_written(infuse, tmp_path):
    done = infuse("order", ADULT, "--age", "44y", "--name", "Doe \U00012000", "--output", str(tmp_path / "order.pdf"))
    assert done.returncode == 2 and "U+12000 CUNEIFORM SIGN A" in done.stderr
    assert not list(tmp_path.iterdir())
