"""Which drugs may meet in a line or in a bag, from a table; what has no data is not established, never compatible.

For: the line plan of several orders, and a mixture in one bag. A pair that meets at a Y-site is compatible only where a
source says so and none says otherwise; a mixture only where that very mixture is in the table, with its diluent and
within its concentrations: pairs do not add up.

Refuses: nothing by itself; the file is read by `schema.compatibility`.

Example: dexamethasone and valproate sodium are compatible at a Y-site, dihydroergotamine and anything is not established.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from infuse.files.drug import Drug
from infuse.files.stated import Reference, StatedRange
from infuse.ground import units
from infuse.ground.source import Span

COMPATIBLE, INCOMPATIBLE, UNKNOWN = "compatible", "incompatible", "not established"
LINE, BAG = "line", "bag"


class Verdict(NamedTuple):
    """What is known of drugs that meet: a status, in words, and its sources."""

    status: str
    say: str
    source: tuple[str, ...] = ()


NOTHING_KNOWN = Verdict(UNKNOWN, "separate line, or flush between them")


class Alone(NamedTuple):
    """A drug that meets no other: in its bag, or in its line either."""

    drug: str
    where: str
    say: str
    source: tuple[str, ...]
    span: Span


class Pair(NamedTuple):
    drugs: tuple[str, ...]
    y_site: str
    bag: str
    say: str
    source: tuple[str, ...]
    span: Span


class Mixture(NamedTuple):
    """Drugs that were tested together in one bag or syringe, in which diluent, at which concentrations."""

    drugs: tuple[str, ...]
    diluent: str
    concentrations: dict[str, StatedRange]
    say: str
    source: tuple[str, ...]
    span: Span


class Compatibility(NamedTuple):
    references: dict[str, Reference]
    alone: tuple[Alone, ...]
    pairs: tuple[Pair, ...]
    mixtures: tuple[Mixture, ...]


def at_y_site(table: Compatibility, first: str, second: str) -> Verdict:
    """What is known of two drugs (by id) that meet in a line. Incompatible wins over compatible."""
    return _worst([*(Verdict(INCOMPATIBLE, each.say, each.source) for each in table.alone if each.where == LINE and each.drug in (first, second)),
                   *(Verdict(each.y_site, each.say, each.source) for each in table.pairs if each.y_site and set(each.drugs) == {first, second})])


def in_one_line(table: Compatibility, one: Drug, other: Drug, unflushed: Collection[str] = ()) -> Verdict:
    """What is known of two drugs that meet in a line; a fluid may meet what it dilutes. `unflushed`: drugs whose line is never
    flushed, by name."""
    known = at_y_site(table, one.id, other.id)
    if known is not NOTHING_KNOWN:
        return known
    for fluid, drug in ((one, other), (other, one)):
        if fluid.name in drug.diluents and all(each.fluid for each in fluid.products.values()):
            return Verdict(COMPATIBLE, f"{drug.name} is diluted in it")
    held = [each.name for each in (one, other) if each.name in unflushed]
    return Verdict(UNKNOWN, f"separate line, as that of {' and of '.join(held)} is NOT flushed") if held else NOTHING_KNOWN


def in_one_bag(table: Compatibility, drugs: tuple[str, ...], diluent: str, concentrations: dict[str, units.Quantity]) -> Verdict:
    """What is known of just these drugs in one bag of that diluent, at these final concentrations."""
    against = [Verdict(INCOMPATIBLE, each.say, each.source) for each in table.alone if each.drug in drugs]
    against += [Verdict(each.bag, each.say, each.source) for each in table.pairs
                if each.bag == INCOMPATIBLE and set(each.drugs) <= set(drugs)]
    if against:
        return against[0]
    tested = [each for each in table.mixtures if set(each.drugs) == set(drugs)]
    if not tested:
        return Verdict(UNKNOWN, "no source that was read tested just this mixture; pairs do not add up")
    wet = [each for each in tested if each.diluent == diluent]
    if not wet:
        return Verdict(UNKNOWN, f"it was tested in {' or '.join(each.diluent for each in tested)}, not in {diluent}", tested[0].source)
    inside = next((each for each in wet if all(concentrations[drug] in each.concentrations[drug].range for drug in drugs)), None)
    if inside is None:
        tried = "; ".join(f"{drug} {wet[0].concentrations[drug].range.on_paper()}" for drug in drugs)
        return Verdict(UNKNOWN, f"it was tested at {tried} only", wet[0].source)
    return Verdict(COMPATIBLE, inside.say, inside.source)


def _worst(found: list[Verdict]) -> Verdict:
    against = [each for each in found if each.status == INCOMPATIBLE]
    if against:
        return Verdict(INCOMPATIBLE, "; ".join(dict.fromkeys(each.say for each in against)), tuple(dict.fromkeys(id for each in against for id in each.source)))
    return found[0] if found else NOTHING_KNOWN


def blocks(one: Compatibility) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Span]]:
    """(drugs, sources, place) of everything in the table, for whoever proves that they exist."""
    for alone in one.alone:
        yield (alone.drug,), alone.source, alone.span
    for each in (*one.pairs, *one.mixtures):
        yield each.drugs, each.source, each.span
