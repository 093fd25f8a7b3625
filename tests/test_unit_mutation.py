"""Every quantity of every file with another unit: one of another dimension, and one a thousandfold off. `check` says so, at that
line, or names that line; what nothing can catch is told in `nothing_should`.

A file is read once: the unit is changed in what was read, and only what stands on it is checked again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest
from conftest import ROOT

from infuse.files.library import Library
from infuse.ground import units
from infuse.ground.source import Mapping, Scalar, Sequence
from infuse.ordering import checking

SHIPPED, SAMPLES = ROOT / "protocols", ROOT / "tests" / "protocols"
FILES = [path for folder in (SHIPPED, SAMPLES) for below in ("", "drugs") for path in sorted((folder / below).glob("*.yaml"))]
QUANTITY = re.compile(r"(?:(?:up to|at least|nearest|below|from) )?(?:[0-9.,]+(?: \S+)? to (?:below )?)?[0-9.,]+ ?(?P<unit>\S+)(?: in (?:course|[0-9]+ (?P<window>h|day|days|week|weeks)))?")
DIMENSIONS = ("mg", "mEq", "units", "mL", "kg", "cm", "m2", "h", "%", "mmHg", "drops", "vial", "mg/kg", "mEq/kg", "mg/m2", "mg/h", "units/h",
              "mg/kg/h", "units/kg/h", "mg/m2/h", "mL/h", "mL/kg/h", "mg/mL", "units/mL", "mg/L/h", "mEq/g", "mg/g", "drops/min", "drops/mL")
THOUSAND = (("g", "mg"), ("mg", "mcg"), ("mcg", "nanogram"), ("units", "milliunits"), ("mmol", "micromol"), ("L", "mL"))
LARGER = {small: large for large, small in THOUSAND}
SMALLER = dict(THOUSAND)

# where another kind is right too: of a total (whole or per kg), of the dose of a band, of what limits or stretches a dose rate
EITHER = re.compile(r"(?P<whole>mg|mcg|g|mL|units|mEq|mmol)(?P<per>/kg|/m2)?(?P<time>/\w+)?")


def also_right(key: str, old: str, new: str) -> bool:
    """Whether the other kind may stand there as well: then it is no mistake of the unit, but another statement."""
    one, other = EITHER.fullmatch(old), EITHER.fullmatch(new)
    if not one or not other or not units.fits(units.unit(one["whole"]), units.unit(other["whole"])):
        return False
    return key in ("hard", "soft", "range", "fastest", "dose", "cap") and bool(one["time"]) == bool(other["time"])


class Place:
    """One unit of one file: where it stands, and the file with another in its place."""

    def __init__(self, path, scalar, match, group, root):
        self.path, self.scalar, self.old, self.span = path, scalar, match[group], match.span(group)
        names = [name for _, name in path if name != "-"]
        self.in_case, self.key, self.above = names[0] == "cases", names[-1], names[-2] if names[1:] else ""
        case = root.items[path[0][0]][1].items[path[1][0]] if self.in_case else None
        self.refused = case is not None and any(text.text == "refused" for key, value in case.items if key.text == "expect" for text, _ in value.items)

    def with_unit(self, root, new: str):
        text = self.scalar.text[: self.span[0]] + new + self.scalar.text[self.span[1]:]
        return put(alone(root, self.path[1][0]) if self.in_case else root, ((self.path[0][0], ""), (0, ""), *self.path[2:]) if self.in_case else self.path,
                   Scalar(text, self.scalar.span)), text


def walk(node, path=()):
    if isinstance(node, Scalar):
        yield path, node
    for number, each in enumerate(node.items if not isinstance(node, Scalar) else ()):
        name, below = (each[0].text, each[1]) if isinstance(node, Mapping) else ("-", each)
        yield from walk(below, (*path, (number, name)))


def put(node, path, new):
    """The same tree with one scalar replaced."""
    if not path:
        return new
    (number, _), *below = path
    items = list(node.items)
    items[number] = (items[number][0], put(items[number][1], below, new)) if isinstance(node, Mapping) else put(items[number], below, new)
    return type(node)(tuple(items), node.span)


def alone(root, case: int):
    """The file with one of its cases: the others say nothing of what is changed in this one."""
    return Mapping(tuple((key, Sequence((value.items[case],), value.span) if key.text == "cases" else value) for key, value in root.items), root.span)


def is_unit(text: str) -> bool:
    try:
        return bool(units.unit(text))
    except units.Refused:
        return False


def places(root):
    for path, scalar in walk(root):
        match = QUANTITY.fullmatch(scalar.text)
        if path[-1][1] not in WORDS:
            yield from (Place(path, scalar, match, group, root) for group in (match.groupdict() if match else ()) if match[group] and is_unit(match[group]))


WORDS = {"name", "title", "say", "ask", "when", "do", "observe", "note", "read", "section", "level", "given", "medicines"}  # read by people, or facts of the past


@lru_cache
def library(folder: Path) -> Library:
    one = Library([] if folder == SHIPPED else [folder])
    for path in one.ids().values():
        one.load(path)
    return one


def errors(path: Path, root):
    """What check says of the file with that tree in place of its own; of a drug, if nothing, of the protocols that use it."""
    known = library(path.parent.parent if path.parent.name == "drugs" else path.parent)
    other = Library(known.folders[:-1])
    for name in ("_contents", "_documents", "_drugs", "_tables", *(["_lists"] if path.parent.name != "drugs" else [])):
        setattr(other, name, dict(getattr(known, name)))
    document, digest = known.document(path)
    other._documents[path] = document._replace(root=root), digest
    other._drugs.pop(path, None)
    found = checking.check(other, [path]).errors
    if found or path.parent.name != "drugs":
        return found
    users = [each for each in known.ids().values() if each.parent == path.parent.parent and known.load(each).protocol.drug == path.stem]
    return [error for each in users for error in checking.check(other, [each]).errors]


def caught(place: Place, found) -> str:
    """line: said at the line, or in the case, or with the line named; elsewhere; or nothing."""
    line = place.scalar.span.line
    if any(each.span.line == line or re.search(rf"\bline {line}\b", each.message + each.hint) for each in found) or (place.in_case and found):
        return "line"
    return "elsewhere" if found else "nothing"


def slips(path: Path):
    """(kind of change, place, the new text, where it was caught) for every change of every quantity of a file."""
    root = library(path.parent.parent if path.parent.name == "drugs" else path.parent).document(path)[0].root
    for number, place in enumerate(places(root)):
        others = [new for new in DIMENSIONS if not units.fits(units.unit(place.old), units.unit(new)) and not also_right(place.key, place.old, new)]
        several = 1 if SHIPPED in path.parents else 4
        changes = [("dimension", others[(number * several + turn) % len(others)]) for turn in range(several)]
        first, *rest = place.old.split("/")
        changes += [("thousandfold", "/".join([table[first], *rest])) for table in (LARGER, SMALLER) if first in table]
        for kind, new in changes:
            changed, text = place.with_unit(root, new)
            yield kind, place, text, caught(place, errors(path, changed))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_another_unit_is_said_at_its_line(path):
    missed = []
    for kind, place, text, where in slips(path):
        if where != "line" and not nothing_should(kind, place, text):
            missed.append(f"{path.name}:{place.scalar.span.line}: {place.key}: {place.scalar.text} as {text}: {where}")
    assert not missed, "\n".join(missed)


def nothing_should(kind: str, place: Place, text: str) -> str:
    """Why nothing in the file can tell, or ""."""
    if kind == "thousandfold" and place.in_case and place.refused and place.key.rpartition(".")[2] in ("dose", "dose_rate", "duration"):
        return "the case expects a stop, and what is chosen is as far outside with the other unit"
    return ""
