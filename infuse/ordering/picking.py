"""From the words of a command to the protocols of one sheet: an order set with what was picked of it, or several protocols.

For: `infuse order`, and the cases of a set's file.

Refuses: two sets on one sheet, `--with` and `--without` beside protocols alone, a pick that the set does not allow or that
leaves nothing; a set or a table of what may meet that has problems, with them.

Example: emergency-rescue `--with prochlorperazine` is the protocols of that set, prochlorperazine instead of the preferred.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from infuse.files import ordersets
from infuse.files.given import Given
from infuse.files.library import Library, LoadedSet
from infuse.files.ordersets import REQUIRED, Item
from infuse.ground.source import Document, Problem
from infuse.ground.units import Refused
from infuse.ordering.plan import Arrangement


class Selection(NamedTuple):
    """The protocols of a sheet by id, in sequence; how they are ordered together (None: one alone); what the set chooses
    of each; its file."""

    ids: list[str]
    arrangement: Arrangement | None
    chosen: dict[str, dict[str, Given]]
    of_set: LoadedSet | None


class CannotPick(Exception):
    """What was typed (where, Refused), and what is wrong with the files (problem, its document)."""

    def __init__(self, refused: list[tuple[str, Refused]], problems: list[tuple[Problem, Document | None]]):
        self.refused, self.problems = refused, problems
        super().__init__(f"{len(refused) + len(problems)} faults")


def select(library: Library, ids: Sequence[str], wanted: Sequence[str] = (), unwanted: Sequence[str] = ()) -> Selection:
    """What was asked for. Ids that are neither a set nor a protocol stay, for whoever loads them. Raises CannotPick."""
    sets = library.sets()
    named = [each for each in ids if each in sets]
    rest = [each for each in ids if each not in sets]
    if len(named) > 1:
        raise CannotPick([("SET", Refused("one order set on a sheet", " and ".join(named)))], [])
    if not named:
        options = [(option, names) for option, names in (("--with", wanted), ("--without", unwanted)) if names]
        if options:
            raise CannotPick([(option, Refused("an order set beside it", ", ".join(names), f"the sets are {', '.join(sets) or 'none'}"))
                              for option, names in options], [])
        return Selection(rest, _together(library, None, {}) if len(rest) > 1 else None, {}, None)
    of_set = library.load_set(sets[named[0]])
    if of_set.errors:
        raise CannotPick([], [(each, of_set.documents.get(each.span.file)) for each in of_set.errors])
    return _of_set(library, of_set, rest, wanted, unwanted)


def _of_set(library, of_set: LoadedSet, rest, wanted, unwanted) -> Selection:
    one = of_set.order_set
    picked, refused = ordersets.pick(one, list(wanted), list(unwanted))
    refused += [(each, Refused(f"a protocol that {one.id} does not have", each, f"ask for it with --with {each}"))
                for each in rest if any(each in item.protocols for item in one.items)]
    if not picked and not refused:
        names = " or ".join(f"--with {name}" for item in one.items for name in item.protocols)
        refused = [("SET", Refused(f"an item to order: {names}", one.id, "nothing of it is in an order unless it is asked for"))]
    if refused:
        raise CannotPick(refused, [])
    items: dict[str, Item] = {each.protocol: each.item for each in picked}
    present = set(items)
    for name, item in items.items():  # what it would follow may have been left out: then the one before it is followed
        if item.after and item.after not in present:
            items[name] = item._replace(after="", gap=None)
        if item.before_each and item.before_each.item not in present:
            items[name] = item._replace(before_each=None)
    chosen = {name: {key: Given(text, f"{text.span.file}:{text.span.line}") for key, text in item.choose.items()} for name, item in items.items()}
    return Selection([*items, *rest], _together(library, one, items, (of_set.file,)), chosen, of_set)


def _together(library, order_set, items, files=()) -> Arrangement:
    table, problems, document, file = library.compatibility()
    if problems or table is None:
        raise CannotPick([], [(each, document) for each in problems])
    return Arrangement(table, order_set, items, (*files, file))


def required(arrangement: Arrangement | None, protocol: str) -> bool:
    """Whether the set requires what was picked as this protocol."""
    item = arrangement.items.get(protocol) if arrangement else None
    return item is not None and item.use == REQUIRED
