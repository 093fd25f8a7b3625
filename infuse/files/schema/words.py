"""The tables of the words that drug files and patients use: classes, medicines, conditions, and the pairs that must not meet.

For: tables/classes.yaml, medicines.yaml, conditions.yaml and interactions.yaml.

Refuses: whatever the shapes refuse; a pair without a source, or whose severity is none. Whether a word is known at all
takes every file to judge, and stands in `vocabulary`.

Example: `triptan:` with `say` and `kind_of: serotonergic` is a class whose members are serotonergic too.
"""

from __future__ import annotations

from infuse.files.caution import KINDS, LIVER, SEVERITIES, Class, Condition, Interaction, Medicine
from infuse.files.schema.common import references, sources, texts
from infuse.files.shapes import Key, Reader, Wrong, fields, list_of, named, quantity, text, word

NAME = "[A-Za-z0-9][A-Za-z0-9'/ -]*"
_names = list_of(text(), single=True)


def _class(name: str) -> Reader:
    return fields((
        Key("say", text(), "what its members do", required=True),
        Key("also_known_as", texts, "what else may be typed", default=()),
        Key("kind_of", _names, "the wider classes that it belongs to", default=()),
        Key("source", sources, "its references", required=True),
    ), lambda span, **values: Class(name=name, span=span, **values), "a class: say, source, kind_of")


def _medicine(name: str) -> Reader:
    return fields((
        Key("also_known_as", texts, "synonyms and brands that may be typed", default=()),
        Key("classes", _names, "its classes", default=()),
        Key("source", sources, "its references", required=True),
    ), lambda span, **values: Medicine(name=name, span=span, **values), "a medicine: also_known_as, classes, source")


_FACTS = ("pregnancy yes", "lactation yes", *(f"liver {each}" for each in LIVER))


def _fact(said):
    """`pregnancy yes`: a fact and its value."""
    if said not in _FACTS:
        raise Wrong(f"a fact and its value: {', '.join(_FACTS)}", f'"{said}"', said.span)
    name, _, value = said.partition(" ")
    return name, value


def _condition(name: str) -> Reader:
    return fields((
        Key("say", text(), "what it is, where the name alone does not tell"),
        Key("also_known_as", texts, "what else may be typed", default=()),
        Key("kind_of", _names, "the wider conditions that it is one of", default=()),
        Key("fact", text(), "the fact that it is another word for, such as pregnancy yes"),
    ), lambda span, say, fact, **values: Condition(name=name, fact=_fact(fact) if fact else None, span=span, **values),
        "a condition: also_known_as, kind_of")


def _interaction(span, between, kind, severity, within, say, source, basis, **more):
    if not source and not basis:
        raise Wrong('source, or "basis: site"', "neither")
    return Interaction(between, more["and"], kind, severity, within.quantity if within else None, say, source, basis is not None, span)


_INTERACTION = fields((
    Key("between", text(), "a drug, a medicine or a class", required=True),
    Key("and", text(), "the same; a class with itself: two of its members", required=True),
    Key("kind", word(*KINDS), "what it is about; of several of one kind between two drugs, the gravest is said", required=True),
    Key("severity", word(*SEVERITIES), "hard: no order; soft: a named person's reason; note: said on the sheet", required=True),
    Key("within", quantity("duration"), "how long before; left out, where both are in the order or taken now"),
    Key("say", text(), "what happens, and what to do", required=True),
    Key("source", sources, "its references", default=()),
    Key("basis", word("site"), "site: no source states it; it is the site's to decide, and enforced meanwhile"),
), _interaction, "a pair: between, and, severity, say, source")


def _with_references(key):
    return lambda span, references, **values: (values[key], references)


def _table(key: str, reader: Reader, says: str) -> Reader:
    return fields((
        Key(key, reader, says, required=True),
        Key("references", references, "the sources, each under an id", required=True),
    ), _with_references(key), f"{key} and references")


CLASSES = _table("classes", named(_class, "classes", NAME), "the classes, each under its name")
MEDICINES = fields((
    Key("salts", texts, "words that are left out when a name is looked up", default=()),
    Key("medicines", named(_medicine, "medicines", NAME), "the medicines, each under its name", required=True),
    Key("references", references, "the sources, each under an id", required=True),
), lambda span, salts, medicines, references: (medicines, references, salts), "medicines and references")
CONDITIONS = fields((Key("conditions", named(_condition, "conditions", NAME), "the conditions, each under its name", required=True),),
                    lambda span, conditions: conditions, "conditions")
INTERACTIONS = _table("interactions", list_of(_INTERACTION), "the pairs")
