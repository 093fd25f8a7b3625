"""The quick calculations: what each answers, what it refuses, and what it says."""

import ast
import inspect
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from infuse.ordering import quick

BAG = "500 mg in 250 mL"
NOTE = "Arithmetic only: no protocol, limit or interaction was checked."


def said(answer, name):
    one = answer.as_json()[name]
    return one["exact"], one["value"], one["unit"]


def problems(function, *args, **kwargs):
    """The refusals of a call: {option: what was said}."""
    with pytest.raises(quick.Problems) as stopped:
        function(*args, **kwargs)
    return {name: f"{refused.expected} | {refused.found} | {refused.hint}" for name, refused in stopped.value.refused}


# ---------------------------------------------------------------------------------------------- rate


@pytest.mark.parametrize(("args", "expected"), [
    (("0.1 mg/kg/h", "70kg", BAG), ("7/2", "3.5", "mL/h")),
    (("0.1 mg/kg/hr", "70 kg", "2 mg/mL"), ("7/2", "3.5", "mL/h")),
    (("100 mcg/kg/hour", "70 kg", "2,000 mcg/mL"), ("7/2", "3.5", "mL/h")),
    (("0.1 mg/kg/h", "71.3kg", BAG), ("713/200", "3.6", "mL/h")),  # 3.565
    (("1 mg/kg/h", "71.3kg", BAG), ("713/20", "35.7", "mL/h")),  # 35.65: a tie goes up
    (("7 mg/h", None, BAG), ("7/2", "3.5", "mL/h")),
    (("1 mg/min", None, "2 g in 500 mL"), ("15", "15", "mL/h")),
    (("18 units/kg/h", "70 kg", "25,000 units in 250 mL"), ("63/5", "12.6", "mL/h")),
    (("2 mEq/h", None, "20 mEq in 100 mL"), ("10", "10", "mL/h")),
    (("0.01 mmol/kg/h", "80 kg", "400 micromol/mL"), ("2", "2", "mL/h")),
    (("2 milliunits/min", None, "30 units in 500 mL"), ("2", "2", "mL/h")),
    (("1 mL/kg/h", "70 kg"), ("70", "70", "mL/h")),
    (("2 mL/min",), ("120", "120", "mL/h")),
    (("0.1 mg/kg/h", "70kg", BAG, "mL/min"), ("7/120", "0.05833", "mL/min")),
    (("0.1 mg/kg/h", "70kg", BAG, "mL/min", "0.01 mL/min"), ("7/120", "0.06", "mL/min")),
    (("0.1 mg/kg/h", "70kg", BAG, None, "1 mL/h"), ("7/2", "4", "mL/h")),
    (("0.1 mg/kg/h", "71.3kg", BAG, None, "0.01 mL/h"), ("713/200", "3.57", "mL/h")),
    (("0.1 mg/kg/h", "70kg", BAG, None, "0.05 mL/min"), ("7/2", "3", "mL/h")),  # the step in another unit
    (("0.1 mg/kg/h", None, BAG, "mL/kg/min"), ("1/1200", "0.0008333", "mL/kg/min")),  # per kg needs no weight
    (("0.1 mg/kg/h", None, BAG, "mL/kg/hour"), ("1/20", "0.05", "mL/kg/h")),
    (("7 mg/h", "70 kg", BAG, "mL/kg/h"), ("1/20", "0.05", "mL/kg/h")),
    (("50 mg/m2/h", None, BAG, None, None, "1.8 m2"), ("45", "45", "mL/h")),
    (("50 mg/m2/h", None, BAG, "mL/m2/h"), ("25", "25", "mL/m2/h")),
    (("50 mg/m2/h", "90 kg", BAG, "mL/kg/h", None, "1.8 m2"), ("1/2", "0.5", "mL/kg/h")),
])
def test_rate(args, expected):
    assert said(quick.rate(*args), "pump_rate") == expected


@pytest.mark.parametrize(("args", "option", "message"), [
    (("0.1 mg/kg/h", None, BAG), "--weight", "the patient's weight, because mg/kg/h is per kg |  | give --weight 70kg"),
    (("0.1 mg/kg/h", "", BAG), "--weight", "such as 70kg or 154lb |  | no number is there"),
    (("7 mg/h", None, BAG, "mL/kg/h"), "--weight", "because mL/kg/h is per kg"),
    (("0.1 mg/m2/h", "70 kg", BAG), "--bsa", "the body surface area, because mg/m2/h is per m2"),
    (("0.1 mg/kg/h", None, BAG, None, None, "1.8 m2"), "--weight", "because mg/kg/h is per kg"),
    (("7 mg/h",), "--in", "the dose is in mg: give --in"),
    (("1 mL/kg/h", "70 kg", BAG), "--in", "no strength | 500 mg in 250 mL | the dose is in mL"),
    (("18 units/h", None, "2 mg/mL"), "--in", "2 mg/mL is mass per volume, the dose is in units"),
    (("18 mEq/h", None, "2 mmol/mL"), "--in", "2 mmol/mL is substance per volume, the dose is in mEq"),
    (("7 mg/h", None, "500 mg"), "--in", "that is a dose"),
    (("7 mg/h", None, "0 mg/mL"), "--in", "it is zero"),
    (("7 mg/h", None, "500 mg in 0 mL"), "--in", "it is zero"),
    (("0 mg/h", None, BAG), "DOSE_RATE", "above zero | 0 mg/h | it is zero"),
    (("7 mg", None, BAG), "DOSE_RATE", "7 mg | that is a dose"),
    (("7", None, BAG), "DOSE_RATE", "7 | the unit is missing"),
    (("0.1 mg/kg/m", "70 kg", BAG), "DOSE_RATE", "write mg/kg/min"),
    (("7 ug/h", None, BAG), "DOSE_RATE", "write mcg/h"),
    (("7 mg/h + 2", None, BAG), "DOSE_RATE", "nothing may follow"),
    ((None, None, BAG), "DOSE_RATE", "a number with its unit |  | it is what the answer is worked out from"),
    (("0.1 mg/kg/h", "70", BAG), "--weight", "70 | the unit is missing: 70kg or 70lb?"),
    (("0.1 mg/kg/h", "0 kg", BAG), "--weight", "above zero | 0 kg | it is zero"),
    (("0.1 mg/kg/h", "0lb", BAG), "--weight", "above zero"),
    (("0.1 mg/kg/h", "0.01 lb", BAG), "--weight", "to 0.01 kg it is zero"),
    (("0.1 mg/kg/h", "-70 kg", BAG), "--weight", "a quantity has no sign"),
    (("0.1 mg/kg/h", "700 kg", BAG), "--weight", "a weight of at most 650 kg | 700 kg | nobody weighs more: is the decimal point, or the unit, right?"),
    (("0.1 mg/kg/h", "1,434 lb", BAG), "--weight", "a weight of at most 650 kg | 1,434 lb"),
    (("0.1 mg/kg/h", "3,400 kg", BAG), "--weight", "a weight of at most 650 kg"),
    (("0.1 mg/kg/h", "7e1 kg", BAG), "--weight", "without an exponent"),
    (("0.1 mg/kg/h", "70 g", BAG), "--weight", "that is a dose"),
    (("7 mg/h", "banana", BAG), "--weight", "such as 70kg or 154lb"),  # not needed, and still not read
    (("50 mg/m2/h", None, BAG, None, None, "0 m2"), "--bsa", "above zero"),
    (("50 mg/m2/h", None, BAG, None, None, "1.8"), "--bsa", "the unit is missing"),
    (("7 mg/h", None, BAG, "mg/h"), "--unit", "a unit for a pump rate, such as mL/kg/min | mg/h | mg is not a volume"),
    (("7 mg/h", None, BAG, "mL"), "--unit", "mL is for a dose"),
    (("7 mg/h", None, BAG, "ml/h"), "--unit", "write mL/h"),
    (("7 mg/h", None, BAG, "banana"), "--unit", "the units are g mg"),
    (("7 mg/h", None, BAG, None, "0 mL/h"), "--step", "above zero"),
    (("7 mg/h", None, BAG, None, "0.1"), "--step", "the unit is missing"),
    (("7 mg/h", None, BAG, None, "0.1 mL"), "--step", "a step for an answer in mL/h | 0.1 mL | mL/h is for a dose rate, mL for a dose"),
    (("7 mg/h", None, BAG, None, "0.1 mg/h"), "--step", "mL/h counts volume, mg/h counts mass"),
])
def test_rate_refuses(args, option, message):
    refused = problems(quick.rate, *args)
    assert list(refused) == [option]
    assert message in refused[option]


@pytest.mark.parametrize(("weight", "used", "exact"), [
    ("154 lb", "69.9 kg", "699/200"),
    ("154lb", "69.9 kg", "699/200"),
    ("22.1 lb", "10 kg", "1/2"),  # 10.0244 kg, to 0.1 kg
    ("22 lb", "9.98 kg", "499/1000"),  # 9.979 kg: below 10 kg to 0.01 kg
    ("69.9 kg", "69.9 kg", "699/200"),
    ("69.87 kg", "69.87 kg", "6987/2000"),  # kilograms are used as typed
])
def test_pounds_become_kilograms_once(weight, used, exact):
    answer = quick.rate("0.1 mg/kg/h", weight, BAG)
    assert said(answer, "pump_rate")[0] == exact
    assert any(line.startswith(f"weight: {used} (") for line in answer.working)
    assert not any("lb" in line for line in answer.as_text())


# ---------------------------------------------------------------------------------------------- dose


@pytest.mark.parametrize(("args", "expected"), [
    (("3.5 mL/h", "70kg", BAG), ("1/10", "0.1", "mg/kg/h")),
    (("3.5 mL/h", None, BAG), ("7", "7", "mg/h")),
    (("0.5 mL/min", None, BAG), ("1", "1", "mg/min")),  # the time of the rate typed
    (("3.5 mL/h", None, "2,000 mcg/mL"), ("7000", "7000", "mcg/h")),  # the amount of the strength
    (("3.5 mL/h", "70kg", BAG, "mg/h"), ("7", "7", "mg/h")),
    (("3.5 mL/h", "70kg", BAG, "mcg/kg/min"), ("5/3", "1.667", "mcg/kg/min")),
    (("3.5 mL/h", "70kg", BAG, "mcg/kg/min", "0.01 mcg/kg/min"), ("5/3", "1.67", "mcg/kg/min")),
    (("45 mL/h", None, BAG, None, None, "1.8 m2"), ("50", "50", "mg/m2/h")),
    (("45 mL/h", "90 kg", BAG, "mg/m2/h", None, "1.8 m2"), ("50", "50", "mg/m2/h")),
    (("70 mL/h", "70 kg", None, "mL/kg/h"), ("1", "1", "mL/kg/h")),
    (("70 mL/h", None, None, "L/day"), ("42/25", "1.68", "L/day")),
])
def test_dose(args, expected):
    assert said(quick.dose(*args), "dose") == expected


@pytest.mark.parametrize(("args", "option", "message"), [
    (("0 mL/h", None, BAG), "PUMP_RATE", "it is zero"),
    (("3.5 mg/h", None, BAG), "PUMP_RATE", "3.5 mg/h | that is a dose rate"),
    (("3.5 mL", None, BAG), "PUMP_RATE", "3.5 mL | that is a dose"),
    ((None, None, BAG), "PUMP_RATE", "a number with its unit"),
    (("3.5 mL/h",), "--in", "for a dose in mL, --unit mL/kg/h"),
    (("3.5 mL/h", "70 kg"), "--in", "for a dose in mL, --unit mL/kg/h"),
    (("3.5 mL/h", "70 kg", None, "mg/kg/h"), "--in", "the dose is in mg: give --in"),
    (("3.5 mL/h", "70 kg", BAG, "mL/kg/h"), "--in", "no strength"),
    (("3.5 mL/h", "70 kg", BAG, "units/kg/h"), "--in", "2 mg/mL is mass per volume, the dose is in units"),
    (("3.5 mL/h", None, BAG, "mg/kg/h"), "--weight", "because mg/kg/h is per kg"),
    (("3.5 mL/h", "70 kg", BAG, "mg/m2/h"), "--bsa", "because mg/m2/h is per m2"),
    (("3.5 mL/h", "70 kg", BAG, "mg/kg"), "--unit", "mg/kg is for a dose per kg"),
    (("3.5 mL/h", "70 kg", BAG, None, None, "1.8 m2"), "--unit", "because weight and surface are both given"),
    (("3.5 mL/h", "70 kg", BAG, None, "0.1 mL/h"), "--step", "a step for an answer in mg/kg/h"),
    (("3.5 mL/h", "70 kg", BAG, None, "1 mg/kg/h"), "--step", "0.1 mg/kg/hour would round to zero"),
])
def test_dose_refuses(args, option, message):
    refused = problems(quick.dose, *args)
    assert list(refused) == [option]
    assert message in refused[option]


# ---------------------------------------------------------------------------------------------- volume


@pytest.mark.parametrize(("args", "dose", "volume"), [
    (("25 mcg/kg", "70kg", "50 mcg/mL"), ("1750", "1750", "mcg"), ("35", "35", "mL")),
    (("25 mcg/kg", "70kg", "50 mcg/mL", "mg"), ("7/4", "1.75", "mg"), ("35", "35", "mL")),
    (("2.5 mg", None, "10 mg/mL"), ("5/2", "2.5", "mg"), ("1/4", "0.25", "mL")),
    (("500 mg", None, "3 mg/mL"), ("500", "500", "mg"), ("500/3", "166.7", "mL")),
    (("2.994 mg", None, "3 mg/mL"), ("1497/500", "2.994", "mg"), ("499/500", "1", "mL")),  # 0.998, below 1 mL
    (("2.97 mg", None, "3 mg/mL"), ("297/100", "2.97", "mg"), ("99/100", "0.99", "mL")),
    (("3 mg", None, "3 mg/mL"), ("3", "3", "mg"), ("1", "1", "mL")),
    (("3.12 mg", None, "3 mg/mL"), ("78/25", "3.12", "mg"), ("26/25", "1", "mL")),  # 1.04, from 1 mL on
    (("3.12 mg", None, "3 mg/mL", None, "0.01 mL"), ("78/25", "3.12", "mg"), ("26/25", "1.04", "mL")),
    (("50 mg/m2", None, "2 mg/mL", None, None, "1.8 m2"), ("90", "90", "mg"), ("45", "45", "mL")),
    (("1 g", None, "500 mg in 10 mL", "mg"), ("1000", "1000", "mg"), ("20", "20", "mL")),
    (("7,500 units", None, "10,000 units/mL"), ("7500", "7500", "units"), ("3/4", "0.75", "mL")),
    (("3 mL/kg", "15 kg"), ("45", "45", "mL"), ("45", "45", "mL")),
    (("0.5 L",), ("1/2", "0.5", "L"), ("500", "500", "mL")),
])
def test_volume(args, dose, volume):
    answer = quick.volume(*args)
    assert (said(answer, "dose"), said(answer, "volume")) == (dose, volume)


@pytest.mark.parametrize(("args", "option", "message"), [
    (("25 mcg/kg", None, "50 mcg/mL"), "--weight", "because mcg/kg is per kg"),
    (("25 mcg/m2", "70 kg", "50 mcg/mL"), "--bsa", "because mcg/m2 is per m2"),
    (("25 mcg/kg", "70 kg"), "--in", "the dose is in mcg"),
    (("3 mL/kg", "15 kg", "50 mcg/mL"), "--in", "no strength"),
    (("25 units", None, "50 mcg/mL"), "--in", "50 mcg/mL is mass per volume, the dose is in units"),
    (("25 mcg/kg", "70 kg", "50 mcg/mL", "mL"), "--unit", "a unit for a dose in mcg | mL | mcg counts mass, mL counts volume"),
    (("25 mcg/kg", "70 kg", "50 mcg/mL", "mmol"), "--unit", "only through a factor that a drug file declares"),
    (("25 mcg/kg", "70 kg", "50 mcg/mL", "mcg/kg"), "--unit", "mcg/kg is for a dose per kg"),
    (("25 mcg/kg/h", "70 kg", "50 mcg/mL"), "DOSE", "that is a dose rate per kg"),
    (("0 mcg/kg", "70 kg", "50 mcg/mL"), "DOSE", "it is zero"),
    (("0 mL",), "DOSE", "it is zero"),
    (("25 mcg", None, "50 mcg/mL", None, "1 mcg"), "--step", "mL counts volume, mcg counts mass"),
])
def test_volume_refuses(args, option, message):
    refused = problems(quick.volume, *args)
    assert list(refused) == [option]
    assert message in refused[option]


# ---------------------------------------------------------------------------------------------- drops


@pytest.mark.parametrize(("args", "name", "expected"), [
    (("1,000 mL over 8 h", "20 gtt/mL"), "drop_rate", ("125/3", "42", "drops/min")),
    (("1 L over 8 hours", "20 drops/mL"), "drop_rate", ("125/3", "42", "drops/min")),
    (("125 mL/h", "20 gtt/mL"), "drop_rate", ("125/3", "42", "drops/min")),
    (("1,000 mL over 8 h", "60 gtt/mL"), "drop_rate", ("125", "125", "drops/min")),
    (("1,000 mL over 8 h", "20 gtt/mL", "5 gtt/min"), "drop_rate", ("125/3", "40", "drops/min")),
    (("500 mL over 24 h",), "pump_rate", ("125/6", "20.8", "mL/h")),
    (("50 mL over 3 min",), "pump_rate", ("1000", "1000", "mL/h")),
    (("500 mL over 24 h", None, "1 mL/h"), "pump_rate", ("125/6", "21", "mL/h")),
    (("2 mL/min",), "pump_rate", ("120", "120", "mL/h")),
])
def test_drops(args, name, expected):
    answer = quick.drops(*args)
    assert list(answer.figures) == [name]
    assert said(answer, name) == expected


@pytest.mark.parametrize(("args", "option", "message"), [
    (("1,000 mL", "20 gtt/mL"), "WHAT", 'or a rate, such as "125 mL/h" | 1,000 mL | that is a dose'),
    (("1,000 mg over 8 h", "20 gtt/mL"), "WHAT", 'such as "1,000 mL over 8 h" | 1,000 mg over 8 h | that is a dose'),
    (("1,000 mL over 0 h", "20 gtt/mL"), "WHAT", "it is zero"),
    (("0 mL over 8 h", "20 gtt/mL"), "WHAT", "it is zero"),
    (("0 mL/h", "20 gtt/mL"), "WHAT", "it is zero"),
    ((None, "20 gtt/mL"), "WHAT", "a number with its unit"),
    (("125 mL/h", "20"), "--set", "the unit is missing"),
    (("125 mL/h", "0 gtt/mL"), "--set", "it is zero"),
    (("125 mL/h", "20 mg/mL"), "--set", "that is a concentration"),
    (("125 mL/h", "20 gtts/mL"), "--set", "write drops/mL"),
    (("125 mL/h", "20 gtt/mL", "1 mL/h"), "--step", "a step for an answer in drops/min"),
    (("125 mL/h", None, "1 gtt/min"), "--step", "a step for an answer in mL/h"),
    (("1 mL/h", "20 gtt/mL"), "--step", "would round to zero"),
])
def test_drops_refuses(args, option, message):
    refused = problems(quick.drops, *args)
    assert list(refused) == [option]
    assert message in refused[option]


# ---------------------------------------------------------------------------------------------- convert


@pytest.mark.parametrize(("text", "unit", "expected"), [
    ("154 lb", "kg", ("3492661249/50000000", "69.85322498", "kg")),  # exactly: no rounding to 0.1 kg here
    ("70 kg", "lb", ("1000000000/6479891", "154.3", "lb")),
    ("1 mg", "mcg", ("1000", "1000", "mcg")),
    ("1 mcg", "g", ("1/1000000", "0.000001", "g")),
    ("0.1 mg/kg/h", "mcg/kg/min", ("5/3", "1.667", "mcg/kg/min")),
    ("2 h", "minutes", ("120", "120", "min")),
    ("3.5 mL/h", "mL/h", ("7/2", "3.5", "mL/h")),
    ("2 mg/mL", "g/L", ("2", "2", "g/L")),
    ("88.4 micromol/L", "mg/dL", ("1", "1", "mg/dL")),
    ("0.9 mg/dL", "micromol/L", ("1989/25", "79.56", "micromol/L")),
    ("100 micromol/L", "mg/dL", ("250/221", "1.131", "mg/dL")),
])
def test_convert(text, unit, expected):
    assert said(quick.convert(text, unit), "value") == expected


@pytest.mark.parametrize(("text", "unit", "creatinine"), [
    ("88.4 micromol/L", "mg/dL", True), ("1 mg/dL", "micromol/L", True), ("1 mg/dL", "g/L", False), ("1 micromol/L", "mmol/L", False),
])
def test_only_creatinine_crosses_to_moles_and_says_so(text, unit, creatinine):
    answer = quick.convert(text, unit)
    assert ("creatinine only: 1 mg/dL is 88.4 micromol/L" in answer.working) == creatinine
    assert answer.note == ("Creatinine only. " if creatinine else "") + NOTE


@pytest.mark.parametrize(("text", "unit", "option", "message"), [
    ("1 g", "mEq", "UNIT", "g counts mass, mEq counts charge: only through a factor that a drug file declares"),
    ("8 mEq", "g", "UNIT", "only through a factor that a drug file declares"),
    ("8 mEq", "mmol", "UNIT", "only through a factor that a drug file declares"),
    ("5,000 units", "mg", "UNIT", "only through a factor that a drug file declares"),
    ("1 mmol/L", "mg/dL", "UNIT", "only through a factor that a drug file declares"),
    ("1 micromol/mL", "mg/dL", "UNIT", "only through a factor that a drug file declares"),
    ("70 kg", "g", "UNIT", "kg and lb are a patient's weight here, g and mg an amount of drug"),
    ("500 mg", "lb", "UNIT", "kg and lb are a patient's weight here"),
    ("5 mg", "mL", "UNIT", "mg counts mass, mL counts volume"),
    ("0.1 mg/kg/h", "mg/h", "UNIT", "mg/kg/h is for a dose rate per kg, mg/h for a dose rate"),
    ("1 mL/h", "mL", "UNIT", "mL/h is for a dose rate, mL for a dose"),
    ("90 mL/min/1.73m2", "mL/min", "UNIT", "counts indexed clearance"),
    ("5 mg", "ug", "UNIT", "write mcg"),
    ("5 mg", "", "UNIT", "the unit is missing"),
    ("5", "mg", "QUANTITY", "the unit is missing"),
    ("0 mg", "g", "QUANTITY", "it is zero"),
    (None, "g", "QUANTITY", "a number with its unit"),
    ("5 mg", None, "UNIT", "a unit |  | it is the unit of the answer"),
])
def test_convert_refuses(text, unit, option, message):
    refused = problems(quick.convert, text, unit)
    assert list(refused) == [option]
    assert message in refused[option]


# ---------------------------------------------------------------------------------------------- what is said


def test_the_text_of_an_answer():
    assert quick.rate("0.1 mg/kg/h", "71.3kg", BAG).as_text() == [
        "pump rate 3.6 mL/hour",
        "dose rate: 0.1 mg/kg/hour (as typed)",
        "weight: 71.3 kg (--weight)",
        "calculated dose rate: 0.1 mg/kg/hour times 71.3 kg = 7.13 mg/hour",
        "concentration: 500 mg in 250 mL = 2 mg/mL (--in)",
        "pump rate: 7.13 mg/hour divided by 2 mg/mL = 3.565 mL/hour, rounded to 3.6 mL/hour",
        "check back: 3.6 mL/hour times 2 mg/mL divided by 71.3 kg = 0.101 mg/kg/hour, 1% above what was asked",
        NOTE,
    ]


def test_the_json_of_an_answer():
    answer = quick.volume("25 mcg/kg", "154 lb", "50 mcg/mL")
    assert answer.as_json() == {
        "dose": {"exact": "3495/2", "value": "1747.5", "unit": "mcg"},
        "volume": {"exact": "699/20", "value": "35", "unit": "mL"},
        "working": [
            "dose: 25 mcg/kg (as typed)",
            "weight: 69.9 kg (--weight, converted, to 0.1 kg)",
            "calculated dose: 25 mcg/kg times 69.9 kg = 1,747.5 mcg",
            "concentration: 50 mcg/mL (--in)",
            "volume: 1,747.5 mcg divided by 50 mcg/mL = 34.95 mL, rounded to 35 mL",
            "check back: 35 mL times 50 mcg/mL divided by 69.9 kg = 25.04 mcg/kg, 0.1% above what was asked",
        ],
        "note": NOTE,
    }


@pytest.mark.parametrize(("answer", "ending"), [
    (lambda: quick.rate("0.1 mg/kg/h", "70kg", BAG), "= 0.1 mg/kg/hour, as asked"),
    (lambda: quick.rate("0.1 mg/kg/h", "70kg", BAG, None, "1 mL/h"), "= 0.1143 mg/kg/hour, 14.3% above what was asked"),
    (lambda: quick.rate("18 units/kg/h", "70kg", "100 units/mL", None, "0.5 mL/h"), "17.86 units/kg/hour, 0.8% below what was asked"),
    (lambda: quick.rate("100.01 mg/h", None, "1 mg/mL"), "= 100 mg/hour, under 0.1% below what was asked"),
    (lambda: quick.dose("3.5 mL/h", "70kg", BAG, "mcg/kg/min"), "= 3.5 mL/hour, as asked"),
    (lambda: quick.drops("1,000 mL over 8 h", "20 gtt/mL"), "= 1,008 mL, 0.8% above what was asked"),
    (lambda: quick.drops("1,000 mL over 8 h"), "= 1,000 mL, as asked"),
])
def test_checks_back_by_the_reverse_road(answer, ending):
    assert answer().working[-1].startswith("check back: ")
    assert answer().working[-1].endswith(ending)


@pytest.mark.parametrize(("answer", "unused"), [
    (lambda: quick.rate("7 mg/h", "70kg", BAG), True),
    (lambda: quick.rate("0.1 mg/kg/h", "70kg", BAG, "mL/kg/h"), True),
    (lambda: quick.rate("0.1 mg/kg/h", "70kg", BAG), False),
    (lambda: quick.dose("3.5 mL/h", "70kg", BAG, "mg/h"), True),
    (lambda: quick.dose("3.5 mL/h", "70kg", BAG), False),
    (lambda: quick.volume("500 mg", "70kg", "50 mg/mL"), True),
    (lambda: quick.volume("5 mg/kg", "70kg", "50 mg/mL"), False),
])
def test_a_weight_that_was_not_used_is_said(answer, unused):
    assert ("weight: 70 kg (--weight) was not needed and not used" in answer().working) == unused


@pytest.mark.parametrize(("answer", "line"), [
    (lambda: quick.convert("154 lb", "kg"), "value 69.85 kg (shortened: exact in JSON)"),
    (lambda: quick.convert("2 h", "min"), "value 120 minutes"),
    (lambda: quick.dose("3.5 mL/h", "70kg", BAG, "mcg/kg/min"), "dose 1.667 mcg/kg/min (shortened: exact in JSON)"),
    (lambda: quick.dose("3.5 mL/h", "70kg", BAG, "mcg/kg/min", "0.1 mcg/kg/min"), "dose 1.7 mcg/kg/min"),
    (lambda: quick.volume("25 mcg/kg", "70kg", "50 mcg/mL"), "dose 1,750 mcg"),
])
def test_the_answer_comes_first(answer, line):
    assert answer().as_text()[0] == line


def test_all_faults_at_once():
    refused = problems(quick.rate, "0.1", "70", "500 mg in", "banana", "0 mL/h", "1.8")
    assert sorted(refused) == ["--bsa", "--in", "--step", "--unit", "--weight", "DOSE_RATE"]
    refused = problems(quick.rate, "0.1 mg/kg/h")
    assert sorted(refused) == ["--in", "--weight"]
    refused = problems(quick.drops, "125", "20", "1")
    assert sorted(refused) == ["--set", "--step", "WHAT"]
    refused = problems(quick.convert, "5", "ug")
    assert sorted(refused) == ["QUANTITY", "UNIT"]


def test_a_refusal_shows_what_was_typed_and_obeys_none_of_it():
    with pytest.raises(quick.Problems) as stopped:
        quick.rate("7 mg/h\x1b[2J", None, BAG)
    assert "\x1b" not in str(stopped.value) and "\\x1b[2J" in str(stopped.value)


@pytest.mark.parametrize(("dose_rate", "step"), [
    ("0.001 mg/kg/h", None), ("0.0499 mg/h", None), ("0.000003 mg/h", None), ("7 mg/h", "100 mL/h"),
])
def test_a_rounding_to_zero_is_refused_with_a_step_that_would_do(dose_rate, step):
    refused = problems(quick.rate, dose_rate, "1 kg", "1 mg/mL", None, step)
    assert list(refused) == ["--step"]
    finer = refused["--step"].partition('--step "')[2].partition('"')[0]
    assert Fraction(said(quick.rate(dose_rate, "1 kg", "1 mg/mL", None, finer), "pump_rate")[1]) > 0


def test_half_a_step_is_not_zero():
    assert said(quick.rate("0.05 mg/h", None, "1 mg/mL"), "pump_rate") == ("1/20", "0.1", "mL/h")


def test_no_floats_no_rounding_and_no_factors_of_its_own():
    tree = ast.parse(Path(inspect.getsourcefile(quick)).read_text(encoding="utf-8"))
    numbers = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) in (int, float)}
    assert not any(isinstance(number, float) for number in numbers)
    assert not numbers & {60, 1000}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert not names & {"round", "float"}


# ---------------------------------------------------------------------------------------------- properties


def number(least, most, places):
    return st.integers(least * 10**places, most * 10**places).filter(bool).map(lambda digits: written(Fraction(digits, 10**places)))


def written(value):
    whole, rest = divmod(value.numerator * 10**6 // value.denominator, 10**6)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


doses, weights, strengths = number(0, 100, 3), number(1, 300, 1), number(0, 500, 2)
FINE = "0.000001 mL/h"


def exact(answer, name):
    return Fraction(answer.as_json()[name]["exact"])


@given(doses, weights, strengths)
def test_mg_and_mcg_spellings_give_the_same_rate(dose, weight, strength):
    thousandfold = written(Fraction(dose) * 1000)
    mg = quick.rate(f"{dose} mg/kg/h", f"{weight} kg", f"{strength} mg/mL", None, FINE)
    mcg = quick.rate(f"{thousandfold} mcg/kg/h", f"{weight}kg", f"{strength} mg/mL", None, FINE)
    assert said(mg, "pump_rate") == said(mcg, "pump_rate")
    assert exact(mg, "pump_rate") == Fraction(dose) * Fraction(weight) / Fraction(strength)


@given(doses, weights, st.sampled_from(["0.5", "1", "2", "2.5", "10", "50"]))
def test_rate_and_back_is_the_dose_exactly(dose, weight, strength):
    pump = said(quick.rate(f"{dose} mg/kg/h", f"{weight} kg", f"{strength} mg/mL", None, FINE), "pump_rate")[1]
    assert exact(quick.dose(f"{pump} mL/h", f"{weight} kg", f"{strength} mg/mL"), "dose") == Fraction(dose)


@given(doses, weights, strengths)
def test_the_rounded_rate_is_at_most_half_a_step_off(dose, weight, strength):
    assume(Fraction(dose) * Fraction(weight) / Fraction(strength) >= Fraction("0.05"))
    unrounded, value, _ = said(quick.rate(f"{dose} mg/kg/h", f"{weight} kg", f"{strength} mg/mL"), "pump_rate")
    assert abs(Fraction(value) - Fraction(unrounded)) <= Fraction("0.05")
    assert (Fraction(value) * 10).denominator == 1


@given(doses, weights, weights, st.sampled_from(["2 mg/mL", "500 mg in 250 mL", "7 mcg/mL"]))
def test_the_rate_never_falls_as_weight_grows(dose, one, other, strength):
    light, heavy = sorted((one, other), key=Fraction)
    step = "0.000000001 mL/h"
    rates = [said(quick.rate(f"{dose} mg/kg/h", f"{weight} kg", strength, None, step), "pump_rate")[1] for weight in (light, heavy)]
    assert Fraction(rates[0]) <= Fraction(rates[1])


@given(doses, weights, strengths)
def test_volume_carries_the_dose(dose, weight, strength):
    answer = quick.volume(f"{dose} mg/kg", f"{weight} kg", f"{strength} mg/mL", None, "0.000001 mL")
    assert exact(answer, "dose") == Fraction(dose) * Fraction(weight)
    assert exact(answer, "volume") * Fraction(strength) == exact(answer, "dose")


@given(number(0, 1000, 2), st.sampled_from([("kg", "lb"), ("mg", "mcg"), ("h", "min"), ("mg/kg/h", "mcg/kg/min"), ("mg/dL", "micromol/L")]))
def test_converting_there_and_back(value, pair):
    here, there = pair
    forth = exact(quick.convert(f"{value} {here}", there), "value")
    assert forth * exact(quick.convert(f"1 {there}", here), "value") == Fraction(value)


TEXTS = [None, "", "0", "70", "70 kg", "154 lb", "0 kg", "1.8 m2", "2 mg/mL", "500 mg in 250 mL", "5 units/mL", "0.1 mg/kg/h", "7 mg/h", "50 mg/m2/h",
         "1 mL/kg/h", "3.5 mL/h", "25 mcg/kg", "3 mL/kg", "5 mL", "2 mEq", "mL/h", "mL/kg/min", "mg", "mg/kg/h", "units/h", "kg", "0.1 mL/h", "1 mg",
         "20 gtt/mL", "1,000 mL over 8 h", "88.4 micromol/L", "mg/dL", "5%", "%", "banana", "9999999 mg/kg/min", "0.0001 nanogram/kg/day"]
texts = st.sampled_from(TEXTS)


@pytest.mark.parametrize(("function", "count"), [
    (quick.rate, 6), (quick.dose, 6), (quick.volume, 6), (quick.drops, 3), (quick.convert, 2),
])
@settings(max_examples=400)
@given(data=st.data())
def test_anything_typed_is_answered_or_refused(function, count, data):
    args = [data.draw(texts) for _ in range(count)]
    try:
        answer = function(*args)
    except quick.Problems as stopped:
        assert all(refused.expected for _, refused in stopped.refused)
    else:
        assert all(Fraction(said(answer, name)[1]) > 0 for name in answer.figures)
        assert answer.as_text()[-1].endswith(NOTE)
