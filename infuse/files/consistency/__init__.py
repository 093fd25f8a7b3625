"""What takes two values to judge: whether a file agrees with itself, and with its drug.

For: `infuse check`, and every order before it computes anything. Each check is one function that yields what is
wrong, with the place; CHECKS is the visible list of them.

Refuses: what `alone`, `rates`, `with_drug` and `drug` refuse.

Example: `final_concentration: 1 mg/mL` beside 500 mg made up to 250 mL is a problem at that line: it is 2 mg/mL.
"""

from __future__ import annotations

from infuse.files import bands
from infuse.files.consistency import alone, between, boxes, course, rates, reach, sizes, warnings, with_drug
from infuse.files.consistency.drug import check_drug
from infuse.files.consistency.sets import check_compatibility, check_set
from infuse.files.drug import Drug
from infuse.files.protocol import Protocol
from infuse.ground.source import Problem

__all__ = ["check", "check_compatibility", "check_drug", "check_set"]

CHECKS = (
    alone.rates_count_per_the_same_time, alone.tolerance_is_small, alone.fastest_agrees, alone.course_total_has_an_end,
    alone.references_exist, alone.ladder_agrees, rates.steps_agree, rates.tiers_agree, rates.ceiling_agrees, alone.choices_agree, alone.cap_agrees, alone.limits_agree,
    alone.intervals_agree, alone.has_hard_maximum, alone.defaults_keep_limits, alone.times_keep_limits, alone.weight_is_bounded,
    with_drug.drug_is_available, with_drug.preparations_agree, with_drug.equivalents_agree, course.doses_do_not_overlap, course.totals_agree, alone.site_limits_are_said,
    *reach.CHECKS, *sizes.CHECKS,
)


def check(protocol: Protocol, drug: Drug | None) -> list[Problem]:
    """Everything that is wrong or awaits the site, in the order of the file."""
    spread = by_band(protocol)
    found = dict.fromkeys(problem for each in CHECKS for problem in each(spread, drug))
    found |= dict.fromkeys(problem for each in (alone.bands_are_proven, sizes.clearances_are_human, reach.bands_are_near, course.starts_agree, boxes.boxes_have_units, boxes.findings_have_numbers, warnings.warnings_are_stated, *between.CHECKS) for problem in each(protocol, drug))
    return sorted(found, key=lambda one: one.span)


def by_band(protocol: Protocol) -> Protocol:
    """The same protocol with one phase for each band: what holds for a dose must hold for every band's."""
    several = []
    for phase in protocol.phases:
        banded = getattr(phase, "bands", ())
        several += [bands.applied(phase, band) for band in banded if band.dose] or [phase]
    return protocol._replace(phases=tuple(several))
