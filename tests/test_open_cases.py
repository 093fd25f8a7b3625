"""128 published calculations: labels, hospital charts, textbooks. The file is data/open_cases.jsonl; what the quick
calculations can be asked goes through them as typed text, the rest through the sums that orders use."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from infuse.arithmetic import figure, rounding
from infuse.ground import grammar, units
from infuse.ground.units import Quantity
from infuse.ordering import quick

FILE = Path(__file__).parent / "data" / "open_cases.jsonl"
# numbers stay text: a float would already have lost what is being tested
CASES = [json.loads(line, parse_float=str, parse_int=str) for line in FILE.read_text(encoding="utf-8").splitlines()]
IN_POUNDS = [case for case in CASES if "conventions" in case]


def typed(one):
    """The text a person would type for an input."""
    if "drug_amount" in one:
        return f"{typed(one['drug_amount'])} in {typed(one['volume'])}"
    return f"{one['value']} {one['unit']}"


def by_id(cases):
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in cases])


def kilograms_of_the_source(case):
    weight = case["inputs"]["weight"]
    return Fraction(weight["value"]) / Fraction(case["conventions"]["lb_per_kg"])


def weight_of(case):
    weight = case["inputs"].get("weight")
    if weight is None:
        return None
    if weight["unit"] == "lb":
        kilograms = kilograms_of_the_source(case)
        assert kilograms.denominator == 1, "the kilograms of this source can be typed"
        return f"{kilograms} kg"
    return typed(weight)


def unit_of(case):
    """The unit expected; three sources leave it to the notes ("mg; 50 mg/m2")."""
    unit = case["expect"]["unit"]
    return case["notes"].partition(";")[0] if unit == "1" else unit


def step_of(case):
    return f"{case['published_rounding']['step']} {unit_of(case)}"


def asked(case):
    """What infuse answers: (exact, rounded), both in the unit expected."""
    inputs, unit, step = case["inputs"], unit_of(case), step_of(case)
    given = {name: typed(one) for name, one in inputs.items()}
    match case["calc"], case["kind"]:
        case ("dose/concentration" | "dose*weight/concentration"), "rate":
            return of(quick.rate(given["dose"], weight_of(case), given["concentration"], unit, step), "pump_rate", unit)
        case ("dose/concentration" | "dose*weight/concentration"), "volume":
            return of(quick.volume(given["dose"], weight_of(case), given["concentration"], None, step), "volume", unit)
        case "dose*weight", "volume":
            return of(quick.volume(given["dose"], weight_of(case), None, None, step), "volume", unit)
        case "volume/time", "rate":
            return of(quick.drops(f"{given['volume']} over {given['time']}", None, step), "pump_rate", unit)
        case "volume/time*drop_factor", "drip":
            answer = quick.drops(f"{given['volume']} over {given['time']}", given["drop_factor"], step)
            return of(answer, "drop_rate", unit)
        case "weight", "dose":
            return rounded(Quantity(kilograms_of_the_source(case), units.unit("kg")), case)
    return rounded(sum_of_orders(case), case)


def of(answer, name, unit):
    said = answer.as_json()[name]
    assert said["unit"] == str(units.unit(unit))
    return Fraction(said["exact"]), Fraction(said["value"])


def rounded(exact, case):
    # rounding up is staying at or above what is needed
    low = (exact,) if case["published_rounding"]["mode"] == "ceil" else ()
    return exact.value, rounding.nearest(exact, grammar.read_quantity(step_of(case)), low=low)[0].value


def sum_of_orders(case):
    inputs, unit = case["inputs"], unit_of(case)
    if case["calc"].startswith("val("):
        inputs = {name: one | {"unit": {"dose": "mg/m2", "bsa": "m2"}[name]} for name, one in inputs.items()}
    one = {name: figure.stated(name, grammar.read_quantity(typed(each)), "the case") for name, each in inputs.items()}
    match case["calc"]:
        case "dose*weight":
            times, by = [one["dose"], one["weight"]], []
        case "amount/volume":
            times, by = [one["amount"]], [one["volume"]]
        case "stock*drug_volume/(drug_volume+diluent)":
            times, by = [one["stock"], one["drug_volume"]], [figure.total("whole", one["drug_volume"], one["diluent"])]
        case "vials*vial_strength":
            times, by = [one["vials"], one["vial_strength"]], []
        case "amount/vial_strength":
            times, by = [one["amount"]], [one["vial_strength"]]
        case "amount/rate":
            times, by = [one["amount"]], [one["rate"]]
        case 'val(dose,"1")*val(bsa,"1")':
            times, by = [one["dose"], one["bsa"]], []
        case other:
            raise AssertionError(f"{case['id']}: no sum for {other}")
    return figure.work_out("answer", unit, times, by).exact


def test_all_of_them_are_here():
    assert len({case["id"] for case in CASES}) == len(CASES) == 128
    assert {case["published_rounding"]["mode"] for case in CASES} == {"exact", "nearest", "ceil"}


@by_id(CASES)
def test_comes_out_exactly_as_published(case):
    exact, value = asked(case)
    assert exact == Fraction(case["exact_fraction"])
    assert value == Fraction(case["expect"]["value"])


@by_id([case for case in CASES if case["published_rounding"]["mode"] == "exact"])
def test_where_the_source_did_not_round_neither_do_we(case):
    exact, value = asked(case)
    assert value == exact


@by_id([case for case in IN_POUNDS if "dose" not in case["inputs"]])
def test_our_pounds_are_not_the_rule_of_thumb(case):
    said = quick.convert(typed(case["inputs"]["weight"]), "kg").as_json()["value"]
    assert Fraction(said["exact"]) == Fraction(case["inputs"]["weight"]["value"]) * Fraction("0.45359237")
    assert Fraction(said["exact"]) != Fraction(case["exact_fraction"])
    printed = rounding.nearest(units.Quantity(Fraction(said["exact"]), units.unit("kg")), grammar.read_quantity(step_of(case)))[0]
    assert (printed.value != Fraction(case["expect"]["value"])) == ("lb_factor_sensitive" in case)


@by_id([case for case in IN_POUNDS if "dose" in case["inputs"]])
def test_our_dose_from_pounds_is_of_89_8_kg_not_90(case):
    given = {name: typed(one) for name, one in case["inputs"].items()}
    said = quick.volume(given["dose"], given["weight"], given["concentration"], None, step_of(case)).as_json()["volume"]
    assert said["exact"] == "449/80"  # 198 lb are 89.8 kg: times 2.5 mg/kg divided by 40 mg/mL
    assert said["exact"] != case["exact_fraction"]
    assert (Fraction(said["value"]) != Fraction(case["expect"]["value"])) == ("lb_factor_sensitive" in case)
