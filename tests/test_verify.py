"""The id of an order, the text that it is worked out again from, its QR code read back, and what verify says of both."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest
import zxingcpp
from conftest import make
from test_sheet import KETAMINE, PAGES

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
    assert not re.search("Sample|Jane|T 1|1982|West|Roe|penicillin", line)
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
    for format in ("text", "json"):
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


NEVER_A_NUMBER = {"name", "record_number", "birth_date", "weight_source", "pregnancy", "lactation", "qtc", "blood_pressure", "heart_rate", "liver", "allergies",
                  "conditions", "medicines", "given", "line", "care_area", "location", "prescriber", "start", "prepared", "compounding"}


def test_each_fact_is_in_the_text_or_changes_no_number():
    """A new fact that changes a dose must be put into the text: without it the order would be worked out otherwise."""
    from infuse.files.given import BY_NAME

    assert {*compact.FACTS} | NEVER_A_NUMBER == {*BY_NAME} and not {*compact.FACTS} & NEVER_A_NUMBER
