"""Which papers an order can be printed on, and which of them are asked for: the sheet, and the forms beside it.

For: `infuse order --form NAME`. Each paper is a document of its own, with its own pages, of the same page model.

Refuses: a form that there is not, a form twice, and one that nothing on this order is for.

Example: lay_out(order, ("check",)) of ketamine is its double check alone; of an antiemetic that is no high-alert drug it
is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from infuse.files.shapes import did_you_mean
from infuse.ground.units import Refused
from infuse.ordering.order import Order
from infuse.paper import identity, sheet
from infuse.paper.forms import check, flowsheet, record, worksheet
from infuse.paper.page import Section, Sheet

SHEET, ALL = "sheet", "all"
OPTION = "--form"


class Form(NamedTuple):
    """What it is called on paper, what makes its sections, and what an order must have for it; `wide` lies on its side."""

    title: str
    sections: Callable[[Order], list[Section]]
    needs: str
    wide: bool = False


FORMS = {
    "record": Form("Titration record", record.titration, "a ladder", wide=True),
    "flowsheet": Form("Monitoring flowsheet", flowsheet.sections, "something to observe", wide=True),
    "controlled": Form("Controlled drug record", record.controlled, "a controlled drug"),
    "worksheet": Form("Pharmacy preparation worksheet", worksheet.sections, "something to prepare"),
    "check": Form("Independent double check", check.sections, "a high-alert drug"),
}


def known(names: Sequence[str]) -> list[tuple[str, Refused]]:
    """What is wrong with the names that were asked for."""
    every = [SHEET, *FORMS, ALL]
    wrong = [(OPTION, Refused(f"a form: {', '.join(every)}", each, did_you_mean(each, every))) for each in names if each not in every]
    return wrong + [(OPTION, Refused("each form once", each)) for each in dict.fromkeys(names) if names.count(each) > 1]


def lay_out(order: Order, names: Sequence[str], annex: bool = True) -> tuple[list[Sheet], list[tuple[str, Refused]]]:
    """(the papers that were asked for, in their sequence; what was refused). `all`: the sheet, and every form that the order
    has something for."""
    pages, wrong = [], []
    for name in [SHEET, *FORMS] if ALL in names else names:
        if name == SHEET:
            pages.append(sheet.lay_out(order, annex))
            continue
        form = FORMS[name]
        sections = form.sections(order)
        if sections:
            pages.append(identity.document(order, form.title, sections, form.wide))
        elif ALL not in names:
            wrong.append((OPTION, Refused(f"{form.needs} on this order, for the form", name)))
    return pages, wrong
