"""Bands of weight, age and renal function, dosing weights and surfaces: edges at, under and over; gaps and overlaps."""

from __future__ import annotations

import pytest
from conftest import make
from test_stretch import DRUG, PROTOCOL

from infuse.files.library import Library
from infuse.ordering.order import Missing

BY_WEIGHT = """      bands:
        - weight: below 50 kg
          dose: 15 mg/kg
        - weight: from 50 kg
          dose: 1 g
      duration: 15 min"""
BY_ALL = """      bands:
        - weight: from 50 kg
          age: below 65 years
          clearance: from 60 mL/min
          dose: 30 mg
        - weight: from 50 kg
          age: below 65 years
          clearance: below 60 mL/min
          dose: 15 mg
        - weight: below 50 kg
          age: below 65 years
          dose: 15 mg
        - age: from 65 years
          dose: 15 mg
      duration: 15 min"""
ORIGINAL = "      dose: 15 mg/kg\n      duration: 60 min\n      fastest: 20 mg/min"
LIMITS = PROTOCOL[PROTOCOL.index("      limits:"):PROTOCOL.index("monitoring:")]
CLEARANCE = "  clearance:\n    weight: ideal\n    unknown: lowest\n    source: paper\n"


def written(phase, patient="", limit="      limits:\n        calculated_dose:\n          hard: up to 1,500 mg\n"):
    text = PROTOCOL.replace(ORIGINAL, phase).replace(LIMITS, limit).replace("preparation:\n", patient + "preparation:\n", 1)
    return text[: text.index("cases:")] + "cases:\n  - name: any\n    given:\n      weight: 60 kg\n    expect:\n      duration: 15 min\n"


@pytest.fixture
def load(tmp_path):
    def loaded(text):
        (tmp_path / "drugs").mkdir(exist_ok=True)
        (tmp_path / "drugs" / "sample.yaml").write_text(DRUG)
        (tmp_path / "sample.yaml").write_text(text)
        return Library([tmp_path]).load(tmp_path / "sample.yaml")
    return loaded


def dose(made):
    assert made.status == "ready", made.alerts
    return str(made.phases[0].figures["calculated_dose"].value)


@pytest.mark.parametrize(("weight", "expected"), [("49.9 kg", "748.5 mg"), ("50 kg", "1 g"), ("50.1 kg", "1 g"), ("40 kg", "600 mg"),
                                                  ("110.2 lb", "748.5 mg"), ("110.24 lb", "1 g")])
def test_acetaminophen_changes_at_exactly_50_kg(load, weight, expected):
    """110.2 lb is 49.986 kg: rounding it to 50.0 would double the dose line it belongs to."""
    loaded = load(written(BY_WEIGHT))
    assert not loaded.errors, loaded.errors
    assert dose(make(loaded, weight=weight, age="30 years")) == expected


ALL = {"weight": "70 kg", "age": "40 years", "clearance": "80 mL/min"}
ROWS = [({}, "30 mg"), ({"clearance": "60 mL/min"}, "30 mg"), ({"clearance": "59.99 mL/min"}, "15 mg"), ({"weight": "49.9 kg"}, "15 mg"),
        ({"age": "65 years"}, "15 mg"), ({"age": "779 months"}, "30 mg"), ({"clearance": "unknown"}, "15 mg")]


@pytest.mark.parametrize(("change", "expected"), ROWS, ids=[str(row[0]) for row in ROWS])
def test_by_weight_age_and_renal_function(load, change, expected):
    loaded = load(written(BY_ALL, CLEARANCE))
    assert not loaded.errors, loaded.errors
    assert dose(make(loaded, **{**ALL, **change})) == expected


def test_the_clearance_is_worked_out_with_the_weight_that_the_file_names(load):
    """A man of 178 cm and 110 kg, 60 years, 1.2 mg/dL: ideal 73.2 kg: 80 x 73.2 / 86.4 = 67.78 mL/min, above 60."""
    made = make(load(written(BY_ALL, CLEARANCE)), weight="110 kg", height="178 cm", sex="male", age="60 years", creatinine="1.2 mg/dL")
    assert str(made.phases[0].figures["clearance"].value.value) == "610/9"
    assert dose(made) == "30 mg"


@pytest.mark.parametrize(("facts", "missing"), [({}, {"weight", "age", "creatinine", "sex", "height"}), ({"weight": "70 kg", "clearance": "80 mL/min"}, {"age"})])
def test_what_changes_the_dose_is_asked_for(load, facts, missing):
    with pytest.raises(Missing) as error:
        make(load(written(BY_ALL, CLEARANCE)), **facts)
    assert set(error.value.facts) == missing


def test_an_indexed_clearance_is_not_compared_with_bands_in_mL_per_minute(load):
    refuse = CLEARANCE.replace("lowest", "refuse")
    made = make(load(written(BY_ALL, refuse)), **{**ALL, "clearance": "80 mL/min/1.73m2"})
    assert [(each.level, each.code) for each in made.alerts] == [("hard_stop", "sample.clearance")] and not made.phases


FAULTS = [
    ("a gap", BY_WEIGHT.replace("from 50 kg", "from 51 kg"), "no band for weight from 50 kg to below 51 kg"),
    ("an overlap", BY_WEIGHT.replace("from 50 kg", "from 49 kg"), "2 bands for weight from 49 kg to below 50 kg"),
    ("a hole in the grid", BY_ALL.replace("        - weight: below 50 kg\n          age: below 65 years\n          dose: 15 mg\n", ""),
     "no band for weight from 0 kg to below 50 kg, age from 0 years to below 65 years, clearance from 0 mL/min to below 60 mL/min"),
    ("below nothing", BY_WEIGHT.replace("below 50 kg", "from 10 kg to below 50 kg"), "no band for weight from 0 kg to below 10 kg"),
]


@pytest.mark.parametrize(("phase", "said"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_gaps_and_overlaps_are_found_when_the_file_is_checked(load, phase, said):
    loaded = load(written(phase, CLEARANCE))
    assert any(said in each.message for each in loaded.errors), loaded.errors


def test_a_band_of_clearance_needs_to_know_how(load):
    assert any("clearance under patient" in each.message for each in load(written(BY_ALL)).errors)


# ---------------------------------------------------------------------------------------------- weights and surfaces

PER_KG = "      dose: 10 mg/kg\n      duration: 15 min"
TALL = {"weight": "110 kg", "height": "178 cm", "sex": "male", "age": "60 years"}


@pytest.mark.parametrize(("kind", "expected"), [("actual", "1,100 mg"), ("ideal", "732 mg"), ("adjusted", "879 mg"), ("lean", "719 mg")])
def test_the_weight_that_the_file_names_is_used_and_printed(load, kind, expected):
    """Check values of the formulas: ideal 73.181, adjusted 87.909, lean 71.916 kg, each rounded to 0.1 kg before use."""
    from infuse.paper import wording
    made = make(load(written(PER_KG).replace("patient:\n", f"patient:\n  dosing_weight: {kind}\n")), **TALL)
    assert dose(made) == expected
    assert (f"({kind} weight)" in wording.dose(made.phases[0])) == (kind != "actual")


def test_a_formula_that_does_not_apply_stops_until_somebody_gives_a_weight_and_a_reason(load):
    loaded = load(written(PER_KG).replace("patient:\n", "patient:\n  dosing_weight: ideal\n"))
    short = {**TALL, "height": "150 cm"}
    assert [(each.level, each.code) for each in make(loaded, **short).alerts] == [("hard_stop", "sample.dosing_weight")]
    assert make(loaded, **short, dosing_weight="48 kg").status == "needs_override"
    made = make(loaded, **short, dosing_weight="48 kg", overrides=[("sample.dosing_weight", "150 cm; clinic's table")], by="Dr. Roe")
    assert dose(made) == "480 mg"


def test_a_dose_per_surface(load):
    """Mosteller, 170 cm and 70 kg: 1.8181, used as 1.82 m2; 50 mg/m2 is 91 mg."""
    made = make(load(written("      dose: 50 mg/m2\n      duration: 15 min")), weight="70 kg", height="170 cm", age="40 years")
    assert dose(made) == "91 mg"
    with pytest.raises(Missing):
        make(load(written("      dose: 50 mg/m2\n      duration: 15 min")), weight="70 kg", age="40 years")


REFUSING = BY_WEIGHT.replace("          dose: 1 g", "          refuse: only for the light")


def test_a_band_can_refuse(load):
    loaded = load(written(REFUSING))
    assert not loaded.errors, loaded.errors
    made = make(loaded, weight="50 kg", age="30 years")
    assert [(each.level, each.code) for each in made.alerts] == [("hard_stop", "sample.band")] and not made.phases
    assert "only for the light" in made.alerts[0].message
    assert dose(make(loaded, weight="49.9 kg", age="30 years")) == "748.5 mg"


def test_an_unknown_fact_that_gives_the_lowest_dose_says_so(load):
    from infuse.paper import wording
    made = make(load(written(BY_ALL, CLEARANCE)), **{**ALL, "clearance": "unknown"})
    band = {row.label: row.value for row in wording.three_lines(made.phases[0]).rows}["BAND"]
    assert band == "the lowest dose, because the clearance is unknown"


def test_a_dose_too_small_to_draw_up_is_refused_in_words(load):
    made = make(load(written("      dose: 1 nanogram\n      duration: 15 min")), weight="70 kg", age="30 years")
    assert made.status == "stopped" and any("too small to draw up" in each.message for each in made.alerts)


def test_an_unknown_height_stops_a_dose_per_surface(load):
    made = make(load(written("      dose: 50 mg/m2\n      duration: 15 min")), weight="70 kg", height="unknown", age="40 years")
    assert [(each.level, each.code) for each in made.alerts] == [("hard_stop", "sample.surface")] and not made.phases


def test_a_band_may_limit_a_day_in_mg_and_in_mg_per_kg_and_both_hold(shipped):
    """Below 50 kg: 75 mg/kg and 3,750 mg in 24 hours. What was given before brings 47 kg to 76 mg/kg, which is 3,572 mg."""
    bands = shipped["acetaminophen"].protocol.phases[0].bands
    assert [limit.hard.range.on_paper() for limit in bands[0].limits if limit.window] == ["up to 3,750 mg", "up to 75 mg/kg"] or [
        limit.hard.range.on_paper() for limit in bands[0].limits if limit.window] == ["up to 75 mg/kg", "up to 3,750 mg"]
    for before, stops in (("700 mg", []), ("752 mg", ["acetaminophen.total"])):  # 4 times 705 mg and that: 74.9 and 76 mg/kg
        made = make(shipped["acetaminophen"], weight="47kg", age="44y", given=f"acetaminophen {before} at 2026-11-21 04:00")
        assert [each.code for each in made.alerts if each.level == "hard_stop"] == stops, [each.message for each in made.alerts]
