"""The papers beside the order sheet: each of its own, each from the order's own figures, nothing on it that it must not show."""

from __future__ import annotations

import json
import re

import pytest
from conftest import NOW, ROOT, make
from test_paper import CASE, CHILD, MARGIN, PATIENT, SIZES, closed, pieces, placed, read, stands, strings, words
from test_sheet import ERROR_PRONE, OPAQUE

from infuse.files import watching
from infuse.files import tables
from infuse.files.library import Library
from infuse.files.shapes import BAD, Notes
from infuse.ground import source
from infuse.paper import papers
from infuse.paper.render import pdf, text

LIBRARY = Library()
LOADED = {name: LIBRARY.load(path) for name, path in LIBRARY.ids().items()}
REASON = "a reason that a committee would read"


def ordered(name, **more):
    """The order of a shipped protocol, with a reason at every soft stop; None where it wants more than these facts."""
    loaded = LOADED[name]
    facts = (CHILD if loaded.protocol.population == "pediatric" else PATIENT) | {"care_area": loaded.protocol.care_areas[0]} | more
    made = make(loaded, **facts)
    if made.status == "needs_override":
        made = make(loaded, [(each.code, REASON) for each in made.not_overridden], "Dr. Roe", **facts)
    return made if made.status == "ready" else None


ORDERS = {name: made for name in LOADED if (made := ordered(name))}
HIGH_ALERT = [name for name, made in ORDERS.items() if made.phases[0].loaded.drug.high_alert]


def paper(name, form):
    (page,), wrong = papers.lay_out(ORDERS[name], [form])
    assert not wrong
    return page


def text_of(page):
    return words(" ".join(each for section in page.sections for each in strings(page._replace(title="", subtitle="", banner="", sections=(section,)))))


def test_nearly_every_protocol_is_ordered_here():
    assert len(ORDERS) > 0.9 * len(LOADED), set(LOADED) - set(ORDERS)
    assert len(HIGH_ALERT) > 5


# ---------------------------------------------------------------------------------------------- the independent double check


def worked_out(phase):
    """Every number that the second person is to find, as it would be printed, unless it is among what is given."""
    names = ("calculated_dose", "uncapped_dose", "calculated_dose_rate", "total_dose", "withdraw_volume", "amount_withdrawn", "diluent_to_remove",
             "pump_rate", "volume_to_be_infused", "delivered_dose", "delivered_dose_rate", "bag_lasts", "final_concentration")
    several = [phase.figures, *(each.figures for each in (*phase.rungs, *phase.steps))]
    return {one[name].value.on_paper() for one in several for name in names if name in one}


def stated_of(phase):
    """What the order, the file and the label state: no answers."""
    one, figures = phase.prepared.preparation, phase.figures
    product = phase.prepared.product
    found = [product.strength, product.volume, one.amount, one.final_volume, one.added_to, getattr(phase.phase, "cap", None), getattr(phase.phase, "fastest", None)]
    stated = {each.quantity.on_paper() for each in found if each}
    stated |= {figures[name].value.on_paper() for name in ("dose", "dose_rate", "bag_volume") if name in figures}
    stated |= {end.on_paper() for limit in (*phase.phase.limits, *phase.loaded.drug.limits) for _, side in limit.sides for end in side.range.ends()}
    stated |= {end.on_paper() for syringe in phase.loaded.devices.syringes for end in (syringe.capacity, syringe.step)}
    titration = getattr(phase.phase, "titration", None)
    return stated | ({titration.by.quantity.on_paper(), titration.up_to.quantity.on_paper()} if titration else set()) | {
        each.on_paper() for each in (phase.rate_step, phase.volume_step) if each}


@pytest.mark.parametrize("name", HIGH_ALERT)
def test_the_second_person_sees_no_answer(name):
    said = text_of(paper(name, "check"))
    for phase in ORDERS[name].phases:
        for answer in worked_out(phase) - stated_of(phase):
            assert not re.search(rf"(?<![\d.,]){re.escape(answer)}(?!\d)", said), answer


@pytest.mark.parametrize("name", HIGH_ALERT)
def test_every_answer_and_pump_setting_is_a_box_with_its_unit(name):
    page = paper(name, "check")
    made = ORDERS[name]
    tables = [block for section in page.sections for block in section.blocks if getattr(block, "columns", ("",))[0] == "WORK OUT"]
    assert len(tables) == len(made.phases)
    for phase, table in zip(made.phases, tables):
        rows = {row[0]: row[1:] for row in table.rows}
        assert all(mine == theirs and re.fullmatch("____ [^_]+", mine) and differ for mine, theirs, differ in rows.values())
        if "pump_rate" in phase.figures and not phase.steps:
            assert rows["pump: pump rate"][2] in {phase.rate_step.on_paper(), "what follows", "nothing"}
            assert rows["pump: volume to infuse"][2] in {phase.volume_step.on_paper(), "what follows", "nothing"}
        if "withdraw_volume" in phase.figures:
            within = phase.prepared.step.over(phase.figures["withdraw_volume"].value) * 100 <= 5
            assert rows["volume to withdraw"][2] == (phase.prepared.step.on_paper() if within else "nothing")


@pytest.mark.parametrize("name", [name for name in ORDERS if name not in HIGH_ALERT][::7])
def test_only_a_high_alert_drug_has_a_double_check(name):
    assert papers.lay_out(ORDERS[name], ["check"])[0] == []
    assert "INDEPENDENT DOUBLE CHECK" not in text_of(papers.lay_out(ORDERS[name], ["sheet"])[0][0])


@pytest.mark.parametrize("size", ["letter", "a4"])
@pytest.mark.parametrize("name", HIGH_ALERT)
def test_a_double_check_is_one_page_of_its_own(name, size):
    several = len(ORDERS[name].phases)
    sheet = read(pdf.to_pdf(papers.lay_out(ORDERS[name], ["sheet"])[0], size, NOW))
    apart = read(pdf.to_pdf(paper(name, "check"), size, NOW))
    long = any(len(phase.steps) > 2 for phase in ORDERS[name].phases)
    assert len(apart) == several or long
    assert [text.split("SIGNATURE")[0].count("INDEPENDENT DOUBLE CHECK") for text in sheet][-len(apart):].count(1) == several
    assert "SIGNATURES" not in sheet[-len(apart)] and "pharmacist, verifies" not in sheet[-len(apart)]


def test_how_far_a_time_is_stretched_is_for_the_second_person_to_find():
    """5 mg/kg at 63 kg of ideal weight, not faster than 0.075 mg/kg/min: 66.7 minutes, where 60 are ordered."""
    said = text_of(paper("lidocaine-one-hour", "check"))
    assert "OVER 60 minutes NEVER FASTER THAN" in said and "time to run over ____ minutes" in said and "67" not in said


# ---------------------------------------------------------------------------------------------- asking for papers


def test_a_form_that_is_unknown_or_not_for_this_order_is_refused(infuse):
    asked = ["order", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y"]
    done = infuse(*asked, "--form", "chek", "--form", "sheet", "--form", "sheet")
    assert done.returncode == 2 and not done.stdout
    assert 'found "chek"\n   did you mean check?' in done.stderr and 'expected each form once; found "sheet"' in done.stderr
    done = infuse("order", "thiamine", "--weight", "70kg", "--age", "44y", "--form", "check")
    assert done.returncode == 2 and not done.stdout and 'expected a high-alert drug on this order, for the form; found "check"' in done.stderr


def test_several_papers_are_documents_that_count_their_own_pages(infuse, tmp_path):
    done = infuse("order", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y", "--form", "sheet", "--form", "check", "--output", str(tmp_path / "o.pdf"))
    assert done.returncode == 0, done.stderr
    pages = read((tmp_path / "o.pdf").read_bytes())
    sheets = [text for text in pages if "Order sheet, adult" in text]
    assert all(f"page {number} of {len(sheets)}" in text for number, text in enumerate(sheets, 1))
    assert all(text.count("Magnesium sulfate intravenous infusion, adult, acute migraine") == 1 for text in pages), "the head of another paper lies beneath"
    assert len(pages) == len(sheets) + 1 and "Independent double check, adult" in pages[-1] and "page 1 of 1" in pages[-1]


def test_sixty_rungs_have_every_form(tmp_path):
    text_of_file = (ROOT / "tests/protocols/sample-titration.yaml").read_text()
    text_of_file = text_of_file[: text_of_file.index("cases:")].replace("by: 0.05 mg/kg/h", "by: 0.015 mg/kg/h").replace("sample-titration", "sixty")
    (tmp_path / "sixty.yaml").write_text(text_of_file + CASE)
    for name in ("drugs", "tables"):
        (tmp_path / name).symlink_to(ROOT / "tests/protocols" / name)
    made = make(Library([tmp_path]).load(tmp_path / "sixty.yaml"), **PATIENT)
    assert len(made.phases[0].rungs) >= 60
    pages, wrong = papers.lay_out(made, ["all"])
    assert not wrong and len(pages) >= 5
    for page in pages:
        document = pdf.to_pdf(page, "letter", NOW)
        across, up = (792, 612) if page.wide else (612, 792)
        assert all(points >= 8.99 and MARGIN <= x <= across - MARGIN and MARGIN <= y <= up - MARGIN for _, _, x, y, points in placed(document))
        assert all("Sample, Jane" in each for each in read(document))


def test_a_form_is_the_same_page_as_text_and_as_json(infuse):
    asked = ["order", "magnesium-sulfate-adult", "--weight", "70kg", "--age", "44y", "--form", "check"]
    text, made = infuse(*asked).stdout, json.loads(infuse(*asked, "--json").stdout)
    (page,) = made["papers"]
    assert page["sections"][0]["heading"].split("   ")[0] in text and page["sections"][1]["rows"][0]["WORK OUT"] in text
    assert all(f"[ ] {each}" in text for section in page["sections"] for each in section.get("boxes", []))


def test_no_form_without_an_order(infuse):
    done = infuse("order", "ketamine-inpatient-titration", "--weight", "29kg", "--age", "44y", "--form", "check")
    assert done.returncode == 1 and "NO ORDER" in done.stdout and "WORK OUT" not in done.stdout


# ---------------------------------------------------------------------------------------------- the records of the bedside

LADDERS = [name for name, made in ORDERS.items() if any(phase.rungs for phase in made.phases)]
CONTROLLED = [name for name, made in ORDERS.items() if made.phases[0].loaded.drug.controlled]


def table_of(page, column):
    return next(block for section in page.sections for block in section.blocks if column in getattr(block, "columns", ()))


def test_the_titration_record_is_by_time_and_apart_from_the_ladder():
    assert "ketamine-inpatient-titration" in LADDERS and "thiamine" not in LADDERS
    table = table_of(paper("ketamine-inpatient-titration", "record"), "FROM RUNG")
    assert table.columns == ("DATE, TIME", "FROM RUNG", "TO RUNG", "PUMP RATE SET, mL/hour", "VOLUME INFUSED, mL", "BAG LEFT, mL", "REASON", "PAIN 0 TO 10",
                             "SEDATION SCORE", "BLOOD PRESSURE, mmHg", "HEART RATE, a minute", "SATURATION, %", "BY", "CHECKED BY")
    assert len(table.rows) >= 30 and not any(cell for row in table.rows for cell in row)
    assert papers.lay_out(ORDERS["thiamine"], ["record"])[1], "refused without a ladder"


@pytest.mark.parametrize("size", ["letter", "a4"])
def test_the_titration_record_goes_on_over_pages_under_its_headings(size):
    pages = read(pdf.to_pdf(paper("ketamine-inpatient-titration", "record"), size, NOW))
    assert len(pages) >= 2
    for number, text in enumerate(pages, 1):
        assert "FROM RUNG TO RUNG" in text and "Sample, Jane" in text and f"page {number} of {len(pages)}" in text
        assert "3.5 mL/hour" not in text, "rates are read off the ladder"


@pytest.mark.parametrize("name", CONTROLLED)
def test_every_milligram_of_a_controlled_drug_has_a_place_and_a_witness(name):
    page = paper(name, "controlled")
    product = ORDERS[name].phases[0].prepared.product
    table = table_of(page, "WITNESS OF WASTE")
    assert {f"{each}, {product.amount}" for each in ("DRAWN", "GIVEN", "WASTED")} <= set(table.columns)
    if not ORDERS[name].phases[0].prepared.premixed:
        figures = ORDERS[name].phases[0].figures
        assert f"EACH PREPARATION {figures['amount_withdrawn'].value.on_paper()} in {figures['withdraw_volume'].value.on_paper()}" in text_of(page)


def test_only_controlled_drugs_have_that_record():
    assert 1 < len(CONTROLLED) < len(ORDERS) / 2
    assert papers.lay_out(ORDERS["thiamine"], ["controlled"])[1]


# ---------------------------------------------------------------------------------------------- the flowsheet

SENTENCES = [
    ("every 15 minutes in the first hour, every 30 minutes for 2 hours, then every 2 hours", "every 15 for 60, every 30 for 120, every 120", True),
    ("before, and every 15 minutes for an hour (the times of a trial), then as the prescriber filled in", "before, every 15 for 60", False),
    ("before, and at 5, 15, 30 and 60 minutes", "before, at 5, at 15, at 30, at 60", True),
    ("before, at 60 and at 120 minutes, and 48 hours later", "before, at 60, at 120", False),
    ("before, and 30 minutes and 1 hour after the end", "before, end 30, end 60", True),
    ("before, at the end, and 30 minutes after it", "before, end 0, end 30", True),
    ("before, and 30 minutes after", "before", False),
    ("before the first dose; again as the prescriber orders", "", False),
    ("before each step, every 3 to 4 hours", "", False),
    ("every hour for 12 hours, then every 2 hours (written for a ward)", "every 60 for 720, every 120", True),
    ("hourly", "every 60", True), ("all the time; no driving for 24 hours", "", False), ("within 15 minutes, and 30 to 60 minutes after the infusion", "", False),
]


@pytest.mark.parametrize(("sentence", "expected", "whole"), SENTENCES)
def test_only_what_leaves_no_doubt_is_read_as_a_time(sentence, expected, whole):
    read_as = watching.read(sentence)
    said = ", ".join(" ".join(filter(None, (
        {"at the end": "end"}.get(each.kind, each.kind), str(each.time.value) if each.kind != "before" else "", f"for {each.lasting.value}" if each.lasting else "")))
        for each in read_as.watches)
    assert (said, read_as.whole) == (expected, whole)


def test_no_time_is_read_whose_number_is_not_in_the_sentence():
    said = {each.when for loaded in LOADED.values() for each in loaded.protocol.monitoring}
    timed = [when for when in said if any(each.kind != "before" for each in watching.read(when).watches)]
    assert len(timed) > 15
    for when in timed:
        for one in watching.read(when).watches:
            for time in filter(None, (one.time, one.lasting)):
                minutes, hours = str(time.value), str(time.value / 60)
                assert not time.value or {minutes, f"{float(time.value):g}", hours} & set(re.findall(r"[\d.]+", when)) or "hour" in when


def test_rows_stand_at_the_times_of_the_plan_with_the_clock_beside_them():
    """Before; 15, 30, 45, 60 minutes; every 30 for 2 hours; every hour from 4 to 24."""
    page = paper("ketamine-inpatient-titration", "flowsheet")
    rows = {row[0]: row for row in table_of(page, "AFTER START").rows if row[0]}
    assert list(rows) == [*("before", "15 minutes", "30 minutes", "45 minutes", "1 hour", "1 hour 30 minutes", "2 hours", "2 hours 30 minutes", "3 hours"),
                          *(f"{hour} hours" for hour in range(4, 25))]
    assert rows["15 minutes"][1:3] == ("21-Nov 09:15", "1a") and rows["1 hour"][1:3] == ("21-Nov 10:00", "1a")
    assert rows["before"][2] == "1a" and rows["14 hours"][2] == "1a" and rows["24 hours"][1] == "22-Nov 09:00"
    assert "the relative times rule, not the clock" in text_of(page) and "ACTUAL START" in text_of(page)


def test_without_a_start_no_clock_is_printed():
    facts = {key: value for key, value in PATIENT.items() if key != "start"}
    made = make(LOADED["ketamine-inpatient-titration"], **facts)
    (page,), _ = papers.lay_out(made, ["flowsheet"])
    assert not any(row[1] for row in table_of(page, "AFTER START").rows)


@pytest.mark.parametrize("name", ORDERS)
def test_everything_that_is_observed_stands_above_the_chart_with_when_to_hold_and_call(name):
    said = re.sub(r" \([\d.,]+ \w+ for this patient\)", "", text_of(paper(name, "flowsheet")))
    protocol = LOADED[name].protocol
    assert all(words(f"{each.observe} {each.when} ({', '.join(each.source)})") in said for each in protocol.monitoring)
    assert all(words(f"{each.when}: {each.do}") in said for each in protocol.criteria)


def test_a_set_has_one_flowsheet_whose_times_count_from_its_start(infuse):
    """Metoclopramide first, at 5, 15, 30 and 60 minutes; ketorolac after it and its flush."""
    done = infuse("order", "emergency-rescue", "--patient", "tests/data/patient.yaml", "--sex", "female", "--height", "165 cm", "--creatinine", "0.8 mg/dL",
                  "--form", "flowsheet", "--json")
    assert done.returncode == 0, done.stderr
    chart = next(section["rows"] for section in json.loads(done.stdout)["papers"][0]["sections"] if section["heading"] == "CHART")
    due = {row["AFTER START"]: row["DUE"] for row in chart if row["AFTER START"]}
    assert due["before"] == "1a 1b 1d" and due["5 minutes"] == "1a 1b" and any(each.startswith("before ") and "2" in code for each, code in due.items())


# ---------------------------------------------------------------------------------------------- all of them on paper

EVERY = [(name, form) for name in ORDERS for form in papers.FORMS if papers.FORMS[form].sections(ORDERS[name])]


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_nothing_error_prone_stands_on_any_form(name, form):
    for line in text.plain(paper(name, form)).splitlines():
        shown = OPAQUE.sub("\N{REPLACEMENT CHARACTER}", line)
        assert not [(rule, hit.group()) for rule, pattern in ERROR_PRONE for hit in pattern.finditer(shown)], line
        assert len(line) <= 80, line


@pytest.mark.parametrize(("name", "form"), EVERY[::11])
def test_every_word_of_a_form_is_on_the_paper_within_its_margins(name, form):
    page = paper(name, form)
    for size, (width, height) in SIZES.items():
        document = pdf.to_pdf(page, size, NOW)
        on_paper = [closed(each) for each in read(document)]
        assert not [each for each in pieces(page) if not stands(each, on_paper)]
        across, up = (height, width) if page.wide else (width, height)
        for _, said, x, y, points in placed(document):
            assert points >= 8.99 and MARGIN <= x <= across - MARGIN and MARGIN <= y <= up - MARGIN, said


# ---------------------------------------------------------------------------------------------- the pharmacy's worksheet


@pytest.mark.parametrize("name", ORDERS)
def test_the_worksheet_moves_the_volumes_of_the_order(name):
    """What is withdrawn, removed, added and made is what the order says, and every product has its lot and expiry to write in."""
    page = paper(name, "worksheet")
    made = ORDERS[name]
    products = [block for section in page.sections for block in section.blocks if "LOT" in getattr(block, "columns", ())]
    steps = [block for section in page.sections for block in section.blocks if "STEP" in getattr(block, "columns", ())]
    assert len(products) == len(steps) == len(made.phases)
    for phase, opened, moved in zip(made.phases, products, steps):
        figures, prepared = phase.figures, phase.prepared
        volumes = [row[2] for row in moved.rows]
        assert opened.rows[0][0] == prepared.product.name and not any(cell for row in opened.rows for cell in row[2:])
        if prepared.premixed:
            drawn_up = [figures["volume_to_be_infused"].value.on_paper()] if getattr(phase.phase, "by_hand", False) else []
            assert volumes == [figures["final_volume"].value.on_paper(), *drawn_up] and f"{prepared.bags} bag" in opened.rows[0][1]
            continue
        assert f"{prepared.vials} vial" in opened.rows[0][1]
        assert figures["withdraw_volume"].value.on_paper() in volumes
        removed = figures.get("diluent_to_remove")
        taken_out = [volume for _, what, volume, *_ in moved.rows if what.startswith("remove")]
        assert taken_out == ([removed.value.on_paper()] if removed and removed.value.value and not getattr(phase.phase, "by_hand", False) else [])
        if prepared.preparation.added_to or prepared.preparation.final_volume:
            assert volumes[-1] == figures["final_volume"].value.on_paper() and opened.rows[-1][0] == prepared.preparation.diluent


def beyond(page):
    return table_of(page, "FOR").rows, {row.label: row for section in page.sections for block in section.blocks for row in getattr(block, "rows", ()) if hasattr(row, "label")}


def test_the_beyond_use_time_is_the_shortest_that_holds_from_the_preparation():
    """24 hours of the order's choice, 12 of the category, prepared at 08:00: 20:00, or sooner by the vial."""
    facts = dict(beyond_use="24 h", prepared="2026-11-21 08:00")
    (page,), _ = papers.lay_out(ordered("ketamine-inpatient-titration", compounding="category-1-room", **facts), ["worksheet"])
    rows, fields = beyond(page)
    assert [row[:3] for row in rows] == [("holds", "stability of what is prepared", "24 hours"),
                                         ("holds", "category 1, room temperature", "12 hours"), ("[ ]", "vial, once opened", "____ hours")]
    assert fields["BEYOND USE"].value.startswith("21-Nov-2026 20:00 at the latest; sooner") and fields["PREPARED"].value == "21-Nov-2026 08:00"
    (page,), _ = papers.lay_out(ordered("ketamine-inpatient-titration", **facts), ["worksheet"])
    rows, fields = beyond(page)
    assert [row[0] for row in rows] == ["holds", "[ ]", "[ ]", "[ ]", "[ ]"] and "22-Nov-2026 08:00 at the latest" in fields["BEYOND USE"].value


def test_a_beyond_use_time_that_nobody_stated_is_a_box():
    rows, fields = beyond(paper("ketamine-inpatient-titration", "worksheet"))
    assert rows[0][:3] == ("[ ]", "stability of what is prepared", "____ hours")
    assert fields["BEYOND USE"].value == "" and fields["BEYOND USE"].blank == "date and time" and fields["PREPARED"].blank == "date and time"


def test_a_category_that_the_tables_do_not_have_is_refused(infuse):
    done = infuse("order", "levetiracetam", "--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "170cm", "--creatinine", "0.9 mg/dL",
                  "--compounding", "category-1", "--form", "worksheet")
    assert done.returncode == 2 and not done.stdout
    assert '--compounding: expected a category of the tables: immediate-use, category-1-room, category-1-refrigerated; found "category-1"' in done.stderr


def test_a_category_says_where_it_comes_from():
    text = (ROOT / "protocols/tables/devices.yaml").read_text()
    document = source.read("devices.yaml", text.replace("    source: 503pharma.com on USP 797 (2025)\n", "").encode())
    notes = Notes()
    assert tables.DEVICES.read(document.root, notes) is BAD
    assert 'source, or "basis: site", under "immediate-use"' in notes.problems[0].message


@pytest.mark.parametrize(("protocol", "weight", "says"), [
    ("acetaminophen", "45 kg", "THE DOSE 675 mg, 67.5 mL; the bag holds MORE"), ("acetaminophen", "40 kg", "THE DOSE 600 mg, 60 mL; the bag holds MORE"),
    ("lipid-emulsion", "45 kg", "2 draw it up into syringes: this much, and no more 67.5 mL")])
def test_a_worksheet_of_a_bag_of_which_a_part_is_given_says_which_part(infuse, protocol, weight, says):
    assert says in " ".join(infuse("order", protocol, "--form", "worksheet", "--weight", weight, "--age", "44y").stdout.split())
    assert "THE DOSE" not in infuse("order", "magnesium-sulfate-adult", "--form", "worksheet", "--weight", weight, "--age", "44y").stdout
