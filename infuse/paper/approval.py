"""Who approved a protocol or an order set, until when: the banner of a sheet, and the line below its title.

For: `sheet` and `catalog`. A protocol is a reference until its file names the committee that approved that very
version. A review that is due may still be used on its day; a day later every page says so.

Refuses: nothing; that an approval is of another version is a problem with the file.

Example: banner of the shipped files is "REFERENCE PROTOCOL - NOT APPROVED AT THIS SITE"; a year after its review was
due, " - REVIEW OVERDUE SINCE 15-Jan-2026" stands behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from infuse.files.given import on_paper_date
from infuse.files.ordersets import OrderSet
from infuse.files.protocol import Protocol

UNAPPROVED = "REFERENCE PROTOCOL - NOT APPROVED AT THIS SITE"


def banner(protocols: Sequence[Protocol | OrderSet], today: date) -> str:
    """What nobody must overlook of the protocols of one sheet."""
    overdue = [each.review_due for each in protocols if each.review_due and each.review_due < today]
    if any(each.approval is None for each in protocols):
        said = UNAPPROVED
    else:
        said = "APPROVED BY " + " AND ".join(dict.fromkeys(each.approval.committee for each in protocols))
    return said + (f" - REVIEW OVERDUE SINCE {on_paper_date(min(overdue))}" if overdue else "")


def line(protocols: Sequence[Protocol | OrderSet]) -> str:
    """Committee, date of approval, date of review; of each protocol where they differ."""
    lines = {each.id: _line(each) for each in protocols}
    if len(set(lines.values())) == 1:
        said = next(iter(lines.values()))
        return f"{said[0].upper()}{said[1:]}."
    return "; ".join(f"{name}, {said}" for name, said in lines.items()) + "."


def _line(protocol: Protocol | OrderSet) -> str:
    approval, due = protocol.approval, protocol.review_due
    return (f"approving committee: {approval.committee if approval else 'none'}; approved: {on_paper_date(approval.on) if approval else 'never'}; "
            f"review due: {on_paper_date(due) if due else 'not set'}")
