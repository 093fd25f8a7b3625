"""Which words the files know: drugs, medicines, classes and conditions, found by any of their names.

For: matching what is typed (`--medicine Toradol`, `--condition "high blood pressure"`) and what the files say of each
other. A name is found whatever its case, hyphens and salt; one that is nearly right is offered, never taken.

Refuses: to guess: `sumatripan` is not known, and sumatriptan is what may have been meant.

Example: find("Imitrex") is the medicine sumatriptan, of the classes triptan, serotonergic and vasoconstrictor.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from infuse.files.caution import Class, Condition, Medicine

_ALIKE = Fraction(3, 4)  # how much of a name must be the same for it to be offered
_SLIP = Fraction(85, 100)  # and for it to be heard in a word that may well be another: iodine is not Lodine
DRUG, MEDICINE, CLASS, CONDITION = "drug", "medicine", "class", "condition"


class Head(NamedTuple):
    """The top of a drug file: what the drug is called, and its classes."""

    id: str
    name: str
    also_known_as: tuple[str, ...]
    classes: tuple[str, ...]


class Word(NamedTuple):
    """Something with a name: what it is, its id (of a drug, its file), what it is one of (wider ones too, and itself),
    and the fact that a condition stands for."""

    name: str
    kind: str
    id: str
    kinds: frozenset[str]
    fact: tuple[str, str] | None = None


@lru_cache(maxsize=65_536)  # the same names are looked up for every order
def fold(text: str) -> str:
    """The text without case, accents, hyphens and dots: DHE-45 and d.h.e. 45 are one."""
    return " ".join(re.sub(r"[-_/]", " ", re.sub(r"[.'’(),]", "", _plain(text))).split())


@lru_cache(maxsize=65_536)
def words(text: str) -> str:
    """Every word of a text, a space before and after each, whatever else stands between them: `"NSAIDs;sulfa"` is two. A name
    stands in a text where its words stand in the text's: DHE is not in adhesive."""
    apart = re.sub(r"[\W_]", " ", re.sub(r"[.'’]", "", _plain(text)))
    return f" {' '.join(apart.split())} "


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", re.sub("[™℠]", " ", text)) if not unicodedata.combining(c)).casefold()


class Names:
    """Words by every name that they go by. The first that claims a name keeps it."""

    def __init__(self, words: Iterable[tuple[Word, Iterable[str]]], salts: Iterable[str] = ()):
        self._salts = frozenset(salts)
        self._words: dict[str, Word] = {}
        self.every: list[Word] = []
        for word, names in words:
            self.every.append(word)
            for name in (word.name, *names):
                self._words.setdefault(fold(name), word)

    def find(self, said: str) -> Word | None:
        """The word of that name; else of that name without its salt."""
        folded = fold(said)
        without = " ".join(part for part in folded.split() if part not in self._salts)
        return self._words.get(folded) or self._words.get(without)

    def within(self, said: str) -> tuple[Word, ...]:
        """Every word that is named in a text, in the singular or in the plural."""
        every = words(said)
        text = f"{every}{' '.join(part.removesuffix('s') for part in every.split())} "
        return tuple(dict.fromkeys(word for name, word in self._words.items() if words(name) in text))

    def slips(self, said: str) -> tuple[str, ...]:
        """Names that a word of the text nearly is, where the word belongs to no name that stands there."""
        text = words(said)
        heard = {part for name in self._words if words(name) in text for part in words(name).split()}
        unheard = [part for part in text.split() if part not in heard and part.removesuffix("s") not in self._words]
        close = [each for part in unheard for each in difflib.get_close_matches(part, self._words, n=1, cutoff=_SLIP)]
        return tuple(dict.fromkeys(self._words[each].name for each in close))

    def near(self, said: str) -> tuple[str, ...]:
        """What may have been meant, best first."""
        close = difflib.get_close_matches(fold(said), self._words, n=3, cutoff=_ALIKE)
        return tuple(dict.fromkeys(self._words[each].name for each in close))


class Vocabulary(NamedTuple):
    """Every word of the files: what is given (drugs, medicines, classes), and conditions."""

    given: Names
    conditions: Names


def made_of(heads: Iterable[Head], medicines: dict[str, Medicine], salts: Iterable[str], classes: dict[str, Class],
            conditions: dict[str, Condition]) -> Vocabulary:
    """The vocabulary of the tables and the heads of the drug files. A drug of the library goes before a medicine."""
    wider = _wider(classes)
    drugs = [(drug_of(one, classes), (one.id, *one.also_known_as)) for one in heads]
    taken = [(Word(one.name, MEDICINE, _id(one.name), _all_kinds(one.classes, wider)), one.also_known_as) for one in medicines.values()]
    return Vocabulary(Names([*drugs, *taken, *_kinds(classes)], salts), conditions_of(conditions))


def classes_of(classes: dict[str, Class]) -> Names:
    """The classes by every name that they go by."""
    return Names(_kinds(classes))


def conditions_of(conditions: dict[str, Condition]) -> Names:
    """The conditions by every name that they go by."""
    wider = _wider(conditions)
    return Names((Word(one.name, CONDITION, _id(one.name), _all_kinds((one.name,), wider), one.fact), one.also_known_as)
                 for one in conditions.values())


def drug_of(one: Head, classes: dict[str, Class]) -> Word:
    """A drug with its classes and the wider ones."""
    return Word(one.name, DRUG, one.id, _all_kinds(one.classes, _wider(classes)))


def _kinds(classes):
    wider = _wider(classes)
    return [(Word(one.name, CLASS, _id(one.name), _all_kinds((one.name,), wider)), one.also_known_as) for one in classes.values()]


def _wider(entries):
    return {name: one.kind_of for name, one in entries.items()}


def _id(name: str) -> str:
    return re.sub("[^a-z0-9]+", "-", fold(name)).strip("-")


def _all_kinds(names, wider) -> frozenset[str]:
    """The names and everything that they are kinds of."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += wider.get(name, ())
    return frozenset(found)
