"""What must not meet: every two drugs of a sheet, and each of them with what the patient has taken.

For: `screening`. A pair of the table is of drugs, medicines or classes, and counts both ways round; a pair with a time
counts until that time has passed since it was last taken.

Refuses: nothing; of several pairs of one kind between the same two, only the gravest are said.

Example: droperidol and ondansetron are a QT pair by name, and one by class: the soft stop by name is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from infuse.files.caution import SEVERITIES, Interaction
from infuse.files.drug import Drug
from infuse.files.vocabulary import Word
from infuse.judgement.judging import in_time
from infuse.judgement.recorded import Picture, Taking


class Meeting(NamedTuple):
    """A drug of this sheet (its protocol), what it meets, and the pair of the table."""

    protocol: str
    drug: Drug
    other: Taking
    pair: Interaction


def meetings(picture: Picture, drugs: dict[str, Drug]) -> Iterator[Meeting]:
    """Everything that meets, drug by drug in the sequence of the sheet."""
    if not picture.taken:
        return
    pairs, _ = picture.lists.interactions
    order = list(drugs)
    for number, (protocol, drug) in enumerate(drugs.items()):
        word = picture.word_of(drug)
        for other in picture.taken:
            earlier = other.protocol and order.index(other.protocol) <= number
            if other.word is not None and other.word.id != word.id and not earlier:
                found = [each for each in pairs if _is_of(each, word, other.word, picture) and in_time(each.within, other, picture)]
                yield from (Meeting(protocol, drug, other, each) for each in _gravest(found))


def _is_of(pair: Interaction, one: Word, other: Word, picture: Picture) -> bool:
    is_one = picture.lists.is_one
    return any(is_one(first, pair.between) and is_one(second, pair.other) for first, second in ((one, other), (other, one)))


def _gravest(found: list[Interaction]) -> list[Interaction]:
    """Of each kind the gravest; of two that are as grave, the one that stands first in the table: names go before classes."""
    kept: dict[str, Interaction] = {}
    for each in found:
        if each.kind not in kept or SEVERITIES.index(each.severity) < SEVERITIES.index(kept[each.kind].severity):
            kept[each.kind] = each
    return list(kept.values())
