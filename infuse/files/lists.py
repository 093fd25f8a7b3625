"""The lists in which screening looks things up: classes, medicines, conditions, pairs; read when they are first asked for.

For: an order with a condition, a medicine or a second drug, and `check`. An order that needs none of them does not pay
for reading them.

Refuses: to go on with a list that has a fault: Faulty carries every problem with its place.

Example: Lists(library, path).vocabulary.given.find("Imitrex") is sumatriptan.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from infuse.files import schema, vocabulary
from infuse.files.caution import Class, Interaction
from infuse.files.consistency import known_words
from infuse.files.schema import words
from infuse.files.stated import Reference
from infuse.files.vocabulary import Head, Names, Vocabulary, Word
from infuse.ground import source
from infuse.ground.source import ERROR, Document, Problem

CLASSES, MEDICINES, CONDITIONS, INTERACTIONS = "classes.yaml", "medicines.yaml", "conditions.yaml", "interactions.yaml"
READERS = {CLASSES: words.CLASSES, MEDICINES: words.MEDICINES, CONDITIONS: words.CONDITIONS, INTERACTIONS: words.INTERACTIONS}
_BELOW_HEAD = (b"\nproducts:", b"\nlimits:", b"\ncontraindications:", b"\nreferences:")
_IN_HEAD = (b"\nalso_known_as:", b"\nclasses:", b"\nname:")


class Faulty(Exception):
    """A list that cannot be used: its problems, and the documents to show them."""

    def __init__(self, problems: list[Problem], documents: dict[str, Document]):
        self.problems, self.documents = problems, documents
        super().__init__(f"{len(problems)} problems")


class Listed(NamedTuple):
    """One list as read, with what is wrong with it."""

    value: object
    problems: list[Problem]


class Lists:
    """The lists that hold for the protocols of a folder: beside them, in the site's folders, else the shipped ones."""

    def __init__(self, library, path: Path):
        self._library, self._path = library, path
        self.read: dict[str, Path] = {}

    @property
    def files(self) -> tuple:
        """The lists that were read so far, with their hashes."""
        return tuple(self._library.read_file(path) for path in self.read.values())

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every word of the files. Raises Faulty."""
        classes, medicines, conditions = (self._sound(name) for name in (CLASSES, MEDICINES, CONDITIONS))
        made = vocabulary.made_of(self._heads(), medicines[0], medicines[2], classes[0], conditions)
        problems = [each for name in (CLASSES, MEDICINES, CONDITIONS) for each in self._unknown(name, made)]
        self._stop_at(problems)
        return made

    @cached_property
    def _classes(self) -> dict[str, Class]:
        return self._sound(CLASSES)[0]

    @cached_property
    def classes(self) -> Names:
        """The classes alone: all that a pair of drugs on one sheet needs. Raises Faulty."""
        return vocabulary.classes_of(self._classes)

    @cached_property
    def conditions(self) -> Names:
        """The conditions alone. Raises Faulty."""
        names = vocabulary.conditions_of(self._sound(CONDITIONS))
        self._stop_at(self._unknown(CONDITIONS, Vocabulary(Names(()), names)))
        return names

    def of_drug(self, drug: Head) -> Word:
        """A drug with every class that it is one of. Raises Faulty."""
        return vocabulary.drug_of(drug, self._classes)

    def is_one(self, word: Word, name: str) -> bool:
        """Whether a word is what a file calls by that name: the drug or medicine itself, or a member of the class."""
        of_class = self.classes.find(name)
        if of_class is None and not self.is_named(name):
            self._stop_at(known_words.of_name(name, name.span, self.vocabulary.given))
        return of_class.name in word.kinds if of_class else vocabulary.fold(name) in (vocabulary.fold(word.name), vocabulary.fold(word.id))

    def condition(self, name: str) -> Word:
        """The condition that a file calls by that name. Raises Faulty."""
        self._stop_at(known_words.of_condition(name, name.span, self.conditions))
        return self.conditions.find(name)

    @cached_property
    def interactions(self) -> tuple[tuple[Interaction, ...], dict[str, Reference]]:
        """Every pair that must not meet, and the sources. Raises Faulty."""
        pairs, references = self._sound(INTERACTIONS)
        if not all(self.is_named(side) for each in pairs for side in (each.between, each.other)):
            self._stop_at(self._unknown(INTERACTIONS, self.vocabulary))
        return pairs, references

    def is_named(self, name: str) -> bool:
        """Whether a class, a drug file or an entry of the medicines has just that name: then no list need be read to know it."""
        return self.classes.find(name) is not None or name in self._drug_files or f"\n  {name}:\n".encode() in self._medicines

    @cached_property
    def _drug_files(self) -> dict[str, Path]:
        return self._library.drug_files(self._path)

    @cached_property
    def _medicines(self) -> bytes:
        return self._library.content(self._library.beside(self._path, "tables", MEDICINES))

    def problems(self, path: Path) -> list[Problem]:
        """What is wrong with one of the lists, or with the words of a drug file."""
        try:
            if path.name in READERS and path.parent.name == "tables":
                listed = self._table(path)
                return listed.problems or list(known_words.of_table(path.name, listed.value, self.vocabulary))
            drug, _ = self._library.drug(path)
            return list(known_words.of_drug(drug, self.vocabulary)) if drug else []
        except Faulty as faulty:
            mine = self._library.shown(path)
            return [each for each in faulty.problems if each.span.file == mine]

    def _table(self, path: Path) -> Listed:
        return Listed(*self._library.table(path, READERS[path.name]))

    def _sound(self, name: str):
        """The value of a list. Raises Faulty."""
        path = self._library.beside(self._path, "tables", name)
        self.read[name] = path
        listed = self._table(path)
        self._stop_at(listed.problems)
        return listed.value

    def _unknown(self, name, made):
        return list(known_words.of_table(name, self._table(self.read[name]).value, made))

    def _stop_at(self, problems):
        errors = [each for each in problems if each.severity == ERROR]
        if errors:
            raise Faulty(errors, {self._library.shown(path): self._library.document(path)[0] for path in self._files_that_may_err()})

    def _files_that_may_err(self) -> list[Path]:
        return [*self.read.values(), *self._drug_files.values()]

    def _heads(self) -> list[Head]:
        found = []
        for path in self._drug_files.values():
            head = self._head(path)
            if head:
                found.append(head)
        return found

    def _head(self, path: Path) -> Head | None:
        """The top of a drug file; what lies below its names is not read, unless a name lies below it."""
        content = self._library.content(path)
        cut = min((place for each in _BELOW_HEAD if (place := content.find(each)) > 0), default=len(content))
        if any(content.find(each, cut) > 0 for each in _IN_HEAD):
            cut = len(content)
        return schema.head(source.read(self._library.shown(path), content[:cut] + b"\n"))
