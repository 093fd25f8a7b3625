"""Where rounding meets a limit, where a part of an order is stopped, and what is typed beside it: each has gone wrong once."""

from __future__ import annotations

import pytest
from conftest import NOW, make
from test_stretch import DRUG, PROTOCOL

from infuse.arithmetic import patient as patients
from infuse.files import watching
from infuse.files.given import Given
from infuse.files.library import Library
from infuse.ground.units import quantity
from infuse.ordering import cases, mixture, order, picking, setcases
from infuse.ordering.order import READY, STOPPED, NotUnderstood

PHASE = PROTOCOL[PROTOCOL.index("phases:"):PROTOCOL.index("monitoring:")]
CASES = PROTOCOL[PROTOCOL.index("cases:"):]
ROUNDING = "rounding:\n  duration: nearest 1 min\n"
INFUSION = "phases:\n  - intermittent:\n      dose: {}\n      duration: {}\n      source: paper\n{}      limits:\n        calculated_dose:\n          hard: up to 4,000 mg\n{}"
PLENTY = INFUSION.format("500 mg", "30 min", "", "")


@pytest.fixture
def site(tmp_path):
    """A folder of one or two protocols, each for a drug of its own; gives the library."""
    def written(*phases, rounding=ROUNDING, drug=DRUG, replace=(), expect=CASES):
        (tmp_path / "drugs").mkdir(exist_ok=True)
        for name, phase in zip(("sample", "other"), phases):
            text = PROTOCOL.replace(PHASE, phase).replace(ROUNDING, rounding).replace(CASES, expect)
            for one, other in replace:
                text = text.replace(one, other)
            (tmp_path / f"{name}.yaml").write_text(text.replace("protocol: sample", f"protocol: {name}").replace("drug: sample", f"drug: {name}"))
            (tmp_path / "drugs" / f"{name}.yaml").write_text(drug.replace("drug: sample", f"drug: {name}").replace("name: sample drug", f"name: {name} drug"))
        return Library([tmp_path])
    return written


def loaded(library, name="sample"):
    one = library.load(library.ids()[name])
    assert not one.errors, one.errors
    return one


def figures(made):
    assert made.status == READY, made.alerts
    return made.phases[0].figures


def together(library, **facts):
    """Both protocols on one sheet."""
    picked = picking.select(library, ["sample", "other"])
    patient, wrong = patients.read({name: Given(text, name) for name, text in facts.items()}, NOW)
    assert not wrong
    requests = [order.Request(loaded(library, name)) for name in picked.ids]
    return order.build(requests, patient, NOW, arrangement=picked.arrangement)


# ---------------------------------------------------------------------------------------------- rounding and limits


def test_a_coarse_step_does_not_pass_the_fastest_that_the_pump_can(site):
    """99.7 mL over 6 minutes is 997 mL/h: the nearest 10 mL/h is 1,000, and the pump ends at 999."""
    library = site(INFUSION.format("500 mg", "6 min", "", ""), rounding="rounding:\n  pump_rate: nearest 10 mL/h\n", replace=[("added_to: 50 mL", "added_to: 94.7 mL")])
    assert str(figures(make(loaded(library), weight="60 kg"))["pump_rate"].value) == "990 mL/h"


@pytest.mark.parametrize(("weight", "drawn"), [("70.7 kg", "7 mL"), ("70.5 kg", "7 mL"), ("71 kg", "7.1 mL")])
def test_drawing_up_does_not_carry_a_repeated_dose_past_its_total(site, weight, drawn):
    """Four times 1 mg/kg are just the 4 mg/kg of a day: 70.7 kg is 7.07 mL, and 7.1 mL four times would be 4.02 mg/kg."""
    again = "      repeat:\n        every: 6 h\n        doses: 4\n"
    library = site(INFUSION.format("1 mg/kg", "30 min", again, "        totals:\n          - hard: up to 4 mg/kg in 24 h\n"),
                   rounding="rounding:\n  withdraw_volume: nearest 0.1 mL\n", drug=DRUG.replace("100 mg/mL", "10 mg/mL"))
    assert str(figures(make(loaded(library), weight=weight))["withdraw_volume"].value) == drawn


def test_drawing_up_does_not_carry_a_concentration_past_the_limit_of_its_phase(site):
    """290.5 mg is 2.905 mL, in steps of 0.2 mL nearest to 3: 6 mg/mL in 50 mL, above 5.9; 2.8 mL is 5.6."""
    library = site(INFUSION.format("7 mg/kg", "30 min", "", "        final_concentration:\n          hard: up to 5.9 mg/mL\n"),
                   rounding="rounding:\n  withdraw_volume: nearest 0.2 mL\n", replace=[("added_to", "final_volume")])
    assert str(figures(make(loaded(library), weight="41.5 kg"))["final_concentration"].value) == "5.6 mg/mL"


@pytest.mark.parametrize("weight", ["62.3 kg", "73.7 kg", "90 kg"])
@pytest.mark.parametrize("step", ["0.1 mL/h", "5 mL/h"])
def test_the_pump_does_not_run_faster_than_the_rate_for_which_the_time_was_stretched(site, weight, step):
    library = site(INFUSION.format("10 mg/kg", "30 min", "      fastest: 20 mg/min\n", "        dose_rate:\n          hard: up to 40 mg/min\n"),
                   rounding=f"rounding:\n  pump_rate: nearest {step}\n")
    assert figures(make(loaded(library), weight=weight))["delivered_dose_rate"].value <= quantity(20, "mg/min")


RUNS_ON = """phases:
  - continuous:
      start:
        default: {} mg/h
        range: 1 to 20 mg/h
      duration: 6 to 48 h
      source: paper
      limits:
        dose_rate:
          hard: up to 20 mg/h
        totals:
          - hard: up to 240 mg in 24 h
"""
BAG = [("  added_to: 50 mL", "  amount: 500 mg\n  final_volume: 250 mL")]


@pytest.mark.parametrize(("rate", "chosen", "status"), [("10", {}, READY), ("11", {}, STOPPED), ("11", {"duration": "6 h"}, READY), ("11", {"duration": "22 h"}, STOPPED)])
def test_a_total_is_held_against_the_longest_that_a_rate_may_run(site, rate, chosen, status):
    """11 mg/h are 66 mg in 6 hours and 264 in a day: the sheet says 6 to 48 hours, and the day is not safe."""
    assert make(loaded(site(RUNS_ON.format(rate), replace=BAG)), weight="60 kg", **chosen).status == status


@pytest.mark.parametrize(("chosen", "rungs"), [({}, 3), ({"duration": "6 h"}, 5)])
def test_a_ladder_climbs_as_far_as_the_total_of_the_chosen_time_allows(site, chosen, rungs):
    """10 mg/h for a day is the total; for 6 hours 12 mg/h, the top, is 72 mg."""
    ladder = "      titrate:\n        by: 1 mg/h\n        up_to: 12 mg/h\n        until: relief\n"
    library = site(RUNS_ON.format("8").replace("range: 1 to 20", "range: 1 to 12").replace("      duration", ladder + "      duration"), replace=BAG)
    made = make(loaded(library), weight="60 kg", **chosen)
    assert made.status == READY and len(made.phases[0].rungs) == rungs


def test_a_dosing_weight_is_not_rounded_above_the_actual_one(site):
    """Devine gives 75.3 kg, so the actual 69.97 kg is used: rounded to 70 it would be more than the patient weighs."""
    library = site(INFUSION.format("5 mg/kg", "30 min", "", ""), replace=[("patient:\n", "patient:\n  dosing_weight: ideal\n")])
    assert str(figures(make(loaded(library), weight="69.97 kg", height="180 cm", sex="male", age="40 years"))["calculated_dose"].value) == "349.5 mg"


# ---------------------------------------------------------------------------------------------- a part that is stopped


FOLLOWS = PLENTY.replace("intermittent:\n", "intermittent:\n      name: second\n      starts:\n        after: first\n").removeprefix("phases:\n")
REFUSED = PLENTY.replace("      dose: 500 mg\n", "      name: first\n      bands:\n        - weight: below 50 kg\n          dose: 500 mg\n"
                         "        - weight: from 50 kg\n          refuse: too heavy\n")


def test_a_phase_after_one_that_no_dose_is_for_stops_the_sheet_and_nothing_else(site):
    made = together(site(REFUSED + FOLLOWS, PLENTY), weight="60 kg")
    assert [(each.level, each.code) for each in made.alerts] == [("hard_stop", "sample.band")]


def test_a_rate_that_rounds_to_nothing_stops_the_sheet_and_nothing_else(site):
    undiluted = [("  diluent: sodium chloride 0.9%\n  added_to: 50 mL\n", "")]
    made = together(site(INFUSION.format("500 mg", "125 h", "", ""), PLENTY, drug=DRUG.replace("dilution: required", "dilution: allowed"), replace=undiluted),
                    weight="60 kg")
    assert made.status == STOPPED and {each.code for each in made.alerts} == {"sample.pump_rate"}


def test_an_item_before_each_dose_of_one_that_is_stopped(infuse):
    result = infuse("order", "dihydroergotamine-inpatient-course", "--weight", "70kg", "--age", "44y", "--clearance", "90 mL/min",
                    "--allergy", "dihydroergotamine: rash")
    assert result.returncode == 1 and "hard stop: dihydroergotamine-inpatient.allergy" in result.stderr


# ---------------------------------------------------------------------------------------------- what is typed


@pytest.mark.parametrize("name", ["metoclopramide", "Reglan", "metoclopramide hcl", "metoclopramide HCl", "metoclopramide maleate"])
def test_a_dose_given_before_counts_by_every_name_that_screening_takes_for_the_drug(shipped, name):
    made = make(shipped["metoclopramide"], weight="70 kg", age="44 years", clearance="90 mL/min", given=(f"{name} 40 mg at 2026-11-21 06:30",))
    assert "metoclopramide.total" in {each.code for each in made.alerts if each.level == "hard_stop"}


@pytest.mark.parametrize("alone", [{"running_in": "1 mg/mL"}, {"running_weight": "68 kg"}, {"replaces": "the sheet of 06:00"}])
def test_what_is_said_of_an_infusion_that_runs_needs_its_rate(shipped, alone):
    with pytest.raises(NotUnderstood, match="--running beside it"):
        make(shipped["ketamine-inpatient-titration"], weight="70 kg", age="44 years", **alone)


@pytest.mark.parametrize(("born", "age", "agree"), [
    ("2026-10-17", "5 weeks", True), ("2026-10-17", "1 month", True), ("2026-10-17", "35 days", True), ("2026-10-17", "4 weeks", False),
    ("2024-05-20", "30 months", True), ("2024-05-20", "2 years", True), ("2024-05-20", "24 months", False), ("2024-05-22", "30 months", False),
])
def test_an_age_agrees_with_the_date_of_birth_in_whatever_it_is_counted(born, age, agree):
    _, wrong = patients.read({"birth_date": Given(born, "born"), "age": Given(age, "age")}, NOW)
    assert (not wrong) == agree


def test_a_case_of_a_stop_may_not_expect_a_number_that_nothing_compares(site):
    expect = "cases:\n  - name: light\n    given:\n      weight: 29 kg\n    expect:\n      refused: weight\n      pump_rate: 1 mL/h\n"
    found = cases.run(loaded(site(PLENTY, expect=expect)))
    assert [each.message for each in found] == ['case "light": expected refused or soft_stop alone; found pump_rate beside it']


def test_a_case_of_a_set_that_stops_has_no_numbers():
    library = Library()
    of_set = library.load_set(library.sets()["emergency-rescue"])
    stopped = next(each for each in of_set.order_set.cases if "refused" in each.expect)
    name = next(iter(stopped.expect))
    more = stopped._replace(expect=stopped.expect | {type(name)("ends", name.span): stopped.expect[name]})
    found = setcases.run(library, of_set._replace(order_set=of_set.order_set._replace(cases=(more,))))
    assert ["expected ends of an order; the case is stopped" in each.message for each in found] == [True]


# ---------------------------------------------------------------------------------------------- what a dose is counted per


@pytest.mark.parametrize(("facts", "status"), [({"weight": "25 kg"}, STOPPED), ({"weight": "60 kg"}, READY), ({"weight": "unknown"}, STOPPED)])
def test_a_total_per_kg_of_all_phases_asks_for_the_weight(site, facts, status):
    text = "totals:\n  - hard: up to 10 mg/kg in 24 h\n    source: paper\nmonitoring:"
    library = site(PLENTY, replace=[("monitoring:", text), ("hard: 30 to 250 kg", "hard: 20 to 250 kg")])
    with pytest.raises(order.Missing, match="weight"):
        make(loaded(library))
    made = make(loaded(library), age="9 years", **facts)
    assert made.status == status, made.alerts


def banded(first, second):
    return PLENTY.replace("      dose: 500 mg\n", f"      bands:\n        - age: below 65 years\n          dose: {first}\n        - age: from 65 years\n          dose: {second}\n")


@pytest.mark.parametrize(("first", "second", "weight", "expected"), [
    ("400 mg/m2", "300 mg/m2", "actual", "555 mg"),  # 170 cm, 72.5 kg: 1.85 m2
    ("400 mg/m2", "600 mg", "actual", "600 mg"),
    ("9 mg/kg", "600 mg", "ideal", "554.4 mg"),  # a woman of 170 cm is 61.6 kg after Devine, actually 72.5: 652.5 mg
    ("9 mg/kg", "600 mg", "actual", "600 mg"),
])
def test_the_lowest_dose_is_the_lowest_by_what_it_is_counted_per(site, first, second, weight, expected):
    facts = f"patient:\n  dosing_weight: {weight}\n  age:\n    hard: up to 120 years\n    basis: site\n    unknown: lowest\n"
    library = site(banded(first, second), replace=[("patient:\n", facts)], rounding="rounding:\n  withdraw_volume: nearest 0.001 mL\n")
    given = {"dosing_weight": "61.6 kg"} if weight == "ideal" else {}
    made = make(loaded(library), weight="72.5 kg", height="170 cm", sex="female", age="unknown", **given,
                overrides=[("sample.dosing_weight", "Devine, by hand")] if given else (), by="Dr. Roe")
    assert str(figures(made)["calculated_dose"].value.to("mg")) == expected


# ---------------------------------------------------------------------------------------------- names among other words


@pytest.mark.parametrize("said", ["aspirin: hives", "aspirin,ibuprofen: hives", "aspirin, ibuprofen", "NSAIDs; sulfa", "aspirin/sulfa", "sulfa+aspirin",
                                  '"aspirin"', "Aspirin®", "Toradol™", "toradol;sulfa", "(aspirin)"])
def test_an_allergy_is_found_whatever_stands_between_the_words(shipped, said):
    made = make(shipped["ketorolac"], weight="70 kg", age="44 years", clearance="90 mL/min", allergies=(said,))
    assert "ketorolac.allergy" in {each.code for each in made.alerts if each.level == "hard_stop"}


@pytest.mark.parametrize(("said", "stops"), [("adhesive tape: rash", False), ("DHE: rash", True), ("D.H.E. 45", True), ("DHE-45", True), ("none", False)])
def test_a_name_is_not_found_inside_another_word(shipped, said, stops):
    made = make(shipped["dihydroergotamine-label"], weight="70 kg", age="44 years", allergies=(said,))
    assert ("dihydroergotamine-label.allergy" in {each.code for each in made.alerts}) == stops


@pytest.mark.parametrize(("said", "meant"), [("asprin: hives", "aspirin"), ("ketoralac: anaphylaxis", "ketorolac"), ("sulfa, toridol", "ketorolac"),
                                             ("ergotamin", "ergot"), ("ibuprofin", "ibuprofen"), ("aspirin and ketoralac", "ketorolac")])
def test_an_allergy_that_nearly_names_a_drug_needs_a_word_on_which_it_is(shipped, said, meant):
    """Recorded and not understood, it would have ruled the allergy out."""
    made = make(shipped["ketorolac"], weight="70 kg", age="44 years", clearance="90 mL/min", allergies=(said,))
    asked = [each.message for each in made.alerts if each.level == "soft_stop" and ".allergy-" in each.code]
    assert len(asked) == 1 and "did you mean" in asked[0] and meant in asked[0], made.alerts


@pytest.mark.parametrize("said", ["penicillin: rash", "iodine", "latex", "sulfa drugs", "adhesive tape", "peanuts", "shellfish", "cephalexin", "codeine", "statins",
                                  "bee stings", "doxycycline", "eggs, soy", "no known drug allergies", "none", "contrast dye", "betadine"])
def test_an_allergy_to_anything_else_is_an_allergy_to_that(shipped, said):
    made = make(shipped["metoclopramide"], weight="70 kg", age="44 years", clearance="90 mL/min", allergies=(said,))
    assert made.status == READY, [each.message for each in made.alerts]


# ---------------------------------------------------------------------------------------------- one bag


TESTED = ("references:\n  paper:\n    title: paper\n    url: https://example.org\nmixtures:\n  - drugs:\n      - sample\n      - other\n    diluent: sodium chloride 0.9%\n"
          "    concentrations:\n      sample: up to 20 mg/mL\n      other: up to 20 mg/mL\n    say: tested\n    source: paper\n")


@pytest.mark.parametrize(("limit", "status"), [("5.5 mg/mL", STOPPED), ("6 mg/mL", READY)])
def test_a_bag_is_as_large_as_what_is_drawn_up_for_it(site, tmp_path, limit, status):
    """290.5 mg in steps of 0.2 mL is 3 mL, or 2.8 under 5.5 mg/mL in its own 50 mL; in the bag of both, 3 mL again: 55.5 mL, not 55.3."""
    phase = INFUSION.format("290.5 mg", "30 min", "", f"        final_concentration:\n          hard: up to {limit}\n")
    library = site(phase, PLENTY, rounding="rounding:\n  withdraw_volume: nearest 0.2 mL\n")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "compatibility.yaml").write_text(TESTED)
    picked = picking.select(library, ["sample", "other"])
    patient, _ = patients.read({"weight": Given("60 kg", "weight")}, NOW)
    requests = [order.Request(loaded(library, name)) for name in picked.ids]
    made = mixture.build(requests, patient, NOW, (), "", picked.arrangement._replace(one_bag=("sample", "other")))
    assert made.status == status, made.alerts
    if status == READY:
        drawn = sum(each.figures["withdraw_volume"].value.value for each in made.phases)
        assert {each.figures["final_volume"].value.value for each in made.phases} == {50 + drawn}


def test_every_0_minutes_is_no_time_at_all():
    hour = quantity(60, "min")
    assert watching.times(watching.read("every 0 minutes").watches, quantity(0, "min"), hour, hour) == []
    assert len(watching.times(watching.read("every 15 minutes").watches, quantity(0, "min"), hour, hour)) == 4
