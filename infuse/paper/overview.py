"""The protocols of a library in one table: dose, most, source, and what is still for the site to decide.

For: `infuse list --format markdown`, and the table in protocols/README.md, which a test holds to it.

Refuses: nothing; a file with a problem is a row that says so.

Example: | `thiamine` | intermittent infusion: 100 mg; over 20 to 30 minutes, 30 minutes unless chosen | dose up to 100 mg; ... |
"""

from __future__ import annotations

from infuse.arithmetic import preparation as prep
from infuse.files.library import Library, Loaded
from infuse.files.protocol import Intermittent, Maintenance, Phase, Protocol, Schedule
from infuse.files.stated import Choice
from infuse.paper.wording import again

HEAD = "| id | dose | most | source | still for the site to decide |\n|---|---|---|---|---|\n"


def table(library: Library) -> str:
    """One row a protocol, by id."""
    rows = [(f"`{name}`", *_row(library.load(path))) for name, path in sorted(library.ids().items())]
    return HEAD + "".join("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|\n" for cells in rows)


def _row(loaded: Loaded) -> tuple[str, str, str, str]:
    if loaded.errors:
        return "a problem in the file: run infuse check", "", "", ""
    protocol = loaded.protocol
    return (" **then** ".join(map(_dose, protocol.phases)), _most(protocol), _sources(loaded), "; ".join(_open(loaded)))


# ---------------------------------------------------------------------------------------------- dose


def _dose(phase: Phase) -> str:
    called = f"{phase.name}, " if phase.name else ""
    return f"{called}{phase.kind}: " + "; ".join(filter(None, _parts(phase)))


def _parts(phase: Phase) -> list[str]:
    if isinstance(phase, Schedule):
        return [f"{step.rate.quantity.on_paper()} for {step.duration.quantity.on_paper()}" for step in phase.steps]
    if isinstance(phase, Maintenance):
        return [*(f"{tier.rate.quantity.on_paper()} ({tier.weight.on_paper()})" for tier in phase.tiers),
                f"at most {phase.ceiling.quantity.on_paper()}" if phase.ceiling else "", f"for {phase.duration.range.on_paper()}"]
    if not isinstance(phase, Intermittent):
        steps = phase.titration
        climb = f"by {steps.by.quantity.on_paper()} up to {steps.up_to.quantity.on_paper()}" if steps else ""
        return [_chosen(phase.start), f"at most {phase.ceiling.quantity.on_paper()}" if phase.ceiling else "", climb, f"for {phase.duration.range.on_paper()}"]
    doses = [f"{_chosen(band.dose)} ({band.on_paper()})" if band.dose else f"none ({band.on_paper()}): {band.refuse}" for band in phase.bands]
    return [*(doses or [_chosen(phase.dose)]), f"at most {phase.cap.quantity.on_paper()}" if phase.cap else "",
            f"over {_chosen(phase.duration)}", again(phase)]


def _chosen(choice: Choice) -> str:
    default = choice.default.quantity.on_paper()
    allowed = " or ".join(each.on_paper() for each in choice.options) or (choice.range.on_paper() if choice.range else "")
    return f"{allowed}, {default} unless chosen" if allowed and allowed != default else default


# ---------------------------------------------------------------------------------------------- limits, sources, what is open


def _most(protocol: Protocol) -> str:
    own = [limit for phase in protocol.phases for limit in phase.limits]
    banded = [limit for phase in protocol.phases for band in getattr(phase, "bands", ()) for limit in band.limits]
    return "; ".join(dict.fromkeys(_limit(limit) for limit in (*own, *banded, *protocol.totals) if limit.hard))


def _limit(limit) -> str:
    window = "" if limit.window is None else f" in {limit.window if isinstance(limit.window, str) else limit.window.on_paper()}"
    return f"{limit.name.replace('_', ' ')} {limit.hard.range.on_paper()}{window}"


def _sources(loaded: Loaded) -> str:
    known = loaded.drug.references | loaded.protocol.references
    cited = dict.fromkeys(each for phase in loaded.protocol.phases for each in phase.source)
    return "; ".join(f"{each} ({known[each].read})" if known[each].read else each for each in cited)


def _open(loaded: Loaded) -> list[str]:
    protocol = loaded.protocol
    limits = [*(rule.limit for rule in (protocol.patient.age, protocol.patient.weight) if rule.limit), *loaded.drug.limits, *protocol.totals,
              *(limit for phase in protocol.phases for limit in phase.limits)]
    site = dict.fromkeys(limit.name.replace("_", " ") for limit in limits for _, side in limit.sides if side.site)
    flushes = [phase.flush for phase in protocol.phases if getattr(phase, "flush", None)]
    beyond = any(each.beyond_use is None and prep.needs_volume(each, loaded.drug.products[each.product]) for one in protocol.preparations for each in one.from_each())
    return [*dict.fromkeys(question for phase in protocol.phases for question in phase.ask),
            *(["volume of the flush"] if any(flush.volume is None for flush in flushes) else []),
            *(["beyond-use"] if beyond else []), *([f"limits: {', '.join(site)}"] if site else [])]
