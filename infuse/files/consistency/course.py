"""When the phases of a protocol start and what they come to together, held against each other.

For: `consistency.check`.

Refuses: a phase that starts after one which does not stand above it, or while it still runs, or after one of another branch; two phases of one name
where one is meant; a dose that comes again while it still runs; a total of another kind than the doses, or over a course
without an end.

Example: `after: tast dose` beside a phase named test dose is a problem at that word, with "did you mean test dose?".
"""

from __future__ import annotations

from infuse.files.consistency.words import base, wrong
from infuse.files.drug import Drug
from infuse.files.protocol import Continuous, Intermittent, Maintenance, Protocol
from infuse.files.shapes import did_you_mean, written
from infuse.files.stated import COURSE
from infuse.ground import units


def starts_agree(protocol: Protocol, _drug: Drug | None):
    above: list = []
    for phase in protocol.phases:
        starts = phase.starts
        if starts:
            named = [each for each in above if each.name == starts.after]
            names = [each.name for each in above if each.name]
            if not named:
                hint = did_you_mean(starts.after, names) or f"above it stand {', '.join(names) or 'no phases with a name'}"
                yield wrong(starts.after.span, "the name of a phase above this one", f'"{starts.after}"', hint)
            elif len(named) > 1:
                yield wrong(starts.after.span, "one phase of that name", f"{len(named)} of them")
            elif named[0].branch and phase.branch and named[0].branch != phase.branch:
                yield wrong(starts.after.span, f"a phase of the branch {phase.branch}, or of none", f'"{starts.after}", of the branch {named[0].branch}',
                            "of phases with different branches only those of one are given")
            elif starts.by and isinstance(named[0], Intermittent) and starts.by.quantity < named[0].duration.default.quantity:
                over = named[0].duration.default
                hint = f"{starts.after} runs for {over.quantity}, on line {over.span.line}: left out, this phase starts when that one is through"
                yield wrong(starts.by.span, f"at least {over.quantity}", f'"{starts.by.quantity}"', hint)
        above.append(phase)


def doses_do_not_overlap(protocol: Protocol, _drug: Drug | None):
    """A dose is through before it may come again. `every: 6 min` for 6 h is found by it, where the dose takes 15 minutes."""
    for phase in protocol.phases:
        again = phase.again if isinstance(phase, Intermittent) else None
        duration = phase.duration.default if again else None
        if duration and again.every.quantity < duration.quantity:
            hint = f"the dose runs for {duration.quantity}, on line {duration.span.line}: from start to start it cannot be less"
            yield wrong(again.every.span, f"at least {duration.quantity}", f'"{again.every.quantity}"', hint)


def totals_agree(protocol: Protocol, _drug: Drug | None):
    """A total is of the kind of every dose that it adds up."""
    for limit in protocol.totals:
        for phase in protocol.phases:
            name, ordered = base(phase)
            whole = ordered.quantity.unit.without_patient()
            wanted = [units.unit(whole.amount), units.unit(f"{whole.amount}/kg")]
            side = limit.sides[0][1]
            if not any(units.fits(end.unit, each) for end in side.range.ends() for each in wanted):
                hint = f"{name}, on line {ordered.span.line}, is {ordered.quantity}"
                yield wrong(side.span, f"a total in {' or '.join(each.text for each in wanted)}", f'"{written(side.range)}"', hint)
                break
            if limit.window == COURSE and isinstance(phase, (Continuous, Maintenance)) and phase.duration.range.high is None:
                hint = f"a total in the course stands on line {limit.span.line}"
                yield wrong(phase.duration.span, "a longest duration", f'"{written(phase.duration.range)}"', hint)
