"""What nobody can order, because no product of it is to be had: the drug files that say `not_available`.

For: `order`, `list` and `show`, so that whoever asks for such a drug learns why not, and from which source.

Refuses: an order of it, by its id or by any name that may be typed for it, and with it all that was ordered beside it.

Example: coenzyme Q10 is refused: no product to be given into a vein was found.
"""

from __future__ import annotations

from pathlib import Path

from infuse.files import schema
from infuse.files.drug import Drug
from infuse.files.library import Library
from infuse.ground.source import show
from infuse.paper.page import Field, Fields, Section, Sentences, Sheet
from infuse.paper.wording import code_fields, reference_line


def _files(library: Library) -> dict[str, Path]:
    return {name: path for name, path in library.drugs().items() if schema.keys_under(library.document(path)[0], "not_available")}


def ids(library: Library) -> list[str]:
    return list(_files(library))


def rows(library: Library) -> list[dict]:
    """id, name, reason, sources and file of every such drug, and its problem if it has one."""
    found = []
    for name, path in _files(library).items():
        drug, problems = library.drug(path)
        found.append({"id": name, "name": drug.name if drug else "", "say": drug.not_available.text if drug else "",
                      "references": list(drug.not_available.source) if drug else [], "file": library.shown(path),
                      "problem": problems[0].message if problems else ""})
    return found


def list_page(found: list[dict]) -> tuple[Section, ...]:
    """One section a drug: why it cannot be ordered."""
    sections = []
    for each in found:
        fields = [Field("NOT AVAILABLE", each["say"], strong=True), Field("SOURCES", ", ".join(each["references"])), Field("FILE", each["file"])]
        if each["problem"]:
            fields = [Field("PROBLEM", f"{each['problem']}; run infuse check", strong=True), Field("FILE", each["file"])]
        sections.append(Section(each["id"], (Fields(tuple(fields)),)))
    return tuple(sections)


def named(library: Library, said: str) -> Path | None:
    """The file of the drug that is meant, by its id, its name or a name that may be typed; None where there is none."""
    for name, path in _files(library).items():
        drug, _ = library.drug(path)
        if _plain(said) in {_plain(each) for each in (name, *((drug.name, *drug.also_known_as) if drug else ()))}:
            return path
    return None


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("-", " ").split())


def refusal(library: Library, path: Path) -> list[str]:
    """Why there is no order, with the sources; or what is wrong with the file that should say so."""
    drug, problems = library.drug(path)
    if problems or drug is None:
        return [show(each, library.document(path)[0].lines) for each in problems]
    return [f"{drug.id}: refused; {drug.not_available.text} ({', '.join(drug.not_available.source)})",
            *(f"   {reference_line(drug.references[each])}" for each in drug.not_available.source), "   nothing was ordered"]


def page(library: Library, path: Path) -> Sheet:
    """The drug explained: that it is not available, why, and what says so. Of a file without problems."""
    drug: Drug = library.drug(path)[0]
    sections = (Section("NOT AVAILABLE", (Sentences((f"{drug.not_available.text} ({', '.join(drug.not_available.source)})",), strong=True), Fields(code_fields(drug)))),
                Section("SOURCES", (Sentences(tuple(reference_line(each) for each in drug.references.values()), items=True),)),
                Section("FILES", (Sentences((f"{library.shown(path)}, {library.document(path)[1][:12]}",), items=True),)))
    return Sheet("NOT AVAILABLE - CANNOT BE ORDERED", drug.name, f"{drug.id}, not available", sections, (drug.id,))
