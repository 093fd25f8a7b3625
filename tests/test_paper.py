"""Orders on paper: the words and numbers of the page, all of them and no other, on Letter and A4, in any script; whose
it is on every page; black on white, tagged, the same bytes twice.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import unicodedata
from functools import cache

import pypdf
import pytest
from conftest import NOW, ROOT, make
from test_sheet import ADULT, ERROR_PRONE, KETAMINE, OPAQUE, PAGES, SHEETS, as_json, said

from infuse.files.library import Library
from infuse.paper import sheet
from infuse.paper.page import Bars, Boxes, Cut, Fields, Steps, Table
from infuse.paper.render import pdf, typesetting

SIZES = {"letter": (612, 792), "a4": (595, 841)}  # whole points
MARGIN = 34  # points: 12 mm
ORDERS = [name for name, command in PAGES.items() if command[0] == "order"]
PATIENT = dict(name="Sample, Jane", birth_date="1982-03-04", sex="female", record_number="TEST 0001", allergies="none", conditions="none",
               weight="70 kg", weight_source="measured", weight_date="2026-11-20", height="170 cm", creatinine="0.9 mg/dL", location="5 West, bed 12",
               prescriber="Dr. Roe", start="2026-11-21 09:00")
CHILD = PATIENT | dict(birth_date="2012-03-04", weight="45 kg", height="155 cm")
PROTOCOLS = sorted(Library().ids())


def words(text):
    return " ".join(text.split())


def read(document):
    return [words(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(document)).pages]


@cache
def laid_out(name):
    """The page of a shipped protocol for an adult or a child, or None where it wants more than their facts."""
    library = Library()
    loaded = library.load(library.ids()[name])
    facts = CHILD if loaded.protocol.population == "pediatric" else PATIENT
    made = make(loaded, **facts)
    return sheet.lay_out(made) if made.status == "ready" else None


@cache
def printed(name, paper="letter"):
    return pdf.to_pdf(laid_out(name), paper, NOW)


@cache
def pages_of(name, paper="letter"):
    return read(printed(name, paper))


READY = [name for name in PROTOCOLS if laid_out(name)]


def test_nearly_every_protocol_is_printed_here():
    assert len(READY) > 0.8 * len(PROTOCOLS), set(PROTOCOLS) - set(READY)


# ---------------------------------------------------------------------------------------------- the same words


def strings(page):
    """Every text of a page that a reader sees, in its order; of what is to be written in, what stands beside it."""
    yield from (page.title, page.subtitle, page.banner)
    for section in page.sections:
        yield from (*section.heading.split("   "), section.flag)
        for block in section.blocks:
            if isinstance(block, Fields):
                yield from (each for row in block.rows for each in (row.label, row.value, row.blank or ""))
            elif isinstance(block, Table):
                yield from (*block.columns, *(cell for row in block.rows for cell in row))
            elif isinstance(block, Cut):
                yield block.says
            elif isinstance(block, Steps):
                yield from (block.says, *(each for step in block.steps for each in (step.above, step.below)))
            elif isinstance(block, Bars):
                yield from (block.says, *(label for label, _ in block.rows), *(said for _, said in block.marks))
            else:
                yield from block.questions if isinstance(block, Boxes) else block.lines


def pieces(page):
    """Their parts between the boxes to tick or write in, as `closed`."""
    return [closed(part) for text in strings(page) for part in re.split(r"\[[ \u00a0]\]|_{4,}", text) if part.strip()]


def closed(text):
    """Without spaces: where a line ends is not compared."""
    return re.sub(r"\s", "", text)


def stands(piece, pages):
    """On a page, or from one over to the next."""
    return any(piece in page for page in pages) or any(
        piece[:cut] in page and piece[cut:] in after for cut in range(1, len(piece)) for page, after in zip(pages, pages[1:]))


@pytest.mark.parametrize("name", READY)
def test_every_word_of_the_page_is_on_the_paper_and_no_other_number(name):
    page, pages = laid_out(name), pages_of(name)
    on_paper = [closed(each) for each in pages]
    assert not [each for each in pieces(page) if not stands(each, on_paper)]
    known = set(NUMBER.findall(" ".join([*strings(page), *page.footer]))) | {str(number) for number in range(1, len(pages) + 1)}
    assert set(NUMBER.findall(" ".join(pages))) <= known


NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@pytest.mark.parametrize("name", ORDERS)
def test_the_numbers_of_the_json_stand_on_the_paper(infuse, tmp_path, name):
    made, _ = as_json(infuse, *PAGES[name])
    done = infuse(*PAGES[name], "--output", str(tmp_path / "order.pdf"))
    assert done.returncode == (0 if made["status"] == "ready" else 1), done.stderr
    text = " ".join(read((tmp_path / "order.pdf").read_bytes()))
    if made["status"] != "ready":
        assert not re.search(r"\d mL/hour", text), "a rate beside a refusal"
        assert made["alerts"][0]["message"] in text
    in_words = words((SHEETS / f"{name}.txt").read_text())
    for order in made["orders"]:
        figures = {figure: said(one) for figure, one in order["figures"].items() if figure != "deviation"}
        assert {figure for figure, one in figures.items() if one in text} >= {figure for figure, one in figures.items() if one in in_words}
        assert {"calculated_dose", "dose_rate", "pump_rate", "volume_to_be_infused"} & set(figures)
        for rung in order.get("ladder", []):
            assert f"{said(rung['dose_rate'])} {said(rung['pump_rate'])} {said(rung['delivered_dose_rate']).split()[0]}" in text


@pytest.mark.parametrize("name", READY)
def test_nothing_error_prone_is_printed(name):
    for page in pypdf.PdfReader(io.BytesIO(printed(name))).pages:
        for line in page.extract_text().splitlines():
            shown = OPAQUE.sub("\N{REPLACEMENT CHARACTER}", unicodedata.normalize("NFC", line))
            assert not [(rule, hit.group()) for rule, pattern in ERROR_PRONE for hit in pattern.finditer(shown)], line


# ---------------------------------------------------------------------------------------------- pages


@pytest.mark.parametrize("paper", SIZES)
@pytest.mark.parametrize("name", READY[::6])
def test_every_page_says_whose_it_is_and_that_nobody_approved_it(name, paper):
    document = printed(name, paper)
    pages = read(document)
    for number, text in enumerate(pages, 1):
        assert "REFERENCE PROTOCOL - NOT APPROVED AT THIS SITE" in text and "Approving committee: none" in text
        assert words(laid_out(name).title) in text and re.search("adult|pediatric", text)
        assert re.search(r"NAME Sample, Jane BORN 04-Mar-\d{4} \(age \d+ years\) SEX female RECORD NUMBER TEST 0001", text)
        assert re.search(r"ALLERGIES No known allergies WEIGHT \d+ kg \(actual; measured; 20-Nov-2026\)", text)
        assert f"page {number} of {len(pages)}" in text and "infuse v" in text and "printed 21-Nov-2026 08:30" in text
    assert all(tuple(int(each) for each in page.mediabox[2:]) == SIZES[paper] for page in pypdf.PdfReader(io.BytesIO(document)).pages)


def placed(document):
    """(page, text, x, y, points) of every piece of text."""
    found = []
    for number, page in enumerate(pypdf.PdfReader(io.BytesIO(document)).pages):
        def note(text, matrix, position, font, size, number=number):
            if text.strip():
                found.append((number, text, position[4] * matrix[0] + matrix[4], matrix[5] + position[5] * matrix[3], size * abs(position[3]) * abs(matrix[3])))
        page.extract_text(visitor_text=note)
    return found


@pytest.mark.parametrize("paper", SIZES)
@pytest.mark.parametrize("name", READY[::6])
def test_nothing_is_below_9_points_nor_outside_the_margins(name, paper):
    width, height = SIZES[paper]
    for _, text, x, y, points in placed(printed(name, paper)):
        assert points >= 8.99, text
        assert MARGIN <= x <= width - MARGIN and MARGIN <= y <= height - MARGIN, text


@pytest.mark.parametrize("name", ["propofol", "magnesium-sulfate-adult"])
def test_the_record_is_on_one_page(name):
    (page,) = [text for text in pages_of(name) if "ORDER ID" in text]
    assert "SOFTWARE" in page and "FILES" in page


@pytest.mark.parametrize("name", READY)
def test_an_order_and_its_pump_settings_are_on_one_page(name):
    page, pages = laid_out(name), pages_of(name)
    for section, after in zip(page.sections, page.sections[1:]):
        if section.heading.startswith("ORDER ") and after.joins:
            first = words(section.heading.split("   ")[0]) + " "
            last = [each for block in after.blocks for each in block.rows][-1]
            assert any(first in text and words(f"{last.label} {last.value}") in text.split(first, 1)[1] for text in pages), section.heading


@pytest.mark.parametrize("name", READY)
def test_black_on_white(name):
    for page in pypdf.PdfReader(io.BytesIO(printed(name))).pages:
        content = page.get_contents().get_data()
        shades = re.findall(rb"(?:^|\s)([\d. ]+) (?:scn?|SCN?|g|G|rg|RG|k|K)(?=\s)", content)
        assert shades and {each for shade in shades for each in shade.split()} <= {b"0", b"1"}


# ---------------------------------------------------------------------------------------------- the document


def test_it_is_archivable_accessible_and_dated_by_the_orders_clock():
    document = printed(ADULT)
    reader = pypdf.PdfReader(io.BytesIO(document))
    metadata = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    for said_so in ("<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "<pdfuaid:part>1</pdfuaid:part>"):
        assert said_so in metadata
    assert reader.metadata.title == laid_out(ADULT).title and reader.trailer["/Root"]["/Lang"] == "en"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in reader.trailer["/Root"]
    assert reader.metadata.creation_date.replace(tzinfo=None) == NOW
    assert "Sample" not in str(reader.metadata) + metadata, "whose it is stands on the pages only"


def test_the_same_order_at_the_same_clock_is_the_same_bytes(infuse, tmp_path):
    assert pdf.to_pdf(laid_out(ADULT), "letter", NOW) == printed(ADULT) != pdf.to_pdf(laid_out(ADULT), "letter", NOW, "COPY 1 OF 2")
    for name in ("one.pdf", "two.pdf"):
        infuse(*PAGES["ketamine-known"], "--output", name, cwd=tmp_path)
    one, two = ((tmp_path / name).read_bytes() for name in ("one.pdf", "two.pdf"))
    assert one == two and one.startswith(b"%PDF-1.7")


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed here")
def test_an_independent_reader_finds_nothing_wrong(tmp_path):
    (tmp_path / "order.pdf").write_bytes(printed(KETAMINE))
    done = subprocess.run(["qpdf", "--check", str(tmp_path / "order.pdf")], capture_output=True, text=True)
    assert done.returncode == 0 and "No syntax or stream encoding errors found" in done.stdout


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="the command pdftotext (poppler) is not installed here")
def test_another_reader_finds_the_same_words_within_the_margins(tmp_path):
    (tmp_path / "order.pdf").write_bytes(printed(KETAMINE))
    done = subprocess.run(["pdftotext", str(tmp_path / "order.pdf"), "-"], capture_output=True, text=True, check=True)
    theirs, ours = words(done.stdout), " ".join(read(printed(KETAMINE)))
    assert sorted(NUMBER.findall(theirs)) == sorted(NUMBER.findall(ours))
    for width, x in re.findall(r'<page width="([\d.]+)"|<word [^>]*xMax="([\d.]+)"', subprocess.run(
            ["pdftotext", "-bbox", str(tmp_path / "order.pdf"), "-"], capture_output=True, text=True, check=True).stdout):
        assert width == "612.000000" or float(x) <= 612 - MARGIN
    fonts = subprocess.run(["pdffonts", str(tmp_path / "order.pdf")], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts and all(re.search(r" yes yes yes +\d+ +0$", line) for line in fonts), "embedded, a subset, with its characters"


# ---------------------------------------------------------------------------------------------- characters

SCRIPTS = ["Łukasz Żółć", "Nguyễn Thị Ánh", "李 小龍", "عبد الله", "שרה כהן", "Ελένη", "Ольга", "हिन्दी", "김민준", "ไทย", "Արամ", "გიორგი"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_any_script_prints_from_fonts_that_come_with_the_install(shipped, name):
    page = sheet.lay_out(make(shipped[ADULT], age="44y", name=name))
    text = " ".join(read(pdf.to_pdf(page, "letter", NOW)))
    assert not set(unicodedata.normalize("NFC", name)) - set(unicodedata.normalize("NFC", text)), "a character is missing"


@pytest.mark.parametrize("name", ["#strong[Doe]", "*Doe* _x_ $x^2$", "\\u{41} \"Doe\"", "`raw` @cite <label>", "[Doe] // no comment", "= heading",
                                  'A"))) #panic("x")', "ends with a stroke\\", 'ends with a quote"'])
def test_a_name_is_never_obeyed(shipped, name):
    page = sheet.lay_out(make(shipped[ADULT], age="44y", name=name))
    assert all(name in text for text in read(pdf.to_pdf(page, "letter", NOW)))


def test_a_character_that_no_font_has_is_named_and_nothing_is_written(infuse, tmp_path):
    done = infuse("order", ADULT, "--age", "44y", "--name", "Doe \U00012000", "--output", str(tmp_path / "order.pdf"))
    assert done.returncode == 2 and "found \U00012000 (U+12000 CUNEIFORM SIGN A)" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("character", ["\ue000", "\uffef", "\u0378"])
def test_a_character_that_cannot_be_shown_is_named_by_its_number(shipped, character):
    page = sheet.lay_out(make(shipped[ADULT], age="44y", name=f"Doe {character}"))
    with pytest.raises(typesetting.Unprintable) as refused:
        pdf.to_pdf(page, "letter", NOW)
    assert len(refused.value.found) == 1 and f"U+{ord(character):04X}" in refused.value.found[0]


# ---------------------------------------------------------------------------------------------- what is long


def test_a_name_of_300_characters_is_whole_on_every_page(shipped):
    name = " ".join(f"part{number:03}" for number in range(37)) + "xyz"
    long = "x" * 300
    for each in (name, long):
        assert len(each) in (298, 299, 300)
        document = pdf.to_pdf(sheet.lay_out(make(shipped[KETAMINE], weight="70kg", age="44y", name=each)), "a4", NOW)
        for text in read(document):
            assert each.replace(" ", "") in text.replace(" ", "")
        assert all(MARGIN <= x <= 595 - MARGIN and MARGIN <= y <= 841 - MARGIN for _, _, x, y, _ in placed(document))


def test_sixty_rungs_stand_under_their_columns_on_every_page(tmp_path):
    text = (ROOT / "tests/protocols/sample-titration.yaml").read_text()
    text = text[: text.index("cases:")].replace("by: 0.05 mg/kg/h", "by: 0.015 mg/kg/h").replace("sample-titration", "sixty")
    (tmp_path / "sixty.yaml").write_text(text + CASE)
    (tmp_path / "drugs").symlink_to(ROOT / "tests/protocols/drugs")
    (tmp_path / "tables").symlink_to(ROOT / "tests/protocols/tables")
    loaded = Library([tmp_path]).load(tmp_path / "sixty.yaml")
    assert not loaded.errors
    made = make(loaded, weight="70kg", age="44y")
    rungs = made.phases[0].rungs
    assert len(rungs) >= 60
    pages = read(pdf.to_pdf(sheet.lay_out(made), "letter", NOW))
    for number, rung in enumerate(rungs, 1):
        row = f"{number} {rung.figures['dose_rate'].value.on_paper()} {rung.figures['pump_rate'].value.on_paper()} "
        (found,) = [text for text in pages if row in text]
        assert "RUNG DOSE RATE PUMP RATE" in found.split(row)[0]


CASE = """cases:
  - name: a usual adult
    given:
      weight: 70 kg
      age: 44 years
    expect:
      pump_rate: 3.5 mL/h
"""


def test_a_long_order_keeps_count_of_its_pages(infuse, tmp_path):
    done = infuse("order", *READY_TOGETHER, "--patient", patient_file(tmp_path), "--output", str(tmp_path / "order.pdf"))
    assert done.returncode == 0, done.stderr
    pages = read((tmp_path / "order.pdf").read_bytes())
    assert len(pages) > 10
    assert all(f"page {number} of {len(pages)}" in text and "Sample, Jane" in text for number, text in enumerate(pages, 1))


READY_TOGETHER = ["emergency-rescue"]


def patient_file(folder):
    lists = ("allergies", "conditions")
    path = folder / "patient.yaml"
    path.write_text("".join(f"{key}:\n  - {value}\n" if key in lists else f'{key}: "{value}"\n' for key, value in PATIENT.items()))
    return str(path)


def test_several_documents_in_one_each_have_their_own_head_and_foot_on_their_own_pages():
    several = [laid_out(name) for name in (KETAMINE, ADULT, "ketorolac")]
    apart = [len(pages_of(name)) for name in (KETAMINE, ADULT, "ketorolac")]
    together = read(pdf.to_pdf(several, "letter", NOW))
    assert len(together) == sum(apart)
    at = 0
    for page, count in zip(several, apart):
        for number, text in enumerate(together[at : at + count], 1):
            assert text.count("REFERENCE PROTOCOL - NOT APPROVED AT THIS SITE") == 1 and text.count(words(page.title)) == 1
            assert text.count(words(page.footer[-1])) == 1 and f"page {number} of {count}" in text
            assert not [other.title for other in several if other is not page and words(other.title) in text]
        at += count
