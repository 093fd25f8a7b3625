"""The id of an order: what its sheet, its label and a record of them share, and no other order has.

For: the sheet, the label's barcode, `--replaces`. It is a digest of the record number, the time of the order, everything
that was given and chosen, and the hashes of the files: the same order at the same minute has the same id. Sixteen letters
without vowels, so that it is neither a number nor a word: 69 bits.

Refuses: an id without a record number: two patients could share it; it is then "".

Example: of_order(order) is "KWRT-BHQM-XFGD-PNJC".
"""

from __future__ import annotations

import hashlib

from infuse.files.given import BY_NAME, on_paper_time
from infuse.ordering.order import Order

LETTERS = "BCDFGHJKLMNPQRSTVWXY"
_LONG, _GROUP = 16, 4
NEEDED = "the record number"
_AFTERWARDS = ("prepared", "compounding")  # said when it is made ready, of the same order


def of_order(order: Order) -> str:
    """The id in groups of four, or "" where no record number is known."""
    if order.patient.get("record_number") is None:
        return ""
    number = int.from_bytes(hashlib.sha256("\n".join(_what_it_is(order)).encode()).digest(), "big")
    letters = ""
    for _ in range(_LONG):
        number, rest = divmod(number, len(LETTERS))
        letters += LETTERS[rest]
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LONG, _GROUP))


def in_barcode(order_id: str) -> str:
    """The letters alone, as a scanner reads them."""
    return order_id.replace("-", "")


def identified(order: Order) -> bool:
    """Whether the patient's two identifiers are known: the name, and the record number or the date of birth."""
    return order.patient.get("name") is not None and any(order.patient.get(each) is not None for each in ("record_number", "birth_date"))


def _what_it_is(order: Order):
    """Line by line, so that no text can run over into the next one's place."""
    yield on_paper_time(order.now)
    for name in (each for each in BY_NAME if each not in _AFTERWARDS):
        value = order.patient.get(name)
        said = "unknown" if name in order.patient.unknown else "" if value is None else value
        yield repr((name, [str(each) for each in said] if isinstance(said, tuple) and BY_NAME[name].many else str(said)))
    for request in order.requests:
        yield repr((request.loaded.protocol.id, request.loaded.sha256))
        yield repr(sorted((key, given.text) for key, given in request.chosen.items()))
        yield repr(sorted((question, given.text) for question, given in request.answers.items()))
    yield repr([(each.code, each.reason, each.by) for each in order.overrides])
    yield repr([each.sha256 for each in order.arrangement.files] if order.arrangement else [])
    if order.arrangement and order.arrangement.one_bag:
        yield repr(order.arrangement.one_bag)
