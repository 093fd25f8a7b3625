"""Whether an order set and the table of what may meet agree with the library around them.

For: `infuse check`, and every order of several protocols before it computes anything.

Refuses: a protocol or drug that no file has, a source that no reference names, an item that starts after one which
does not stand above it, one protocol twice, a phase that the named protocol does not have, a finding without its number.

Example: `after: ketorolak` where the set orders ketorolac is a problem at that line, with "did you mean ketorolac?".
"""

from __future__ import annotations

from collections.abc import Iterator

from infuse.files import compatibility
from infuse.files.compatibility import Compatibility
from infuse.files.consistency.boxes import findings_of_a_set
from infuse.files.consistency.words import unknown_sources, wrong
from infuse.files.ordersets import OrderSet
from infuse.files.protocol import Protocol
from infuse.files.shapes import did_you_mean
from infuse.ground.source import Problem


def check_set(one: OrderSet, protocols: dict[str, Protocol | None], known: set[str]) -> list[Problem]:
    """Everything that is wrong with a set, in the order of the file. `protocols`: those that its items name, as far as they
    could be read; `known`: the ids that there are."""
    found = [*_protocols_exist(one, known), *_sources_exist(one), *_times_agree(one, protocols), *findings_of_a_set(one.criteria)]
    return sorted(dict.fromkeys(found), key=lambda each: each.span)


def _protocols_exist(one, known) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for item in one.items:
        for name in item.protocols:
            if name not in known:
                yield wrong(name.span, "a protocol of the library", f'"{name}"', did_you_mean(name, known))
            if name in seen:
                yield wrong(name.span, "each protocol once", f'"{name}" again', f"it stands on line {seen[name]}")
            seen[name] = name.span.line


def _sources_exist(one) -> Iterator[Problem]:
    blocks = (*one.items, *one.visit, *one.monitoring, *one.criteria, *one.outcome, *filter(None, (one.flush,)))
    for block in blocks:
        yield from unknown_sources(block.source, one.references)


def _times_agree(one, protocols) -> Iterator[Problem]:
    above: list[str] = []
    every = [name for item in one.items for name in item.protocols]
    for item in one.items:
        if item.after and item.after not in above:
            hint = did_you_mean(item.after, above) or f"above it stand {', '.join(above) or 'none'}"
            yield wrong(item.after.span, "an item that stands above this one", f'"{item.after}"', hint)
        if item.goes_with and (item.goes_with not in every or item.goes_with in item.protocols):
            yield wrong(item.goes_with.span, "another item of the set", f'"{item.goes_with}"', did_you_mean(item.goes_with, every))
        if item.before_each:
            yield from _before_agrees(item, every, protocols)
        above += item.protocols


def _before_agrees(item, every, protocols) -> Iterator[Problem]:
    before = item.before_each
    if before.item not in every or before.item in item.protocols:
        yield wrong(before.item.span, "another item of the set", f'"{before.item}"', did_you_mean(before.item, every))
        return
    protocol = protocols.get(before.item)
    names = [phase.name for phase in protocol.phases] if protocol else list(before.phases)
    for name in before.phases:
        if name not in names:
            hint = did_you_mean(name, names) or f"its phases are {', '.join(each for each in names if each) or 'without names'}"
            yield wrong(name.span, f"a phase of {before.item}", f'"{name}"', hint)


def check_compatibility(one: Compatibility, drugs: set[str]) -> list[Problem]:
    """The drugs and sources of the table exist. `drugs`: the names of the drug files."""
    found = []
    for names, sources, _ in compatibility.blocks(one):
        found += [wrong(name.span, "a drug of the library", f'"{name}"', did_you_mean(name, drugs)) for name in names if name not in drugs]
        found += unknown_sources(sources, one.references)
    return sorted(dict.fromkeys(found), key=lambda each: each.span)
