"""The tables of what speaks against a drug: contraindications and precautions of a drug file.

For: drugs/NAME.yaml.

Refuses: a fact that is no fact, a band without an end, a severity that is no severity, an empty `when`.

Example: `when:` with `qtc: from 450 ms` and `sex: female` is true for a woman with 450 ms, and not for a man.
"""

from __future__ import annotations

import re

from infuse.files.caution import KINDS, LIVER, SEVERITIES, Caution, Taken, When
from infuse.files.schema.common import half_open, sources
from infuse.files.shapes import BAD, Key, Reader, Text, Wrong, fields, list_of, text, word
from infuse.ground import grammar
from infuse.ground.ranges import HalfOpen
from infuse.ground.source import Scalar
from infuse.ground.units import Refused, quantity


def _taken() -> Reader:
    """`triptan within 24 h`, or a name alone: taken now."""
    named = text("a drug, a medicine or a class, such as triptan within 24 h")

    def read(node, notes):
        said = named.read(node, notes)
        if said is BAD:
            return BAD
        name, _, time = said.partition(" within ")
        if not time:
            return Taken(said, None, node.span)
        try:
            within = grammar.read_quantity(time, "duration")
        except Refused as refused:
            return notes.wrong(node.span, "a time after within, such as 24 h", f'"{time}"', refused.hint)
        return Taken(Text(name, node.span), within, node.span)

    return Reader(read, {"type": "string", "description": "a drug, a medicine or a class, with an optional time",
                         "examples": ["triptan within 24 h"]})


def _pregnancy() -> Reader:
    """yes: any pregnancy; from 20 weeks: from then on."""
    expected = "yes, or from which week on, such as from 20 weeks"

    def read(node, notes):
        said = node.text.strip() if isinstance(node, Scalar) else ""
        if said == "yes":
            return HalfOpen(quantity(0, "week"), None)
        if not re.match("(from|below) ", said):
            return notes.wrong(node.span, expected, notes.found(node))
        try:
            return grammar.read_half_open(said, "duration")
        except Refused as refused:
            return notes.wrong(node.span, expected, notes.found(node), refused.hint)

    return Reader(read, {"type": "string", "description": expected, "examples": ["yes", "from 20 weeks"]})


def _yes() -> Reader:
    return word("yes")


def _when(span, lactation, **values):
    made = When(lactation=lactation is not None, **values)
    if made == When():
        raise Wrong("at least one fact under when", "none")
    return made


WHEN = fields((
    Key("conditions", list_of(text(), single=True), "words of tables/conditions.yaml", default=()),
    Key("medicines", list_of(_taken(), single=True), "drugs, medicines or classes, with an optional time", default=()),
    Key("pregnancy", _pregnancy(), "yes, or from which week on"),
    Key("lactation", _yes(), "yes: while breastfeeding"),
    Key("age", half_open("age"), "an age; beside other facts it narrows them"),
    Key("sex", word("female", "male"), "beside other facts it narrows them"),
    Key("clearance", half_open("clearance"), "creatinine clearance"),
    Key("qtc", half_open("QTc"), "corrected QT interval"),
    Key("systolic", half_open("blood pressure"), "systolic blood pressure"),
    Key("diastolic", half_open("blood pressure"), "diastolic blood pressure"),
    Key("heart_rate", half_open("heart rate"), "heart rate"),
    Key("liver", word(*LIVER), "liver disease, that bad or worse"),
    Key("allergy", list_of(text(), single=True), "a drug, a class (to any of its members), or another substance", default=()),
), _when, "facts about the patient: conditions, medicines, pregnancy, ...")


def caution(what: str, severity: str) -> Reader:
    """One entry of a list of contraindications or precautions. `severity`: what stands where the file says none."""
    keys = (
        Key("ask", text(), f"the {what}, in the words of the sheet", required=True),
        Key("severity", word(*SEVERITIES), "hard: no order; soft: a named person's reason; note: said on the sheet"),
        Key("when", WHEN, "the facts that make it true; left out, it is a box to tick"),
        Key("kind", word(*KINDS), "of medicines: what it is about; a pair of the table of that kind is said in its place"),
        Key("beside", text(), "the ask of another one above, graver or the same fact by another measure: both stand in one row"),
        Key("source", sources, "its references", default=()),
        Key("basis", word("site"), "site: no source states it; it is the site's to decide, and enforced meanwhile"),
    )

    def build(span, ask, severity, when, kind, beside, source, basis, usual=severity):
        if not source and not basis:
            raise Wrong(f'source, or "basis: site", beside "{ask}"', "neither")
        if kind and not (when and when.medicines):
            raise Wrong(f'medicines under when, beside "kind: {kind}"', "none")
        return Caution(ask, severity or usual, when, source, basis is not None, span, kind or "", beside or "")

    return fields(keys, build, f"a {what}: ask, severity, when, source")
