"""What the tables of every kind of file share: names, sources, references, notes, approval.

For: the other tables of `schema`.

Refuses: a reference that nobody could look up: it needs a doi, a url, or a word on how it was read; an approval of
another version than the file's own.

Example: `source: pomeroy-2017` and `source:` with a list of ids are both a tuple of ids.
"""

from __future__ import annotations

from datetime import date

from infuse.files import protocol as p
from infuse.files.shapes import BAD, Key, Reader, Wrong, fields, flag, list_of, named, text
from infuse.files.stated import Advisory, Note, Reference
from infuse.ground import grammar
from infuse.ground.source import Scalar
from infuse.ground.units import Refused

NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
file_name = text("a name in small letters, digits and hyphens", NAME)
sources = list_of(text("the id of a reference", NAME), single=True)
texts = list_of(text())


def _reference(name):
    keys = (
        Key("title", text(), "the document's title", required=True),
        Key("section", text(), "the section, table or page that was used", default=""),
        Key("year", text("a year", "[12][0-9]{3}"), "when it was published", default=""),
        Key("doi", text("a DOI, such as 10.1186/s10194-016-0700-3", r"10\.\d{4,9}/\S+"), "its DOI", default=""),
        Key("url", text("a link, such as https://example.org", r"https?://\S+"), "its link", default=""),
        Key("read", text(), "how it was read, where that is not in full and first hand", default=""),
    )

    def build(span, **values):
        if not values["doi"] and not values["url"] and not values["read"]:
            raise Wrong(f'doi, url or read (how it was read) under "{name}"', "none of them")
        return Reference(id=name, **values)

    return fields(keys, build, "a reference: title, doi or url, ...")


references = named(_reference, "references")


def note(key: str, says: str) -> Reader:
    keys = (Key(key, text(), says, required=True), Key("source", sources, "its references", required=True))
    return fields(keys, lambda span, source, **said: Note(said[key], source, span))


def advisory() -> Reader:
    keys = (Key("say", text(), "the advisory", required=True), Key("warning", flag(), "yes: it stands as large as the order"),
            Key("source", sources, "its references", required=True))
    return fields(keys, lambda span, say, warning, source: Advisory(say, source, span, warning))


def half_open(*kinds: str) -> Reader:
    """A band with one or two edges: below A, from A, or from A to below B."""
    expected = f"a band, such as from {grammar.KINDS[kinds[0]][1]} or below {grammar.KINDS[kinds[0]][1]}"

    def read(node, notes):
        if not isinstance(node, Scalar) or not node.text.strip():
            return notes.wrong(node.span, expected, notes.found(node))
        try:
            return grammar.read_half_open(node.text.strip(), *kinds)
        except Refused as refused:
            return notes.wrong(node.span, refused.expected, notes.found(node), refused.hint)

    return Reader(read, {"type": "string", "description": expected})


class _Day(date):
    """A date that knows its place."""

    __slots__ = ("span",)


def _day() -> Reader:
    """A date as 2026-11-21."""
    inner = text("a date, such as 2026-11-21", r"\d{4}-\d{2}-\d{2}")

    def read(node, notes):
        said = inner.read(node, notes)
        if said is BAD:
            return BAD
        try:
            day = _Day.fromisoformat(said)
        except ValueError:
            return notes.wrong(node.span, "a date that there is, such as 2026-11-21", notes.found(node))
        day.span = node.span
        return day

    return Reader(read, inner.schema)


_APPROVAL = fields((
    Key("committee", text(), "who approved it", required=True),
    Key("version", text("a whole number", "[1-9][0-9]*"), "the version that was approved", required=True),
    Key("on", _day(), "when", required=True),
), lambda span, **values: p.Approval(**values))

APPROVED = (
    Key("approval", _APPROVAL, "who approved which version, and when; where left out, every page says that nobody did", stand_in=None),
    Key("review_due", _day(), "the date by which it is reviewed; a later sheet says that the review is overdue", stand_in=None),
)


def approved(version, approval, review_due):
    """An approval holds for the version that it names, and for no other."""
    if approval and version and approval.version != version:
        raise Wrong(f"an approval of version {version}, which stands above", f'"{approval.version}"', approval.version.span,
                    "an edited protocol is not the approved one: have this version approved, or leave approval out")
    if approval and review_due and review_due <= approval.on:
        raise Wrong(f"a review that is due after the approval of {approval.on}", f'"{review_due}"', review_due.span)
