"""What is typed about a patient: what is read, what is refused, and what contradicts what; all of it at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from infuse.arithmetic import patient
from infuse.files.given import BY_NAME, Given

NOW = datetime(2026, 11, 25, 12, 0)


def read(**facts):
    """(patient, {option: what was refused})."""
    typed = {name: Given(text, BY_NAME[name].option) for name, text in facts.items()}
    who, wrong = patient.read(typed, NOW)
    return who, [(where, refused.expected, refused.hint) for where, refused in wrong]


READ = [
    ("qtc", "430 ms", "430 ms"), ("qtc", "250 ms", "250 ms"), ("qtc", "750 ms", "750 ms"),
    ("blood_pressure", "120/80 mmHg", "120/80 mmHg"), ("blood_pressure", "220/110mmHg", "220/110 mmHg"),
    ("heart_rate", "64/min", "64 beats/min"), ("heart_rate", "64 beats/min", "64 beats/min"),
    ("pregnancy", "no", "no"), ("pregnancy", "yes", "yes"), ("pregnancy", "28 weeks", "28 week"), ("lactation", "no", "no"),
    ("liver", "none", "none"), ("liver", "severe", "severe"),
]


@pytest.mark.parametrize(("name", "text", "value"), READ)
def test_read(name, text, value):
    who, wrong = read(**{name: text})
    assert (str(who.get(name)), wrong) == (value, [])


REFUSED = [
    ("qtc", "4,300 ms", "a QTc interval of 250 to 750 ms", "is the unit right?"),
    ("qtc", "249 ms", "a QTc interval of 250 to 750 ms", "is the unit right?"),
    ("qtc", "751 ms", "a QTc interval of 250 to 750 ms", "is the unit right?"),
    ("qtc", "430", "a QTc interval, such as 430 ms", "the unit is missing"),
    ("creatinine", "0.9", "a creatinine, such as 0.9 mg/dL", "the unit is missing"),
    ("birth_date", "2026-11-26", "a date that is not in the future", ""),
    ("birth_date", "1895-11-20", "a date of birth at most 130 years ago", "that is 131 years; is the year right?"),
    ("qtc", "0.43 s", "a QTc interval, such as 430 ms", "write ms"),
    ("height", "1.7m", "a height in cm or in, such as 170 cm", "write cm or in"),
    ("height", "5 ft", "a height in cm or in, such as 170 cm", "write cm or in"),
    ("weight", "11 stone", "a weight with its unit, such as 70kg or 154lb, above zero", "write kg or lb"),
    ("weight", "11st", "a weight with its unit, such as 70kg or 154lb, above zero", "write kg or lb"),
    ("weight", "70 oz", "a weight with its unit, such as 70kg or 154lb, above zero", "write kg or lb"),
    ("heart_rate", "72 Hz", "a heart rate, such as 72 beats/min", "write beats/min"),
    ("age", "44 springs", "an age, such as 44 years", "write day, week, month or year"),
    ("start", "2025-11-21 08:30", "a start at most a month ago and a year ahead", "is the year right?"),
    ("start", "2062-11-21 08:30", "a start at most a month ago and a year ahead", "is the year right?"),
    ("blood_pressure", "120/80", "a blood pressure, such as 120/80 mmHg", "the unit is missing: 120/80 mmHg"),
    ("blood_pressure", "80/120 mmHg", "the systolic pressure first, above the diastolic one", ""),
    ("blood_pressure", "1200/80 mmHg", "a systolic blood pressure of 40 to 300 mmHg", ""),
    ("blood_pressure", "120/8 mmHg", "a diastolic blood pressure of 20 to 200 mmHg", ""),
    ("blood_pressure", "high", "a blood pressure, such as 120/80 mmHg", "systolic over diastolic, in mmHg"),
    ("heart_rate", "72 bpm", "a heart rate, such as 72 beats/min", "write beats/min"),
    ("heart_rate", "19/min", "a heart rate of 20 to 250 beats/min", "is the unit right?"),
    ("pregnancy", "maybe", "yes, no, or how far the pregnancy is, such as 28 weeks", "write digits, such as 0.5 or 1,000"),
    ("pregnancy", "46 weeks", "a pregnancy of at most 45 weeks", ""), ("pregnancy", "0 weeks", "a pregnancy of at most 45 weeks", ""),
    ("liver", "bad", "none or mild or moderate or severe", ""),
]


@pytest.mark.parametrize(("name", "text", "expected", "hint"), REFUSED)
def test_refused(name, text, expected, hint):
    who, wrong = read(**{name: text})
    assert wrong == [(BY_NAME[name].option, expected, hint)]


def test_unknown_is_no_value_and_no_fault():
    who, wrong = read(pregnancy="unknown", medicines=("unknown",))
    assert (who.get("pregnancy"), who.get("medicines"), who.unknown, wrong) == (None, None, {"pregnancy", "medicines"}, [])


# ---------------------------------------------------------------------------------------------- medicines and doses

EIGHT = datetime(2026, 11, 24, 8, 0)
MEDICINES = [
    ("sertraline", "sertraline", None), ("St John's wort", "St John's wort", None), ("none", "none", None),
    ("aspirin 81 mg daily", "aspirin", None), ("ibuprofen 400 mg every 6 hours", "ibuprofen", None), ("lasix 20mg", "lasix", None),
    ("sumatriptan at 2026-11-24 08:00", "sumatriptan", EIGHT), ("sumatriptan 50 mg at 24-Nov-2026 08:00", "sumatriptan", EIGHT),
    ("sumatriptan, 28 h ago", "sumatriptan", EIGHT), ("sumatriptan, last taken 28 h ago", "sumatriptan", EIGHT), ("sumatriptan taken at 2026-11-24 08:00", "sumatriptan", EIGHT), ("phenelzine 14 days ago", "phenelzine", NOW - timedelta(days=14)),
]


@pytest.mark.parametrize(("text", "name", "last"), MEDICINES)
def test_a_medicine_with_the_time_last_taken(text, name, last):
    who, wrong = read(medicines=(text,))
    one, = who.get("medicines")
    assert (one, one.name, one.last(NOW), wrong) == (text, name, last, [])


DOSES = [
    ("dihydroergotamine 1 mg at 2026-11-24 08:00", "dihydroergotamine", "1 mg", "", EIGHT, None),
    ("metoclopramide 10 mg oral at 2026-11-24 08:00", "metoclopramide", "10 mg", "oral", EIGHT, None),
    ("DHE 45 0.5 mg intramuscular 28 h ago", "DHE 45", "0.5 mg", "intramuscular", EIGHT, None),
    ("lidocaine 240 mg from 2026-11-24 08:00 to 2026-11-24 12:00", "lidocaine", "240 mg", "", EIGHT, EIGHT + timedelta(hours=4)),
]


@pytest.mark.parametrize(("text", "name", "amount", "route", "start", "end"), DOSES)
def test_a_dose_already_given(text, name, amount, route, start, end):
    who, wrong = read(given=(text,))
    one, = who.get("given")
    assert (one.name, str(one.amount), one.route, one.last(NOW), one.end, wrong) == (name, amount, route, start, end, [])


BAD = [
    ("medicines", "sumatriptan at 8:00", "such as at 2026-11-24 08:00, or 10 h ago"), ("medicines", "sumatriptan 10 ago", "such as at 2026-11-24 08:00, or 10 h ago"),
    ("medicines", "sumatriptan at 2026-11-31 08:00", "there is no such day"), ("medicines", "sumatriptan 10 mg ago", "that is a dose"),
    ("medicines", "phenelzine 2 years ago", ""), ("medicines", "", "nothing is there"),
    ("medicines", "lidocaine 240 mg from 2026-11-24 08:00 to 2026-11-24 12:00", "a dose that ran from a time to another is given with --given"),
    ("medicines", "sumatriptan at 2026-11-25 12:01", "now it is 25-Nov-2026 12:00"),
    ("given", "ketorolac 30 mg", "the time is missing: at 2026-11-25 02:00, or 3 h ago"), ("given", "ketorolac at 2026-11-24 08:00", "the amount is missing"),
    ("given", "ketorolac 0 mg at 2026-11-24 08:00", "the amount is zero"), ("given", "ketorolac 30 ug 3 h ago", "ug is read as mg; write mcg"),
    ("given", "ketorolac 30 mg orally 3 h ago", "did you mean oral?"), ("given", "ketorolac 30 mg at 2026-11-25 13:00", "now it is 25-Nov-2026 12:00"),
    ("given", "lidocaine 240 mg from 2026-11-24 08:00 to 2026-11-24 08:00", ""),
    ("given", "lidocaine 240 mg from 2026-11-25 08:00 to 2026-11-25 13:00", "now it is 25-Nov-2026 12:00"),
]


@pytest.mark.parametrize(("name", "text", "hint"), BAD)
def test_a_time_or_an_amount_that_cannot_be(name, text, hint):
    who, wrong = read(**{name: (text,)})
    assert [(where, said) for where, _, said in wrong] == [(BY_NAME[name].option, hint)]


# ---------------------------------------------------------------------------------------------- contradictions

AGREE = [{"sex": "female", "pregnancy": "yes"}, {"sex": "male", "pregnancy": "no"}, {"sex": "male", "lactation": "no"}, {"pregnancy": "yes"},
         {"birth_date": "1982-03-04", "age": "44 years"}, {"medicines": ("none",)}, {"given": ("none",)}]
CONTRADICT = [
    ({"sex": "male", "pregnancy": "yes"}, ["--pregnancy"]), ({"sex": "male", "pregnancy": "20 weeks"}, ["--pregnancy"]),
    ({"sex": "male", "lactation": "yes"}, ["--lactation"]), ({"birth_date": "1982-03-04", "age": "43 years"}, ["--age"]),
    ({"medicines": ("none", "sertraline")}, ["--medicine"]), ({"conditions": ("asthma", "None")}, ["--condition"]),
    ({"given": ("none", "ketorolac 30 mg 3 h ago")}, ["--given"]), ({"weight_date": "2026-11-20"}, ["--weight-date"]),
]


@pytest.mark.parametrize("facts", AGREE)
def test_facts_that_agree(facts):
    assert read(**facts)[1] == []


@pytest.mark.parametrize(("facts", "places"), CONTRADICT)
def test_facts_that_contradict_each_other(facts, places):
    assert [where for where, *_ in read(**facts)[1]] == places


def test_all_faults_at_once():
    facts = {name: text for name, text, *_ in REFUSED if name not in ("birth_date",)} | {"sex": "male", "lactation": "yes", "birth_date": "2030-01-01",
             "medicines": ("sumatriptan at 8:00", "lithium 3 moons ago")}
    assert sorted(where for where, *_ in read(**facts)[1]) == sorted([
        "--qtc", "--creatinine", "--blood-pressure", "--heart-rate", "--pregnancy", "--liver", "--lactation", "--birth-date", "--medicine", "--medicine",
        "--height", "--weight", "--age", "--start"])
