"""Labels of bags and syringes: what stands on them, that it fits, that their barcode is read, and whose they are."""

from __future__ import annotations

import io
import json
import re
import shutil

import pypdf
import pytest
from conftest import NOW, ROOT, make
from test_paper import CHILD, PATIENT, PROTOCOLS, placed, read
from test_sheet import ERROR_PRONE, KETAMINE
from test_verify import pages_as_images, scanned

from infuse.files.library import Library
from infuse.files.schema.handling import HANDLING
from infuse.ordering import order_id
from infuse.paper import labels
from infuse.paper.render import label_pdf, text

JANE = ["--name", "Sample, Jane", "--record-number", "TEST 0001"]
ORDER = ["label", KETAMINE, "--weight", "70kg", "--age", "44y"]
SIZES = {"2x4in": (288, 144), "letter": (612, 792), "a4": (595, 841)}


def orders():
    """Every shipped protocol that is ready for one of the two patients."""
    library = Library()
    for name in PROTOCOLS:
        loaded = library.load(library.ids()[name])
        made = make(loaded, **(CHILD if loaded.protocol.population == "pediatric" else PATIENT))
        if made.status == "ready":
            yield name, made


READY = dict(orders())


def flat(lines):
    return " ".join(lines.split())


def in_text(found):
    return flat(text.to_text(text.sections(tuple(labels.as_section(each) for each in found))))


def test_a_bag_says_total_in_total_then_per_ml_rate_route_and_whose_it_is(infuse):
    said = flat(infuse(*ORDER, *JANE, "--location", "5 West, bed 12", "--prepared", "2026-11-21 20:00", "--beyond-use", "24 h").stdout)
    for each in ("Sample, Jane; RECORD NUMBER TEST 0001; LOCATION 5 West, bed 12", "DRUG ketamine 500 mg in 250 mL (2 mg/mL)", "HIGH-ALERT",
                 "in sodium chloride 0.9%", "start at 3.5 mL/hour = 0.1 mg/kg/hour", "FOR INTRAVENOUS USE ONLY", "PREPARED 21-Nov-2026 20:00",
                 "BEYOND USE 22-Nov-2026 20:00", "use within 24 hours of preparation", "REFERENCE PROTOCOL - NOT APPROVED AT THIS SITE"):
        assert each in said, each
    said = flat(infuse(*ORDER, *JANE, "--prepared", "2026-11-21 20:00", "--beyond-use", "24 h", "--compounding", "category-1-room").stdout)
    assert "BEYOND USE 22-Nov-2026 08:00" in said and "use within 12 hours of preparation" in said
    assert "BEYOND USE ____________" in flat(infuse(*ORDER, *JANE, "--prepared", "2026-11-21 20:00", "--compounding", "category-1-room").stdout)
    said = flat(infuse(*ORDER, *JANE).stdout)
    assert "PREPARED ____________ BY ____________ CHECKED ____________ BEYOND USE ____________ STORE ____________" in said


@pytest.mark.parametrize(("who", "says", "id_stands"), [
    ([], "PATIENT NOT IDENTIFIED", False), (["--name", "Sample, Jane"], "PATIENT NOT IDENTIFIED; Sample, Jane", False),
    (["--record-number", "T 1"], "PATIENT NOT IDENTIFIED; RECORD NUMBER T 1", False),
    (["--name", "Sample, Jane", "--birth-date", "1982-03-04"], "Sample, Jane; BORN 04-Mar-1982", False), (JANE, "Sample, Jane; RECORD NUMBER TEST 0001", True)])
def test_without_two_identifiers_there_is_no_barcode_and_without_a_record_number_no_id(infuse, who, says, id_stands):
    age = [] if "--birth-date" in who else ["--age", "44y"]
    made = json.loads(infuse("label", KETAMINE, "--weight", "70kg", *age, *who, "--json").stdout)["labels"]
    assert "; ".join(made[0]["patient"]) == says
    assert bool(made[0]["order_id"]) == id_stands


def test_the_id_is_that_of_the_sheet_and_the_numbers_too(infuse):
    made = json.loads(infuse("order", *ORDER[1:], *JANE, "--json").stdout)
    one, = json.loads(infuse(*ORDER, *JANE, "--json").stdout)["labels"]
    assert one["order_id"] == made["order_id"] and made["order_id"]
    later = json.loads(infuse(*ORDER, *JANE, "--json", "--ordered", "2026-11-21 08:30", "--prepared", "2026-11-21 11:00", SOURCE_DATE_EPOCH="1795260600").stdout)
    assert later["labels"][0]["order_id"] == made["order_id"]
    figures = made["orders"][0]["figures"]
    assert figures["pump_rate"]["value"] in one["give"][0] and figures["final_volume"]["value"] in one["contents"][0]["amount"]


@pytest.mark.parametrize("name", READY)
def test_every_label_fits_its_stock_in_letters_of_nine_points_and_more(name):
    found = labels.lay_out(READY[name])
    for stock, (wide, tall) in SIZES.items():
        document = label_pdf.to_pdf(found, stock, NOW)
        assert {tuple(int(each) for each in page.mediabox[2:]) for page in pypdf.PdfReader(io.BytesIO(document)).pages} == {(wide, tall)}
        for _, words, x, y, points in placed(document):
            assert points >= 8.99 and 5 <= x <= wide - 5 and 5 <= y <= tall - 5, words
    on_paper = re.sub(r"\s", "", " ".join(read(label_pdf.to_pdf(found, "2x4in", NOW))))
    for label in found:
        for words in (*label.who, *(each for pair in label.contents for each in pair), label.mixed_in, *label.give, *label.handling, *label.warnings, label.record, label.banner):
            assert re.sub(r"\s", "", words) in on_paper, words


@pytest.mark.parametrize("name", READY)
def test_nothing_error_prone_stands_on_a_label(name):
    said = in_text(labels.lay_out(READY[name]))
    assert not [(rule, hit.group()) for rule, pattern in ERROR_PRONE for hit in pattern.finditer(re.sub(r"\b[0-9a-f]{12}\b", "", said))]


# ---------------------------------------------------------------------------------------------- how it is handled

SAMPLE = Library([ROOT / "tests/protocols"]).load(ROOT / "tests/protocols/sample-handling.yaml")._replace(devices=Library().load(Library().ids()[KETAMINE]).devices)
ON_A_LABEL = {"protect_from_light": "HANDLING PROTECT FROM LIGHT", "filter": "HANDLING FILTER: {value}", "do_not_shake": "HANDLING DO NOT SHAKE",
              "do_not_freeze": "HANDLING DO NOT FREEZE", "do_not_refrigerate": "HANDLING DO NOT REFRIGERATE", "storage": "STORE {value}"}
SAYS = re.compile("PROTECT FROM LIGHT|FILTER|DO NOT|STORE [a-z]")


def sample(**more):
    return make(SAMPLE, age="44y", weight="70kg", **more)


@pytest.mark.parametrize("term", ON_A_LABEL)
def test_each_key_of_handling_stands_on_the_label_and_only_where_it_is_stated(term):
    for name in ("bag", "outside"):
        made = sample(preparation=name)
        said = {each.term: each for each in made.phases[0].prepared.preparation.handling}
        words = ON_A_LABEL[term].format(value=said[term].value if term in said else "re")  # refrigerator, room temperature
        assert (words in in_text(labels.lay_out(made))) == (term in said)


def test_every_key_that_a_file_may_have_is_tried():
    assert set(HANDLING.reader.schema["properties"]) == set(ON_A_LABEL)
    assert {each.term for one in SAMPLE.protocol.preparations for each in one.handling} == set(ON_A_LABEL)


@pytest.mark.parametrize(("was", "typed", "says"), [
    ("storage: refrigerator", "storage: fridge", 'expected "refrigerator", "room temperature" or "refrigerator or room temperature"; found "fridge"'),
    ("protect_from_light: yes", "protect_from_light: no", 'expected "yes"; found "no"'),
    ("is: 1.2 micrometer in-line", "is: 1.20 micrometer in-line", "expected the pore size of an in-line filter, such as 0.2 micrometer in-line"),
    ("is: 1.2 micrometer in-line", "is: .2 micrometer in-line", "expected the pore size of an in-line filter"),
    ("is: 1.2 micrometer in-line", "is: 1.2 um in-line", "expected the pore size of an in-line filter"),
    ("do_not_shake: yes", "do_not_shake: gently", 'expected "yes"; found "gently"'),
    ("do_not_freeze: yes", "do_not_freeze:", 'nothing after "do_not_freeze:"'),
    ("do_not_refrigerate: yes", "storage: refrigerator\n      do_not_refrigerate: yes", "expected another place than the refrigerator: do_not_refrigerate stands on line")])
def test_a_wrong_value_is_refused_at_its_line(infuse, tmp_path, was, typed, says):
    shutil.copytree(ROOT / "tests/protocols", tmp_path / "site")
    path = tmp_path / "site/sample-handling.yaml"
    text = path.read_text()
    path.write_text(text.replace(was, typed, 1))
    assert text.count(was) and path.read_text() != text
    done = infuse("check", str(path))
    assert done.returncode == 1 and says in done.stdout
    assert infuse("label", "sample-handling", "--protocols", str(path.parent), "--weight", "70kg", "--age", "44y").stdout == ""


@pytest.mark.parametrize("name", READY)
def test_a_label_says_of_handling_what_its_files_state_and_nothing_else(name):
    found = labels.lay_out(READY[name])
    for phase, label in zip(READY[name].phases, found, strict=True):
        stated = {each.term: each.value for each in phase.prepared.preparation.handling}
        said = in_text([label])
        for term, value in stated.items():
            assert ON_A_LABEL[term].format(value=value) in said
        assert stated or phase.prepared.product.handling or not SAYS.search(said)


def test_the_shipped_files_speak_of_light_of_a_filter_and_of_where_it_is_kept():
    said = {name: in_text(labels.lay_out(made)) for name, made in READY.items()}
    assert "FILTER: 0.2 or 0.22 micrometer in-line" in said["eptinezumab"] and "DO NOT SHAKE" in said["eptinezumab"]
    assert "PROTECT FROM LIGHT" in said["prochlorperazine"] and "STORE ____________" in said["prochlorperazine"]
    assert "STORE room temperature" in said["valproate-sodium-slow"] and "PROTECT FROM LIGHT" not in said["valproate-sodium-slow"]
    assert "PROTECT FROM LIGHT" not in said["metoclopramide"]  # its vial is, and its bag may stand in the light


def test_a_product_speaks_for_what_is_given_as_it_is_and_its_vial_not_for_the_syringe():
    premixed, undiluted = (in_text(labels.lay_out(sample(preparation=name, dose=dose))) for name, dose in (("premixed", "2 g"), ("undiluted", "400 mg")))
    assert "DO NOT FREEZE" in premixed and "STORE room temperature" in premixed
    assert "PROTECT FROM LIGHT" in undiluted and "STORE ____________" in undiluted


@pytest.mark.parametrize(("preparation", "category", "store", "until"), [
    ("bag", None, "refrigerator", "22-Nov-2026 08:00"), ("bag", "category-1-refrigerated", "refrigerator", "22-Nov-2026 08:00"),
    ("bag", "immediate-use", "refrigerator", "21-Nov-2026 12:00"), ("bag", "category-1-room", "____________", "____________"),
    ("outside", None, "____________", "____________"), ("outside", "category-1-room", "room temperature", "____________"),
    ("outside", "category-1-refrigerated", "____________", "____________")])
def test_what_is_stable_in_the_refrigerator_has_no_time_outside_it(preparation, category, store, until):
    made = sample(preparation=preparation, prepared="2026-11-21 08:00", **({"compounding": category} if category else {}))
    said = in_text(labels.lay_out(made))
    assert f"BEYOND USE {until} STORE {store} WARNING" in said
    assert ("use within" in said) == (until != "____________")


def test_handling_stands_on_the_sheet_the_worksheet_and_in_json_with_its_sources(infuse):
    command = ["order", "sample-handling", "--protocols", "tests/protocols", "--age", "44y", "--weight", "70kg"]
    words = "store: refrigerator, protect from light, do not shake, do not freeze (sample-label); filter: 1.2 micrometer in-line (sample-paper)"
    assert f"HANDLING {words}" in flat(infuse(*command).stdout) and f"handling: {words}" in flat(infuse(*command, "--form", "worksheet").stdout)
    found = json.loads(infuse(*command, "--json").stdout)["orders"][0]["handling"]
    assert {"term": "filter", "value": "1.2 micrometer in-line", "source": ["sample-paper"]} in found and len(found) == 5
    undiluted = flat(infuse(*command, "--preparation", "undiluted", "--dose", "400 mg").stdout)
    assert "HANDLING protect from light (sample-label) UNTIL OPENED store: refrigerator or room temperature, protect from light (sample-label)" in undiluted


def test_a_drug_in_a_shared_bag_keeps_its_warnings_and_not_its_place():
    from infuse.paper import handling

    phase = sample().phases[0]
    shared = phase.prepared._replace(preparation=phase.prepared.preparation._replace(shared=("another",)))
    both = [phase.__class__(**{name: getattr(phase, name) for name in phase.__dataclass_fields__} | {"prepared": shared})]
    assert "PROTECT FROM LIGHT" in handling.on_label(both) and handling.places(both[0]) is None


# ---------------------------------------------------------------------------------------------- bags and syringes


def test_a_syringe_says_how_it_is_injected_and_a_bag_that_holds_more_says_so():
    said = {name: in_text(labels.lay_out(made)) for name, made in READY.items()}
    assert "GIVE inject 1 mL over 1 minute" in said["ketorolac"]
    more = [name for name, made in READY.items() for phase in made.phases if hasattr(phase.phase, "flush") and phase.prepared.bags == 1
            and phase.figures["volume_to_be_infused"].value < phase.figures["final_volume"].value]
    taken = {name for name in more for phase in READY[name].phases if phase.prepared.premixed}
    assert taken and all(("HOLDS MORE THAN THE DOSE" in said[name]) == (name in taken) for name in more)
    assert "chlorpromazine-per-kg" in more  # 0.08 mL that no step of the pump reaches are no second dose


# ---------------------------------------------------------------------------------------------- the barcode


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm, of poppler-utils")
@pytest.mark.parametrize("stock", SIZES)
def test_the_barcode_is_scanned_back_from_black_and_white_at_200_dots_an_inch(infuse, tmp_path, stock):
    done = infuse(*ORDER, *JANE, "--count", "2", "--stock", stock, "--output", str(tmp_path / "label.pdf"))
    assert done.returncode == 0, done.stderr
    made = json.loads(infuse("order", *ORDER[1:], *JANE, "--json").stdout)["order_id"]
    found = [each for page in pages_as_images(tmp_path / "label.pdf") for each in scanned(page)]
    assert found == [("Code128", order_id.in_barcode(made))] * 2


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm, of poppler-utils")
def test_nothing_is_scanned_from_the_label_of_nobody(infuse, tmp_path):
    assert infuse(*ORDER, "--output", str(tmp_path / "label.pdf")).returncode == 0
    assert not [each for page in pages_as_images(tmp_path / "label.pdf") for each in scanned(page)]


# ---------------------------------------------------------------------------------------------- sheets, counts, faults


def test_several_labels_are_counted_and_fill_sheets(infuse, tmp_path):
    path = tmp_path / "labels.pdf"
    for stock, pages in (("2x4in", 11), ("letter", 2), ("a4", 2)):
        assert infuse(*ORDER, *JANE, "--count", "11", "--stock", stock, "--output", str(path), "--force").returncode == 0
        read_back = read(path.read_bytes())
        assert len(read_back) == pages
        assert [int(each) for page in read_back for each in re.findall(r"LABEL (\d+) OF 11", page)] == list(range(1, 12))


def test_the_same_labels_are_the_same_bytes():
    found = labels.lay_out(READY[KETAMINE])
    assert label_pdf.to_pdf(found, "a4", NOW) == label_pdf.to_pdf(found, "a4", NOW)


def test_a_long_name_wraps_whole_and_a_longer_one_is_refused(infuse, tmp_path):
    long = " ".join(f"part{number:02}" for number in range(12))
    assert infuse(*ORDER, "--name", long, "--record-number", "1", "--output", str(tmp_path / "one.pdf")).returncode == 0
    assert long.replace(" ", "") in read((tmp_path / "one.pdf").read_bytes())[0].replace(" ", "")
    done = infuse(*ORDER, "--name", "x" * 300, "--record-number", "1", "--output", str(tmp_path / "two.pdf"))
    assert done.returncode == 2 and "found more: label 1, ketamine" in done.stderr and "take a larger --stock" in done.stderr
    assert not (tmp_path / "two.pdf").exists()
    assert infuse(*ORDER, "--name", "x" * 160, "--record-number", "1", "--stock", "a4", "--output", str(tmp_path / "two.pdf")).returncode == 0


@pytest.mark.parametrize(("options", "says"), [
    (["--stock", "a5"], "--stock: expected 2x4in or letter or a4"), (["--count", "0"], "--count: expected 1 to 99; found 0"),
    (["--count", "100"], "--count: expected 1 to 99"), (["--prepared", "08:00"], "--prepared: expected a date and 24-hour time"),
    (["--ordered", "2026-11-22 08:00"], "--ordered: expected a time that is not in the future"), (["--copies", "2"], "--copies: expected --print"),
    (["--output", "/nowhere/label.pdf"], "found: No such file or directory")])
def test_what_cannot_be_is_refused_in_a_sentence(infuse, options, says):
    done = infuse(*ORDER, *options)
    assert done.returncode == 2 and says in done.stderr and not done.stdout and "Traceback" not in done.stderr


def test_an_existing_file_is_left_and_a_stopped_order_has_no_label(infuse, tmp_path):
    path = tmp_path / "label.pdf"
    path.write_text("mine")
    done = infuse(*ORDER, "--output", str(path))
    assert done.returncode == 2 and "--force" in done.stderr and path.read_text() == "mine"
    for weight, says in (("29kg", "hard stop"), ("35kg", "soft stop")):
        done = infuse("label", KETAMINE, "--weight", weight, "--age", "44y", "--output", str(tmp_path / "none.pdf"))
        assert done.returncode == 1 and says in done.stderr and not done.stdout and not (tmp_path / "none.pdf").exists()


def test_every_option_of_order_is_one_of_label_in_the_same_words():
    import typer.main

    from infuse.cli import app

    commands = typer.main.get_command(app).commands
    of = {name: {each.name: (each.opts, getattr(each, "help", None), each.metavar, each.multiple if hasattr(each, "multiple") else None) for each in commands[name].params}
          for name in ("order", "label", "book")}
    assert {name: said for name, said in of["order"].items() if name not in ("form", "without_annex", "paper")} == {
        name: said for name, said in of["label"].items() if name not in ("stock", "ordered", "count")}
    for name in ("with_", "without", "choose", "format", "json", "output", "force", "paper", "queue", "copies", "reprint", "protocols"):
        assert of["book"][name] == of["order"][name]
    assert of["label"]["allergies"][0] == ["--allergy"]


def test_unknown_protocols_are_refused_as_by_order(infuse):
    done = infuse("label", "ketamin-inpatient-titration", "--weight", "70kg")
    assert done.returncode == 2 and "did you mean" in done.stderr


@pytest.mark.parametrize(("weight", "dose", "volume"), [("45 kg", "675 mg", "67.5 mL"), ("49 kg", "735 mg", "73.5 mL")])
def test_the_label_of_a_bag_of_which_a_part_is_given_says_the_dose(infuse, weight, dose, volume):
    said = " ".join(infuse("label", "acetaminophen", "--weight", weight, "--age", "44y").stdout.split())
    assert "acetaminophen 1,000 mg in 100 mL" in said and f"GIVE HOLDS MORE THAN THE DOSE of {dose}: give {volume}, then stop" in said
