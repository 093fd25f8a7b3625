"""The downtime book: every row is the order at that weight, none gives more than the patient between two rows would get, and
no page is without its date, its boxes and whose it is.
"""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pypdf
import pytest
from conftest import CLOCK, NOW, ROOT, make
from test_sheet import ERROR_PRONE, KETAMINE

from infuse.arithmetic import patient as patients
from infuse.files.library import Library
from infuse.ground.units import Refused, quantity
from infuse.judgement import screening, weighing
from infuse.judgement.limits import HARD
from infuse.ordering import book
from infuse.ordering.book import Entry
from infuse.ordering.order import READY, Request
from infuse.paper import binding, blanks, book_contents, book_pages, book_sets, book_tables, sheet
from infuse.paper.render import pdf
from infuse.paper.render import text as as_text

LIBRARY = Library()
NAMES = sorted(LIBRARY.ids())
WEIGHTS = book.read_weights("12 to 131 kg", quantity(17, "kg"))


def tables(name, weights=WEIGHTS):
    return list(book.tables(Entry((Request(LIBRARY.load(LIBRARY.ids()[name])),)), weights, [quantity(170, "cm")], NOW))


def bound(*names, weights="40 to 100 kg", step="10 kg", **typed):
    asked = binding.read(LIBRARY, binding.Typed(names, weights, step, **typed), NOW)
    return binding.make(asked, [LIBRARY.load(LIBRARY.ids()[each]) for each in asked.ids])


def pages(made, until=date(2026, 12, 21)):
    return book_pages.lay_out(book_pages.Book(NOW, until, "40 to 100 kg"), made.tables, made.checked, made.absent)


def flat(text):
    return " ".join(text.split())


# ---------------------------------------------------------------------------------------------- the rows


def test_a_row_is_the_order_at_that_weight(infuse):
    said = infuse("book", KETAMINE, "--weights", "40 to 120 kg", "--step", "5 kg").stdout
    loaded = LIBRARY.load(LIBRARY.ids()[KETAMINE])
    for weight in range(40, 121, 5):
        figures = make(loaded, weight=f"{weight} kg", age="44y").phases[0].figures
        rate, dose = figures["pump_rate"].value.on_paper(), figures["calculated_dose_rate"].value.on_paper()
        assert re.search(rf"^{weight} kg +{re.escape(dose)} +{re.escape(rate)}$", said, re.MULTILINE)


def test_each_rung_stands_at_each_weight(infuse):
    said = flat(infuse("book", KETAMINE, "--weights", "70 to 80 kg", "--step", "10 kg").stdout)
    rungs = make(LIBRARY.load(LIBRARY.ids()[KETAMINE]), weight="70 kg", age="44y").phases[0].rungs
    free = [each.figures["pump_rate"].value.on_paper() for each in rungs if not each.alerts]
    for start in range(0, len(free), 4):
        assert f"70 kg {' '.join(free[start : start + 4])}" in said
    assert f"At every weight call pharmacist: RUNG {len(free) + 1}: {rungs[len(free)].figures['dose_rate'].value.on_paper()}" in said
    assert rungs[-1].figures["pump_rate"].value.on_paper() not in said


@pytest.mark.parametrize("name", NAMES)
def test_between_two_rows_the_lower_one_never_gives_more_and_never_hides_a_stop(name):
    for table in tables(name):
        dosing = table.by_dosing_weight
        for row, after in zip(table.rows, table.rows[1:]):
            gap = after.weight.value - row.weight.value
            for part in (Fraction(1, 3), Fraction(9, 10)) if gap > Fraction(1, 10) else ():
                tenths = int((row.weight.value + gap * part) * 10)
                between = book.row(table.entry, table.cell, row.weight.with_value(Fraction(tenths, 10)), dosing, NOW)
                if row.status != READY:
                    continue
                assert between.status == READY, (between.weight.on_paper(), between.reason)
                for low, true in zip(row.order.phases, between.order.phases):
                    for figure in ("calculated_dose", "calculated_dose_rate"):
                        if figure in low.figures and figure in true.figures:
                            assert low.figures[figure].value <= true.figures[figure].value, between.weight.on_paper()


@pytest.mark.parametrize("name", NAMES)
def test_every_ready_row_has_an_order_and_no_other_row_has(name):
    for table in tables(name):
        assert [each.weight for each in table.rows] == sorted({each.weight for each in table.rows})
        assert {*WEIGHTS} <= {each.weight for each in table.rows}
        for row in table.rows:
            assert (row.order is not None) == (row.status == READY)
            assert row.order is None or not [each for each in row.order.alerts if each.level == HARD]


def test_stops_say_whom_to_call_and_why_and_no_number(infuse):
    said = infuse("book", KETAMINE, "--weights", "25 to 160 kg", "--step", "5 kg").stdout
    for weight, what in (("25 kg", "not allowed"), ("30 kg to 35 kg", "call pharmacist"), ("150.1 kg to 160 kg", "call pharmacist")):
        assert re.search(rf"^{re.escape(weight)} +{what}$", said, re.MULTILINE), weight
    assert re.search("^150 kg +15 mg/hour +7.5 mL/hour$", said, re.MULTILINE)
    assert "not allowed, 25 kg: weight is below the hard limit, 30 to 250 kg" in flat(said)
    assert "call pharmacist, 30 kg to 35 kg: soft stop: weight" in flat(said)


def test_an_edge_of_a_band_is_a_row_and_each_renal_band_has_a_table():
    (acetaminophen,) = tables("acetaminophen", book.read_weights("42 to 62 kg", quantity(5, "kg")))
    assert [each.weight.on_paper() for each in acetaminophen.rows] == ["42 kg", "47 kg", "50 kg", "52 kg", "57 kg", "62 kg"]
    found = [dict(each.cell.words) for each in tables("ketorolac")]
    assert len(found) == 6 and {each["age"] for each in found} == {"from 18 years to below 65 years", "at least 65 years"}
    assert {each["creatinine clearance"] for each in found} == {"below 30 mL/min", "from 30 mL/min to below 60 mL/min", "from 60 mL/min"}


def test_every_change_between_two_rows_is_a_row_also_where_there_are_several():
    (lidocaine,) = tables("lidocaine-one-hour", book.read_weights("38 to 54 kg", quantity(16, "kg")))
    assert [(each.weight.on_paper(), each.status) for each in lidocaine.rows] == [("38 kg", "stopped"), ("40 kg", "ready"), ("46 kg", "needs_override"), ("54 kg", "needs_override")]
    (fluid,) = tables("fluid-bolus-adult", book.read_weights("20 to 100 kg", quantity(80, "kg")))
    assert [each.status for each in fluid.rows] == ["stopped", "needs_override", "ready", "ready"]


def test_a_table_by_another_weight_says_so(infuse):
    said = flat(infuse("book", "lidocaine-one-hour", "--weights", "40 to 44 kg", "--step", "1 kg").stdout)
    assert "ROW, IDEAL" in said and "WEIGHT ideal weight in kg: work it out first, on the worksheet at the end; the rows are not the actual weight" in said and "adult, age 18 to 70 years, by ideal weight" in said


def test_what_is_the_same_at_every_weight_stands_once(infuse):
    said = infuse("book", "eptinezumab", "--weights", "40 to 120 kg", "--step", "5 kg").stdout
    assert re.search("^40 kg to 120 kg +as above$", said, re.MULTILINE)


def test_what_is_too_long_for_a_column_stands_below_with_its_weights(infuse):
    said = flat(infuse("book", "acetaminophen", "--weights", "40 to 60 kg", "--step", "4 kg").stdout)
    assert re.search("NOTE, 40 kg to 48 kg: NEVER hang the whole bag.*NOTE, 50 kg to 60 kg: ", said)


# ---------------------------------------------------------------------------------------------- the pages


@pytest.fixture(scope="module")
def printed():
    made = bound(KETAMINE, "ketorolac", "emergency-rescue")
    document = pdf.to_pdf(pages(made), "letter", NOW)
    return made, document, [flat(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(document)).pages]


def test_every_page_has_its_date_its_version_and_the_rule(printed):
    made, _, read = printed
    for text in read:
        assert "DO NOT USE AFTER 21-Dec-2026" in text and "Between two weights: the row of the LOWER weight" in text
        assert "REFERENCE PROTOCOL - NOT APPROVED AT THIS SITE" in text
    for number, table in enumerate(book_pages.printed(made.tables), 1):
        mine = [text for text in read if f"Table {number}: " in text]
        assert mine
        for text in mine:
            assert f"{table.entry.loaded[-1].in_record}; infuse v" in text and "printed 21-Nov-2026 08:30" in text
            assert all(loaded.in_record in text for loaded in table.entry.loaded)
            for box in ("NAME BORN", "date", "SEX RECORD NUMBER", "ALLERGIES WEIGHT", "kg", "two identifiers; allergies known, none to this drug"):
                assert box in text


def test_contents_name_every_table_and_blank_forms_close_the_book(printed):
    made, _, read = printed
    first = " ".join(text for text in read if "Downtime book: doses and pump rates by weight" in text)
    assert "DO NOT USE AFTER" in first and f"ROWS CHECKED {made.checked:,}:" in first
    for table in made.tables:
        assert (table.entry.of_set.order_set.title if table.entry.of_set else table.entry.loaded[0].protocol.title) in first
    assert any("Blank form: order from the downtime book" in text for text in read) and "Blank form: what was given and observed" in read[-1]


def test_pages_are_numbered_through_the_book_and_the_contents_name_the_page_of_each_table(printed):
    made, _, read = printed
    assert all(text.endswith(f"BOOK PAGE {number} of {len(read)}") for number, text in enumerate(read, 1))
    contents = " ".join(text for text in read if "Downtime book: doses and pump rates by weight" in text)
    for number, table in enumerate(book_pages.printed(made.tables), 1):
        first = next(at for at, text in enumerate(read, 1) if f"Table {number}: " in text)
        title = flat(book_contents.title(table.entry))
        assert re.search(rf"\b{number} {re.escape(title)} {re.escape(book_contents.of_table(table, number, 0).whom)} {first}\b", contents), (number, first)
    beside = next(at for at, text in enumerate(read, 1) if "Beside tables 1 to 4: " in text)
    assert f"{book_sets.GOES_WITH} {beside} " in contents and f"go on with another {len(read)} " in contents


def test_on_a4_too_the_pages_are_numbered_through(printed):
    made, _, _ = printed
    read = [flat(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf.to_pdf(pages(made), "a4", NOW, "COPY 2 OF 3"))).pages]
    assert all(f"BOOK PAGE {number} of {len(read)}" in text and "COPY 2 OF 3" in text for number, text in enumerate(read, 1))


def test_a_sheet_that_is_no_book_counts_its_own_pages_alone():
    one, other = (sheet.lay_out(make(LIBRARY.load(LIBRARY.ids()[name]), weight="70 kg", age="44y")) for name in (KETAMINE, "magnesium-sulfate-adult"))
    for document in (pdf.to_pdf(one, "letter", NOW), pdf.to_pdf([one, other], "letter", NOW)):
        assert not any("BOOK PAGE" in page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages)


def test_ages_that_no_table_is_for_are_named_with_their_ends(infuse):
    said = flat(infuse("book", "metoclopramide", "ketorolac", "--weights", "60 to 70 kg", "--step", "10 kg").stdout)
    without = said[said.index("NOT IN THIS BOOK: CALL THE PHARMACIST") : said.index("Table 1: ")]
    assert "Age below 18 years, or age above 65 years: NO TABLE of Metoclopramide" in without
    assert "Age below 18 years: NO TABLE of Ketorolac" in without


def test_screening_and_criteria_stand_with_each_table(printed):
    made, _, read = printed
    for number, table in enumerate(book_pages.printed(made.tables), 1):
        mine = " ".join(text for text in read if (f"Beside tables 1 to 4: {table.entry.of_set.order_set.title}" if table.entry.of_set else f"Table {number}: ") in text)
        for protocol in (loaded.protocol for loaded in table.entry.loaded if table.ready):
            assert all(flat(note.text) in mine for note in (*protocol.screening, *protocol.rescue))
            assert all(flat(each.replace("____ ", "").partition(": ")[0]) in mine for each in blanks.findings(protocol, boxed=True))


def beside(name):
    """The page of each table of a protocol as text, where a row of it is an order."""
    made = bound(name, weights="40 to 80 kg" if "pediatric" not in name else "20 to 40 kg", heights=["165 cm"])
    by_number = {page.title.partition(":")[0]: flat(as_text.plain(page, 10_000)) for page in pages(made)}
    return [(table, by_number[f"Table {number}"]) for number, table in enumerate(made.tables, 1) if table.ready]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_an_order_sheet_asks_of_a_patient_of_whom_only_the_weight_is_known_the_book_asks_too(name):
    for table, said in beside(name):
        one = table.ready[0].order
        bare = patients.Patient({key: value for key, value in one.patient.facts.items() if key in ("weight", "dosing_weight")}, one.patient.given)
        as_if = replace(one, patient=bare, weighed=weighing.weigh(table.entry.loaded, bare, one.weight, NOW))
        children = [f": {each.text} (" for each in (*table.entry.loaded[0].drug.contraindications, *table.entry.loaded[0].drug.precautions)
                    if each.when and each.when.age and each.when.age.high and each.when.age.high <= quantity(18, "year")]
        protocol = table.entry.loaded[0].protocol
        at_findings = {box: line for one, line in zip(protocol.criteria, blanks.findings(protocol, boxed=True)) for box in one.box}
        for each in as_if.open:
            if each.question in at_findings:
                assert "____" in at_findings[each.question] and flat(at_findings[each.question]) in said, each
            elif each.fact == "age" and "age" in dict(table.cell.words):
                assert f"this table is the patient's: {book_tables.for_whom(table)}" in said
            elif each.question == "titration interval":
                assert "STEP UP EVERY ____________" in said
            elif each.fact == "titration":
                assert each.question.upper().partition(" WHEN")[0].partition(" BY")[0].partition("AFTER AN")[0] in said, each
            elif each.fact in ("beyond_use", "flush"):
                assert {"beyond_use": "BEYOND USE", "flush": "FLUSH"}[each.fact] in said, each
            elif not (table.entry.loaded[0].protocol.population == "adult" and any(text in each.question for text in children)):
                question = each.question.replace("this sheet", "this table") if each.fact in screening.BOXES else each.question
                assert question.replace("named under pump settings", "that the table assumes") in said, each
        for warning in (*(each.text for each in table.entry.loaded[0].drug.incompatible), *(each.text for each in table.entry.loaded[0].protocol.screening)):
            assert flat(warning) in said


def test_no_tick_of_a_table_for_adults_is_of_a_child(infuse):
    said = flat(infuse("book", "ketorolac", "metoclopramide", "promethazine", "magnesium-sulfate-adult", "--weights", "60 to 70 kg").stdout)
    assert "[ ] NOT present" in said and not re.search(r"\[ \] NOT present[^\[]*: (in a child: |below 2 years of age)", said)
    assert "the age is at least 18 years" not in said.partition("Table 10: ")[0]
    assert not re.search(r"(?<!-)--[a-z]", said)  # no word of the command line where there is none


def test_a_box_for_the_time_since_the_last_dose_and_for_the_age_of_the_weight(infuse):
    said = flat(infuse("book", "ketorolac", "--weights", "60 to 70 kg", "--step", "10 kg").stdout)
    assert "[ ] the last dose of ketorolac tromethamine, by any route, was at least 6 hours ago, or this is the first" in said
    assert "[ ] the weight is not older than 7 days" in said


def test_a_dose_never_stands_without_the_name_of_its_drug(infuse):
    said = infuse("book", *NAMES, "--height", "165 cm", "--weights", "20 to 80 kg", "--step", "20 kg").stdout
    alone = [line for line in said.splitlines() if re.match(r"(DOSE|START|DOSE RATE) {3,}\d", line) or re.match(r"ROW, .* (?<!: )DOSE\b", line)]
    assert not alone


def test_the_same_book_is_the_same_bytes(printed):
    made, document, _ = printed
    assert pdf.to_pdf(pages(made), "letter", NOW) == document


def test_nothing_error_prone_is_printed(infuse):
    said = infuse("book", *NAMES, "--weights", "40 to 80 kg", "--step", "20 kg").stdout
    assert len(re.findall("^Table [0-9]+: ", said, re.MULTILINE)) >= len(NAMES)
    plain = re.sub(r"https?://\S+|\b10\.\d{4,9}/\S+|\b[0-9a-f]{12}\b", "", said)
    assert not [(rule, hit.group()) for rule, pattern in ERROR_PRONE for line in plain.splitlines() for hit in pattern.finditer(line)]


# ---------------------------------------------------------------------------------------------- dates, counts, faults


def test_it_may_be_used_for_thirty_days_or_as_said_and_never_past_a_review():
    protocol = LIBRARY.load(LIBRARY.ids()[KETAMINE]).protocol
    today = date(2026, 11, 21)
    assert book_pages.last_day(None, [protocol], today) == date(2026, 12, 21)
    assert book_pages.last_day(date(2027, 6, 1), [protocol], today) == date(2027, 6, 1)
    assert book_pages.last_day(None, [protocol._replace(review_due=date(2026, 12, 1))], today) == date(2026, 12, 1)


def test_each_order_is_counted_and_the_bar_reaches_its_end(infuse):
    told = []
    asked = binding.read(LIBRARY, binding.Typed([KETAMINE], "30 to 160 kg", "10 kg"), NOW)
    made = binding.make(asked, [LIBRARY.load(LIBRARY.ids()[KETAMINE])], lambda *said: told.append(said))
    assert made.checked == len(told) > len(made.tables[0].rows) and told[-1][:2] == (14, 14) and told[0] == (1, 14, KETAMINE)
    done = infuse("book", KETAMINE, "--weights", "30 to 160 kg", "--step", "10 kg", "--json")
    assert json.loads(done.stdout)["rows_checked"] == made.checked and f"{made.checked} rows checked, 1 table" in done.stderr


@pytest.mark.parametrize(("weights", "step", "says"), [
    ("120 to 40 kg", "5 kg", "the first end is above the second"), ("40 to 120 kg", "0 kg", "expected a step of at least 0.1 kg"),
    ("40 to 120", "5 kg", "the unit is missing"), ("40 to 120 kg", "5", "--step: expected a patient's weight"), ("up to 120 kg", "5 kg", "expected two weights above zero"),
    ("0 to 120 kg", "5 kg", "expected two weights above zero"), ("1 to 200 kg", "0.1 kg", "expected at most 400 rows"), ("40 kg", "5 kg", "expected a range"),
    ("40 to 120 kg", "5 mg", "that is a dose")])
def test_weights_that_make_no_rows_are_refused(infuse, weights, step, says):
    done = infuse("book", KETAMINE, "--weights", weights, "--step", step)
    assert done.returncode == 2 and says in done.stderr and not done.stdout and "Traceback" not in done.stderr


@pytest.mark.parametrize(("options", "says"), [
    (["ketamin", "--weights", "40 to 120 kg"], "ketamin"), ([KETAMINE, "--weights", "40 to 120 kg", "--until", "2026-11-20"], "expected a date that is not past"),
    ([KETAMINE, "--weights", "40 to 120 kg", "--until", "soon"], "--until: expected a date"), ([KETAMINE, "--weights", "40 to 120 kg", "--height", "17 cm"], "--height: expected a height"),
    ([KETAMINE, "--weights", "40 to 120 kg", "--output", "/nowhere/book.pdf"], "No such file or directory"), ([KETAMINE], "--weights")])
def test_what_cannot_be_is_refused_in_a_sentence(infuse, options, says):
    done = infuse("book", *options)
    assert done.returncode == 2 and says in done.stderr and not done.stdout and "Traceback" not in done.stderr


def test_an_existing_book_is_left_before_any_work(infuse, tmp_path):
    path = tmp_path / "book.pdf"
    path.write_text("mine")
    done = infuse("book", *NAMES, "--weights", "40 to 120 kg", "--output", str(path))
    assert done.returncode == 2 and "--force" in done.stderr and "rows checked" not in done.stderr and path.read_text() == "mine"


@pytest.mark.parametrize("ended", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing(tmp_path, ended):
    import os

    command = [sys.executable, "-m", "infuse", "book", *NAMES, "--weights", "30 to 150 kg", "--step", "1 kg", "--output", str(tmp_path / "book.pdf")]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ | CLOCK | {"PYTHONPATH": str(ROOT)})
    time.sleep(1.5)
    running.send_signal(ended)
    _, said = running.communicate(timeout=30)
    assert running.returncode and "Traceback" not in said
    assert not list(tmp_path.iterdir())


def test_a_weight_that_is_no_weight_is_refused():
    with pytest.raises(Refused):
        book.read_weights("40 to 120 mg", quantity(5, "kg"))


def test_a_dose_per_surface_has_a_table_for_each_height_and_wants_one(infuse, tmp_path):
    from test_bands import DRUG, written

    (tmp_path / "drugs").mkdir()
    (tmp_path / "drugs" / "sample.yaml").write_text(DRUG)
    (tmp_path / "sample.yaml").write_text(written("      dose: 50 mg/m2\n      duration: 15 min"))
    command = ["book", "sample", "--protocols", str(tmp_path), "--weights", "60 to 80 kg", "--step", "10 kg"]
    done = infuse(*command)
    assert done.returncode == 2 and "--height: expected height" in done.stderr and not done.stdout, done.stderr
    said = flat(infuse(*command, "--height", "160 cm", "--height", "180 cm").stdout)
    assert "height 160 cm. Table 1 of 2" in said and "height 180 cm. Table 2 of 2" in said


def test_no_table_begins_with_its_first_row_alone_on_a_page():
    made = bound("ketorolac", "valproate-sodium-rapid", "emergency-rescue", weights="40 to 120 kg", step="3 kg")
    for page in pypdf.PdfReader(io.BytesIO(pdf.to_pdf(pages(made), "letter", NOW))).pages:
        said = page.extract_text()
        heads = [at.start() for at in re.finditer(r"^BY WEIGHT", said, re.MULTILINE)]
        for start, end in zip(heads, [*heads[1:], len(said)]):
            rows = re.findall(r"\b[\d.]+ kg ", said[start:end].partition("DOWNTIME BOOK")[0])
            assert len(rows) >= 3 or re.search(r"[\d.]+ kg to [\d.]+ kg", said[start:end]), said[start:end][:300]
