"""An order worked out again from what its sheet says, and compared with it line by line.

For: `infuse verify`, whoever finds a sheet and asks whether its numbers are those of its protocol. It takes the text of the
sheet's QR code, scanned or typed, or found in a saved sheet, whose printed facts and alerts are compared too; or the JSON of
an order, whose every number, fact and alert is compared. Screening is done again from the same allergies, medicines and
conditions.

Refuses: text without such a line, JSON of an order that was not ready, a protocol or set that is not here. It cannot say
whose sheet it is: what was not compared is said at the end.

Example: of a sheet at 70 kg whose text was changed to 71 kg, the check and the calculated dose rate are different.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from infuse.arithmetic import patient as patients
from infuse.files import given
from infuse.files.given import BY_NAME, Given
from infuse.files.library import Library
from infuse.ground import grammar
from infuse.ground.units import Refused
from infuse.judgement.limits import HARD
from infuse.judgement.screening import BOXES
from infuse.ordering import compact, mixture, order, picking
from infuse.ordering.compact import Compact
from infuse.ordering.order import READY, Order
from infuse.paper import as_printed
from infuse.paper.render import json as rendered

ONLY = "Not compared: identity (name, birth date, record number, location), the prescriber, answers that were written in, reasons for overrides."
_WHERE, _CHECK, _SHOWN = "VERIFY", "check of the text", 72
_NOT_IN_THE_TEXT = ("name", "birth_date", "record_number", "location", "prescriber", "prepared", "compounding")


class CannotVerify(Exception):
    """What was refused (where, Refused), and lines that are complete already."""

    def __init__(self, refused: list[tuple[str, Refused]], lines: list[str] = ()):
        self.refused, self.lines = refused, list(lines)
        super().__init__("; ".join([*(str(each) for _, each in refused), *lines]))


class Line(NamedTuple):
    """One comparison: what it is of, what the sheet says, what comes out here."""

    what: str
    sheet: str
    here: str
    same: bool


def verify(text: str, library: Library, load: Callable[[list[str]], list]) -> list[Line]:
    """Every line compared. `load` gives the protocols of ids, or fails. Raises CannotVerify."""
    try:
        of_json = _json(text)
        line = of_json["recompute"] if of_json else compact.find(text)
        said = compact.read(compact.find(line))
        at = given.read_time(said.at)
    except Refused as refused:
        raise CannotVerify([(_WHERE, refused)]) from None
    picked = _picked(said, library)
    made = _again(said, picked, load([name for name, _, _ in said.protocols]), at)
    more = _of_json(of_json, made) if of_json else _printed(text, made)
    return [Line(_CHECK, said.check, said.check_here, said.check == said.check_here), *_files(said, made), *_results(said, made), *more]


def _json(text: str) -> dict | None:
    """The JSON of an order, where the text is JSON. Raises Refused."""
    if not text.lstrip().startswith("{"):
        return None
    import json

    try:
        found = json.loads(text)
    except ValueError:
        raise Refused("the JSON of an order", text.strip()[:_SHOWN]) from None
    if not isinstance(found.get("recompute"), str):
        raise Refused("the JSON of an order that is ready, as infuse order --json writes it", text.strip()[:_SHOWN])
    return found


def _picked(said: Compact, library: Library) -> picking.Selection:
    ids = [name for name, _, _ in said.protocols]
    try:
        if said.order_set is None:
            return picking.select(library, ids)
        one, _, _ = said.order_set
        if one not in library.sets():
            raise CannotVerify([(_WHERE, Refused("an order set that is here", one, f"the sets are {', '.join(library.sets())}"))])
        of_set = library.load_set(library.sets()[one]).order_set
        known = [name for item in of_set.items for name in item.protocols] if of_set else []
        return picking.select(library, [one, *(each for each in ids if each not in known)], [each for each in ids if each in known],
                              [each for each in known if each not in ids])
    except picking.CannotPick as wrong:
        raise CannotVerify(wrong.refused, [str(problem.message) for problem, _ in wrong.problems]) from None


def _again(said: Compact, picked, loaded, at: datetime) -> Order:
    """The same order from the same facts and choices, with the protocols that are here."""
    facts = {name: Given(text, f"{_WHERE}: {name.replace('_', ' ')}") for name, text in said.facts.items()}
    patient, wrong = patients.read(facts, at)
    if wrong:
        raise CannotVerify(wrong)
    requests = [order.Request(each, {key: Given(text, f"{_WHERE}: chosen") for key, text in said.chosen.get(each.protocol.id, {}).items()})
                for each in loaded]
    try:
        made = _build(requests, patient, at, picked.arrangement, said.one_bag, ())
        if made.status == order.NEEDS_OVERRIDE:  # somebody had a reason, or there would be no sheet
            codes = dict.fromkeys(each.code for each in made.not_overridden)
            made = _build(requests, patient, at, picked.arrangement, said.one_bag, [(code, _WHERE) for code in codes])
    except order.NotUnderstood as error:
        raise CannotVerify(error.refused) from None
    except order.Missing as missing:
        raise CannotVerify([(_WHERE, Refused(BY_NAME[name].says, "", f"it changes the dose of {', '.join(of)}")) for name, of in missing.facts.items()]) from None
    if made.status != READY:
        raise CannotVerify([], [f"no order comes out here: {each.message}" for each in made.alerts if each.level == HARD]
                           or [f"no order comes out here: {each.message}" for each in made.not_overridden])
    return made


def _build(requests, patient, at, arrangement, one_bag, overrides) -> Order:
    if not one_bag:
        return order.build(requests, patient, at, overrides, _WHERE, arrangement=arrangement)
    try:
        names = mixture.read(one_bag, [each.loaded.protocol.id for each in requests])
    except Refused as refused:
        raise order.NotUnderstood([(_WHERE, refused)]) from None
    return mixture.build(requests, patient, at, overrides, _WHERE, arrangement._replace(one_bag=names))


# ---------------------------------------------------------------------------------------------- compared


def _files(said: Compact, made: Order) -> list[Line]:
    here = compact.read(compact.write(made))
    pairs = [*zip(said.protocols, here.protocols), *([(said.order_set, here.order_set)] if said.order_set else [])]
    found = []
    for (name, version, digest), (_, version_here, digest_here) in pairs:
        found += [Line(f"version of {name}", version, version_here, version == version_here),
                  Line(f"hash of {name}", digest, digest_here, digest == digest_here)]
    return found


def _results(said: Compact, made: Order) -> list[Line]:
    here = {each.label: each.value for each in (*compact.results(made), *compact.found(made))}
    found = [Line(each.label, each.value, here.get(each.label, "nothing"), _equal(each.value, here.get(each.label, ""))) for each in said.results]
    named = {each.label for each in said.results}
    return found + [Line(label, "nothing", value, False) for label, value in here.items() if label not in named]


def _equal(first: str, second: str) -> bool:
    if first == second:
        return True
    try:
        return grammar.read_quantity(first) == grammar.read_quantity(second)
    except (Refused, ArithmeticError, ValueError):
        return False


def _printed(text: str, made: Order) -> list[Line]:
    """What a whole sheet prints beside its line."""
    return [Line(each.what, each.sheet or "nothing", each.here or "nothing", each.sheet == each.here) for each in as_printed.compare(text, made)]


def _of_json(of_json: dict, made: Order) -> list[Line]:
    """Every fact of the JSON that is not identity, every alert and what screening left open or ruled out, every number."""
    here = rendered.as_object(made)
    facts, found = of_json.get("patient") or {}, []
    for name in (*(each for each in BY_NAME if each not in _NOT_IN_THE_TEXT), "unknown"):
        sheet, ours = (_shown(each.get(name)) for each in (facts, here["patient"]))
        if (sheet, ours) != ("None", "None"):
            found.append(Line(f"patient: {name}", sheet, ours, sheet == ours))
    parts = [_parts(each) for each in (of_json, here)]
    theirs, ours = parts
    return found + [Line(place, theirs.get(place, "nothing"), ours.get(place, "nothing"), theirs.get(place) == ours.get(place)) for place in {**theirs, **ours}]


def _parts(one: dict) -> dict[str, str]:
    """By its place everything in the JSON that an order comes to."""
    overrides = sorted(str(each.get("code")) for each in one.get("overrides") or ())
    asked = [each for each in one.get("open") or () if each.get("fact") in BOXES and each.get("fact") not in _NOT_IN_THE_TEXT]
    alerts = [{key: each.get(key) for key in ("level", "code", "message", "limit")} for each in one.get("alerts") or ()]
    every = {"alerts": alerts, "overrides": overrides, "open": [each.get("question") for each in asked], "ruled_out": one.get("ruled_out"), "orders": one.get("orders")}
    return {place: text for name, value in every.items() for place, text in _leaves(value, name)}


def _shown(value) -> str:
    return f"{value['value']} {value['unit']}" if isinstance(value, dict) and {"value", "unit"} <= value.keys() else str(value)


def _leaves(value, place: str):
    """(place, text) of everything in it, but not the working, which only tells the same in words."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in ("working", "where"):  # told in words, and where a file lies here
                yield from _leaves(each, f"{place}.{key}")
    elif isinstance(value, list):
        for number, each in enumerate(value, 1):
            yield from _leaves(each, f"{place} {number}")
    else:
        yield place, str(value)


# ---------------------------------------------------------------------------------------------- said


def as_lines(found: list[Line]) -> list[str]:
    """A line each, those that differ in capitals, and the count at the end."""
    rows = [f"same: {each.what}: {each.sheet}" if each.same else f"DIFFERENT: {each.what}: {each.sheet} on the sheet; {each.here} here"
            for each in found]
    wrong = sum(not each.same for each in found)
    verdict = f"{len(found):,} lines compared: " + ("all the same" if not wrong else f"{wrong:,} DIFFERENT; do not use the sheet before it is clear why")
    if any(each.what == _CHECK and not each.same for each in found):
        rows.append("The text is not as it was printed: a slip of typing would do that, and so would a change by hand.")
    other = [each.what.partition(" of ")[2] for each in found if not each.same and each.what.startswith(("version of", "hash of"))]
    if other:
        rows.append(f"The sheet was made with another {' and '.join(dict.fromkeys(other))} than the one here.")
    return [*rows, ONLY, verdict]


def as_object(found: list[Line]) -> dict:
    return {"schema_version": 1, "same": all(each.same for each in found),
            "lines": [{"what": each.what, "sheet": each.sheet, "here": each.here, "same": each.same} for each in found], "note": ONLY}
