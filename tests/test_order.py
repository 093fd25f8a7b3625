"""The engine on real protocols: exact numbers worked out apart from it, and what must hold for every weight."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from conftest import make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infuse.files.library import Library
from infuse.judgement.limits import HARD
from infuse.ordering.order import NEEDS_OVERRIDE, READY, STOPPED

KETAMINE = "ketamine-inpatient-titration"
FACTS = {"age": "44 years"}


def tenths(low, high):
    """Weights in kg as people type them, one decimal."""
    return st.integers(int(low * 10), int(high * 10)).map(lambda n: str(Decimal(n) / 10))


@pytest.fixture(scope="module")
def ketamine():
    library = Library()
    return library.load(library.ids()[KETAMINE])


def ladder(loaded, weight, **more):
    made = make(loaded, weight=f"{weight} kg", **FACTS, **more)
    assert made.status == READY, made.alerts
    return made.phases[0].rungs


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(weight=tenths(40, 150))
def test_every_rung_is_the_nearest_tenth_that_does_not_pass_a_limit(ketamine, weight):
    """By integer arithmetic in tenths of a mL/h: weight w in tenths of a kg, rung n (in 0.05 mg/kg/h), 2 mg/mL:
    the exact rate is w * n / 40 in tenths of a mL/h."""
    w = int(Decimal(weight) * 10)
    for number, rung in enumerate(ladder(ketamine, weight), 2):
        tenths_of_rate = Fraction(w * number, 40)
        expected = (tenths_of_rate + Fraction(1, 2)).__floor__()  # ties upward
        limits = [w * 10 // 40 if number <= 10 else None, w * 20 // 40, 500]
        ceilings = [limit for limit in limits if limit is not None]
        assert rung.figures["pump_rate"].value.value * 10 == min(expected, *ceilings)
        assert rung.figures["pump_rate"].exact.value * 10 == tenths_of_rate


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(weight=tenths(40, 150))
def test_no_delivered_rate_passes_a_hard_limit_and_the_ladder_reaches_as_far_as_it_may(ketamine, weight):
    rungs = ladder(ketamine, weight)
    kg = Fraction(Decimal(weight))
    for rung in rungs:
        pump = rung.figures["pump_rate"].value.value
        assert pump * 2 / kg <= 1
        assert pump * 2 <= 100
        assert pump * 2 / kg == rung.figures["delivered_dose_rate"].exact.value  # the way back, by other sums
    allowed = [n for n in range(2, 21) if Fraction(n, 20) * kg <= 100]
    assert len(rungs) == len(allowed)


@settings(max_examples=40)
@given(first=tenths(40, 150), second=tenths(40, 150))
def test_the_rate_never_falls_as_weight_grows(ketamine, first, second):
    low, high = sorted((Decimal(first), Decimal(second)))
    for one, other in zip(ladder(ketamine, low), ladder(ketamine, high)):
        assert one.figures["pump_rate"].value <= other.figures["pump_rate"].value


def test_adding_rounded_steps_would_end_above_the_maximum(ketamine):
    """The hazard that the ladder is for: 70.9 kg starts at 3.5 mL/h and steps by 1.7725; +1.8 eighteen times is 35.9,
    but 1 mg/kg/h is 35.45 mL/h."""
    rungs = ladder(ketamine, "70.9")
    assert str(rungs[-1].figures["pump_rate"].value) == "35.4 mL/h"


def respelled(tmp_path, loaded, *changes):
    """The protocol written in other units of the same size, in a site's folder."""
    from conftest import ROOT
    text = (ROOT / "protocols" / f"{KETAMINE}.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / f"{KETAMINE}.yaml").write_text(text)
    library = Library([tmp_path])
    return library.load(library.ids()[KETAMINE])


def test_milligrams_and_micrograms_give_the_same_pump_rates(tmp_path, ketamine):
    other = respelled(tmp_path, ketamine, ("start: 0.1 mg/kg/h", "start: 100 mcg/kg/h"), ("by: 0.05 mg/kg/h", "by: 50 mcg/kg/hr"),
                      ("amount: 500 mg", "amount: 0.5 g"))
    assert not other.errors
    for one, two in zip(ladder(ketamine, "71.3"), ladder(other, "71.3"), strict=True):
        assert one.figures["pump_rate"].value == two.figures["pump_rate"].value
        assert one.figures["dose_rate"].value.over(two.figures["dose_rate"].value) == 1


def test_a_unit_a_thousandfold_off_is_caught_by_check(tmp_path, ketamine):
    other = respelled(tmp_path, ketamine, ("up_to: 1 mg/kg/h", "up_to: 1 g/kg/h"))
    assert [each.span.line for each in other.errors]


# fact or choice, then what comes of it: status, codes without the protocol
STOPS = [
    ({"weight": "29.9 kg"}, STOPPED, {"weight"}),
    ({"weight": "30 kg"}, NEEDS_OVERRIDE, {"weight"}),
    ({"weight": "39.9 kg"}, NEEDS_OVERRIDE, {"weight"}),
    ({"weight": "40 kg"}, READY, set()),
    ({"weight": "150 kg"}, READY, set()),
    ({"weight": "150.1 kg"}, NEEDS_OVERRIDE, {"weight"}),
    ({"weight": "250.1 kg"}, STOPPED, {"weight"}),
    ({"weight": "70 kg", "age": "17 years"}, STOPPED, {"age"}),
    ({"weight": "70 kg", "birth_date": "2008-11-22"}, STOPPED, {"age"}),
    ({"weight": "70 kg", "birth_date": "2008-11-21"}, READY, set()),
    ({"weight": "70 kg", "weight_source": "stated"}, NEEDS_OVERRIDE, {"weight_source"}),
    ({"weight": "70 kg", "weight_source": "estimated"}, NEEDS_OVERRIDE, {"weight_source"}),
    ({"weight": "70 kg", "weight_source": "measured", "weight_date": "2026-11-14"}, READY, set()),
    ({"weight": "70 kg", "weight_source": "measured", "weight_date": "2026-11-13"}, NEEDS_OVERRIDE, {"weight_date"}),
    ({"weight": "70 kg", "allergies": ("Ketamine: rash",)}, STOPPED, {"allergy"}),
    ({"weight": "70 kg", "allergies": ("penicillin: rash",)}, READY, set()),
    ({"weight": "70 kg", "care_area": "hallway"}, NEEDS_OVERRIDE, {"care_area"}),
    ({"weight": "70 kg", "care_area": "Monitored inpatient bed with a nurse"}, READY, set()),
    ({"weight": "70 kg", "care_area": "monitored inpatient"}, NEEDS_OVERRIDE, {"care_area"}),
    ({"weight": "unknown"}, STOPPED, {"weight"}),
    ({"weight": "70 kg", "duration": "10 days"}, STOPPED, {"duration"}),
    ({"weight": "70 kg", "duration": "9 days"}, READY, set()),
]


@pytest.mark.parametrize(("facts", "status", "codes"), STOPS, ids=[" ".join(map(str, each[0].values())) for each in STOPS])
def test_stops(ketamine, facts, status, codes):
    age = {} if {"age", "birth_date"} & set(facts) else FACTS
    made = make(ketamine, **facts, **age)
    assert made.status == status, made.alerts
    assert {each.code for each in made.alerts} == {f"{KETAMINE}.{code}" for code in codes}
    assert bool(made.phases) == (status == READY)


def test_an_override_needs_its_own_code_and_is_kept(ketamine):
    made = make(ketamine, weight="35 kg", overrides=[(f"{KETAMINE}.weight", "cachexia, weighed twice")], by="Dr. Roe", **FACTS)
    assert made.status == READY
    assert [(each.reason, each.by) for each in made.overrides] == [("cachexia, weighed twice", "Dr. Roe")]


def test_a_hard_stop_cannot_be_overridden(ketamine):
    made = make(ketamine, weight="29 kg", overrides=[(f"{KETAMINE}.weight", "I insist")], by="Dr. Roe", **FACTS)
    assert made.status == STOPPED and not made.phases


def test_a_weight_outside_the_outer_bounds_needs_a_new_weighing(ketamine):
    heavy = {"weight": "240 kg", "age": "13 years"}
    assert any(each.level == HARD for each in make(ketamine, **heavy).alerts)  # 13 years: refused anyway
    made = make(ketamine, weight="160 kg", overrides=[(f"{KETAMINE}.weight", "weighed")], by="A", **FACTS)
    assert made.status == READY


@pytest.mark.parametrize(("typed", "used"), [("154 lb", "69.9 kg"), ("155 lb", "70.3 kg"), ("88.2 lb", "40 kg"), ("88.18 lb", "39.9 kg"),
                                             ("66.13 lb", "29.9 kg"), ("66.2 lb", "30 kg"), ("70.04 kg", "70.04 kg")])
def test_pounds_are_rounded_to_tenths_of_a_kg_but_never_across_the_edge_of_a_limit(ketamine, typed, used):
    """88.18 lb is 39.998 kg: 40.0 would step over the soft limit; 66.13 lb is 29.996 kg: 30.0 over the hard one."""
    assert str(make(ketamine, weight=typed, **FACTS).weight.value) == used


BAGS = [("250 mL", "remove 10 mL of diluent"), ("255 mL", "remove 15 mL of diluent"), ("240 mL", "remove nothing; add the drug: made up"),
        ("230 mL", "remove nothing; add the drug, then 10 mL of diluent: made up")]


@pytest.mark.parametrize(("bag", "said"), BAGS)
def test_a_measured_bag_is_made_up_to_its_final_volume(ketamine, bag, said):
    from infuse.paper import wording
    made = make(ketamine, weight="70 kg", bag_volume=bag, **FACTS)
    assert said in wording.preparation(made.phases[0])
    assert str(made.phases[0].figures["final_concentration"].value) == "2 mg/mL"


def test_a_premixed_bag_takes_no_measured_volume(shipped):
    from infuse.ordering.order import NotUnderstood
    with pytest.raises(NotUnderstood, match="premixed"):
        make(shipped["magnesium-sulfate-adult"], age="44 years", bag_volume="105 mL")


def test_what_is_chosen_is_shown_in_the_unit_of_the_file(shipped):
    made = make(shipped["magnesium-sulfate-pediatric"], weight="50 kg", age="15 years", dose="25,000 mcg/kg")
    assert str(made.phases[0].figures["calculated_dose"].value) == "1,250 mg"


def test_the_pump_block_agrees_with_itself(shipped):
    """35 kg, 50 mg/kg from the vial: 3.4 mL, 1,700 mg in 53.4 mL; what the pump is told must give what it delivers."""
    from infuse.paper import wording
    made = make(shipped["magnesium-sulfate-pediatric"], weight="35 kg", age="14 years", dose="50 mg/kg", preparation="vial")
    block = {row.label: row.value for row in wording.pump_settings(made.phases[0], "a pump").rows}
    assert block["DOSE RATE"] == "28.33 mg/min" and block["DURATION"] == "60 minutes"
    assert block["DELIVERS"] == "1,700 mg (13.804 mEq), 2.9% below what was ordered"


def test_a_whole_pump_step_never_shortens_the_shortest_duration(shipped):
    """55.7 mL over 15 minutes is 222.8 mL/h: 223 on a pump of whole steps would be 14.99 minutes."""
    made = make(shipped["magnesium-sulfate-adult"], age="44 years", dose="1 g", preparation="vial", bag_volume="53.7 mL", duration="15 min",
                pump="large-volume")
    assert str(made.phases[0].figures["pump_rate"].value) == "222 mL/h"


SLIPS = [("by: 0.05 mg/kg/h", "by: 0.05 mg/kg/min", "a rate per h, as start is"), ("hard: up to 1 mg/kg/h", "hard: up to 1 mg/kg/min", "a limit per h"),
         ("by: 0.05 mg/kg/h", "by: 0.00001 mg/kg/h", "a ladder of at most"), ("  pump_rate: nearest", "  tolerance: 500%\n  pump_rate: nearest", "at most 10%")]


@pytest.mark.parametrize(("old", "new", "said"), SLIPS)
def test_slips_of_the_right_dimension_are_problems(tmp_path, ketamine, old, new, said):
    other = respelled(tmp_path, ketamine, (old, new))
    assert any(said in each.message for each in other.errors), other.errors


def test_every_blank_of_the_titration_is_counted_as_open(ketamine):
    found = {each.question for each in make(ketamine, weight="70 kg", **FACTS).open if each.fact == "titration"}
    steps = ketamine.protocol.phases[0].titration
    blank = {"step up only when": steps.step_up_when, "step down when": steps.step_down, "step down by": steps.step_down, "after an interruption": steps.restart,
             "end of course": steps.end_of_course}
    assert found == {name for name, said in blank.items() if not said}


def test_a_beyond_use_time_that_was_given_stands_on_the_sheet(ketamine):
    from infuse.paper import wording
    made = make(ketamine, weight="70 kg", beyond_use="24 h", **FACTS)
    assert {row.label: row.value for row in wording.supply(made.phases[0]).rows}["BEYOND USE"] == "24 hours after preparation"
    assert not [each for each in made.open if each.fact == "beyond_use"]


@pytest.mark.parametrize(("bag", "taken"), [("200 mL", True), ("199 mL", False), ("300 mL", True), ("301 mL", False), ("2.5 L", False)])
def test_a_measured_bag_of_another_size_is_refused(ketamine, bag, taken):
    from infuse.ordering.order import NotUnderstood
    if taken:
        assert make(ketamine, weight="70 kg", bag_volume=bag, **FACTS).status == READY
    else:
        with pytest.raises(NotUnderstood, match="within a fifth"):
            make(ketamine, weight="70 kg", bag_volume=bag, **FACTS)


def test_a_dosing_weight_that_nothing_uses_is_refused(ketamine):
    from infuse.ordering.order import NotUnderstood
    with pytest.raises(NotUnderstood, match="goes by the actual weight"):
        make(ketamine, weight="100 kg", dosing_weight="60 kg", **FACTS)


def test_a_clearance_that_the_creatinine_contradicts_is_a_stop(shipped):
    facts = {"weight": "70 kg", "age": "40 years", "sex": "female", "height": "160 cm", "creatinine": "10 mg/dL", "clearance": "90 mL/min"}
    made = make(shipped["ketorolac"], **facts)
    assert [each.code for each in made.alerts if each.level == HARD] == ["ketorolac.clearance"]
    assert make(shipped["ketorolac"], **{**facts, "creatinine": "0.7 mg/dL"}).status == READY


def test_rounding_never_passes_the_most_that_may_be_chosen(shipped):
    """49.9 kg: 748.5 mg is 74.85 mL; 74.9 mL would be 749 mg, above 15 mg/kg."""
    made = make(shipped["acetaminophen"], weight="49.9 kg", age="40 years")
    assert made.phases[0].figures["delivered_dose"].value <= made.phases[0].figures["calculated_dose"].value


def test_an_age_from_a_birth_date_is_in_completed_years(shipped):
    made = make(shipped["magnesium-sulfate-pediatric"], weight="50 kg", birth_date="2008-10-21")
    assert made.status == READY, made.alerts
