"""Totals in rolling windows: start included, end excluded, infusions by what has run."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infuse.arithmetic.totals import Dose, most, repeated
from infuse.ground.grammar import read_quantity
from infuse.ground.units import quantity

q = read_quantity
NOW = quantity(0, "h")


def push(at, amount):
    return Dose(q(at), quantity(0, "min"), q(amount))


def infusion(at, over, amount):
    return Dose(q(at), q(over), q(amount))


ROWS = [
    ("8-hourly pushes", repeated(push("0 h", "1 mg"), q("8 h"), 4), "24 h", "3 mg"),
    ("a minute under 8 hours", repeated(push("0 h", "1 mg"), q("479 min"), 4), "24 h", "4 mg"),
    ("one infusion inside", [infusion("0 h", "30 min", "2 g")], "24 h", "2 g"),
    ("one infusion longer than the window", [infusion("0 h", "48 h", "48 mg")], "24 h", "24 mg"),
    ("two infusions, the window between them", [infusion("0 h", "2 h", "2 mg"), infusion("23 h", "2 h", "4 mg")], "24 h", "5 mg"),
    ("a push at the end is the next window's", [push("0 h", "1 mg"), push("1 h", "5 mg")], "1 h", "5 mg"),
    ("a push within", [push("0 h", "1 mg"), push("59 min", "5 mg")], "1 h", "6 mg"),
    ("in other units", [push("0 h", "1 g"), push("1 h", "500 mg")], "24 h", "1.5 g"),
    ("everything", repeated(push("0 h", "1 mg"), q("8 h"), 21), None, "21 mg"),
]


@pytest.mark.parametrize(("doses", "window", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_most(doses, window, expected):
    assert most(doses, window and q(window)) == q(expected)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(1, 9)), min_size=1, max_size=6), st.integers(1, 40))
def test_no_window_holds_more(rows, length):
    """By counting: windows opened at every quarter minute hold no more, and one of them comes within a quarter of it."""
    doses = [Dose(quantity(start, "min"), quantity(over, "min"), quantity(amount, "mg")) for start, over, amount in rows]
    found = most(doses, quantity(length, "min")).value
    tried = []
    for quarter in range(-4 * length, 4 * 91):
        at = Fraction(quarter, 4)
        held = Fraction(0)
        for start, over, amount in rows:
            if over:
                held += Fraction(amount, over) * max(min(start + over, at + length) - max(start, at), 0)
            elif at <= start < at + length:
                held += amount
        tried.append(held)
    assert max(tried) <= found
    assert found - max(tried) <= Fraction(1, 4) * sum(Fraction(amount, over) for _, over, amount in rows if over)


def test_rounding_a_rate_never_passes_a_total(tmp_path, shipped):
    """1.25 mg/min is 75 mg in an hour; at 4 mg/mL 18.75 mL/h, which rounds to 18.8: 75.2 mg, above 75.1."""
    from conftest import ROOT, make

    from infuse.files.library import Library
    text = (ROOT / "protocols/lidocaine-inpatient-infusion.yaml").read_text()
    assert "hard: up to 200 mg in 1 h" in text
    text = text.replace("hard: up to 200 mg in 1 h", "hard: up to 75.1 mg in 1 h")
    (tmp_path / "lidocaine-inpatient-infusion.yaml").write_text(text)
    loaded = Library([tmp_path]).load(tmp_path / "lidocaine-inpatient-infusion.yaml")
    made = make(loaded, weight="70 kg", age="40 years", dose_rate="1.25 mg/min")
    assert made.status == "ready", made.alerts
    assert str(made.phases[0].figures["pump_rate"].value) == "18.7 mL/h"
