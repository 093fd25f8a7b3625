"""Doses by bands of weight, age and renal function: which band takes a patient in, and the proof that one does.

For: phases with `bands`. A band is half open: 50 kg itself belongs to the band that starts there.

Refuses: bands with a gap or an overlap anywhere (when the file is checked); a patient whom an unknown fact leaves
between bands, unless the file says that the lowest dose is given then.

Example: below 50 kg 15 mg/kg, from 50 kg 1,000 mg: 49.9 kg gives 748.5 mg, 50 kg gives 1,000 mg.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product

from infuse.files.protocol import BANDED, Band
from infuse.ground import units
from infuse.ground.ranges import HalfOpen
from infuse.ground.units import Quantity


def banded_by(bands: tuple[Band, ...]) -> tuple[str, ...]:
    """The facts that these bands ask about."""
    return tuple(name for name in BANDED if any(name in band.edges() for band in bands))


def fitting(bands: tuple[Band, ...], facts: dict[str, Quantity]) -> tuple[Band, ...]:
    """The bands that take the patient in, as far as the facts are known: one, if all are."""
    return tuple(band for band in bands if all(facts[name] in edge for name, edge in band.edges().items() if name in facts))


def applied(phase, band: Band):
    """The phase as it is for those whom the band takes in: its dose, cap and limits."""
    return phase._replace(dose=band.dose, cap=band.cap or phase.cap, limits=band.limits)


def lowest(bands: tuple[Band, ...], per: Iterable[Quantity]) -> Band:
    """The band with the lowest dose for this dosing weight and this surface."""
    by_word = {"m2" if each.unit.text == "m2" else "kg": each for each in per}

    def dose(band):
        ordered = band.dose.default.quantity
        if ordered.unit.patient:
            ordered = units.work_out(ordered.unit.without_patient(), [ordered, by_word[ordered.unit.patient]])
        return min(ordered, band.cap.quantity) if band.cap else ordered
    return min((band for band in bands if band.dose), key=dose)


def faults(bands: tuple[Band, ...]) -> Iterator[str]:
    """Every place where no band or more than one takes a patient in, in words: the proof walks all cells between edges."""
    names = banded_by(bands)
    for name in names:
        ends = [end for band in bands if name in band.edges() for end in (band.edges()[name].low, band.edges()[name].high) if end]
        if any(not units.fits(ends[0].unit, end.unit) for end in ends):
            yield f"the edges of the {name} are of different kinds"
            return
    for cell in product(*(cells(bands, name) for name in names)):
        point = {name: low for name, (low, _) in zip(names, cell)}
        count = len(fitting(bands, point))
        if count != 1:
            where = ", ".join(f"{name} {HalfOpen(low, high).on_paper()}" for name, (low, high) in zip(names, cell))
            yield f"{'no band' if not count else f'{count} bands'} for {where}"


def cells(bands: tuple[Band, ...], name: str) -> list[tuple[Quantity, Quantity | None]]:
    """(low, high) of every stretch between the edges of one fact."""
    return stretches([end for band in bands if name in band.edges() for end in (band.edges()[name].low, band.edges()[name].high) if end])


def stretches(edges: list[Quantity]) -> list[tuple[Quantity, Quantity | None]]:
    """(low, high) of every stretch between edges, from zero; the last is open."""
    points: list[Quantity] = [edges[0].with_value(Fraction(0))]
    for edge in sorted(edges):
        if edge > points[-1]:
            points.append(edge)
    return list(zip(points, [*points[1:], None]))
