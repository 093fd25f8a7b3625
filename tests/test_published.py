"""200 more published calculations (data/published.txt): the quick calculations are asked for each, with the rounding that its
source printed; a premixed bag of each infusion is ordered too, and the pump rate is the same. Wrong answers that were published
stand there with `not`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from conftest import make

from infuse.arithmetic import dosing, figure, formulas, rounding
from infuse.files.library import Library
from infuse.ground import grammar
from infuse.ordering import quick

FILE = Path(__file__).parent / "data" / "published.txt"
LINES = [line for line in FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
CASES = [tuple(part.strip() for part in line.split("|")) for line in LINES if "|" in line]
SHIPPED = Library()
TIERS = SHIPPED.load(SHIPPED.ids()["fluid-maintenance-4-2-1"]).protocol.phases[0].tiers


def test_every_case_stands_under_its_source():
    assert len(set(CASES)) == len(CASES) == 212
    assert LINES[0].startswith("http")
    assert all(line.startswith(("http://", "https://")) for line in LINES if "|" not in line)


def stated(name, text):
    return figure.stated(name, grammar.read_quantity(text), "the case")


def optional(text):
    return None if text == "-" else text


def printed(text: str, step: str | None = None):
    """(the answer, its unit, the step that it was rounded to: that of its last digit, unless said)."""
    number, _, unit = text.removeprefix("not ").partition(" ")
    exponent = min(Decimal(number).as_tuple().exponent, 0)
    return Fraction(number), unit, step or f"{Decimal(1).scaleb(exponent):f} {unit}"


def answered(case) -> Fraction:
    """What infuse answers, rounded as the source did."""
    what, *asked = case
    if what in ("rate", "volume", "dose"):
        text, patient, strength, answer = asked[:4]
        _, unit, step = printed(answer, *asked[4:])
        weight, area = (None, patient) if patient.endswith("m2") else (optional(patient), None)
        name, unit = {"rate": ("pump_rate", unit), "dose": ("dose", unit), "volume": ("volume", None)}[what]
        return Fraction(getattr(quick, what)(text, weight, strength, unit, step, area).as_json()[name]["value"])
    _, unit, step = printed(asked[-1])
    if what == "drops":
        said = quick.drops(asked[0], optional(asked[1]), step).as_json()
        return Fraction(said["drop_rate" if "drops" in unit else "pump_rate"]["value"])
    exact = {
        "clearance": lambda age, sex, weight, creatinine: formulas.clearance(grammar.read_quantity(age), stated("weight", weight), stated("creatinine", creatinine), sex),
        "surface": lambda height, weight: formulas.surface(stated("weight", weight), stated("height", height)),
        "maintenance": lambda weight: dosing.over_tiers("rate", TIERS, stated("weight", weight)),
    }[what](*asked[:-1]).exact
    return rounding.nearest(exact.to(unit), grammar.read_quantity(step))[0].value


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_comes_out_as_published(case):
    answer = case[4] if case[0] in ("rate", "volume", "dose") else case[-1]
    assert (answered(case) == printed(answer)[0]) != answer.startswith("not ")


# ---------------------------------------------------------------------------------------------- the same by an order

DRUG = """
drug: published
name: published
products:
  bag:
    name: published
    form: bag
    strength: {strength}
    volume: 250 mL
    dilution: never
    source: chart
references:
  chart:
    title: chart
    url: https://example.org
"""
PROTOCOL = """
protocol: published
title: A published infusion
version: 1
drug: published
population: adult and pediatric
indication: the tests
care_areas:
  - test bench
references:
  paper:
    title: paper
    url: https://example.org
patient:
  weight:
    hard: 1 to 250 kg
    source: paper
preparation:
  product: bag
  source: chart
phases:
  - continuous:
      start: {start}
      duration: up to 24 h
      source: paper
      limits:
        dose_rate:
          hard: up to {most}
monitoring:
  - observe: pulse
    when: before
    source: paper
criteria:
  - when: pulse below 50 per minute
    do: stop
    source: paper
cases:
  - name: too light
    given:
      weight: 0.9 kg
    expect:
      refused: weight
"""


def infusion(folder, start, strength):
    """A protocol that starts there, from a premixed bag of that strength."""
    ordered = grammar.read_quantity(start)
    (folder / "drugs").mkdir()
    (folder / "drugs" / "published.yaml").write_text(DRUG.format(strength=grammar.read_strength(strength)[0]))
    (folder / "published.yaml").write_text(PROTOCOL.format(start=start, most=ordered.with_value(ordered.value * 2)))
    loaded = Library([folder]).load(folder / "published.yaml")
    assert not loaded.errors, loaded.errors
    return loaded


@pytest.mark.parametrize(("pump", "status", "rate"), [("general", "stopped", []), ("large-volume", "stopped", []), ("syringe", "ready", ["0.32 mL/h"])])
def test_a_pump_of_finer_steps_is_used_as_finely_as_it_can(tmp_path, pump, status, rate):
    """Morphine 10 mcg/kg/h for 3.2 kg from 5 mg in 50 mL is 0.32 mL/h: 6% less in steps of 0.1 mL/h."""
    made = make(infusion(tmp_path, "10 mcg/kg/h", "5 mg in 50 mL"), weight="3.2 kg", pump=pump)
    assert (made.status, [str(each.figures["pump_rate"].value) for each in made.phases]) == (status, rate)


INFUSIONS = [case for case in CASES if case[0] == "rate" and case[2].endswith("kg") and not case[4].startswith("not ")]


@pytest.mark.parametrize("case", INFUSIONS, ids=" ".join)
def test_an_order_runs_as_the_chart_says(case, tmp_path):
    _, start, weight, strength, answer, *step = case
    figures = make(infusion(tmp_path, start, strength), weight=weight).phases[0].figures
    exact = figures["pump_rate"].exact.to("mL/h")
    assert rounding.nearest(exact, grammar.read_quantity(printed(answer, *step)[2]))[0].value == printed(answer)[0]
    assert figures["pump_rate"].value == rounding.nearest(exact, grammar.read_quantity("0.1 mL/h"))[0]
