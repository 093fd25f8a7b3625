"""The id of an order, the text that it is worked out again from, its QR code read back, and what verify says of both."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import zxingcpp
from conftest import CLOCK, ROOT, make
from test_sheet import KETAMINE, PAGES

from infuse.files.given import BY_NAME
from infuse.files.library import Library
from infuse.ground.units import Refused
from infuse.ordering import compact, order_id
from infuse.paper.render import symbols

LOADED = Library().load(Library().ids()[KETAMINE])
VERSION = LOADED.protocol.version
JANE = dict(weight="70 kg", age="44y", record_number="T 1", name="Sample, Jane")
READY = [name for name, command in PAGES.items() if command[0] == "order" and name not in ("ketamine-needs-override", "ketamine-stopped")]


def order(**facts):
    return make(LOADED, **JANE | facts)


# ---------------------------------------------------------------------------------------------- the id


def test_an_id_is_sixteen_letters_and_the_same_for_the_same_order():
    assert re.fullmatch(f"([{order_id.LETTERS}]{{4}}-){{3}}[{order_id.LETTERS}]{{4}}", order_id.of_order(order()))
    assert order_id.of_order(order()) == order_id.of_order(order())


@pytest.mark.parametrize("other", [{"record_number": "T 2"}, {"name": "Sample, June"}, {"weight": "70.1 kg"}, {"dose_rate": "0.1 mg/kg/h"},
                                   {"allergies": ("none",)}, {"location": "5 West"}])
def test_whatever_is_given_otherwise_makes_another_id(other):
    assert order_id.of_order(order(**other)) != order_id.of_order(order())


def test_a_minute_later_or_another_file_makes_another_id():
    from dataclasses import replace
    from datetime import timedelta

    one = order()
    later = replace(one, now=one.now + timedelta(minutes=1))
    other = replace(one, requests=(one.requests[0]._replace(loaded=LOADED._replace(files=LOADED.files[:1])),))
    assert len({order_id.of_order(each) for each in (one, later, other)}) == 3


def test_a_thousand_patients_share_none():
    ids = {order_id.of_order(order(record_number=str(number))) for number in range(1000)}
    assert len(ids) == 1000


def test_without_a_record_number_there_is_none(infuse):
    assert order_id.of_order(make(LOADED, weight="70kg", age="44y", name="Sample, Jane")) == ""
    assert "none: it needs the record number" in " ".join(infuse(*PAGES["ketamine-70"]).stdout.split())


def test_the_id_stands_on_text_json_and_paper(infuse, tmp_path):
    import pypdf

    command = ["order", KETAMINE, "--weight", "70kg", "--age", "44y", "--record-number", "T 1"]
    one = json.loads(infuse(*command, "--json").stdout)["order_id"]
    assert infuse(*command).stdout.count(one) == 2
    assert not infuse(*command, "--output", str(tmp_path / "order.pdf")).returncode
    assert all(one in page.extract_text() for page in pypdf.PdfReader(tmp_path / "order.pdf").pages)


# ---------------------------------------------------------------------------------------------- the text


def test_the_text_says_nothing_of_who_it_is():
    line = compact.write(order(birth_date="1982-03-04", location="5 West", prescriber="Dr. Roe", allergies=("penicillin: rash",)))
    assert not re.search("Sample|Jane|T 1|1982|West|Roe", line) and "; allergies: penicillin: rash; " in line
    assert "weight: 70 kg; age: 44 years" in line


def test_the_text_is_found_in_a_saved_sheet_and_however_it_is_spaced():
    line = compact.write(order())
    for text in (f"VERIFY\n----\nwords. {line}\n\nSIGNATURES", line.replace(" ", "\n   "), line.replace("ketamine-", "ketamine-\n"), line):
        assert compact.find(text) == line
    assert compact.read(line).check == compact.read(line).check_here
    assert compact.read(line.replace("70 kg", "71 kg")).check_here != compact.read(line).check


@pytest.mark.parametrize("text", ["", "infuse order 1", "infuse order 2; at: x; check: 012345678901", "weight: 70 kg", compact.write(order())[:-1]])
def test_other_text_is_refused(text):
    with pytest.raises(Refused):
        compact.find(text)


@pytest.mark.parametrize("line", ["infuse order 1; at 9; check: 0123456789ab", "infuse order 1; weight: 70 kg; check: 0123456789ab",
                                  "infuse order 1; at: 21-Nov-2026 08:30; protocol: ketamine; check: 0123456789ab",
                                  "infuse order 1; chosen: dose = 1 g; check: 0123456789ab"])
def test_a_line_with_something_missing_is_refused(infuse, line):
    done = infuse("verify", line)
    assert done.returncode == 2 and "VERIFY: expected" in done.stderr and not done.stdout


# ---------------------------------------------------------------------------------------------- the codes


def dots(symbol, size=3):
    """The image as a scanner sees it: its path filled in, `size` dots a module, dark on white, with room around it."""
    wide, tall = (int(each) for each in re.search(r'viewBox="0 0 (\d+) (\d+)"', symbol.svg).groups())
    rows = [bytearray(b"\xff" * wide * size) for _ in range((tall + 20) * size)]
    for x, y, w, h in (tuple(map(int, each)) for each in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-", symbol.svg)):
        for row in rows[(y + 10) * size : (y + 10 + h) * size]:
            row[x * size : (x + w) * size] = bytes(w * size)
    return memoryview(b"".join(rows)).cast("B", (len(rows), wide * size))


def scanned(image):
    return [(each.format.name, each.text) for each in zxingcpp.read_barcodes(image)]


def test_the_codes_are_read_back():
    line, letters = compact.write(order()), order_id.in_barcode(order_id.of_order(order()))
    assert scanned(dots(symbols.square(line))) == [("QRCode", line)]
    assert scanned(dots(symbols.bars(letters))) == [("Code128", letters)]


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm, of poppler-utils")
@pytest.mark.parametrize("name", ["ketamine-70", "combined", "schedule"])
def test_a_sheet_in_black_and_white_at_200_dots_an_inch_is_scanned_and_verified(infuse, tmp_path, name):
    assert not infuse(*PAGES[name], "--output", str(tmp_path / "order.pdf")).returncode
    found = [text for page in pages_as_images(tmp_path / "order.pdf") for kind, text in scanned(page) if kind == "QRCode"]
    assert found == [json.loads(infuse(*PAGES[name], "--json").stdout)["recompute"]]
    folders = PAGES[name][PAGES[name].index("--protocols") :][:2] if "--protocols" in PAGES[name] else []
    done = infuse("verify", *folders, stdin=found[0])
    assert done.returncode == 0 and done.stdout.endswith("all the same\n") and "DIFFERENT" not in done.stdout


def pages_as_images(path, dpi=200):
    """Each page as a copier would: one bit a dot."""
    subprocess.run(["pdftoppm", "-mono", "-r", str(dpi), str(path), str(path.with_suffix(""))], check=True)
    for each in sorted(path.parent.glob(f"{path.stem}-*.pbm")):
        kind, size, bits = each.read_bytes().split(b"\n", 2)
        wide, tall = map(int, size.split())
        across = -(-wide // 8)
        light = [bytes(0 if byte >> bit & 1 else 255 for bit in range(7, -1, -1)) for byte in range(256)]
        rows = [b"".join(light[byte] for byte in bits[at * across : (at + 1) * across])[:wide] for at in range(tall)]
        yield memoryview(b"".join(rows)).cast("B", (tall, wide))


# ---------------------------------------------------------------------------------------------- verified


@pytest.mark.parametrize("name", READY)
def test_every_sheet_and_its_json_come_out_the_same(infuse, name):
    folders = PAGES[name][PAGES[name].index("--protocols") :][:2] if "--protocols" in PAGES[name] else []
    for format in ("text",) if "--without-annex" in PAGES[name] else ("text", "json"):
        done = infuse("verify", *folders, stdin=infuse(*PAGES[name], "--format", format).stdout)
        assert done.returncode == 0 and not done.stderr, done.stdout + done.stderr
        assert done.stdout.endswith("all the same\n")


def test_an_order_set_comes_out_the_same(infuse):
    facts = ["--weight", "70kg", "--age", "44y", "--sex", "female", "--height", "170cm", "--creatinine", "0.9 mg/dL"]
    for more in ([], ["--with", "magnesium-sulfate-adult", "--without", "ketorolac"]):
        sheet = infuse("order", "emergency-rescue", *facts, *more).stdout
        done = infuse("verify", stdin=sheet)
        assert done.returncode == 0 and "same: version of emergency-rescue" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(("was", "typed", "different"), [
    ("weight: 70 kg", "weight: 71 kg", {"check of the text", "order 1 calculated dose rate", "order 1 pump rate", "every figure"}),
    ("pump rate: 3.5 mL/hour", "pump rate: 35 mL/hour", {"check of the text", "order 1 pump rate"}),
    ("rungs: 19", "rungs: 20", {"check of the text", "order 1 rungs"}),
    (f"version {VERSION}", "version 1", {"check of the text", f"version of {KETAMINE}"}),
    ("order 1 rungs: 19; ", "", {"check of the text", "order 1 rungs"})])
def test_what_was_changed_is_named_and_nothing_else(infuse, was, typed, different):
    line = compact.write(order())
    assert line.count(was) == 1
    done = infuse("verify", line.replace(was, typed), "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 1 and not said["same"]
    assert {each["what"] for each in said["lines"] if not each["same"]} == different


def test_another_file_is_said_clearly(infuse, tmp_path):
    text = Library().ids()[KETAMINE].read_text()
    (tmp_path / f"{KETAMINE}.yaml").write_text(text.replace(f"version: {VERSION}", "version: 99", 1))
    done = infuse("verify", compact.write(order()), "--protocols", str(tmp_path))
    assert done.returncode == 1
    assert f"DIFFERENT: version of ketamine-inpatient-titration: {VERSION} on the sheet; 99 here" in " ".join(done.stdout.split())
    assert f"The sheet was made with another {KETAMINE} than the one here." in " ".join(done.stdout.split())


def test_a_number_changed_in_the_json_is_found(infuse):
    of_order = json.loads(infuse(*PAGES["magnesium-child"], "--json").stdout)
    of_order["orders"][0]["figures"]["pump_rate"]["value"] = "999"
    of_order["patient"]["weight"]["value"] = "54"
    done = infuse("verify", stdin=json.dumps(of_order))
    assert done.returncode == 1 and "2 DIFFERENT" in done.stdout
    assert "DIFFERENT: patient: weight: 54 kg on the sheet; 45 kg here" in done.stdout


@pytest.mark.parametrize("text", ["", "no such sheet", "{", "{}", '{"recompute": null}'])
def test_what_is_no_sheet_is_refused(infuse, text):
    done = infuse("verify", stdin=text)
    assert done.returncode == 2 and "expected" in done.stderr and "Traceback" not in done.stderr and not done.stdout


def test_an_unknown_file_protocol_or_a_pdf_is_refused(infuse, tmp_path):
    (tmp_path / "order.pdf").write_bytes(b"%PDF-1.7")
    line = compact.write(make(LOADED, weight="70kg", age="44y")).replace(f"protocol: {KETAMINE}", "protocol: kitamine")
    for what, said in ((str(tmp_path / "none.txt"), "No such file"), (str(tmp_path / "order.pdf"), "scan its QR code"), (line, "kitamine")):
        done = infuse("verify", what)
        assert done.returncode == 2 and said in done.stderr and not done.stdout


def test_facts_that_give_no_order_any_more_are_said(infuse):
    done = infuse("verify", compact.write(order()).replace("70 kg", "29 kg"))
    assert done.returncode == 1 and "no order comes out here: weight 29 kg is below the hard limit" in done.stderr and not done.stdout


NEITHER = {"name", "record_number", "birth_date", "location", "prescriber", "prepared", "compounding"}  # who it is, who orders, when it is made


def test_each_fact_is_in_the_text_or_says_only_whose_it_is():
    """A new fact must be put into the text: without it the order would be worked out or screened otherwise."""
    assert {*compact.FACTS, *compact.SCREENED} | NEITHER == {*BY_NAME}
    assert len(compact.FACTS) + len(compact.SCREENED) + len(NEITHER) == len(BY_NAME)


# ---------------------------------------------------------------------------------------------- screening

ILL = {"allergies": ("penicillin: rash", "latex - gloves; 50% sure; check: 0123456789ab"), "conditions": ("asthma", "no other"), "medicines": ("sertraline", "sumatriptan 50 mg 30 h ago", "tramadol"),
       "given": ("ketorolac 15 mg intravenous at 2026-11-21 02:00",), "weight_source": "stated", "weight_date": "2026-11-10 08:00", "heart_rate": "72 beats/min",
       "blood_pressure": "120/80 mmHg", "qtc": "430 ms", "pregnancy": "unknown", "lactation": "no", "liver": "none", "line": "central", "care_area": "clinic", "start": "2026-11-22 08:00"}
SOFT = ("with-tramadol", "weight_source", "weight_date", "care_area")
TYPED = [*(each for fact, said in ILL.items() for one in (said if isinstance(said, tuple) else (said,)) for each in (BY_NAME[fact].option, one)),
         *(each for name in SOFT for each in ("--override", f"{KETAMINE}.{name}: weighed against it")), "--by", "Dr. Roe"]
COMMAND = ["order", KETAMINE, "--weight", "70kg", "--age", "44y", "--name", "Sample, Jane", "--record-number", "T 1", *TYPED]


@pytest.fixture(scope="module")
def ill():
    """The order of an ill patient: its sheet, its JSON, its line."""
    def run(*more):
        done = subprocess.run([sys.executable, "-m", "infuse", *COMMAND, *more], capture_output=True, text=True, cwd=ROOT, env=os.environ | CLOCK)
        assert done.returncode == 0, done.stderr
        return done.stdout

    of_json = run("--json")
    return {"sheet": run(), "json": of_json, "line": json.loads(of_json)["recompute"]}


def different(infuse, text):
    """What verify says is different; nothing where it is all the same."""
    done = infuse("verify", "--json", stdin=text)
    said = json.loads(done.stdout)
    found = {each["what"] for each in said["lines"] if not each["same"]}
    assert (done.returncode, said["same"]) == ((1, False) if found else (0, True))
    return found


@pytest.mark.parametrize("form", ["sheet", "json", "line"])
def test_screening_is_done_again_from_the_same_facts(infuse, ill, form):
    done = infuse("verify", stdin=ill[form])
    said = " ".join(done.stdout.split())
    assert done.returncode == 0 and said.endswith("all the same"), re.findall("DIFFERENT.{80}", said)
    assert f"same: soft stop {KETAMINE}.with-tramadol: overridden" in said and "same: screening: " in said
    assert "Not compared: identity (name, birth date, record number, location)" in said


def test_every_fact_that_screening_looks_at_is_in_the_text_as_it_was_typed(ill):
    facts = compact.read(ill["line"]).facts
    assert set(compact.SCREENED) <= set(facts)
    assert {name: facts[name] for name in ILL if name != "start"} == {name: said for name, said in ILL.items() if name != "start"} and facts["start"] == "22-Nov-2026 08:00"


@pytest.mark.parametrize(("was", "typed", "found"), [
    ("allergies: penicillin: rash", "allergies: egg: rash", {"screening"}),
    ("allergies: penicillin: rash; ", "", {"screening"}),
    ("medicines: sertraline; ", "medicines: fentanyl; ", {"screening", f"soft stop {KETAMINE}.with-fentanyl"}),
    ("medicines: tramadol; ", "", {"screening", f"soft stop {KETAMINE}.with-tramadol", f"note {KETAMINE}.with-tramadol"}),
    ("conditions: asthma", "conditions: angina", {"screening", f"soft stop {KETAMINE}.coronary-artery-disease"}),
    ("weight source: stated", "weight source: measured", {"screening", f"soft stop {KETAMINE}.weight_source"}),
    (f"; soft stop {KETAMINE}.with-tramadol: overridden", "", {f"soft stop {KETAMINE}.with-tramadol"}),
    (f"soft stop {KETAMINE}.care_area", f"note {KETAMINE}.care_area", {f"soft stop {KETAMINE}.care_area", f"note {KETAMINE}.care_area"})])
def test_a_text_altered_in_an_allergy_a_medicine_or_an_alert_is_different(infuse, ill, was, typed, found):
    assert ill["line"].count(was) == 1
    assert different(infuse, ill["line"].replace(was, typed)) == {"check of the text", *found}


@pytest.mark.parametrize(("was", "typed", "found"), [
    ("ALLERGIES               penicillin: rash;", "ALLERGIES               sulfa: rash;", "printed ALLERGIES"),
    ("30 h ago", "80 h ago", "printed OTHER MEDICINES"),
    ("CONDITIONS              asthma", "CONDITIONS              angina", "printed CONDITIONS"),
    ("HEART RATE              72", "HEART RATE              27", "printed HEART RATE"),
    ("HEART RATE              72 beats/min\n", "", "printed HEART RATE"),
    ("sedation and", "nausea and", f"printed soft stop {KETAMINE}.with-tramadol"),
    ("the weight is stated, not measured", "the weight is measured", f"printed soft stop {KETAMINE}.weight_source")])
def test_a_sheet_altered_in_its_words_alone_is_different_there(infuse, ill, was, typed, found):
    sheet, verify, after = ill["sheet"].partition("\nVERIFY\n")
    assert was in sheet and verify
    assert different(infuse, sheet.replace(was, typed, 1) + verify + after) == {found}


@pytest.mark.parametrize(("was", "typed", "found"), [
    ("PUMP RATE               3.5 mL/hour", "PUMP RATE               35 mL/hour", "printed PUMP SETTINGS PUMP RATE"),
    ("start at 3.5 mL/hour", "start at 35 mL/hour", "printed ORDER 1 ADMINISTRATION"),
    ("0.1 mg/kg/hour times 70 kg = 7 mg/hour", "0.1 mg/kg/hour times 70 kg = 70 mg/hour", "printed ORDER 1 DOSE"),
    ("withdraw 10 mL", "withdraw 100 mL", "printed ORDER 1 PREPARATION"),
    ("5.3 mL/hour", "53 mL/hour", "printed LADDER 2"),
])
def test_a_sheet_altered_in_a_number_of_its_order_is_different_there(infuse, was, typed, found):
    sheet = infuse("order", KETAMINE, "--weight", "70kg", "--age", "44y").stdout
    assert was in sheet
    assert infuse("verify", "-", stdin=sheet).returncode == 0
    done = infuse("verify", "-", stdin=sheet.replace(was, typed))
    assert done.returncode == 1 and f"DIFFERENT: {found}: " in " ".join(done.stdout.split())


def test_a_sheet_altered_in_who_it_is_is_not_different_and_that_is_said(infuse, ill):
    done = infuse("verify", stdin=ill["sheet"].replace("Sample, Jane", "Sample, June"))
    assert done.returncode == 0 and "Not compared: identity" in done.stdout


def test_a_json_altered_in_an_allergy_a_medicine_an_alert_or_a_box_is_different_there(infuse, ill):
    def altered(change):
        one = json.loads(ill["json"])
        change(one)
        return different(infuse, json.dumps(one))

    assert altered(lambda one: one["patient"]["allergies"].pop()) == {"patient: allergies"}
    assert altered(lambda one: one["patient"]["medicines"].append("warfarin")) == {"patient: medicines"}
    assert altered(lambda one: one["patient"].update(unknown=[])) == {"patient: unknown"}
    assert altered(lambda one: one["alerts"][0].update(level="note")) == {"alerts 1.level"}
    assert altered(lambda one: one["alerts"][0].update(message="nothing")) == {"alerts 1.message"}
    assert {each.split(".")[0] for each in altered(lambda one: one["alerts"].pop())} == {f"alerts {len(json.loads(ill['json'])['alerts'])}"}
    assert f"overrides {len(SOFT)}" in altered(lambda one: one["overrides"].pop())
    assert altered(lambda one: one["ruled_out"][KETAMINE].__setitem__(0, "everything")) == {f"ruled_out.{KETAMINE} 1"}
    assert altered(lambda one: one["patient"].update(name="Sample, June")) == set()


def test_an_allergy_to_the_drug_itself_gives_no_order(infuse, ill):
    done = infuse("verify", stdin=ill["line"].replace("allergies: penicillin: rash", "allergies: ketamine"))
    assert done.returncode == 1 and "no order comes out here" in done.stderr and "ketamine" in done.stderr and not done.stdout


def test_a_text_without_screening_is_different(infuse, ill):
    without = [each for each in ill["line"].rpartition("; check: ")[0].split("; ") if not each.startswith("screening")]
    text = "; ".join(without)
    assert different(infuse, f"{text}; check: {compact.read(text + '; check: 0').check_here}") == {"screening"}


def longest():
    """As many medicines as one code can carry."""
    many = tuple(f"other medicine number {number:02} 50 mg twice daily" for number in range(30))
    return next(made for count in range(len(many), 0, -1) if len(compact.parts(compact.write(made := order(medicines=many[:count])))) == 1)


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm, of poppler-utils")
def test_the_fullest_code_is_scanned_back_at_200_dots_an_inch(tmp_path):
    from infuse.paper import sheet
    from infuse.paper.render import pdf

    made = longest()
    assert compact.MOST_IN_A_CODE * 9 // 10 < len(compact.write(made))
    (tmp_path / "order.pdf").write_bytes(pdf.to_pdf([sheet.lay_out(made)], "letter", made.now))
    found = [text for page in pages_as_images(tmp_path / "order.pdf") for kind, text in scanned(page) if kind == "QRCode"]
    assert found == [compact.write(made)]


@pytest.mark.parametrize("text", ["a; b", "100%", "%20", "%3B; %25", "self - inflicted", "well-known", "infuse order 1; at: x; check: 0123456789ab", "é 李", "a: b = c"])
def test_free_text_comes_back_as_it_was_typed_and_ends_no_part(text):
    line = compact.write(order(allergies=(text, "latex"), conditions=(text,)))
    found = compact.read(compact.find(f"VERIFY\n{line}\nmore; check: 0123456789ab"))
    assert found.facts["allergies"] == (text, "latex") and found.facts["conditions"] == (text,) and found.check == found.check_here
