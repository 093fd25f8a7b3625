"""An order set in the downtime book: each row is the order of the whole set at that weight, a stop of any part or of the whole
empties it, and whoever looks up a patient finds one table or none.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from functools import lru_cache

import pytest
from conftest import NOW
from hypothesis import given, settings
from hypothesis import strategies as st
from test_bands import DRUG, written
from test_book import LIBRARY, bound, flat, pages
from test_sheet import ERROR_PRONE

from infuse.arithmetic import patient as patients
from infuse.files.given import Given
from infuse.files.library import Library
from infuse.ground.units import quantity
from infuse.ordering import book, order, picking
from infuse.ordering.order import READY
from infuse.paper import binding, book_pages, book_tables
from infuse.paper.page import Fields
from infuse.paper.page import Table as Printed
from infuse.paper.render import json as rendered

WITH_LIDOCAINE = ("headache-clinic-visit", "lidocaine-one-hour", "propofol")
# a set and what is asked for with it
SETS = [("emergency-rescue",), ("emergency-rescue", "prochlorperazine", "valproate-sodium-rapid"), WITH_LIDOCAINE, ("lidocaine-inpatient-course",), ("ketamine-inpatient-course",),
        ("outpatient-infusion", "thiamine", "dexamethasone"), ("eptinezumab-visit",)]
NAMED = ["-".join(each) for each in SETS]
FIGURES = {"DOSE": "calculated_dose", "DOSE RATE": "calculated_dose_rate", "WITHDRAW": "withdraw_volume", "PUMP RATE": "pump_rate", "VOLUME TO BE INFUSED": "volume_to_be_infused",
           "INJECT": "volume_to_be_infused", "OVER": "duration", "START": "dose_rate", "DELIVERS": "delivered_dose"}


def made_of(name, *wanted, weights="38 to 62 kg", step="6 kg", heights=("165 cm",), **typed):
    return bound(name, weights=weights, step=step, wanted=wanted, heights=heights, **typed)


def of_set(made):
    return [each for each in made.tables if each.entry.of_set]


def ordered(name, wanted=(), **facts):
    """The order of a set as the command line makes it, from what is typed."""
    picked = picking.select(LIBRARY, [name], wanted)
    who, wrong = patients.read({fact: Given(text, f"--{fact}") for fact, text in facts.items()}, NOW)
    assert not wrong
    requests = [order.Request(LIBRARY.load(LIBRARY.ids()[each]), picked.chosen.get(each, {})) for each in picked.ids]
    return order.build(requests, who, NOW, arrangement=picked.arrangement)


def bare(value):
    """Without the working, which names where a fact was given."""
    if isinstance(value, dict):
        return {key: bare(each) for key, each in value.items() if key not in ("working", "recompute")}
    return [bare(each) for each in value] if isinstance(value, list) else value


# ---------------------------------------------------------------------------------------------- a row is an order


@pytest.mark.parametrize("which", SETS, ids=NAMED)
def test_every_number_of_a_row_is_that_of_the_order(which):
    ready = 0
    for table in of_set(made_of(*which)):
        for row in table.ready:
            facts = {name: str(value) for name, value in row.order.patient.facts.items() if name not in ("weight", "weight_date")}
            one, other = rendered.as_object(row.order), rendered.as_object(ordered(which[0], which[1:], weight=str(row.weight), **facts))
            assert one["status"] == "ready" and bare(one["orders"]) == bare(other["orders"]) and bare(one["plan"]) == bare(other["plan"])
            ready += 1
    assert ready > 2


@pytest.mark.parametrize("which", SETS, ids=NAMED)
def test_what_stands_in_the_row_and_above_it_is_what_was_worked_out(which):
    made = made_of(*which)
    sheets = {each.title.partition(":")[0]: each for each in pages(made)}
    for number, table in enumerate(book_pages.printed(made.tables), 1):
        if not table.entry.of_set:
            continue
        sheet = sheets[f"Table {number}"]
        for row in table.ready:
            said = texts(sheet, row.weight.on_paper())
            for at, phase in enumerate(row.order.phases, 1):
                where = f"{at} {' '.join(filter(None, (phase.loaded.drug.name, phase.phase.name)))}"
                found = {label: re.sub(f"^{re.escape(phase.loaded.drug.name)}:? ", "", text) for (place, label), text in said.items() if place == where}
                assert found.keys() & {"DOSE", "START", "DOSE RATE"} and found.keys() & {"PUMP RATE", "INJECT"}, where
                for label, figure in FIGURES.items():
                    if found.get(label) == "as ordered":
                        assert phase.figures["delivered_dose"].value.value == phase.figures["calculated_dose"].value.value
                    elif label in found:
                        assert found[label].partition(" (")[0] == phase.figures[figure].value.on_paper(), (row.weight.on_paper(), where, label)
            fluid = next((text for (_, label), text in said.items() if label.startswith("FLUID IN ALL")), None)
            assert fluid == (row.order.plan.fluid.on_paper() if row.order.plan.fluid else "not fixed: an infusion runs on without a stated end")


@pytest.mark.parametrize("which", [SETS[1], WITH_LIDOCAINE, ("magnesium-sulfate-adult",), ("acetaminophen",)], ids="-".join)
def test_no_cell_of_an_order_is_empty_and_no_cell_of_a_stop_is_filled(which):
    for sheet in pages(made_of(*which)):
        for table in (block for section in sheet.sections for block in section.blocks if isinstance(block, Printed) and block.columns[0].startswith("ROW, ")):
            for row in table.rows:
                stopped = row[1] in (book_tables.CALL, book_tables.NOT_ALLOWED)
                assert all(row[:2]) and not any(row[2:]) if stopped else all(row), (sheet.title, row)


def test_the_page_says_by_which_formula_the_kidney_is_told():
    said = [row.value for sheet in pages(bound("ketorolac", "emergency-rescue")) for section in sheet.sections for block in section.blocks if isinstance(block, Fields)
            for row in block.rows if row.label == "RENAL FUNCTION"]
    assert len(said) > 9 and all("by Cockcroft-Gault with the ideal weight, by hand on the worksheet at the end; not known: call the pharmacist" in each for each in said)


def texts(sheet, weight):
    """(order, label): text of everything that a reader of this row finds: in the fields of the orders, and in the parts of the table."""
    found = {}
    for section in sheet.sections:
        heading, _, note = section.heading.partition("   ")
        for block in section.blocks:
            if isinstance(block, Fields) and heading.startswith(("ORDER ", "THE WHOLE")):
                where = f"{heading.removeprefix('ORDER ')} {note.rsplit(', ', 2)[0]}"
                found |= {(where, row.label): row.value for row in block.rows}
            if isinstance(block, Printed) and heading == "BY WEIGHT" and block.columns[1]:
                mine, = [row for row in block.rows if row[0] == weight]
                found |= {tuple(label.rpartition(": ")[::2]): text for label, text in zip(block.columns[1:], mine[1:])}
    return found


def test_a_start_that_goes_by_the_weight_of_what_runs_before_it_is_a_column():
    made = made_of(*WITH_LIDOCAINE, weights="40 to 44 kg", step="1 kg")
    page = next(each for each in pages(made) if each.title.startswith("Table 1:"))
    table = next(each for each in of_set(made) if each.ready)
    starts = {row.weight.on_paper(): texts(page, row.weight.on_paper())[("7 propofol", "STARTS")] for row in table.ready}
    events = {row.weight.on_paper(): next(each.start for each in row.order.plan.events if row.order.plan.parts[each.part].name == "propofol") for row in table.ready}
    assert len(set(starts.values())) > 1
    for weight, text in starts.items():
        assert in_minutes(text) == events[weight].value


# ---------------------------------------------------------------------------------------------- stops


def test_a_soft_stop_of_one_part_empties_the_whole_row(infuse):
    said = infuse("book", "outpatient-infusion", "--with", "acetaminophen", "--weights", "44 to 56 kg", "--step", "6 kg").stdout
    of_the_set = said[said.index("\nTable 1: ") : said.index("\nTable 2: ")]
    assert re.search("^44 kg +call pharmacist *$", of_the_set, re.MULTILINE) and re.search("^50 kg to 56 kg +as above *$", of_the_set, re.MULTILINE)
    assert "call pharmacist, 44 kg: soft stop: weight of fluid-bolus-adult" in flat(of_the_set)
    alone = [each for each in made_of("outpatient-infusion", "acetaminophen").tables if each.entry.name == "acetaminophen"]
    assert "44 kg" in [row.weight.on_paper() for table in alone for row in table.ready]  # by itself it may be given there


def test_a_hard_stop_of_one_part_says_which_and_why():
    table = next(each for each in of_set(made_of("lidocaine-inpatient-course")) if each.ready)
    assert table.rows[0].order is None and table.rows[0].reason.startswith("lidocaine-inpatient-infusion: weight is below the hard limit, 40 to 250 kg") or "38 kg" in table.rows[0].reason


PREMEDICATED = """
set: sample-set
title: A sample before each dose of another
version: 1
population: adult
indication: a test
care_areas:
  - clinic
references:
  paper:
    title: paper
    url: https://example.org
items:
  - protocol: sample
    use: required
    before_each:
      item: other
      by: 30 min
    source: paper
  - protocol: other
    use: required
    source: paper
flush:
  fluid: sodium chloride 0.9%
  volume: 10 mL
  duration: 2 min
  basis: site
cases:
  - name: any
    given:
      weight: 60 kg
    expect:
      orders: 2
"""


@pytest.fixture
def premedicated(tmp_path):
    """2 mg/kg with each of 2 doses of another: its total of 300 mg in 24 hours is passed above 77.4 kg (1.5 mL are drawn up till there), and alone above 150 kg."""
    (tmp_path / "drugs").mkdir()
    (tmp_path / "sets").mkdir()
    (tmp_path / "drugs" / "sample.yaml").write_text(DRUG)
    (tmp_path / "drugs" / "other.yaml").write_text(DRUG.replace("drug: sample", "drug: other").replace("name: sample drug", "name: other drug"))
    limits = "      limits:\n        calculated_dose:\n          hard: up to 2,000 mg\n        totals:\n          - soft: up to 300 mg in 24 h\n            source: paper\n"
    (tmp_path / "sample.yaml").write_text(written("      dose: 2 mg/kg\n      duration: 15 min", limit=limits))
    twice = written("      dose: 100 mg\n      duration: 15 min\n      repeat:\n        every: 8 h\n        doses: 2")
    (tmp_path / "other.yaml").write_text(twice.replace("protocol: sample", "protocol: other").replace("drug: sample", "drug: other"))
    (tmp_path / "sets" / "sample-set.yaml").write_text(PREMEDICATED)
    return tmp_path


def test_a_total_over_the_whole_set_empties_the_row_though_each_part_alone_may_be_given(premedicated):
    library = Library([premedicated])
    asked = binding.read(library, binding.Typed(["sample-set"], "60 to 160 kg", "10 kg"), NOW)
    made = binding.make(asked, [library.load(library.ids()[each]) for each in asked.ids])
    last = {each.entry.name: each.ready[-1].weight.on_paper() for each in made.tables}
    first = {each.entry.name: next((row.weight.on_paper(), row.codes) for row in each.rows if row.status != READY) for each in made.tables if len(each.ready) < len(each.rows)}
    assert last["sample-set"] == "70 kg" and first["sample-set"] == ("77.5 kg", ("sample.total",))
    assert last["sample"] == "150 kg" and last["other"] == "150 kg"


def test_where_many_starts_differ_each_stretch_of_weights_has_its_own_sequence(premedicated):
    (premedicated / "sample.yaml").write_text(written("      dose: 15 mg/kg\n      duration: 60 min\n      fastest: 20 mg/min"))
    other = premedicated / "other.yaml"
    other.write_text(other.read_text().replace("doses: 2", "doses: 6"))
    (premedicated / "sets" / "sample-set.yaml").write_text(PREMEDICATED.replace("    before_each:\n      item: other\n      by: 30 min\n", ""))
    library = Library([premedicated])
    asked = binding.read(library, binding.Typed(["sample-set"], "60 to 100 kg", "5 kg"), NOW)
    made = binding.make(asked, [library.load(library.ids()[each]) for each in asked.ids])
    page, table = next(each for each in pages(made) if each.title.startswith("Table 1:")), made.tables[0]
    sequences = {section.heading.partition("   ")[2]: section.blocks[1].rows for section in page.sections if section.heading.startswith("SEQUENCE")}
    assert len(sequences) > 1 and len(table.ready) > 5
    for row in table.ready:
        mine, = [rows for which, rows in sequences.items() if covers(which, row.weight)]
        starts = [in_minutes(each[0]) for each in mine]
        assert starts == [each.start.value for each in row.order.plan.events if not each.flush], row.weight.on_paper()
        assert all(each.dose.amount.on_paper() in said[2] or "by its row" in said[2] for each, said in zip((one for one in row.order.plan.events if not one.flush), mine))


def covers(which, weight):
    low, _, high = which.partition(" to ")
    return Fraction(low.removesuffix(" kg")) <= weight.value <= Fraction((high or low).removesuffix(" kg"))


def in_minutes(text):
    """1 hour 30 minutes as 90."""
    return sum(int(number) * {"h": 60, "m": 1, "d": 24 * 60}[unit[0]] for number, unit in re.findall(r"(\d+) (hour|minute|day)", text))


def test_two_that_must_not_meet_stop_the_set_at_every_weight_and_there_is_no_book(infuse, tmp_path):
    path = tmp_path / "book.pdf"
    done = infuse("book", "ketamine-inpatient-course", "--with", "dihydroergotamine-inpatient", "--weights", "60 to 80 kg", "--step", "10 kg", "--output", str(path))
    assert done.returncode == 1 and not done.stdout and not path.exists()
    assert "ketamine-inpatient-course: expected a weight at which all of it may be ordered; found none from 60 kg to 80 kg" in done.stderr
    assert "soft stop ketamine-inpatient-titration.with-dihydroergotamine" in done.stderr and "--without" in done.stderr


# ---------------------------------------------------------------------------------------------- whose table it is


@lru_cache(maxsize=None)
def bound_once(which):
    return of_set(made_of(*which, weights="36 to 150 kg", step="9 kg", heights=("155 cm", "165 cm")))


@settings(max_examples=40)
@given(st.sampled_from(SETS[:3]), st.integers(360, 1500), st.integers(18, 90), st.integers(20, 1400), st.sampled_from(["female", "male"]), st.integers(155, 164))
def test_the_row_that_rules_never_gives_more_than_the_patient_would_get_and_hides_no_stop(which, tenths, years, clearance, sex, height):
    weight = quantity(Fraction(tenths, 10), "kg")
    true = ordered(which[0], which[1:], weight=str(weight), age=f"{years} years", clearance=f"{clearance / 10} mL/min", sex=sex, height=f"{height} cm")
    mine = [each for each in bound_once(which) if holds(dict(each.cell.words), years, Fraction(clearance, 10), sex)]
    assert len(mine) <= 1
    if not mine:
        assert true.status != READY
        return
    row = [each for each in mine[0].rows if each.weight <= weight][-1]
    if row.order is None:
        return
    assert true.status == READY, [each.message for each in true.alerts]
    assert len(row.order.phases) == len(true.phases)
    for low, other in zip(row.order.phases, true.phases):
        for figure in ("calculated_dose", "calculated_dose_rate", "delivered_dose", "delivered_dose_rate"):
            assert figure not in low.figures or low.figures[figure].value <= other.figures[figure].value


def holds(words, years, clearance, sex):
    """Whether a table is this patient's, by the words that a nurse reads: of its heights the lower one rules."""
    return (in_words(words.get("age", ""), years) and in_words(words.get("creatinine clearance", ""), clearance) and words.get("sex", sex) == sex
            and words.get("height", "155 cm") == "155 cm")


def in_words(said, value):
    for pattern, rule in ((r"from (\S+) \S+ to below (\S+) \S+", lambda low, high: low <= value < high), (r"below (\S+) \S+", lambda high: value < high),
                          (r"(?:from|at least) (\S+) \S+", lambda low: value >= low), (r"(\S+) to (\S+) \S+", lambda low, high: low <= value <= high),
                          (r"(\d+) \S+", lambda only: value == only)):
        if match := re.fullmatch(pattern, said):
            return rule(*map(Fraction, match.groups()))
    assert not said, said
    return True


def test_what_is_left_in_a_bag_is_not_to_be_given_by_a_pump_and_may_be_needed_in_a_syringe(infuse):
    said = infuse("book", "lidocaine-inpatient-course", "--weights", "60 to 70 kg", "--step", "10 kg").stdout
    of_set = said[said.index("\nTable 1: ") : said.index("\nTable 2: ")]
    assert "BY ITS ROW              DOSE, INJECT\n" in of_set and "BY ITS ROW              DOSE, PUMP RATE, VOLUME TO BE INFUSED, REST, NOT GIVEN:" in of_set


def test_kinds_of_patients_without_an_order_stand_in_the_contents_and_have_no_table(infuse):
    said = infuse("book", "emergency-rescue", "--weights", "60 to 70 kg", "--step", "10 kg").stdout
    first = flat(said[: said.index("\nBeside tables")])
    _, _, without = first.partition("To these patients nothing of it is given before the pharmacist has said so.")
    assert "or age 65 years with creatinine clearance below 15.1 mL/min" in without and without.count("not allowed: ketorolac: no dose for") == 1
    assert len(re.findall("^Table [0-9]+: Emergency", said, re.MULTILINE)) == 4


def test_a_set_that_is_stopped_in_every_row_stands_in_the_contents_as_not_in_the_book(infuse):
    done = infuse("book", "dihydroergotamine-inpatient-course", "ketamine-inpatient-course", "--weights", "60 to 70 kg", "--step", "10 kg")
    assert done.returncode == 0 and "dihydroergotamine-inpatient-course is NOT in the book: no row of it has numbers" in done.stderr
    as_json = json.loads(infuse("book", "dihydroergotamine-inpatient-course", "ketamine-inpatient-course", "--weights", "60 to 70 kg", "--step", "10 kg", "--json").stdout)
    assert list(as_json["not_in_book"]) == ["dihydroergotamine-inpatient-course"] and "soft stop: total of dihydroergotamine-inpatient" in str(as_json["not_in_book"])
    first = flat(done.stdout[: done.stdout.index("\nTable 1: ")])
    assert "NOT IN THIS BOOK: CALL THE PHARMACIST" in first
    assert re.search("^none +Order set: Dihydroergotamine .*NOT IN THIS BOOK: call the", done.stdout, re.MULTILINE)
    assert "Order set Dihydroergotamine every 8 hours with metoclopramide before it, inpatient, adult, beyond the label: NO TABLE for any patient. Why: " in first
    assert not re.search(r"^Table \d+: Dihydroergotamine every 8 hours with", done.stdout, re.MULTILINE)


def test_a_limit_that_asks_for_a_reason_ends_the_ages_of_a_table():
    table, = bound("lidocaine-inpatient-infusion").tables
    assert dict(table.cell.words)["age"] == "18 to 70 years"
    assert {dict(each.cell.words)["age"] for each in bound("metoclopramide").tables} == {"18 to 65 years"}


def test_what_stands_for_a_band_answers_no_question_about_the_patient():
    low = next(each for each in bound("metoclopramide").tables if dict(each.cell.words)["creatinine clearance"] == "from 15.1 mL/min to below 60 mL/min")
    assert any("kidney failure (clearance of 15 mL/min or less)" in each for each in book.asked(low)[""])
    of_older = next(each for each in bound("ketorolac").tables if dict(each.cell.words)["age"] == "at least 65 years" and each.ready)
    assert "the age is at least 18 years" in book.asked(of_older)[""]
    assert all("7.55 mL/min" not in row.reason and "recorded" not in row.reason for each in bound("dihydroergotamine-label", "metoclopramide").tables for row in each.rows)


def test_of_several_whose_dosing_weights_differ_there_is_a_table_for_each_sex_and_height(infuse):
    command = ["book", "headache-clinic-visit", "--with", "lidocaine-one-hour", "--weights", "42 to 44 kg", "--step", "1 kg"]
    done = infuse(*command)
    assert done.returncode == 2 and "--height: expected height" in done.stderr and "it changes the dose of lidocaine-one-hour" in done.stderr and not done.stdout
    said = flat(infuse(*command, "--height", "155 cm", "--height", "170 cm").stdout)
    for sex in ("female", "male"):
        assert f"sex {sex}, height 155 cm" in said and f"sex {sex}, height 170 cm" in said
    assert "between the heights of two tables the lower one, outside them call the pharmacist" in said


def test_nothing_error_prone_stands_on_a_page_of_a_set_and_no_line_is_too_long(infuse):
    said = infuse("book", "emergency-rescue", "lidocaine-inpatient-course", "ketamine-inpatient-course", "outpatient-infusion", "headache-clinic-visit", "--with", "lidocaine-one-hour",
                  "--with", "propofol", "--height", "165 cm", "--weights", "38 to 62 kg", "--step", "6 kg").stdout
    plain = re.sub(r"https?://\S+|\b10\.\d{4,9}/\S+|\b[0-9a-f]{12}\b", "", said)
    assert len(said) > 100_000 and not [(rule, hit.group()) for rule, pattern in ERROR_PRONE for line in plain.splitlines() for hit in pattern.finditer(line)]
    assert not [line for line in said.splitlines() if len(line) > 80 and "://" not in line]
    assert not re.search(r"\[ *$|^ *\]", said, re.MULTILINE)  # nor a box to tick
    assert not re.search(r"mL/ho?u?$|\bminu$|WITHDRA$", said, re.MULTILINE)  # no word of a table is cut


# ---------------------------------------------------------------------------------------------- what is in it, what is chosen


def test_a_set_brings_what_goes_with_its_tables_the_tables_and_each_protocol_once(infuse):
    said = infuse("book", "emergency-rescue", "ketorolac", "--weights", "60 to 70 kg", "--step", "10 kg").stdout
    assert "--with" not in said and len(re.findall("^Beside tables 1 to 4: ", said, re.MULTILINE)) == 1
    titles = re.findall(r"^Table \d+: Ketorolac", said, re.MULTILINE)
    assert len(titles) == 6
    assert "this table is of this protocol alone; together with others of its set: emergency-rescue: tables 1 to 4" in flat(said)
    assert "Nothing else of the set is in this book: what is not an order above is not ordered from it." in flat(said) and "diphenhydramine, prochlorperazine" not in flat(said)


def test_with_without_and_choose_are_those_of_order(infuse):
    said = infuse("book", "emergency-rescue", "--with", "prochlorperazine", "--without", "ketorolac", "--choose", "prochlorperazine.dose=5 mg", "--weights", "60 to 70 kg",
                  "--step", "10 kg", "--json").stdout
    titles = [each["title"] for each in json.loads(said)["papers"]]
    assert not [each for each in titles if "Ketorolac" in each or "Metoclopramide" in each] and [each for each in titles if "Prochlorperazine" in each]
    assert "prochlorperazine: dose 5 mg" in said and "5 mg" in said


def test_what_a_set_chooses_and_the_protocol_without_it_both_have_tables():
    made = bound("outpatient-infusion", "fluid-bolus-adult", weights="60 to 70 kg")
    doses = [dict(each.entry.requests[0].chosen).get("dose") for each in made.tables if each.entry.name == "fluid-bolus-adult"]
    assert [each and each.text for each in doses] == ["500 mL", None]


@pytest.mark.parametrize(("options", "code", "says"), [
    (["emergency-rescue", "--with", "ketamin"], 2, 'expected an item of emergency-rescue'),
    (["ketorolac", "--with", "metoclopramide"], 2, "expected an order set beside it"),
    (["emergency-rescue", "--without", "metoclopramide", "--without", "prochlorperazine"], 2, "the set requires one of them"),
    (["emergency-rescue", "--choose", "ketorolac"], 2, "expected PROTOCOL.KEY=VALUE"),
    (["ketamine-inpatient-titration", "--choose", "ketamine-inpatient-titration.running=5 mL/h"], 2, "expected a choice of what begins: in a book nothing runs already"),
    (["emergency-rescue", "--choose", "ketorolac.dos=15 mg"], 2, "--choose ketorolac.dos: expected a choice"),
    (["ketorolac", "--choose", "ketorolac.dose=17 mg"], 1, "ketorolac: expected a weight at which all of it may be ordered; found none from 60 kg to 70 kg"),
    (["headache-clinic-visit", "emergency-rescue", "--with", "ketamin"], 2, "expected an item of headache-clinic-visit or emergency-rescue")])
def test_what_cannot_be_chosen_is_refused_and_nothing_is_printed(infuse, options, code, says):
    done = infuse("book", *options, "--weights", "60 to 70 kg", "--step", "10 kg")
    assert done.returncode == code and says in done.stderr and not done.stdout and "Traceback" not in done.stderr, done.stderr


def test_a_choice_that_some_weights_do_not_allow_stops_their_rows_alone(infuse):
    said = infuse("book", "ketorolac", "--choose", "ketorolac.dose=30 mg", "--weights", "45 to 55 kg", "--step", "5 kg").stdout
    table = said[said.index("\nTable 3: ") : said.index("\nTable 4: ")]
    assert re.search("^45 kg +not allowed *$", table, re.MULTILINE) and re.search("^50 kg to 55 kg +as above *$", table, re.MULTILINE)
    assert "not allowed, 45 kg: dose 30 mg is 2 times the most that may be chosen" in flat(table)


@pytest.mark.parametrize("command", [["order", "--weight", "70 kg"], ["book", "--weights", "60 to 70 kg"]])
def test_a_set_of_optional_items_alone_says_what_to_ask_for(infuse, premedicated, command):
    one = PREMEDICATED.replace("use: required", "use: optional").replace("set: sample-set", "set: only-optional")
    (premedicated / "sets" / "only-optional.yaml").write_text(one)
    done = infuse(command[0], "only-optional", "--protocols", str(premedicated), *command[1:])
    assert done.returncode == 2 and "expected an item to order: --with sample or --with other" in done.stderr and not done.stdout
