"""A dose in mEq or mmol becomes a mass, and back, only by the factor that the drug's own file declares."""

from __future__ import annotations

import re
import shutil

import pytest
from conftest import ROOT, make

from infuse.files.drug import Drug
from infuse.files.library import Library
from infuse.ground import grammar, numerals
from infuse.ground.units import quantity, unit
from infuse.ordering.order import NotUnderstood

SAMPLES = ROOT / "tests" / "protocols"


@pytest.fixture(scope="module")
def samples():
    library = Library([SAMPLES])
    return {name: library.load(SAMPLES / f"{name}.yaml") for name in ("sample-charge", "sample-substance", "sample-fixed", "sample-schedule")}


# what is typed for a protocol in grams (16 mEq is its 2 g), and the dose of the order; None: refused, as not understood
TYPED = [("16 mEq", "2 g"), ("8 mmol", "2 g"), ("8 mEq", "1 g"), ("2,000 mg", "2 g"), ("16 mEq/kg", None), ("16 mEq/h", None), ("16 units", None), ("16 mL", None)]


@pytest.mark.parametrize(("typed", "dose"), TYPED)
def test_what_is_typed_goes_over_the_factor_or_is_refused(samples, typed, dose):
    if dose is None:
        with pytest.raises(NotUnderstood) as wrong:
            make(samples["sample-fixed"], age="44y", dose=typed)
        assert [each.found for _, each in wrong.value.refused] == [typed]
        return
    made = make(samples["sample-fixed"], age="44y", dose=typed)
    if typed == "8 mEq":  # the whole bag of 2 g does not serve it
        assert [each.code for each in made.alerts] == ["sample-fixed.preparation"]
        return
    assert made.phases[0].figures["dose"].value.on_paper() == dose


@pytest.mark.parametrize("typed", ["15 mEq", "17 mEq", "2 mEq", "16 g"])
def test_what_may_not_be_chosen_is_named_as_it_was_typed_and_never_worked_out(samples, typed):
    said = [each.message for each in make(samples["sample-fixed"], age="44y", dose=typed).alerts if each.code.endswith(".dose")]
    assert said[0].startswith(f"dose {typed} is ")


@pytest.mark.parametrize(("amount", "stops"), [("400 mg", []), ("401 mg", ["sample-charge.total"]), ("3.2 mEq", []), ("3.3 mEq", ["sample-charge.total"]), ("1.6 mmol", []),
                                               ("1.7 mmol", ["sample-charge.total"])])
def test_what_was_given_before_counts_in_the_measure_of_the_limit(samples, amount, stops):
    """80 kg: 16 mEq, of 20 in 24 hours; 2 hours of the maintenance, of 6.4 mEq each, are 12.8 of 16: 3.2 are left."""
    made = make(samples["sample-charge"], weight="80kg", given=f"sample {amount} at 2026-11-21 01:00")
    assert [each.code for each in made.alerts] == stops


@pytest.mark.parametrize(("amount", "to", "expected"), [("2 g", "mEq", "16 mEq"), ("16 mEq", "g", "2 g"), ("8 mmol", "mg", "2,000 mg"), ("2 g", "mg", "2,000 mg"),
                                                       ("2 g", "units", None), ("2 g", "mL", None), ("16 mEq", "mmol", "8 mmol"), ("8 mmol", "mEq", "16 mEq")])
def test_an_amount_in_another_measure(samples, amount, to, expected):
    drug: Drug = samples["sample-fixed"].drug
    number, name = amount.split()
    found = drug.counted_in(unit(to), quantity(number, name))
    assert (found and found.on_paper()) == expected


def test_a_schedule_of_rates_in_charge(tmp_path):
    """10, 20 and 40 mg/h times 8 mEq/g are 0.08, 0.16 and 0.32 mEq/h: the same pump rates and volumes."""
    shutil.copytree(SAMPLES, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "sample-schedule.yaml"
    text = path.read_text()
    assert "mg/h" in text
    before = make(Library([SAMPLES]).load(SAMPLES / "sample-schedule.yaml"), weight="70kg", age="44y").phases[0]
    path.write_text(in_charge(text.partition("cases:")[0]) + "cases:\n  - name: too light\n    given:\n      weight: 1 kg\n    expect:\n      refused: weight\n")
    loaded = Library([tmp_path]).load(path)
    assert not loaded.errors, loaded.errors
    after = make(loaded, weight="70kg", age="44y").phases[0]
    for name in ("pump_rate", "volume_to_be_infused", "duration", "deviation"):
        assert [step.figures[name].value for step in after.steps if name in step.figures] == [step.figures[name].value for step in before.steps if name in step.figures], name
    assert after.figures["total_dose"].value.unit.text == "mEq"
    assert after.loaded.drug.counted_in(unit("mg"), after.figures["total_dose"].value) == before.figures["total_dose"].value.to("mg")


def in_charge(text: str) -> str:
    """Every mass of the phases of a file as charge, at 8 mEq/g."""
    head, phases, rest = text.partition("phases:")

    def charged(match):
        value = grammar.read_number(match[1]) * {"mg": 1, "g": 1000}[match[2]] * 8 / 1000
        return f"{numerals.decimal(value)} mEq"

    return head + phases + re.sub(r"([0-9][0-9,.]*) (mg|g)\b(?!/mL)", charged, rest)
