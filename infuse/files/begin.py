"""What must be known to begin a protocol file: the questions, what may be answered, and the keys that come of the answers.

For: `infuse new`, which asks at a terminal, and takes options anywhere. Kinds of phase, populations and what each answer is
for come from the tables that will read the file; drugs and their products from the library.

Refuses: an id that no file may have, a drug or a product that the library has not (with those that may be meant), a word
that no table knows, and an answer that is missing: all of it at once.

Example: the drug "dhe" is dihydroergotamine; the phase "push" brings the blanks dose, duration, source and a hard limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from infuse.files import schema
from infuse.files.draft import BLANK
from infuse.files.drug import Drug
from infuse.files.library import Library
from infuse.files.schema.common import NAME
from infuse.files.shapes import did_you_mean
from infuse.ground.source import printable
from infuse.ground.units import Refused

_TABLE = schema.PROTOCOL.schema["properties"]
KINDS = {name: kind["properties"][name] for kind in _TABLE["phases"]["items"]["oneOf"] for name in kind["properties"]}
_PER = {"patient": "the same for every patient", "kg": "per kg", "m2": "per m2 of body surface"}


class Question(NamedTuple):
    """One answer that a file needs before it can be begun: its option, what it is, the words it may be; `many`: several."""

    name: str
    option: str
    says: str
    allowed: tuple[str, ...] = ()
    many: bool = False


QUESTIONS = (
    Question("title", "--title", _TABLE["title"]["description"]),
    Question("drug", "--drug", "the drug, by a name of the library"),
    Question("product", "--product", "the product that it is prepared from"),
    Question("population", "--population", _TABLE["population"]["description"], tuple(_TABLE["population"]["enum"])),
    Question("indication", "--indication", _TABLE["indication"]["description"]),
    Question("care_areas", "--care-area", _TABLE["care_areas"]["description"], many=True),
    Question("phases", "--phase", _TABLE["phases"]["description"], tuple(KINDS), many=True),
    Question("per", "--per", "what the dose is counted per", tuple(_PER)),
    Question("reference", "--reference", "an id for the first source, such as label-2026"),
)
Answers = dict[str, str | tuple[str, ...]]


class Begun(NamedTuple):
    """What the answers come to: what is known of the file, and what was refused or is missing, by option."""

    known: dict
    refused: list[tuple[str, Refused]]


def named_right(name: str) -> None:
    """Raises Refused for what cannot be the id of a protocol."""
    if not re.fullmatch(NAME, name):
        near = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        raise Refused("an id in small letters, digits and hyphens", name, f"such as {near}" if near else "")


def begin(name: str, given: Answers, library: Library, ask: Callable[[str], str] | None = None) -> Begun:
    """The beginning of a protocol of that id. What is missing or refused is asked for as long as it takes where somebody can
    answer, else listed."""
    answers: dict = {}
    refused: list[tuple[str, Refused]] = []
    for question in QUESTIONS:
        if question.name == "product" and not isinstance(answers.get("drug"), Drug):
            continue  # of which drug, is not known
        said = given.get(question.name)
        while True:
            try:
                answers[question.name] = _understood(question, said, answers, library)
            except Refused as wrong:
                if ask is None:
                    refused.append((question.option, wrong))
                else:
                    hint = f"{wrong.hint or wrong.expected}. " if wrong.found else ""
                    said = ask(printable(hint) + _asked(question, answers))
                    continue
            break
    return Begun({} if refused else _known(name, answers), refused)


def _asked(question: Question, answers: dict) -> str:
    """The question as a person is asked it, with what may be answered."""
    allowed = tuple(answers["drug"].products) if question.name == "product" else question.allowed
    return question.says + (f" ({', '.join(allowed)})" if allowed else "") + ("; several with ; between" if question.many else "")


def _understood(question: Question, said, answers: dict, library: Library):
    """The answer as it is used. Raises Refused."""
    if question.name == "product" and said is None and len(answers["drug"].products) == 1:
        said = next(iter(answers["drug"].products))
    parts = said if isinstance(said, tuple) else tuple((said or "").split(";")) if question.many else (said or "",)
    words = [" ".join(each.split()) for each in parts]
    if not any(words):
        raise Refused(_asked(question, answers), "")
    for each in words:
        if not each or printable(each) != each:
            raise Refused(f"{question.says}, in letters that are seen", each)
        if question.allowed and each not in question.allowed:
            raise Refused(" or ".join(question.allowed), each, did_you_mean(each, question.allowed))
    if question.name == "drug":
        return _drug(words[0], library)
    if question.name == "product":
        return _product(words[0], answers["drug"])
    if question.name == "reference" and not re.fullmatch(NAME, words[0]):
        raise Refused("an id in small letters, digits and hyphens", words[0])
    return words if question.many else words[0]


def _drug(said: str, library: Library) -> Drug:
    """The drug of that id or name, or the only one that begins so."""
    drugs = [drug for drug, problems in map(library.drug, library.drugs().values()) if drug]
    names = {drug.id: [each.lower() for each in drug.names] for drug in drugs}
    found = [drug for drug in drugs if said.lower() in names[drug.id]]
    found = found or [drug for drug in drugs if any(each.startswith(said.lower()) for each in names[drug.id])]
    if len(found) != 1:
        near = ", ".join(drug.id for drug in found)
        spelled = did_you_mean(said.lower(), [each for several in names.values() for each in several])
        hint = f"there are {near}" if near else spelled or f"the library has {', '.join(sorted(names))}; another needs its own file, drugs/NAME.yaml, first"
        raise Refused("one drug of the library", said, hint)
    if not found[0].products:
        raise Refused("a drug that is available", said, found[0].not_available.text)
    return found[0]


def _product(said: str, drug: Drug) -> str:
    if said not in drug.products:
        listed = "; ".join(f"{key}: {product.name}" for key, product in drug.products.items())
        raise Refused(f"a product of drugs/{drug.id}.yaml", said, did_you_mean(said, drug.products) or listed)
    return said


# ---------------------------------------------------------------------------------------------- the keys of the file


def _known(name: str, answers: dict) -> dict:
    drug: Drug = answers["drug"]
    weight = {} if answers["per"] == "patient" else {"weight": {"hard": BLANK, "source": BLANK}}
    facts = {"age": BLANK} | {fact: BLANK for fact in weight}
    return {
        "protocol": name, "title": answers["title"], "version": "1", "drug": drug.id, "population": answers["population"],
        "indication": answers["indication"], "care_areas": answers["care_areas"],
        "references": {answers["reference"]: {"url": BLANK}},
        "patient": {"age": {"hard": BLANK, "source": BLANK}} | weight,
        "preparation": _preparation(drug, answers["product"], answers["phases"]),
        "phases": [{kind: _phase(KINDS[kind]["properties"])} for kind in answers["phases"]],
        "cases": [{"name": "an ordinary patient", "given": facts}],
    }


def _preparation(drug: Drug, product: str, kinds: list[str]) -> dict:
    """A bag is given as it is; the rest is diluted where it must be, or where a pump gives it: in the amount of a bag where
    the phase states no dose."""
    one = drug.products[product]
    known: dict = {"product": product}
    if one.form == "bag" or one.dilution == "never" or (one.dilution == "allowed" and set(kinds) == {"push"}):
        return known
    diluent = {"diluent": drug.diluents[0] if drug.diluents else BLANK}
    if all("dose" in KINDS[kind]["properties"] for kind in kinds):
        return known | diluent | {"added_to": BLANK}
    return known | {"amount": BLANK} | diluent | {"final_volume": BLANK}


def _phase(keys: dict) -> dict:
    """What every phase states, though its table also knows another way to: a dose, and the hard limit of its first figure."""
    limit = next(iter(keys["limits"]["properties"]))
    return ({"dose": BLANK} if "dose" in keys else {}) | {"limits": {limit: {"hard": BLANK}}}
