"""One sheet, one rule: what an order says of its line, its most and its tolerance is the same wherever it is said."""

from __future__ import annotations

import pytest
from conftest import make
from test_pump_volume import ADULT, made_anyway

from infuse.paper import sheet
from infuse.paper.page import Boxes, Fields, Sentences, Table


def of_an_age(loaded):
    """A patient whom the protocol takes."""
    child = loaded.protocol.population == "pediatric"
    return ADULT | ({"age": "9 years", "weight": "30 kg", "height": "135 cm"} if child else {"weight": "70 kg"})


@pytest.fixture(scope="module")
def sheets(shipped):
    return {name: sheet.lay_out(made_anyway(loaded, **of_an_age(loaded))) for name, loaded in shipped.items()}


def lines(page):
    """Everything that is said on a page, line by line, with the heading that it stands under."""
    for section in page.sections:
        for block in section.blocks:
            match block:
                case Fields(rows):
                    yield from ((section.heading, row.label, row.value) for row in rows)
                case Sentences(several):
                    yield from ((section.heading, "", each) for each in several)
                case Boxes(questions):
                    yield from ((section.heading, "box", each) for each in questions)
                case Table():
                    yield from ((section.heading, "", cell) for row in block.rows for cell in row)


def test_no_order_leaves_it_to_the_bedside_what_may_share_a_line(sheets):
    for name, page in sheets.items():
        said = [text for _, _, text in lines(page) if "unless compatib" in text or "check every drug in the same line" in text]
        assert not said, name
        infused = [text for _, label, text in lines(page) if label == "ADMINISTRATION" and "infusion" in text]
        assert all("alone in its line while it runs" in text or "the bag holds" in text for text in infused), name


def test_in_a_set_the_line_is_as_lines_says(infuse):
    page = infuse("order", "emergency-rescue", "--with", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "165cm",
                  "--creatinine", "0.8 mg/dL", "--format", "text").stdout
    said = " ".join(page.split())
    assert "its line, and what else may run through it, as LINES says" in said
    assert "alone in its line" not in said and "unless compatib" not in said and "nothing else in its bag, syringe or line" not in said
