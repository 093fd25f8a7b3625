"""Labels as PDF: one a page on label stock, or several on a sheet of labels, by one template, `label.typ` beside this file.

For: `infuse label --output labels.pdf` and the printer. Sheets of labels are the common sizes: ten of 2 x 4 inch on Letter,
eight of 99 x 68 mm on A4.

Refuses: a label whose words do not fit in 9 points: nothing is cut off. A character that no font has.

Example: to_pdf(labels, "2x4in", now) is one page of 4 by 2 inch a label.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from infuse.paper.labels import Label
from infuse.paper.page import Field
from infuse.paper.render import symbols
from infuse.paper.render.typesetting import compiled
from infuse.paper.render.words import words

_ONE_LINE = 40  # characters that one line of the smallest label certainly holds
_SHARES = {"BY": 2, "CHECKED": 3, "BEYOND USE": 5}  # initials; a long label before its date and time
_OF_A_TIME = 6  # a date and its time in one line
TEMPLATE = Path(__file__).with_name("label.typ")
MEDIA = {"2x4in": "Custom.4x2in", "letter": "letter", "a4": "a4"}  # as a printer's queue knows them


def to_pdf(labels: Sequence[Label], stock: str, now: datetime, copy: str = "") -> bytes:
    """The document; `copy`: what a copy says of itself. Raises Unprintable, DoesNotFit."""
    said = {"stock": stock, "clock": list(now.timetuple()[:6]), "title": "Labels", "copy": words(copy),
            "labels": [_as_values(each, number) for number, each in enumerate(labels, 1)]}
    return compiled(TEMPLATE, now, said)


def _share(row: Field) -> int:
    """How wide a field is beside its neighbors."""
    return _OF_A_TIME if row.label == "PREPARED" and row.value else _SHARES.get(row.label, 4)


def _as_values(label: Label, number: int) -> dict:
    code = symbols.bars(label.barcode) if label.barcode else None
    return {"which": f"label {number}, {' + '.join(drug for drug, _ in label.contents)}", "who": [[words(each), len(each) < _ONE_LINE] for each in label.who],
            "contents": [[words(drug), words(amount)] for drug, amount in label.contents], "high-alert": label.high_alert,
            "mixed-in": words(label.mixed_in), "give": [words(each) for each in label.give],
            "handling": [words(each) for each in label.handling],
            "fill-in": [[words(row.label), words(row.value), _share(row)] for row in label.fill_in],
            "warnings": [words(each) for each in label.warnings], "banner": words(label.banner), "order-id": label.order_id,
            "bars": code and code.svg, "modules": code and code.modules, "record": words(label.record), "number": words(label.number)}
