"""Every problem of every file at once, then the files' own cases.

For: `infuse check` and the tests. A file is read by where it lies: drugs/ holds drugs, tables/ tables, the folder
itself protocols.

Refuses: nothing; it reports.

Example: check(library, [path]) of a protocol with two mistakes gives two findings, and no cases are run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from infuse.files import lists, tables
from infuse.files.library import Library, Loaded
from infuse.ground import source
from infuse.ground.source import ERROR, Document, Mapping, Problem, Scalar, Span
from infuse.ordering import cases, proof, setcases

_BETWEEN = "\n\0\n"  # an end of text for `$`, and nothing that a pattern looks for stands around it
_TABLES = {"devices.yaml": tables.DEVICES, "weight-bounds.yaml": tables.WEIGHT_BOUNDS, "error-prone.yaml": tables.ERROR_PRONE}
_NOT_PRINTED = {"protocol", "set", "one_of", "after", "before_each", "drug", "version", "rxnorm", "atc", "doi", "url", "product", "also_known_as", "classes", "when", "cases"}  # ids, links, what is only typed


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: problems with the lines to show them, how many files and cases were checked."""

    findings: tuple[tuple[Problem, tuple[str, ...]], ...]
    files: int
    cases: int
    orders: int = 0

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem, _ in self.findings if problem.severity == ERROR]


def check(library: Library, paths: list[Path], prove: bool = False, tell: Callable[[int, int, str], None] | None = None) -> Checked:
    """The files, and those of the folders among them; without paths, every file that the library would use. `prove`: each
    protocol at every weight too, and `tell` is told (orders made, orders in all, name) as it goes on."""
    files = [file for path in paths for file in _files(path)] if paths else _every(library)
    read = [_one(library, path) for path in files]
    sound = [each.loaded for each in read if each.loaded and not any(problem.severity == ERROR for problem in each.problems)]
    proven = _proven(sound, tell or (lambda *_: None)) if prove else proof.Proven([], 0)
    documents = {name: document for each in read for name, document in each.documents.items()}
    problems = dict.fromkeys([*(problem for each in read for problem in each.problems), *proven.problems])
    findings = [(each, documents[each.span.file].lines if each.span.file in documents else ()) for each in sorted(problems, key=lambda one: one.span)]
    return Checked(tuple(findings), len(files), sum(each.cases for each in read), proven.orders)


def _proven(several: list[Loaded], tell: Callable[[int, int, str], None]) -> proof.Proven:
    """Every protocol at every weight, one after the other."""
    whole, made, problems = sum(map(proof.count, several)), 0, []
    for loaded in several:
        found = proof.prove(loaded, lambda number: tell(made + number, whole, loaded.protocol.id))
        made, problems = made + found.orders, problems + found.problems
    return proof.Proven(problems, made)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return [file for part in (path, path / "drugs", path / "sets", path / "tables") for file in sorted(part.glob("*.yaml"))]
    return [path]


def _every(library: Library) -> list[Path]:
    seen: dict[str, Path] = {}
    for folder in library.folders:
        for file in _files(folder):
            seen.setdefault(str(file.relative_to(folder)), file)
    return list(seen.values())


class _Read(NamedTuple):
    """One file: what is wrong with it, the texts to show that with, how many of its cases ran, and the protocol."""

    problems: list[Problem]
    documents: dict[str, Document]
    cases: int = 0
    loaded: Loaded | None = None


def _one(library: Library, path: Path) -> _Read:
    document, _ = library.document(path)
    documents = {library.shown(path): document}
    misread = _misread(library, path, document)
    if path.parent.name == "drugs":
        return _Read([*library.drug(path)[1], *library.lists(path.parent).problems(path), *misread], documents)
    if path.parent.name == "sets":
        of_set = library.load_set(path)
        if of_set.errors:
            return _Read([*of_set.problems, *misread], documents)
        found, more = _ran(lambda: setcases.run(library, of_set))
        return _Read([*of_set.problems, *misread, *found], documents | more, len(of_set.order_set.cases))
    if path.name == "compatibility.yaml" and path.parent.name == "tables":
        return _Read(library.compatibility_of(path), documents)
    if path.parent.name == "tables":
        if path.name in lists.READERS:
            return _Read(library.lists(path.parent).problems(path), documents)
        reader = _TABLES.get(path.name)
        if reader is None:
            name = library.shown(path)
            message = f"expected one of the tables {', '.join((*_TABLES, *lists.READERS, 'compatibility.yaml'))}; found \"{path.name}\""
            return _Read([Problem(ERROR, Span(name, 1, 1, 2), message)], documents)
        return _Read(library.table(path, reader)[1], documents)
    loaded = library.load(path)
    if loaded.errors:
        return _Read([*loaded.problems, *misread], documents | loaded.documents)
    found, more = _ran(lambda: cases.run(loaded))
    return _Read([*loaded.problems, *misread, *found], documents | loaded.documents | more, len(loaded.protocol.cases), loaded)


def _ran(run: Callable[[], list[Problem]]) -> tuple[list[Problem], dict[str, Document]]:
    """What the cases say; where a list that they need has a fault, that instead, with its documents."""
    try:
        return run(), {}
    except lists.Faulty as faulty:
        return list(faulty.problems), faulty.documents


def _misread(library: Library, path: Path, document: Document) -> list[Problem]:
    """Every text of the file that would be printed and has been misread elsewhere, with harm."""
    if path.parent.name == "tables" or document.root is None:
        return []
    entries, problems = library.table(library.beside(path, "tables", "error-prone.yaml"), tables.ERROR_PRONE)
    texts = list(_printed(document.root))
    together = _BETWEEN.join(text.text for text in texts)  # most patterns are nowhere in a file: each is sought once in all of it
    likely = [entry for entry in (entries if not problems else ()) if entry.pattern.search(together)]
    return [_prone(text, entry, match) for text in texts for entry in likely if (match := entry.pattern.search(text.text))]


def _prone(text: Scalar, entry, match) -> Problem:
    found = source.printable(match.group().strip())
    return Problem(ERROR, text.span, f'expected a text that cannot be misread; found "{found}" ({entry.what})', f"instead: {entry.use}")


def _printed(node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.items:
            if key.text not in _NOT_PRINTED:
                yield from _printed(value)
    else:
        for each in node.items:
            yield from _printed(each)


def as_text(checked: Checked) -> str:
    """The findings as a person reads them, and a last line that counts."""
    blocks = [source.show(problem, lines) for problem, lines in checked.findings]
    errors = len(checked.errors)
    notes = len(checked.findings) - errors
    count = ", ".join(f"{number:,} {word}{'s' if number != 1 else ''}" for number, word in (
        (checked.files, "file"), (checked.cases, "case"), *([(checked.orders, "proven order")] if checked.orders else []),
        (errors, "problem"), (notes, "note")))
    return "\n\n".join([*blocks, count]) + "\n"


def as_json(checked: Checked) -> dict:
    """The findings for an editor: severity, place, message, hint."""
    return {
        "schema_version": 1, "files": checked.files, "cases": checked.cases, "proven_orders": checked.orders,
        "problems": [{"severity": problem.severity, "file": problem.span.file, "line": problem.span.line,
                      "column": problem.span.column, "end": problem.span.end, "message": problem.message,
                      "hint": problem.hint} for problem, _ in checked.findings],
    }
