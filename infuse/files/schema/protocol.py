"""The table of a protocol file, from its id to its cases; what a phase may say stands in `schema.phases`.

For: NAME.yaml in a folder of protocols.

Refuses: a preparation beside preparations, or neither.

Example: `preparation:` with `product: vial` is a protocol with one way to make it ready.
"""

from __future__ import annotations

from infuse.files import protocol as p
from infuse.files import watching
from infuse.files.schema.common import APPROVED, advisory, approved, file_name, note, references, sources, texts
from infuse.files.schema.handling import HANDLING, with_source
from infuse.files.schema.limits import fact_rule, total
from infuse.files.schema.phases import PHASES
from infuse.files.shapes import BAD, Key, Notes, Reader, Text, Wrong, fields, flag, list_of, named, one_of, quantity, text, word
from infuse.ground.source import Mapping, Scalar, Sequence


def _patient(span, dosing_weight, age, weight, clearance=None):
    return p.PatientRules(dosing_weight, age or p.FactRule(None, "box"), weight or p.FactRule(None, "refuse"), clearance, span)


_CLEARANCE = fields((
    Key("weight", word(*p.WEIGHTS), "the weight that Cockcroft-Gault uses", required=True),
    Key("unknown", word("refuse", "lowest"), "what an unknown clearance does: no order, or the lowest dose", default="refuse"),
    Key("source", sources, "its references", required=True),
), lambda span, **values: p.ClearanceRule(span=span, **values))


PATIENT = fields((
    Key("dosing_weight", word(*p.WEIGHTS), "the weight that per-kg doses use", default=p.ACTUAL),
    Key("age", fact_rule("age", "age", "box"), "the ages that it is for", stand_in=None),
    Key("weight", fact_rule("weight", "weight", "refuse"), "the weights that it is for"),
    Key("clearance", _CLEARANCE, "how the creatinine clearance of the bands is worked out"),
), _patient)

_PREPARATION_KEYS = (
    Key("product", list_of(file_name, single=True), "which of the drug's products; of a list the one that leaves the least is used", required=True),
    Key("amount", quantity("dose"), "the amount in the bag; where left out, the dose itself goes in"),
    Key("diluent", text(), "what it is diluted with", default=""),
    Key("final_volume", quantity("volume"), "made up to this volume: as much diluent is removed as drug is added"),
    Key("added_to", quantity("volume"), "added to a bag of this volume, whose own volume stays"),
    Key("final_concentration", quantity("concentration"), "said again, to be checked"),
    Key("whole_bag", flag(), "yes: only for a dose that is exactly one premixed bag", default=False),
    Key("beyond_use", quantity("duration"), "how long it may be used; where left out, a box"),
    Key("note", text(), "what the one who prepares it must know", default=""),
    HANDLING,
    Key("source", sources, "its references", required=True),
)


def _preparation(name: str) -> Reader:
    def build(span, product, handling, source, **values):
        return p.Preparation(name=name, product=product[0], products=product, handling=with_source(handling, source), source=source, span=span, **values)

    return fields(_PREPARATION_KEYS, build, "a preparation: product, diluent, volume, ...")


def _nearest(kind: str, example: str) -> Reader:
    inner = quantity(kind)
    expected = f"nearest and a step, such as {example}"

    def read(node, notes):
        if not isinstance(node, Scalar) or not node.text.startswith("nearest "):
            return notes.wrong(node.span, expected, notes.found(node))
        apart = Notes()
        step = inner.read(Scalar(node.text.removeprefix("nearest "), node.span), apart)
        return notes.wrong(node.span, expected, notes.found(node), apart.problems[0].hint) if step is BAD else step

    return Reader(read, {"type": "string", "description": expected, "pattern": "^nearest ", "examples": [example]})


ROUNDING = fields((
    Key("pump_rate", _nearest("pump rate", "nearest 0.1 mL/h"), "the step of pump rates, where the pump has no coarser one"),
    Key("duration", _nearest("duration", "nearest 1 min"), "the step of a stretched duration, which rounds up where it must"),
    Key("withdraw_volume", _nearest("volume", "nearest 0.1 mL"), "the step of drawn-up volumes, instead of the syringe's graduations"),
    Key("tolerance", quantity("percent"), "how far rounding may carry the delivered dose from the ordered one"),
), lambda span, **values: p.RoundingPolicy(**values))


def case_texts(what: str) -> Reader:
    """Texts by name, for `cases` to read: name and text each know their place."""

    def read(node, notes):
        if not isinstance(node, Mapping) or not node.items:
            return notes.wrong(node.span, what, notes.found(node))
        values = {}
        for key, value in node.items:
            if isinstance(value, Sequence) and all(isinstance(each, Scalar) for each in value.items):
                values[Text(key.text, key.span)] = tuple(Text(each.text.strip(), each.span) for each in value.items)
            elif isinstance(value, Scalar) and value.text.strip():
                values[Text(key.text, key.span)] = Text(value.text.strip(), value.span)
            else:
                found = "keys with values" if isinstance(value, Mapping) else f'nothing after "{key.text}:"'
                values[key.text] = notes.wrong(value.span, "a text, or a list of texts", found)
        return BAD if BAD in values.values() else values

    one = {"type": ["string", "number"]}
    several = {"type": "array", "items": one, "minItems": 1}
    return Reader(read, {"type": "object", "additionalProperties": {"anyOf": [one, several]}, "minProperties": 1})


def case_place(said):
    return said.span if isinstance(said, Text) else said[0].span


CASE = fields((
    Key("name", text(), "what the case shows", required=True),
    Key("given", case_texts("the facts and choices of the case"), "facts about the patient, and choices", required=True),
    Key("expect", case_texts("what must come out"), "figures by name, or refused, or soft_stop", required=True),
), lambda span, expect, **values: p.Case(expect={key: (said, case_place(said)) for key, said in expect.items()}, span=span, **values))

CRITERION = fields((
    Key("when", text(), "the finding, with its number", required=True),
    Key("box", list_of(text(), single=True), "where no source states the number: the question, under ask, in whose box the prescriber writes it", default=()),
    Key("do", text(), "what to do: hold, stop, call, slow, step down one rung", required=True),
    Key("source", sources, "its references", required=True),
), lambda span, **values: p.Criterion(**values))

def _monitoring(span, at, **values):
    if at and not watching.read(at).whole:
        raise Wrong("times alone, such as before, at 5 and 15 minutes, every 15 minutes for 1 hour, at the end, 30 minutes after the end", at, at.span)
    return p.Monitoring(at=at, **values)


MONITORING = fields((
    Key("observe", text(), "what is observed", required=True),
    Key("when", text(), "when, and how often", required=True),
    Key("chart", list_of(text("a name, or a name and its unit: blood pressure, mmHg", r"[^,]+(, [^,]+)?"), single=True),
        "its columns on a chart, each a name or `name, unit`; left out, what is found in `observe`", default=()),
    Key("at", text(), "its rows on a chart, in times alone: before, at 5 and 15 minutes, every 15 minutes for 1 hour, at the end, 30 minutes after the end; "
        "left out, the times that `when` states", default=""),
    Key("after_steps", flag(), "yes: after every step up of a titration its times begin anew", default=False),
    Key("source", sources, "its references", required=True),
), _monitoring)


_GUIDELINE = fields((
    Key("body", text(), "who recommends, such as American Headache Society", required=True),
    Key("year", text("a year", "[12][0-9]{3}"), "when", required=True),
    Key("level", text(), "how strongly, in its own words: should offer (B)", required=True),
    Key("source", sources, "its references", required=True),
), lambda span, **values: p.Guideline(**values))


def _build_protocol(span, protocol, drug, preparation, preparations, rounding, patient, **values):
    if (preparation is None) == (preparations is None):
        raise Wrong("preparation, or preparations with names", "neither" if preparation is None else "both", None,
                    "preparation: how it is made ready; preparations: several ways, each under a name, preferred first")
    approved(**{key: values[key] for key in ("version", "approval", "review_due")})
    several = tuple(preparations.values()) if preparations else (preparation,)
    rules = rounding or p.RoundingPolicy(None, None, None, None)
    return p.Protocol(id=protocol, drug=drug, preparations=several, rounding=rules, span=protocol.span,
                      drug_span=drug.span, patient=patient or _patient(span, p.ACTUAL, None, None), **values)


PROTOCOL = fields((
    Key("protocol", file_name, "its id: the name of the file", required=True),
    Key("title", text(), "the title at the top of the sheet", required=True, stand_in=""),
    Key("version", text("a whole number", "[1-9][0-9]*"), "goes up by one with every change", required=True, stand_in=""),
    *APPROVED,
    Key("drug", file_name, "the drug file: drugs/NAME.yaml", required=True),
    Key("population", word("adult", "pediatric", "adult and pediatric"), "whom it is for", required=True, stand_in=""),
    Key("indication", text(), "what it is for", required=True, stand_in=""),
    Key("guidelines", list_of(_GUIDELINE), "how strongly guidelines recommend it", default=(), stand_in=()),
    Key("evidence", list_of(note("say", "what the evidence says")), "what was found, for and against", default=(), stand_in=()),
    Key("care_areas", texts, "where it may be given", required=True, stand_in=()),
    Key("references", references, "the sources, each under an id", required=True),
    Key("patient", PATIENT, "what it asks of the patient"),
    Key("preparation", _preparation("the preparation"), "how it is made ready"),
    Key("preparations", named(_preparation, "preparations"), "several ways to make it ready, preferred first"),
    Key("phases", list_of(one_of(PHASES, "kind of phase")), "the parts of the order in time order", required=True),
    Key("totals", list_of(total(sourced=True)), "limits of the total of all phases, on the largest branch, in a rolling hour, 24 hours, week, or the course", default=(), stand_in=()),
    Key("emergency", list_of(note("say", "what is done")), "what is done first in an emergency, before any paper", default=(), stand_in=()),
    Key("advisories", list_of(advisory()), "what the reader must know", default=(), stand_in=()),
    Key("monitoring", list_of(MONITORING), "what is observed, and how often", required=True, stand_in=()),
    Key("criteria", list_of(CRITERION), "at what finding to hold, stop, call", required=True, stand_in=()),
    Key("rescue", list_of(note("say", "what to do")), "what is at hand if it goes wrong", default=(), stand_in=()),
    Key("screening", list_of(note("ask", "the question")), "what is asked before the first dose", default=(), stand_in=()),
    Key("rounding", ROUNDING, "steps and tolerance"),
    Key("cases", list_of(CASE), "worked examples that the file must meet", required=True, stand_in=()),
), _build_protocol, "a protocol: keys with values")
