"""Nothing runs off a page: whatever is said, however long, stands above the foot of some page, and no column is narrower
than its longest word where the page is wide enough for that.
"""

from __future__ import annotations

import json
import string

import pytest
import typst
from conftest import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from test_paper import READY, laid_out, pages_of, placed

from infuse.paper.page import Boxes, Field, Fields, Section, Sentences, Sheet, Table
from infuse.paper.render import glyphs, pdf, room, typesetting
from infuse.paper.render.words import words as set_in_type

TEXT = st.integers(1, 500).map(lambda count: " ".join("long" if each % 3 else "supplementary" for each in range(count))) | st.sampled_from(["", "x", "two words"])
ROWS = st.lists(TEXT, min_size=1, max_size=7)
BLOCKS = st.one_of(
    ROWS.map(lambda rows: Table(("NUMBER", "WHAT", "BY"), tuple((str(at), each, "y") for at, each in enumerate(rows)))),
    ROWS.map(lambda rows: Table(("WHAT", "WHERE", "DONE, BY"), tuple((each, "x" * 30, "") for each in rows), blank=True)),
    ROWS.map(lambda rows: Fields(tuple(Field(each, "a value") for each in rows))),
    ROWS.map(lambda rows: Fields(tuple(Field("LABEL", each, blank="mg") for each in rows))),
    ROWS.map(lambda rows: Boxes(tuple(f"[ ] {each}" for each in rows))),
    ROWS.map(lambda rows: Sentences(tuple(rows), items=True)),
    ROWS.map(lambda rows: Sentences(tuple(rows))))
SECTIONS = st.builds(Section, st.just("SECTION"), st.lists(BLOCKS, min_size=1, max_size=2).map(tuple), st.just(""), joins=st.booleans(), basis=st.booleans(),
                     flows=st.booleans(), pairs=st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(SECTIONS, min_size=1, max_size=2), st.booleans(), st.sampled_from(["letter", "a4"]))
def test_everything_stands_above_the_foot_of_a_page(sections, wide, paper):
    page = Sheet("BANNER", "Title", "subtitle", tuple(sections), ("the foot",), (Field("NAME", "Doe, Jane"),), wide)
    pieces = placed(pdf.to_pdf(page, paper, NOW))
    feet = {number: y for number, text, _, y, _ in pieces if "the foot" in text}
    low = [text for number, text, _, y, _ in pieces if text.strip() and y < feet[number] and "page" not in text]
    assert not low
    said = sum(text.count("long") for section in sections for block in section.blocks for text in (
        [each for row in block.rows for each in row if isinstance(each, str)] if isinstance(block, (Table, Fields)) else
        block.questions if isinstance(block, Boxes) else block.lines))
    assert sum(text.count("long") for _, text, *_ in pieces) >= said


def test_a_row_that_no_page_holds_goes_on_over_the_page():
    table = Table(("A", "B"), (("word " * 1500, "x"),))
    pieces = placed(pdf.to_pdf(Sheet("BANNER", "Title", "subtitle", (Section("S", (table,)),), ("the foot",)), "letter", NOW))
    assert sum(text.count("word") for _, text, *_ in pieces) == 1500 and max(number for number, *_ in pieces) >= 2
    assert min(y for _, text, _, y, _ in pieces if "word" in text) > 40


@pytest.mark.parametrize(("words", "width"), [((30, 5, 5, 60, 60), 510), ((18, 18, 18), 245), ((12, 80, 3, 3), 510)])
def test_a_column_holds_its_longest_word(words, width):
    cells = tuple("x" * each if each <= 30 else " ".join(["word"] * (each // 5)) for each in words)
    table = Table(tuple("ABCDE"[: len(words)]), (cells,))
    held = room.holds(table, room.widths(table, width), width)
    fits = sum(max(len(word) for word in cell.split()) + 3 for cell in cells) <= width * 100 // (57 * 11)
    assert fits <= all(holds >= max(len(word) for word in cell.split()) for holds, cell in zip(held, cells))
    if not fits:  # then the word may be broken, which is better than printed over the next
        assert any(part == ["joint"] for cell, holds in zip(cells, held) for part in set_in_type(cell, holds))


KETAMINE = ("BREATHS, a minute", "BLOOD PRESSURE, mmHg", "PULSE, a minute", "SATURATION, %", "PAIN 0 TO 10", "SEDATION SCORE", "DYSPHORIA AND HALLUCINATIONS", "BLURRED SIGHT OR NAUSEA")
FLUIDS = ("BREATHS, a minute (1, 2, 3)", "SATURATION, % (1, 2, 3)", "LUNG BASES (1)", "SWELLING (1)", "SITE OF THE LINE (1, 3)")


@pytest.mark.parametrize("paper", ["letter", "a4"])
@pytest.mark.parametrize("heads", [KETAMINE, FLUIDS, KETAMINE[:7], KETAMINE[::-1]])
def test_no_word_of_a_heading_is_printed_over_the_frame_of_what_is_written_below_it(heads, paper):
    heads = ("AFTER START", "TIME, BY", *heads)
    table = Table(heads, tuple((each, *[""] * (len(heads) - 1)) for each in ("before", "1 hour 20 minutes", "1 hour 30 minutes")), blank=True)
    pieces = placed(pdf.to_pdf(Sheet("BANNER", "Title", "subtitle", (Section("S", (table,)),), ("the foot",), (Field("NAME", "Doe, Jane"),)), paper, NOW))
    across = room.ACROSS[paper]
    left = min(x for _, text, x, *_ in pieces if text.startswith("AFTER"))
    begins = sorted({round(x) for _, text, x, *_ in pieces if any(text.strip() and text.strip() in each for each in heads) and x >= left - 1})
    assert len(begins) == len(heads)
    for head, x, next_x in zip(heads, begins, [*begins[1:], left + across + 1]):
        widest = max(heads_word_width(word) for word in head.split())
        assert x + widest <= next_x, head
    assert any("30 minutes" in text for _, text, *_ in pieces)  # on one line, however narrow


def heads_word_width(word):
    return glyphs.across(word, room.SMALL, bold=True)


@pytest.mark.parametrize("name", ["eptinezumab", "ketorolac", "haloperidol", "acetaminophen"])
def test_a_chart_that_a_page_holds_is_not_parted(name):
    charts = [block for section in laid_out(name).sections for block in section.blocks if isinstance(block, Table) and block.columns[0] == "AFTER START"]
    assert sum("AFTER START" in " ".join(page.split()) for page in pages_of(name)) <= len(charts)


def asked(source, values):
    """What the template makes of values, each in so much room as a page has, set as every sheet is."""
    said = json.dumps(values).replace("\\", "\\\\").replace('"', '\\"')
    main = (f'#import "sheet.typ": *\n#let given = json(bytes("{said}"))\n#show: set-as-sheets.with(("{typesetting.BODY}",))\n'
            f"#context [#metadata(given.map({source}))<out>]")
    files = {"main.typ": main.encode(), "sheet.typ": pdf.TEMPLATE.read_bytes()}
    return json.loads(typst.query(files, "<out>", field="value", one=True, font_paths=typesetting.body_fonts()))


@pytest.mark.parametrize("bold", [False, True])
def test_characters_are_as_wide_as_the_font_has_them(bold):
    characters = [each for each in string.printable if each.isprintable() and each != " "]
    wide = asked(f"each => measure(text(size: 100pt, weight: {700 if bold else 400}, each)).width.pt()", characters)
    assert all(each <= glyphs.across(character, 100, bold) <= each * 1.01 + 1.2 for character, each in zip(characters, wide))


@pytest.mark.parametrize(("paper", "column"), [("letter", 253), ("a4", 245)])
def test_what_a_page_says_is_no_higher_than_was_reckoned_and_hardly_lower(paper, column):
    """Of each section of every protocol, and of what stands at the top and the bottom of each page."""
    said, heads, width = [], [], room.ACROSS[paper]
    for name in READY:
        body, head = pdf._body(laid_out(name), 0, paper), pdf._head(laid_out(name), "copy 2", paper)
        heads.append(head)
        said += [(column if run["columns"] else width, one) for run in body["runs"] for group in run["groups"] for one in group]
    found = asked("((wide, one)) => measure(width: wide * 1pt, section(one)).height.pt()", said)
    wrong = [(one["heading"], one["high"], high) for (_, one), high in zip(said, found) if one["high"] < 100 * high]
    assert not wrong
    assert sum(one["high"] for _, one in said) <= 125 * sum(found)
    high = asked(f"""own => {{
        let wide(it) = measure(width: {width}pt, it).height.pt()
        (wide(head(own, false)), wide(foot(own, "0", true, none)), own.identity.zip({room.IDENTITY}).map(((row, share)) =>
            measure(width: share * {width}pt / 24 - 8pt, whose(row)).height.pt() + 8))
    }}""", heads)
    for head, (top, foot, whose) in zip(heads, high):
        assert top * 100 <= head["head-high"] <= top * 100 + 1700 and foot * 100 <= head["foot-high"] <= foot * 100 + 1100
        assert [max(some) * 100 <= each for some, each in zip((whose[:4], whose[4:]), head["identity-high"])] == [True, True]
