"""Screening: what is known of the patient against each drug's cautions, what must not meet, and what is not known."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from conftest import NOW

from infuse.arithmetic import patient as patients
from infuse.files.caution import SEVERITIES
from infuse.files.given import BY_NAME, Given
from infuse.files.library import Library
from infuse.files.protocol import Monitoring
from infuse.judgement.limits import HARD, NOTE, SOFT
from infuse.ordering import order as orders
from infuse.ordering import picking
from infuse.paper import observing
from infuse.paper.observing import Asked

HERE = Path(__file__).parent
DHE, KETOROLAC = "dihydroergotamine-label", "ketorolac"
WOMAN = {"weight": "70 kg", "age": "44 years", "height": "165 cm", "sex": "female", "creatinine": "0.8 mg/dL"}
MAN = WOMAN | {"sex": "male", "height": "175 cm", "creatinine": "0.9 mg/dL"}


@pytest.fixture(scope="module")
def library():
    return Library()


def ordered(library, *ids, overrides=(), every_override=False, **facts):
    """An order of these protocols for a patient with these facts."""
    picked = picking.select(library, ids)
    given = {name: Given((text,) if BY_NAME[name].many and isinstance(text, str) else text, name) for name, text in (WOMAN | facts).items() if text}
    patient, wrong = patients.read(given, NOW)
    assert not wrong, wrong
    requests = [orders.Request(library.load(library.ids()[each]), picked.chosen.get(each, {})) for each in picked.ids]
    return orders.build(requests, patient, NOW, overrides, "Dr. Roe", every_override, picked.arrangement)


def said(made, level):
    """The codes of the alerts of one level that screening made, without their protocols."""
    return {each.code.partition(".")[2] for each in made.alerts if each.level == level and each.screened}


def boxes(made):
    return [each.question for each in made.open]


# the facts, the level, the code
TRUE = [
    ({"conditions": "angina"}, HARD, "coronary-artery-disease"),  # a kind of it
    ({"conditions": "high blood pressure"}, SOFT, "hypertension"),  # another name of it
    ({"conditions": "pregnant"}, HARD, "pregnancy"),  # a condition that is a word for a fact
    ({"pregnancy": "8 weeks"}, HARD, "pregnancy"),
    ({"lactation": "yes"}, HARD, "lactation"),
    ({"clearance": "29 mL/min"}, HARD, "clearance"),
    ({"creatinine": "3.2 mg/dL"}, HARD, "clearance"),  # worked out: 25 mL/min
    ({"liver": "severe"}, HARD, "liver"),
    ({"conditions": "Child-Pugh C"}, HARD, "liver"),
    ({"liver": "mild"}, SOFT, "liver"),
    ({"allergies": "Cafergot: chest pain"}, HARD, "allergy"),  # another member of the class
    ({"medicines": "Imitrex 3 h ago"}, HARD, "with-sumatriptan"),  # by its brand and its class
    ({"medicines": "sumatriptan"}, HARD, "with-sumatriptan"),  # no time said: taken now
    ({"given": "sumatriptan 6 mg subcutaneous at 2026-11-20 09:00"}, HARD, "with-sumatriptan"),
    ({"medicines": "phenelzine 13 days ago"}, HARD, "with-phenelzine"),
    ({"medicines": "Biaxin"}, HARD, "with-clarithromycin"),
    ({"medicines": "propranolol"}, SOFT, "with-propranolol"),
]


@pytest.mark.parametrize(("facts", "level", "code"), TRUE, ids=str)
def test_a_caution_that_is_true(library, facts, level, code):
    made = ordered(library, DHE, **facts)
    assert code in said(made, level)
    assert (made.status == orders.STOPPED) == (level == HARD)
    assert not made.phases
    found = [each for each in made.alerts if each.code == f"{DHE}.{code}" and each.screened]
    assert all("recorded: " in each.message or each.message.startswith("dihydroergotamine mesylate with ") for each in found)


# the facts, the words of the caution that they rule out
FALSE = [
    ({"pregnancy": "no"}, "pregnancy"),
    ({"sex": "male"}, "pregnancy"),
    ({"sex": "male"}, "breastfeeding, now"),
    ({"conditions": "none"}, "coronary heart disease"),
    ({"conditions": ("migraine with aura", "no other")}, "coronary heart disease"),
    ({"conditions": "none"}, "severe liver disease or severe kidney"),
    ({"creatinine": "0.9 mg/dL"}, "creatinine clearance below 30 mL/min"),
    ({"allergies": "penicillin: rash"}, "allergy to an ergot"),
    ({"medicines": "none"}, "a triptan within 24 hours"),
    ({"medicines": ("lamotrigine", "no other")}, "a triptan within 24 hours"),
    ({"medicines": ("sumatriptan 24 h ago", "no other")}, "a triptan within 24 hours"),
]


@pytest.mark.parametrize(("facts", "text"), FALSE, ids=str)
def test_a_caution_that_is_ruled_out(library, facts, text):
    made = ordered(library, DHE, **facts)
    assert made.status == orders.READY
    assert any(each.startswith(text) for each in made.weighed.ruled_out[DHE])
    assert not any(f"NOT present: {text}" in each for each in boxes(made))


# the facts, the words of a box that stays
OPEN = [
    ({}, "pregnancy"),
    ({"conditions": "unknown"}, "coronary heart disease"),
    ({"conditions": "migraine with aura"}, "coronary heart disease"),  # one condition is no whole list
    ({"conditions": ("hypertension", "no other")}, "uncontrolled high blood pressure"),  # a wider one: it may be that
    ({"medicines": "lamotrigine"}, "a triptan within 24 hours"),
    ({"creatinine": "", "age": "44 years"}, "creatinine clearance below 30 mL/min"),
    ({"pregnancy": "unknown"}, "pregnancy"),
]


@pytest.mark.parametrize(("facts", "text"), OPEN, ids=str)
def test_a_fact_that_is_not_known_is_a_box(library, facts, text):
    made = ordered(library, DHE, every_override=True, **facts)
    assert made.status == orders.READY
    assert sum(f"NOT present: {text}" in each for each in boxes(made)) == 1


def test_a_note_is_said_and_stops_nothing(library):
    made = ordered(library, "droperidol", conditions="chronic kidney disease", height="", creatinine="")
    assert made.status == orders.READY and said(made, NOTE) == {"kidney-disease"}


def test_several_missing_facts_of_one_caution_are_one_box(library):
    assert sum("peptic ulcer" in each for each in boxes(ordered(library, KETOROLAC))) == 1


def test_an_override_names_the_caution(library):
    reason = (f"{DHE}.hypertension", "treated, 128/76 mmHg at home")
    assert ordered(library, DHE, conditions="hypertension").status == orders.NEEDS_OVERRIDE
    assert ordered(library, DHE, conditions="hypertension", overrides=[reason]).status == orders.READY


# an allergy in one's own words, the fact that says it
ALLERGIC = [("allergies", "Ketorolac allergy"), ("conditions", "ketorolac allergy"), ("conditions", "allergic to ibuprofen"), ("allergies", "naproxen and aspirin: hives"),
            ("allergies", "NSAIDs: wheeze"), ("allergies", "Toradol (rash)"), ("allergies", "rash with Advil")]


@pytest.mark.parametrize(("fact", "text"), ALLERGIC)
def test_an_allergy_in_ones_own_words(library, fact, text):
    assert "allergy" in said(ordered(library, KETOROLAC, **{fact: text}), HARD)


def test_an_allergy_to_something_else_stops_nothing(library):
    for text in ("penicillin: rash", "sulfa", "latex: wheeze after ketorolac was not the cause"):
        assert "allergy" not in said(ordered(library, KETOROLAC, allergies=text), HARD)


def test_a_drug_that_is_a_medicine_already_needs_a_reason(library):
    assert said(ordered(library, KETOROLAC, medicines="Toradol"), SOFT) == {"with-ketorolac"}
    assert ordered(library, KETOROLAC, given="ketorolac 15 mg intravenous 8 h ago").status == orders.READY  # totals count it


@pytest.mark.parametrize(("protocol", "medicine", "code"), [(KETOROLAC, "NSAID", "with-nsaid"), (DHE, "triptan", "with-triptan"), (DHE, "MAOI", "with-mao-inhibitor")])
def test_a_class_may_be_typed(library, protocol, medicine, code):
    assert code in said(ordered(library, protocol, medicines=medicine), HARD)


def test_weeks_of_pregnancy(library):
    prochlorperazine = {"age": "30 years", "creatinine": "", "height": ""}
    assert "pregnancy" in said(ordered(library, "prochlorperazine", **prochlorperazine, pregnancy="30 weeks"), SOFT)
    assert not said(ordered(library, "prochlorperazine", **prochlorperazine, pregnancy="12 weeks"), SOFT)
    assert any("third trimester" in each for each in boxes(ordered(library, "prochlorperazine", **prochlorperazine, pregnancy="yes")))


def test_a_limit_by_sex(library):
    facts = {"qtc": "445 ms", "height": "", "creatinine": ""}
    assert "qtc" in said(ordered(library, "droperidol", **facts, sex="male"), HARD)
    assert "qtc" not in said(ordered(library, "droperidol", **facts, sex="female"), HARD)
    assert any("in a man" in each for each in boxes(ordered(library, "droperidol", **facts, sex="", every_override=True)))


# ---------------------------------------------------------------------------------------------- every caution of every drug

CAUTIONS = [json.loads(line) for line in (HERE / "data" / "cautions.jsonl").read_text().splitlines()]
LEVEL = {"hard": HARD, "soft": SOFT, "note": NOTE}
CLEAR = {"conditions": "none", "medicines": "none", "allergies": "none", "pregnancy": "no", "lactation": "no", "liver": "none", "qtc": "400 ms",
         "blood_pressure": "120/80 mmHg", "heart_rate": "72 beats/min", "clearance": "90 mL/min"}


@pytest.fixture(scope="module")
def first(library):
    """Of each drug a protocol that orders it, and the facts of the first of its cases that makes an order."""
    found = {}
    for name, path in library.ids().items():
        loaded = library.load(path)
        case = next(each for each in loaded.protocol.cases if not {"refused", "soft_stop"} & set(each.expect))
        given = {key: text for key, text in case.given.items() if key in BY_NAME}
        found.setdefault(loaded.drug.id, (name, dict.fromkeys(WOMAN, "") | {key: str(text) if isinstance(text, str) else tuple(text) for key, text in given.items()}))
    return found


def alerts_of(one, made):
    return [each for each in made.weighed.alerts if f": {one['text']}; recorded: " in each.message]


def pairs_of(one, made):
    """Of a caution that names its kind: what the table says in its place, as gravely or more so."""
    grave = SEVERITIES[: SEVERITIES.index(one["severity"]) + 1]
    return [each for each in made.weighed.alerts if f": {one.get('kind')}: " in each.message and each.level in map(LEVEL.get, grave)]


def boxes_of(one, made, protocol):
    return [each.question for each in made.weighed.boxes[protocol] if any(f"{mark} {one['text']} (" in each.question for mark in ":;")]


def facts_of(when):
    """What makes a new caution true, one fact after the other, as far as it can be typed as the file has it; the rest is for a
    person to write down."""
    lists = [("conditions", [str(each) for each in when.conditions]), ("medicines", [each.name + (" 1 h ago" if each.within else "") for each in when.medicines]),
             ("allergies", [f"{each}: rash" for each in when.allergy]), ("pregnancy", ["yes"] if when.pregnancy else []),
             ("lactation", ["yes"] if when.lactation else []), ("liver", [when.liver] if when.liver else [])]
    return [{name: str(text)} for name, texts in lists for text in texts]


def write_down(library):
    """The cautions anew, in the sequence of the files; what makes one true stays as it was written."""
    known = {(each["drug"], each["text"]): each for each in CAUTIONS}
    lines = []
    for drug, _ in map(library.drug, library.drugs().values()):
        for each in (*drug.contraindications, *drug.precautions):
            before = known.get((drug.id, each.text), {})
            true = before["true"] if before else facts_of(each.when) if each.when else None
            lines.append({"drug": drug.id, "severity": each.severity, "text": each.text, **({"kind": each.kind} if each.kind else {}),
                          "source": [*each.source, *(["site"] if each.site else [])], "true": true})
    (HERE / "data" / "cautions.jsonl").write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in lines))


def test_the_cautions_are_those_that_were_written_down(library):
    """INFUSE_REWRITE=1 writes them anew: read the diff, and write what makes a new one true where the file does not tell."""
    if os.environ.get("INFUSE_REWRITE"):
        return write_down(library)
    files = [(drug.id, each.severity, each.text, [*each.source, *(["site"] if each.site else [])]) for drug, _ in map(library.drug, library.drugs().values())
             for each in (*drug.contraindications, *drug.precautions)]
    assert sorted(files) == sorted((each["drug"], each["severity"], each["text"], each["source"]) for each in CAUTIONS)


def called(one):
    return f"{one['drug']}: {one['text'][:40]}"


@pytest.mark.parametrize("one", CAUTIONS, ids=called)
def test_a_caution_stops_what_it_must(library, first, one):
    if one["drug"] not in first:
        pytest.skip("no protocol orders this drug")
    protocol, facts = first[one["drug"]]
    for true in one["true"] or ():
        made = ordered(library, protocol, **facts | true)
        found = alerts_of(one, made)
        if pairs_of(one, made):
            assert not found, "said twice"
            continue
        assert [each.level for each in found] == [LEVEL[one["severity"]]], true
        assert all(source in found[0].message for source in one["source"] if source != "site"), found[0].message
        assert one["severity"] != "hard" or (made.status == orders.STOPPED and not made.phases)
        assert not boxes_of(one, made, protocol)


@pytest.mark.parametrize("one", CAUTIONS, ids=called)
def test_a_caution_of_which_nothing_is_known_is_a_box(library, first, one):
    if one["drug"] not in first:
        pytest.skip("no protocol orders this drug")
    protocol, facts = first[one["drug"]]
    made = ordered(library, protocol, **facts)
    found = boxes_of(one, made, protocol)
    assert not alerts_of(one, made)
    assert bool(found) != (one["text"] in made.weighed.ruled_out[protocol])
    assert found or {"age", "clearance", "sex"} & {name for true in one["true"] for name in true}  # only what the case says may rule it out


@pytest.mark.parametrize("one", [each for each in CAUTIONS if each["true"]], ids=called)
def test_a_caution_that_is_known_to_be_false_is_neither(library, first, one):
    if one["drug"] not in first:
        pytest.skip("no protocol orders this drug")
    protocol, facts = first[one["drug"]]
    made = ordered(library, protocol, **facts | CLEAR)
    assert one["text"] in made.weighed.ruled_out[protocol]
    assert not alerts_of(one, made) and not boxes_of(one, made, protocol)


def test_what_the_table_says_as_gravely_is_said_once(library):
    met = [each for each in ordered(library, "haloperidol", **FACTS, medicines="ondansetron").weighed.alerts if "with-ondansetron" in each.code]
    assert [(each.level, ": QT interval: " in each.message) for each in met] == [(SOFT, True)]


def test_a_caution_graver_than_the_table_stands(library):
    met = [each for each in ordered(library, "chlorpromazine", **FACTS, medicines="citalopram").weighed.alerts if "with-citalopram" in each.code]
    assert (SOFT, "caution: another drug that prolongs the QT interval") in [(each.level, each.message.partition(" (")[0]) for each in met]


def test_another_kind_is_said_beside_it(library):
    met = [each for each in ordered(library, "haloperidol", **FACTS, medicines="prochlorperazine 1 h ago").weighed.alerts if each.level == SOFT]
    assert sorted(": QT interval: " in each.message for each in met) == [False, True]


# ---------------------------------------------------------------------------------------------- pairs

TABLE = [json.loads(line) for line in (HERE / "data" / "interactions.jsonl").read_text().splitlines()]
PAIRS = [json.loads(line) for line in (HERE / "data" / "pairs.jsonl").read_text().splitlines()]
FACTS = {"weight": "70 kg", "age": "44 years", "sex": "female"}


def met(library, one):
    return ordered(library, *one["orders"], **FACTS | ({"medicines": one["medicine"]} if "medicine" in one else {}))


def test_the_table_of_pairs_is_the_one_that_was_written_down(library):
    pairs, _ = library.load(library.ids()[KETOROLAC]).lists.interactions
    files = [(each.between, each.other, each.kind, each.severity, [*each.source, *(["site"] if each.site else [])]) for each in pairs]
    assert files == [(each["between"], each["and"], each["kind"], each["severity"], each["source"]) for each in TABLE]


@pytest.mark.parametrize("one", TABLE, ids=lambda one: f"{one['between']} and {one['and']}: {one['kind']}")
def test_a_row_of_the_table_is_said(library, one):
    made = met(library, one)
    found = [each for each in made.weighed.alerts if f": {one['kind']}: " in each.message and each.level == LEVEL[one["severity"]]
             and all(source in each.message for source in one["source"] if source != "site")]
    assert len(found) == 1
    assert ".with-" in found[0].code


@pytest.mark.parametrize("one", PAIRS, ids=lambda one: f"{one['id']} {' and '.join(one['orders'])} {one.get('medicine', '')}")
def test_a_pair_causes_its_stop_and_says_its_source(library, one):
    made = met(library, one)
    found = [each for each in made.weighed.alerts if ".with-" in each.code]
    worst = [each for each in found if each.level == LEVEL[one["severity"]]]
    assert not any(each.level == HARD for each in found) or one["severity"] == "hard"
    assert any(all(source in each.message for source in one["source"]) for each in worst), [each.message for each in found]
    assert made.status == {"hard": orders.STOPPED, "soft": orders.NEEDS_OVERRIDE, "note": made.status}[one["severity"]]


@pytest.mark.parametrize("one", [each for each in PAIRS if "medicine" not in each], ids=lambda one: " and ".join(one["orders"]))
def test_a_pair_is_the_same_the_other_way_round(library, one):
    there, back = (ordered(library, *names, **FACTS) for names in (one["orders"], one["orders"][::-1]))
    assert sorted(each.level for each in there.weighed.alerts) == sorted(each.level for each in back.weighed.alerts)


def test_two_orders_need_one_reason(library):
    made = ordered(library, "promethazine", "prochlorperazine", **FACTS)
    codes = {each.code for each in made.alerts if each.level == SOFT and each.screened}
    assert codes == {"promethazine.with-prochlorperazine"}


# the medicine, the start of the order (8:30 now), whether it is within 24 hours
TIMES = [("sumatriptan at 2026-11-20 08:31", "", True), ("sumatriptan at 2026-11-20 08:30", "", False), ("sumatriptan 23 h ago", "", True),
         ("sumatriptan 24 h ago", "", False), ("sumatriptan 23 h ago", "2026-11-21 09:30", False), ("sumatriptan 20 h ago", "2026-11-21 12:00", True)]


@pytest.mark.parametrize(("medicine", "start", "within"), TIMES)
def test_a_time_counts_until_the_order_starts(library, medicine, start, within):
    made = ordered(library, DHE, medicines=medicine, start=start)
    assert ("with-sumatriptan" in said(made, HARD)) == within


# ---------------------------------------------------------------------------------------------- words that no file knows

UNKNOWN = [
    ({"medicines": "zorbulax"}, NOTE, "medicine-zorbulax", "interactions of \"zorbulax\" were not checked"),
    ({"medicines": "sumatripan"}, SOFT, "medicine-sumatripan", "did you mean sumatriptan?"),
    ({"given": "zorbulax 30 mg at 2026-11-21 07:00"}, NOTE, "medicine-zorbulax", "the dose of \"zorbulax\" was not counted and its interactions were not checked"),
    ({"conditions": "left-handedness"}, NOTE, "condition-left-handedness", "condition \"left-handedness\" was not checked"),
    ({"conditions": "anginaa"}, SOFT, "condition-anginaa", "did you mean angina?"),
    ({"conditions": "asthma as a child"}, SOFT, "condition-asthma-as-a-child", "did you mean asthma?"),
]


@pytest.mark.parametrize(("facts", "level", "code", "words"), UNKNOWN)
def test_what_no_file_knows_is_said_and_is_a_box(library, facts, level, code, words):
    made = ordered(library, DHE, **facts, every_override=True)
    found = next(each for each in made.alerts if each.code == f"{DHE}.{code}")
    assert found.level == level and words in found.message
    assert any("because no file knows it: checked by" in each for each in boxes(made))


def test_the_sheet_says_that_a_medicine_is_unknown(infuse):
    done = infuse("order", "magnesium-sulfate-adult", "--age", "44y", "--medicine", "zorbulax")
    assert done.returncode == 0
    assert '[ ] interactions of "zorbulax" were not checked' in done.stdout
    assert 'note: medicine "zorbulax" is not known' in done.stderr
    assert 'medicine "zorbulax" is not known' in " ".join(done.stdout.split())


# options, what is refused
CONTRADICTIONS = [
    (["--condition", "pregnant", "--pregnancy", "no"], "--condition: expected conditions that agree with --pregnancy no"),
    (["--condition", "pregnant", "--sex", "male"], "--condition: expected conditions that agree with --sex male"),
    (["--condition", "Child-Pugh C", "--liver", "none"], "--condition: expected conditions that agree with --liver none"),
    (["--condition", "none", "--condition", "asthma"], "--condition: expected none, or a list without it"),
    (["--sex", "male", "--pregnancy", "yes"], "--pregnancy: expected pregnancy: no, because the sex is male"),
    (["--sex", "male", "--lactation", "yes"], "--lactation: expected lactation: no, because the sex is male"),
    (["--qtc", "4,300 ms"], "--qtc: expected a QTc interval of 250 to 750 ms"),
    (["--qtc", "430"], "--qtc: expected a QTc"),
    (["--creatinine", "0.9"], "--creatinine: expected a creatinine"),
    (["--birth-date", "2027-01-01"], "--birth-date: expected a date that is not in the future"),
    (["--blood-pressure", "80/120 mmHg"], "--blood-pressure: expected the systolic pressure first"),
    (["--pregnancy", "60 weeks"], "--pregnancy: expected a pregnancy of at most 45 weeks"),
    (["--medicine", "sumatriptan at 2026-11-22 08:00"], "--medicine: expected a time that is not in the future"),
    (["--given", "acetaminofen 4 g 2 h ago"], "--given: expected a drug or medicine that some file knows; found \"acetaminofen\"\n   did you mean acetaminophen"),
    (["--heart-rate", "720 beats/min"], "--heart-rate: expected a heart rate of 20 to 250 beats/min"),
]


@pytest.mark.parametrize(("options", "refusal"), CONTRADICTIONS, ids=lambda each: " ".join(each) if isinstance(each, list) else "")
def test_facts_that_cannot_be(infuse, options, refusal):
    done = infuse("order", "magnesium-sulfate-adult", "--age" if "--birth-date" not in options else "--weight", "44y" if "--birth-date" not in options else "70kg", *options)
    assert done.returncode == 2 and not done.stdout
    assert refusal in done.stderr and "Traceback" not in done.stderr


# ---------------------------------------------------------------------------------------------- one monitoring plan

def asked(drug, observe, when):
    return Asked(drug, Monitoring(observe, when, ("s",)))


# what drugs ask for, the rows of the plan
PLANS = [
    ([("a", "blood pressure, pulse", "before, and every 15 minutes for an hour"), ("b", "pain 0 to 10, blood pressure, pulse", "every 30 minutes")],
     [("blood pressure, heart rate", "every 15 minutes (a)", "a, b"), ("pain 0 to 10", "every 30 minutes (b)", "b")]),
    ([("a", "respiratory rate", "every hour for 12 hours, then every 2 hours"), ("b", "breaths", "all the time")], [("breaths", "all the time (b)", "a, b")]),
    ([("a", "breathing", "every hour"), ("b", "breaths", "hourly")], [("breaths", "every 1 hour (a, b)", "a, b")]),
    ([("a", "drowsiness", "before the patient leaves"), ("b", "blood glucose", "hourly")], [("sedation", "at the times below", "a")]),
    ([("a", "pain 0 to 10", "before, and at 5, 15 and 30 minutes")], [("pain 0 to 10", "at the times below", "a")]),
]


@pytest.mark.parametrize(("wanted", "rows"), PLANS)
def test_the_tightest_interval_of_each_observation_is_kept(wanted, rows):
    assert list(observing.plan([asked(*each) for each in wanted]).rows) == rows


def test_the_plan_of_a_set_names_every_drug(infuse):
    done = infuse("order", "ketamine-inpatient-titration", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y")
    plan = done.stdout.partition("\nMONITORING")[2].partition("\n* ")[0]
    assert [" ".join(each.split()) for each in plan.split("\n") if "every 15 minutes" in each]
    assert "ketamine, magnesium" in " ".join(plan.split())


# ---------------------------------------------------------------------------------------------- what is wrong with the files

ROW = """interactions:
  - between: {one}
    and: triptan
    kind: narrow arteries
    severity: hard
    say: they must not meet
    source: label
references:
  label:
    title: A label
    read: written here
"""
BROKEN = [("ergot alkaloids", '2:14: expected a drug, a medicine of tables/medicines.yaml or a class; found "ergot alkaloids"', "did you mean ergot alkaloid?"),
          ("dihydroergotamin", '2:14: expected a drug, a medicine of tables/medicines.yaml or a class; found "dihydroergotamin"', "did you mean dihydroergotamine mesylate?"),
          ("DHE", '2:14: expected dihydroergotamine; found "DHE"', "another name of that drug")]


@pytest.mark.parametrize(("one", "message", "hint"), BROKEN)
def test_a_pair_of_words_that_no_file_knows(infuse, tmp_path, one, message, hint):
    (tmp_path / "tables").mkdir()
    path = tmp_path / "tables" / "interactions.yaml"
    path.write_text(ROW.format(one=one))
    done = infuse("check", str(path), "--protocols", str(tmp_path))
    assert done.returncode == 1 and f"{path}:{message}" in done.stdout and hint in done.stdout
    done = infuse("order", "ketorolac", "metoclopramide", "--weight", "70kg", "--age", "44y", "--clearance", "90 mL/min", "--protocols", str(tmp_path))
    assert done.returncode == 1 and not done.stdout and message in done.stderr


def test_a_sites_own_pairs_are_used(infuse, tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "interactions.yaml").write_text(ROW.format(one="magnesium-sulfate"))
    done = infuse("order", "magnesium-sulfate-adult", "--age", "44y", "--medicine", "Maxalt", "--protocols", str(tmp_path))
    assert done.returncode == 1 and "hard stop: magnesium-sulfate-adult.with-rizatriptan: magnesium sulfate with Maxalt (rizatriptan), taken now" in done.stderr


def test_a_condition_that_no_file_knows_stops_the_order(infuse, tmp_path):
    (tmp_path / "drugs").mkdir()
    text = (HERE.parent / "protocols" / "drugs" / "magnesium-sulfate.yaml").read_text()
    assert "conditions: heart block\n" in text
    (tmp_path / "drugs" / "magnesium-sulfate.yaml").write_text(text.replace("conditions: heart block\n", "conditions: hart block\n"))
    done = infuse("order", "magnesium-sulfate-adult", "--age", "44y", "--condition", "asthma", "--protocols", str(tmp_path))
    assert done.returncode == 1 and not done.stdout
    assert 'expected a condition of tables/conditions.yaml; found "hart block"' in done.stderr and "did you mean heart block?" in done.stderr


def test_names_that_begin_alike_are_said(infuse):
    facts = ["--weight", "70kg", "--age", "44y", "--clearance", "90 mL/min"]
    alike = "NAMES THAT BEGIN ALIKE: ketamine and ketorolac tromethamine."
    assert alike in " ".join(infuse("order", "ketamine-inpatient-titration", "ketorolac", *facts).stdout.split())
    assert "BEGIN ALIKE" not in infuse("order", "magnesium-sulfate-adult", "ketorolac", *facts).stdout


def test_what_can_be_left_out_of_a_set_is_offered_so_that_it_can(infuse):
    facts = ["--weight", "70kg", "--age", "44y", "--clearance", "90 mL/min"]
    done = infuse("order", "emergency-rescue", *facts, "--medicine", "ibuprofen")
    assert done.returncode == 1 and "without ketorolac: infuse order emergency-rescue" in done.stderr and done.stderr.rstrip().endswith("--without ketorolac")
    assert "NOTE" not in done.stdout
    done = infuse("order", "dihydroergotamine-inpatient-course", *facts, "--condition", "angina")
    assert done.returncode == 1 and "without" not in done.stderr  # the set requires what is stopped


def test_json_says_what_was_ruled_out_and_by_which_lists(infuse):
    done = infuse("order", "magnesium-sulfate-adult", "--age", "44y", "--pregnancy", "no", "--medicine", "lamotrigine", "--json")
    made = json.loads(done.stdout)
    assert [each.partition(" ")[0] for each in made["ruled_out"]["magnesium-sulfate-adult"]] == ["pregnancy"]
    assert "protocols/tables/interactions.yaml" in [each["name"] for each in made["screening_files"]]
