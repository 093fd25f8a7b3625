"""The formulas against published and hand-worked check values, and where they refuse."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infuse.arithmetic import figure, formulas
from infuse.arithmetic.formulas import DoesNotApply
from infuse.ground import units
from infuse.ground.units import quantity

ROWS = json.loads((Path(__file__).parent / "data" / "formulas.json").read_text())
ADULT = quantity(40, "year")


def one(name, value, unit):
    return figure.stated(name, quantity(value, unit), "check")


def worked_out(row):
    said = row["in"]
    weight = one("weight", said.get("weight_kg", said.get("actual_kg", 1)), "kg")
    height = one("height", said.get("height_cm", 1), "cm")
    creatinine = one("creatinine", said.get("scr_mg_dl", 1), "mg/dL")
    age = quantity(said.get("age_y", 40), "year")
    return {
        "bmi": lambda: formulas.body_mass_index(weight, height),
        "ibw_devine": lambda: formulas.ideal_weight(height, said["sex"], age).exact.value,
        "adjbw_04": lambda: formulas.adjusted_weight(weight, formulas.ideal_weight(height, said["sex"], age)).exact.value,
        "lbw_janmahasatian": lambda: formulas.lean_weight(weight, height, said["sex"], age).exact.value,
        "crcl_cockcroft_gault": lambda: formulas.clearance(age, weight, creatinine, said["sex"]).exact.value,
        "egfr_schwartz_bedside": lambda: formulas.indexed_clearance(quantity(10, "year"), height, creatinine).exact.value,
    }[row["formula"]]()


OURS = {"bmi", "ibw_devine", "adjbw_04", "lbw_janmahasatian", "crcl_cockcroft_gault", "egfr_schwartz_bedside"}


@pytest.mark.parametrize("row", [row for row in ROWS if row["formula"] in OURS], ids=lambda row: f"{row['formula']} {row['arithmetic']}")
def test_check_values(row):
    assert abs(worked_out(row) - Fraction(row["out"])) <= Fraction(row["tolerance"])


@pytest.mark.parametrize("row", [row for row in ROWS if row["formula"] == "bsa_mosteller"], ids=lambda row: row["arithmetic"])
def test_the_surface_is_the_published_one_rounded_to_hundredths(row):
    got = formulas.surface(one("weight", row["in"]["weight_kg"], "kg"), one("height", row["in"]["height_cm"], "cm")).value.value
    assert got == Fraction(math.floor(Fraction(row["out"]) * 100 + Fraction(1, 2)), 100)


@given(weight=st.integers(5, 3000), height=st.integers(40, 2200))
def test_the_surface_is_the_nearest_hundredth_of_the_root(weight, height):
    """In tenths of kg and cm; k hundredths is nearest when (k - 1/2)^2 <= 10^4 x < (k + 1/2)^2."""
    got = formulas.surface(one("weight", Fraction(weight, 10), "kg"), one("height", Fraction(height, 10), "cm")).value.value
    k, squared = got * 100, Fraction(weight * height, 100 * 3600) * 10**4
    assert (k - Fraction(1, 2)) ** 2 <= squared < (k + Fraction(1, 2)) ** 2


@given(weight=st.integers(250, 2500), height=st.integers(1524, 2200), sex=st.sampled_from(["male", "female"]))
def test_no_weight_that_is_used_is_above_the_actual_one(weight, height, sex):
    actual, tall = one("weight", Fraction(weight, 10), "kg"), one("height", Fraction(height, 10), "cm")
    ideal = formulas.ideal_weight(tall, sex, ADULT)
    assert formulas.adjusted_weight(actual, ideal).value <= actual.value
    for each in (ideal, formulas.lean_weight(actual, tall, sex, ADULT)):
        assert formulas.never_above(each, actual).value == min(each.value, actual.value)


REFUSED = [
    ("short", lambda: formulas.ideal_weight(one("height", "152.3", "cm"), "male", ADULT)),
    ("tall", lambda: formulas.ideal_weight(one("height", "220.1", "cm"), "male", ADULT)),
    ("a child's ideal weight", lambda: formulas.ideal_weight(one("height", 170, "cm"), "male", quantity(17, "year"))),
    ("a child's lean weight", lambda: formulas.lean_weight(one("weight", 50, "kg"), one("height", 170, "cm"), "male", quantity(17, "year"))),
    ("a child's Cockcroft-Gault", lambda: formulas.clearance(quantity(215, "month"), one("weight", 50, "kg"), one("creatinine", 1, "mg/dL"), "male")),
    ("an adult's Schwartz", lambda: formulas.indexed_clearance(quantity(18, "year"), one("height", 170, "cm"), one("creatinine", 1, "mg/dL"))),
    ("an infant's Schwartz", lambda: formulas.indexed_clearance(quantity(11, "month"), one("height", 70, "cm"), one("creatinine", 1, "mg/dL"))),
]


@pytest.mark.parametrize("make", [each[1] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_a_formula_that_does_not_apply_refuses(make):
    with pytest.raises(DoesNotApply):
        make()


def test_at_the_edge_it_applies():
    assert formulas.ideal_weight(one("height", "152.4", "cm"), "female", quantity(18, "year")).value == quantity("45.5", "kg")
    assert formulas.indexed_clearance(quantity(215, "month"), one("height", 170, "cm"), one("creatinine", 1, "mg/dL"))


def test_an_indexed_clearance_is_never_compared_with_one_that_is_not():
    assert not units.fits(units.unit("mL/min"), units.unit("mL/min/1.73m2"))
