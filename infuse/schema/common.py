"""What the tables of every kind of file share: names, sources, references, notes.

For: the other tables of `schema`.

Refuses: a reference that nobody could look up: it needs a doi, a url, or a word on how it was read.

Example: `source: pomeroy-2017` and `source:` with a list of ids are both a tuple of ids.
"""

from __future__ import annotations

from infuse import protocol as p
from infuse.shapes import Key, Reader, Wrong, fields, list_of, named, text

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
        return p.Reference(id=name, **values)

    return fields(keys, build, "a reference: title, doi or url, ...")


references = named(_reference, "references")


def note(key: str, says: str) -> Reader:
    keys = (Key(key, text(), says, required=True), Key("source", sources, "its references", required=True))
    return fields(keys, lambda span, source, **said: p.Note(said[key], source, span))
