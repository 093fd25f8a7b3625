"""Pushes by hand, repeated and as-needed doses, conditions, and what they come to in a rolling window."""

from __future__ import annotations

import pytest
from conftest import make
from test_bands import load, written  # noqa: F401  (load is a fixture)
from test_stretch import DRUG

from infuse.paper import wording

PUSH = """      dose: 30 mg
      duration: 2 min"""


def pushed(phase=PUSH, limit="      limits:\n        calculated_dose:\n          hard: up to 500 mg\n", drug=DRUG):
    text = written(phase, limit=limit).replace("  - intermittent:", "  - push:").replace("duration: 15 min\n", "duration: 2 min\n")
    return text.replace("  diluent: sodium chloride 0.9%\n  added_to: 50 mL\n", "")


@pytest.fixture
def undiluted(load, tmp_path):  # noqa: F811
    def loaded(text):
        before = load(text)
        del before
        (tmp_path / "drugs" / "sample.yaml").write_text(DRUG.replace("dilution: required", "dilution: allowed").replace(" 100 mg/mL, 5 mL vial", ", vial").replace(
            "strength: 100 mg/mL", "strength: 30 mg/mL").replace("volume: 5 mL", "volume: 1 mL"))
        from infuse.files.library import Library
        found = Library([tmp_path]).load(tmp_path / "sample.yaml")
        assert not found.errors, found.errors
        return found
    return loaded


FACTS = {"weight": "70 kg", "age": "40 years"}


def test_a_push_has_a_volume_and_a_time_and_no_pump(undiluted):
    made = make(undiluted(pushed()), **FACTS)
    assert made.status == "ready", made.alerts
    one = made.phases[0]
    assert "pump_rate" not in one.figures
    assert str(one.figures["withdraw_volume"].value) == "1 mL"
    assert wording.administration(one) == "direct intravenous injection of 1 mL over 2 minutes; that is 15 mg/min"
    assert "undiluted (30 mg/mL)" in wording.preparation(one)


@pytest.mark.parametrize(("final", "said"), [
    ("20 mL", "made up in a syringe: add 19 mL of sodium chloride 0.9%; final volume 20 mL"),
    ("4 mL", "made up in a syringe: add 3 mL of sodium chloride 0.9%; final volume 4 mL"),
    ("1 mL", "final volume 1 mL"),  # the drug alone fills it
])
def test_a_push_that_is_diluted_is_made_up_in_a_syringe(undiluted, final, said):
    text = pushed().replace("preparation:\n", f"preparation:\n  diluent: sodium chloride 0.9%\n  final_volume: {final}\n")
    line = wording.preparation(make(undiluted(text), **FACTS).phases[0])
    assert said in line and "bag" not in line and "remove" not in line


def test_a_syringe_is_the_smallest_that_holds_the_volume(undiluted):
    """7 mg of 30 mg/mL is 0.2333 mL: a 1 mL syringe by 0.01, 0.23 mL, 6.9 mg, 1.4% below."""
    one = make(undiluted(pushed(PUSH.replace("30 mg", "7 mg"), limit="      limits:\n        calculated_dose:\n          hard: up to 100 mg\n")), **FACTS).phases[0]
    assert str(one.figures["withdraw_volume"].value) == "0.23 mL"
    assert str(one.figures["delivered_dose"].value) == "6.9 mg"


AGAIN = PUSH + "\n      repeat:\n        every: {every}\n        doses: {doses}"
NEEDED = PUSH + "\n      as_needed:\n        for: nausea\n        every: {every}\n        doses: {doses}"
DAY = "      limits:\n        calculated_dose:\n          hard: up to 60 mg\n        totals:\n          - hard: up to {total} in 24 h\n"
ROWS = [
    (AGAIN, "8 h", "9", "90 mg", "ready"),      # at 0, 8, 16: the one at 24 h opens the next window
    (AGAIN, "8 h", "9", "89 mg", "stopped"),
    (AGAIN, "479 min", "9", "90 mg", "stopped"),
    (AGAIN, "6 h", "2", "60 mg", "ready"),
    (NEEDED, "6 h", "3", "90 mg", "ready"),
    (NEEDED, "6 h", "4", "90 mg", "stopped"),
]


@pytest.mark.parametrize(("phase", "every", "doses", "total", "status"), ROWS)
def test_totals_count_every_dose_that_may_be_given(undiluted, phase, every, doses, total, status):
    text = pushed(phase.format(every=every, doses=doses), DAY.format(total=total))
    assert make(undiluted(text), **FACTS).status == status


def test_what_the_sheet_says_of_them(undiluted):
    again = make(undiluted(pushed(AGAIN.format(every="8 h", doses="9"))), **FACTS).phases[0]
    assert wording.again(again.phase) == "every 8 hours, 9 doses in all"
    needed = make(undiluted(pushed(NEEDED.format(every="6 h", doses="3"))), **FACTS).phases[0]
    assert wording.again(needed.phase) == ("as needed for nausea; not sooner than 6 hours after the last dose; at most 3 doses in 24 hours")


def test_a_test_dose_then_the_full_dose_on_its_condition(undiluted):
    text = pushed(PUSH.replace("dose: 30 mg", "name: test dose\n      dose: 10 mg"))
    second = text[text.index("  - push:"): text.index("monitoring:")].replace("test dose", "full dose").replace("10 mg", "20 mg")
    text = text.replace("monitoring:", second.replace("name: full dose", "name: full dose\n      only_if: no nausea 30 minutes after the test dose")
                        + "monitoring:", 1)
    made = make(undiluted(text), **FACTS)
    assert [each.phase.name for each in made.phases] == ["test dose", "full dose"]
    labels = [row.label for row in wording.three_lines(made.phases[1]).rows]
    assert labels == ["GIVE ONLY IF", "DOSE", "PREPARATION", "ADMINISTRATION", "IN ONE LINE"]


def test_a_push_that_rounds_to_nothing_is_a_stop_and_no_fault(shipped):
    """0.0001 mg of 0.4 mg/mL would be 0.00025 mL, which no syringe shows; what is chosen is below the least, too."""
    made = make(shipped["naloxone"], age="44y", weight="70kg", dose="0.0001 mg")
    assert made.status == "stopped" and not made.phases
    assert any("too small to draw up" in each.message for each in made.alerts), [each.message for each in made.alerts]
