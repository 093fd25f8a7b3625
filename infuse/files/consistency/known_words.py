"""Whether every class, drug, medicine and condition that a file speaks of is known to some file.

For: `check` of drug files and of the lists, and an order that looks something up.

Refuses: a word that no file knows, with the one that may be meant; a name that two entries claim; a source that no
reference names.

Example: `classes: - dopamine antagonists` in a drug file is a problem at that line: did you mean dopamine antagonist?
"""

from __future__ import annotations

from collections.abc import Iterator

from infuse.files.caution import Caution
from infuse.files.consistency.words import unknown_sources, wrong
from infuse.files.drug import Drug
from infuse.files.shapes import did_you_mean
from infuse.files.vocabulary import CLASS, CONDITION, DRUG, MEDICINE, Names, Vocabulary, fold
from infuse.ground.source import NOTE, Problem, Span

AWAITS = "awaits the site's decision; it is enforced meanwhile"


def of_drug(drug: Drug, known: Vocabulary) -> Iterator[Problem]:
    """The words of a drug file: its classes, and what its contraindications and precautions speak of."""
    yield from _classes(drug.classes, known)
    for caution in (*drug.contraindications, *drug.precautions):
        yield from of_caution(caution, known)


def of_caution(caution: Caution, known: Vocabulary) -> Iterator[Problem]:
    if caution.when is None:
        return
    for said in caution.when.conditions:
        yield from of_condition(said, said.span, known.conditions)
    for taken in caution.when.medicines:
        yield from of_name(taken.name, taken.span, known.given)
    for said in caution.when.allergy:  # another substance than a drug is known to no file
        if known.given.find(said) or known.given.near(said):
            yield from of_name(said, said.span, known.given)


def of_condition(said: str, span: Span, names: Names) -> Iterator[Problem]:
    yield from _known(said, span, names, "a condition of tables/conditions.yaml")


def of_name(said: str, span: Span, names: Names) -> Iterator[Problem]:
    """What a file speaks of goes by one name: that of the drug's file, or of the entry."""
    yield from _known(said, span, names, "a drug, a medicine of tables/medicines.yaml or a class")
    word = names.find(said)
    if word and fold(said) not in (fold(word.name), fold(word.id)):
        yield wrong(span, word.id if word.kind == DRUG else word.name, f'"{said}"', f"another name of that {word.kind}")


def of_table(name: str, value, known: Vocabulary) -> Iterator[Problem]:
    """The words of one of the lists."""
    if name == "conditions.yaml":
        yield from _claimed_twice(value, known.conditions, CONDITION)
        for one in value.values():
            for each in one.kind_of:
                if each not in value:
                    yield wrong(each.span, "a condition of this table", f'"{each}"', did_you_mean(each, value))
        return
    entries, references, *_ = value
    if name == "interactions.yaml":
        for one in entries:
            for side in (one.between, one.other):
                yield from of_name(side, side.span, known.given)
            if one.site:
                yield Problem(NOTE, one.span, f"the interaction of {one.between} with {one.other} {AWAITS}")
    else:
        yield from _claimed_twice(entries, known.given, CLASS if name == "classes.yaml" else MEDICINE)
        for one in entries.values():
            yield from _classes(one.kind_of if name == "classes.yaml" else one.classes, known)
    for one in entries if isinstance(entries, tuple) else entries.values():
        yield from unknown_sources(one.source, references)


def _classes(said, known: Vocabulary):
    every = [word.name for word in known.given.every if word.kind == CLASS]
    for each in said:
        if each not in every:
            yield wrong(each.span, "a class of tables/classes.yaml", f'"{each}"', did_you_mean(each, every))


def _known(said: str, span, names: Names, expected: str):
    if names.find(said) is None:
        near = names.near(said)
        yield wrong(span, expected, f'"{said}"', f"did you mean {' or '.join(near)}?" if near else "")


def _claimed_twice(entries, names: Names, kind: str):
    """A name that two entries claim would be looked up as either. (A medicine that the library has as a drug is the drug.)"""
    owners: dict[str, str] = {}
    elsewhere: dict[str, list] = {}
    for word in names.every:
        if word.kind not in (kind, DRUG):
            elsewhere.setdefault(fold(word.name), []).append(word)
    for entry in entries.values():
        for name in (entry.name, *entry.also_known_as):
            owner = owners.setdefault(fold(name), entry.name)
            others = elsewhere.get(fold(name), [])
            if owner != entry.name:
                yield wrong(entry.span, f"each name once; {owner} has it too", f'"{name}"')
            elif others:
                yield wrong(entry.span, f"each name once; it is a {others[0].kind} too", f'"{name}"')
