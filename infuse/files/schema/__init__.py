"""Which keys exist, and what each must be: nodes become a Protocol or a Drug, or a list of problems.

For: reading files, and describing the same tables to an editor as JSON Schema. One table a kind of mapping, made of
`shapes`: phases, limits, the protocol around them, the drug.

Refuses: whatever the shapes refuse. What takes two values to judge (a step of another kind than its start) stands
in `consistency`.

Example: `phases: - continuous:` with `start: 0.1 mg/kg/h` becomes Continuous(start=Choice(default=0.1 mg/kg/h)).
"""

from __future__ import annotations

from infuse.files.schema.drug import DRUG
from infuse.files.schema.protocol import PROTOCOL
from infuse.files.shapes import BAD, Notes, Reader
from infuse.files.vocabulary import Head
from infuse.ground.source import Document, Mapping, Scalar, Sequence

__all__ = ["DRUG", "PROTOCOL", "head", "entries_under", "header", "json_schema", "keys_under", "read"]


def read(document: Document, table: Reader):
    """(value or None, problems): the document through one of the tables. With problems there may be a value too: good
    enough to look for more problems, never to order from."""
    if document.root is None or document.problems:
        return None, list(document.problems)
    notes = Notes()
    value = table.read(document.root, notes)
    return (None if value is BAD else value), notes.problems


def header(document: Document) -> dict[str, str]:
    """The one-line texts at the top of a file, for a list; without reading what lies below them."""
    items = document.root.items if document.root else ()
    return {key.text: " ".join(value.text.split()) for key, value in items if isinstance(value, Scalar)}


def keys_under(document: Document, name: str) -> list[str]:
    """The keys of one mapping at the top of a file, such as its references."""
    items = document.root.items if document.root else ()
    return [key.text for top, value in items if top.text == name and isinstance(value, Mapping) for key, _ in value.items]


def head(document: Document) -> Head | None:
    """What a drug is called, and its classes; None where the file does not say."""
    said = {key.text: value for key, value in document.root.items} if document.root else {}
    texts = {key: tuple(" ".join(each.text.split()) for each in (node.items if isinstance(node, Sequence) else (node,)) if isinstance(each, Scalar))
             for key, node in said.items()}
    if not texts.get("drug") or not texts.get("name"):
        return None
    return Head(texts["drug"][0], texts["name"][0], texts.get("also_known_as", ()), texts.get("classes", ()))


def entries_under(document: Document, name: str) -> list[dict[str, str]]:
    """The one-line texts of each entry of a list at the top of a file, such as its guidelines."""
    items = document.root.items if document.root else ()
    entries = [each for top, value in items if top.text == name and isinstance(value, Sequence) for each in value.items]
    return [{key.text: " ".join(value.text.split()) for key, value in each.items if isinstance(value, Scalar)}
            for each in entries if isinstance(each, Mapping)]


def json_schema(table: Reader, title: str) -> dict:
    """What a table reads, for an editor: in draft 7, which editors of YAML know."""
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": title} | table.schema
