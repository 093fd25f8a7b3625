"""A patient in the words of the files: conditions, allergies, what is taken, each looked up; what was not understood.

For: judging cautions and pairs. What was typed is a known word, or it is said to be unknown; facts and conditions that
say the same (liver moderate, moderate liver disease) are one. A list is closed where `none` or `no other` was said: only
then is what does not stand in it ruled out.

Refuses: facts and conditions that contradict each other.

Example: --condition angina is a coronary artery disease too; --medicine Imitrex is sumatriptan, a triptan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from infuse.arithmetic.patient import Patient
from infuse.files.caution import LIVER
from infuse.files.drug import Drug
from infuse.files.given import on_paper_time
from infuse.files.lists import Lists
from infuse.files.taken import NONE_OTHER
from infuse.files.vocabulary import Head, Word, fold
from infuse.ground.units import Refused

_SAID = {"pregnancy": "--pregnancy", "lactation": "--lactation", "liver": "--liver"}


class Taking(NamedTuple):
    """A drug or medicine that the patient has: as typed, its word (None: unknown), when last (None: now), from which
    option, and the protocol that orders it, where it is on this sheet."""

    said: str
    word: Word | None
    last: datetime | None
    where: str
    protocol: str = ""

    def on_paper(self) -> str:
        """`Imitrex (sumatriptan), last taken 21-Nov-2026 08:00`."""
        if self.protocol:
            return f"{self.said}, which is on this sheet"
        named = self.word and fold(self.word.name) not in fold(self.said) and f" ({self.word.name})"
        return f"{self.said}{named or ''}, " + (f"last taken {on_paper_time(self.last)}" if self.last else "taken now")


class Had(NamedTuple):
    """A condition as typed (or the fact that says it), and its word."""

    said: str
    word: Word


def closed(said) -> bool:
    """Whether a list says that there is nothing else."""
    return any(each.lower() in NONE_OTHER for each in said or ())


class Picture:
    """One patient, one sheet. `at`: when the first order starts. `drugs`: of each protocol of the sheet, by its id."""

    def __init__(self, patient: Patient, lists: Lists, at: datetime, now: datetime, drugs: dict[str, Drug]):
        self.patient, self.lists, self.at, self._now, self._drugs = patient, lists, at, now, drugs

    # ------------------------------------------------------------------------------------------ conditions

    @cached_property
    def _conditions(self) -> list[tuple[str, Word | None]]:
        said = [each for each in self.patient.get("conditions") or () if each.lower() not in NONE_OTHER]
        return [(each, self.lists.conditions.find(each)) for each in said]

    @cached_property
    def had(self) -> tuple[Had, ...]:
        """Every condition that is known, and those that the facts say."""
        found = [Had(f'condition "{said}"', word) for said, word in self._conditions if word]
        return tuple(found + [Had(said, word) for fact, said in self._facts() for word in self._meant_by(fact)])

    def _facts(self) -> Iterator[tuple[tuple[str, str], str]]:
        liver = self.patient.get("liver")
        if liver and liver != "none":
            yield ("liver", liver), f"{liver} liver disease"
        for name, said in (("pregnancy", "pregnancy"), ("lactation", "breastfeeding")):
            if self.patient.get(name) not in (None, "no"):
                yield (name, "yes"), said

    def _meant_by(self, fact) -> list[Word]:
        """The condition that a fact is another word for: the widest, because a fact says no more than that."""
        same = [each for each in self.lists.conditions.every if each.fact == fact]
        return [each for each in same if not any(other.name in each.kinds for other in same if other is not each)]

    @property
    def says_conditions(self) -> bool:
        """Whether anything at all is said that is, or may be, a condition."""
        said = self.patient.get("conditions") or ()
        return not all(each.lower() in NONE_OTHER for each in said) or any(self.patient.get(name) for name in _SAID)

    @property
    def conditions_closed(self) -> bool:
        return closed(self.patient.get("conditions"))

    def fact(self, name: str):
        """pregnancy, lactation or liver: as given, else as a condition or the sex says it."""
        given = self.patient.get(name)
        if given is not None:
            return given
        said = [each.word.fact[1] for each in self.had if each.word.fact and each.word.fact[0] == name] if self._conditions else []
        if name == "liver":
            return max(said, key=LIVER.index, default="none" if self._no_liver_disease() else None)
        return said[0] if said else "no" if self.patient.get("sex") == "male" else None

    def _no_liver_disease(self) -> bool:
        """A list of conditions that is closed, and has none that may be one (a disease of the liver without its severity)."""
        return self.conditions_closed and not any(each.fact and each.fact[0] == "liver" and each.kinds & had.word.kinds
                                                  for had in self.had for each in self.lists.conditions.every)

    def contradictions(self) -> Iterator[tuple[str, Refused]]:
        """Conditions and facts of which only one can be true."""
        for said, word in self._conditions:
            name, value = word.fact if word and word.fact else ("", "")
            denied = self.patient.get(name) in ("no", "none") or (name == "liver" and self.patient.get(name) not in (None, value))
            if name and denied:
                yield self.patient.where("conditions"), Refused(f"conditions that agree with {_SAID[name]} {self.patient.get(name)}", said)
            elif name in ("pregnancy", "lactation") and self.patient.get("sex") == "male":
                yield self.patient.where("conditions"), Refused("conditions that agree with --sex male", said)

    # ------------------------------------------------------------------------------------------ medicines

    @cached_property
    def taken(self) -> tuple[Taking, ...]:
        """Other medicines, doses already given, and the drugs of this sheet."""
        found = []
        for name in ("medicines", "given"):
            for one in self.patient.get(name) or ():
                if one.lower() not in NONE_OTHER:
                    found.append(Taking(str(one), self.lists.vocabulary.given.find(one.name), getattr(one, "end", None) or one.last(self._now),
                                        self.patient.where(name)))
        return (*found, *self.ordered)

    @cached_property
    def ordered(self) -> tuple[Taking, ...]:
        """The drugs of this sheet; of one alone there is nothing to look up."""
        if len(self._drugs) < 2 and not any(self.patient.get(name) for name in ("medicines", "given")):
            return ()
        return tuple(Taking(drug.name, self.word_of(drug), None, "", protocol) for protocol, drug in self._drugs.items())

    def word_of(self, drug: Drug) -> Word:
        return self.lists.of_drug(Head(drug.id, drug.name, drug.also_known_as, drug.classes))

    @property
    def medicines_closed(self) -> bool:
        return closed(self.patient.get("medicines"))

    # ------------------------------------------------------------------------------------------ allergies

    @cached_property
    def allergens(self) -> tuple[tuple[str, tuple[Word, ...]], ...]:
        """What the patient is allergic to, without the reaction, and what is named in it; conditions that name an allergy too."""
        said = [each.partition(":")[0] for each in self.patient.get("allergies") or () if each.lower() not in NONE_OTHER]
        said += [each for each, _ in self._conditions if re.search("allerg|hypersensitiv", each.lower())]
        known = self.lists.vocabulary.given if said else None
        return tuple((each, known.within(each)) for each in said)

    # ------------------------------------------------------------------------------------------ unknown words

    def unknown(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """(the fact, what was typed, what may have been meant) of every word that no file knows; of allergies, which may be to
        anything, only where a drug may have been meant."""
        for said in self.patient.get("allergies") or ():
            meant = self.lists.vocabulary.given.slips(said.partition(":")[0]) if said.lower() not in NONE_OTHER else ()
            if meant:
                yield "allergies", said, meant
        for said, word in self._conditions:
            if word is None:
                yield "conditions", said, self._near(said, self.lists.conditions)
        for name in ("medicines", "given"):
            for one in self.patient.get(name) or ():
                if one.lower() not in NONE_OTHER and self.lists.vocabulary.given.find(one.name) is None:
                    yield name, one.name, self._near(one.name, self.lists.vocabulary.given)

    def _near(self, said, names) -> tuple[str, ...]:
        """Nearly the same name, or a known one among other words."""
        return tuple(dict.fromkeys((*(each.name for each in names.within(said)), *names.near(said))))
