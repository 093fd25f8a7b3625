"""The table of how a preparation or a product is handled: where it is kept, light, filter, what must not be done to it.

For: the key `handling` of a preparation (of what is made ready) and of a product (as it lies on the shelf).

Refuses: a word that is not one of the field's; a refrigerator beside `do_not_refrigerate`.

Example: `protect_from_light: yes` has the source of what it stands under; with `is: yes` and `source` below it, its own.
"""

from __future__ import annotations

from infuse.files import protocol as p
from infuse.files.schema.common import sources
from infuse.files.shapes import BAD, Key, Reader, Wrong, fields, scalar_or, text, word
from infuse.files.stated import Handled

_PORE = r"(?:0\.\d{0,2}[1-9]|[1-9]\d?(?:\.[1-9])?)"
_FILTER = text("the pore size of an in-line filter, such as 0.2 micrometer in-line", rf"{_PORE}(?: or {_PORE})? micrometer in-line",
               "write micrometer (not micron), a zero before the point, no zero at the end, and in-line after it")
_YES = text('"yes"', "yes", "leave the key out where no source says so")


def _term(name: str, value: Reader, says: str) -> Key:
    """A value, which has the source of what it stands under; or `is` and `source`."""

    def read(node, notes):
        said = value.read(node, notes)
        return BAD if said is BAD else Handled(name, str(said), (), node.span)

    own = fields((Key("is", value, says, required=True), Key("source", sources, "its references", required=True)),
                 lambda span, source, **more: Handled(name, str(more["is"]), source, span), f"{name} with its value, or is and source below it")
    return Key(name, scalar_or(Reader(read, value.schema), own, lambda one: one), says)


def _handling(span, **terms):
    found = tuple(one for one in terms.values() if one)
    if not found:
        raise Wrong(f"one of {', '.join(terms)}", "none of them")
    kept, never = terms["storage"], terms["do_not_refrigerate"]
    if never and kept and p.REFRIGERATOR in p.PLACES[kept.value]:
        raise Wrong(f"another place than the refrigerator: do_not_refrigerate stands on line {never.span.line}", f'"{kept.value}"', kept.span)
    return found


HANDLING = Key("handling", fields((
    _term("storage", word(*p.PLACES), "where it is kept"),
    _term("protect_from_light", _YES, "yes: it is protected from light"),
    _term("filter", _FILTER, "the filter that it is given through"),
    _term("do_not_shake", _YES, "yes: it is not shaken"),
    _term("do_not_freeze", _YES, "yes: it is not frozen"),
    _term("do_not_refrigerate", _YES, "yes: it is not put into a refrigerator"),
), _handling, "how it is handled: storage, protect_from_light, filter, ..."),
    "where it is kept, light, filter, what is not done to it; where no source says so, left out", default=())


def with_source(handling: tuple[Handled, ...], source: tuple[str, ...]) -> tuple[Handled, ...]:
    """Each with a source: its own, or that of what it stands under."""
    return tuple(one if one.source else one._replace(source=source) for one in handling)
