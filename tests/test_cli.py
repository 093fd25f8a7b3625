"""The command line: what it refuses, in which words, with which exit code, and that nothing half-done is left."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from conftest import CLOCK, ROOT

KETAMINE = "ketamine-inpatient-titration"
ORDER = ["order", KETAMINE, "--age", "44y"]
DOSE_LIKE = re.compile(r"\d ?(mg|mcg|g|mL|units)\b")

# options after `order ketamine-inpatient-titration --age 44y`: what standard error says, word for word
REFUSED = [
    (["--weight", "70"], ["--weight: expected a weight with its unit, such as 70kg or 154lb, above zero; found \"70\"",
                          "   the unit is missing: 70kg or 70lb?"]),
    (["--weight", "0kg"], ["--weight: expected a weight with its unit, such as 70kg or 154lb, above zero; found \"0kg\""]),
    (["--weight", "-70kg"], ["--weight: expected a weight with its unit, such as 70kg or 154lb, above zero; found \"-70kg\"",
                             "   a quantity has no sign"]),
    (["--weight", "70 kgs"], ["--weight: expected a weight with its unit, such as 70kg or 154lb, above zero; found \"70 kgs\"", "   write kg"]),
    (["--weight", "3500g"], ["--weight: expected a weight with its unit, such as 70kg or 154lb, above zero; found \"3500g\"",
                             "   grams are for drugs here; give the patient's weight in kg"]),
    (["--weight", "70,5kg"], ["--weight: expected a weight with its unit, such as 70kg or 154lb, above zero; found \"70,5kg\"",
                              "   a comma is not a decimal point: 70.5"]),
    (["--weight", "1e400kg"], ["--weight: expected a weight with its unit, such as 70kg or 154lb, above zero; found \"1e400kg\"",
                               "   write the number out, without an exponent"]),
    (["--weight", "NaN kg"], ["--weight: expected a weight with its unit, such as 70kg or 154lb, above zero; found \"NaN kg\"",
                              "   that is not a number"]),
    ([], ["--weight: expected actual body weight, in kg or lb, such as 70kg; found nothing",
          f"   it changes the dose of {KETAMINE}"]),
    (["--weight", "70kg", "--weight-date", "2026-11-22"], ["--weight-date: expected a date that is not in the future; found \"2026-11-22\""]),
    (["--weight", "70kg", "--weight-date", "11/20/2026"], [
        "--weight-date: expected a date, such as 2026-11-21 or 21-Nov-2026; found \"11/20/2026\"",
        "   day and month in digits are read differently in different places"]),
    (["--weight", "70kg", "--birth-date", "1980-01-01"], ["--age: expected age and date of birth that agree; found \"44y\"",
                                                          "   the date of birth makes it 46 years"]),
    (["--weight", "70kg", "--sex", "F"], ["--sex: expected female or male; found \"F\""]),
    (["--weight", "70kg", "--creatinine", "0.9"], ["--creatinine: expected a creatinine, such as 0.9 mg/dL; found \"0.9\"", "   the unit is missing"]),
    (["--weight", "70kg", "--allergy", "none", "--allergy", "latex"], ["--allergy: expected none, or a list without it; found \"none latex\""]),
    (["--weight", "70kg", "--pump", "magic"], ["--pump: expected a pump of the tables: general, large-volume, syringe; found \"magic\""]),
    (["--weight", "70kg", "--dose", "5 mg"], [
        "--dose: expected dose_rate, because the protocol is a continuous infusion; found \"dose\""]),
    (["--weight", "70kg", "--duration", "5 banana"], None),
    (["--weight", "70kg", "--beyond-use", "24"], ["--beyond-use: expected a time, such as 30 min; found \"24\"", "   the unit is missing"]),
    (["--weight", "70kg", "--override", "weight: x", "--by", "A"], [
        "--override: expected the code of a soft stop: none: nothing here needs an override; found \"weight\""]),
    (["--weight", "35kg", "--override", f"{KETAMINE}.weight: x"], [
        "--by: expected the name of the person whose reason it is; found nothing", "   an override is a named person's"]),
    (["--weight", "35kg", "--override", f"{KETAMINE}.weight", "--by", "A"], [
        f"--override: expected \"CODE: reason\"; found \"{KETAMINE}.weight\""]),
    (["--weight", "70kg", "--answer", "colour=red"], [
        "--answer: expected a question that one protocol leaves open; found \"colour=red\"", None]),
    (["--weight", "70kg", "--format", "xml"], ["--format: expected text or json; found \"xml\""]),
]


@pytest.mark.parametrize(("options", "said"), REFUSED, ids=[" ".join(each[0]) or "no weight" for each in REFUSED])
def test_refused(infuse, options, said):
    done = infuse(*ORDER, *options)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    for line, expected in zip(lines, said or []):
        assert expected is None or line == expected
    assert said is None or len(lines) == len(said)


def test_all_faults_at_once(infuse):
    done = infuse("order", KETAMINE, "--weight", "70", "--age", "44", "--sex", "F", "--weight-date", "tomorrow")
    assert {line.split(":")[0] for line in done.stderr.splitlines() if not line.startswith(" ")} == {"--weight", "--age", "--sex", "--weight-date"}


@pytest.mark.parametrize(("name", "hint"), [("ketamin", "did you mean"), ("ketamine", "did you mean"), ("zzz", "infuse list shows"), ("", "infuse list shows"),
                                            ("[bold]x[/bold]", "infuse list shows"), ("../../etc/passwd", "infuse list shows")])
def test_unknown_protocol(infuse, name, hint):
    done = infuse("order", name, "--weight", "70kg")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == f'expected a protocol; found "{name}"' and hint in done.stderr


def test_the_same_protocol_twice(infuse):
    done = infuse("order", KETAMINE, KETAMINE, "--weight", "70kg")
    assert (done.returncode, done.stdout) == (2, "") and "once" in done.stderr


@pytest.mark.parametrize("weight", ["29kg", "35kg"])
def test_a_stop_prints_no_dose_and_exits_1(infuse, weight):
    done = infuse(*ORDER, "--weight", weight)
    assert done.returncode == 1
    assert not DOSE_LIKE.search(done.stdout) and "NO ORDER" in done.stdout
    assert f"{KETAMINE}.weight" in done.stderr
    made = json.loads(infuse(*ORDER, "--weight", weight, "--json").stdout)
    assert made["orders"] == []


def test_one_stopped_order_withholds_the_sheet_and_names_the_command_without_it(infuse):
    done = infuse("order", KETAMINE, "magnesium-sulfate-adult", "--weight", "29kg", "--age", "44y")
    assert done.returncode == 1 and "ORDER 1" not in done.stdout
    assert f"without {KETAMINE}: infuse order magnesium-sulfate-adult --weight 29kg --age 44y" in done.stderr


# ---------------------------------------------------------------------------------------------- a patient file


def patient_file(tmp_path, name, text):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return ["order", KETAMINE, "--patient", str(tmp_path / name)]


GOOD = ["weight: 70 kg\nage: 44 years\n", '{"weight": "70 kg", "age": "44 years"}']


@pytest.mark.parametrize("text", GOOD)
def test_facts_from_a_file(infuse, tmp_path, text):
    done = infuse(*patient_file(tmp_path, "p.json" if text.startswith("{") else "p.yaml", text))
    assert done.returncode == 0 and "3.5 mL/hour" in done.stdout


BAD_FILES = [
    ("p.yaml", "weight: 70\n", "the unit is missing"),
    ("p.yaml", "wieght: 70 kg\n", "did you mean weight?"),
    ("p.yaml", "weight: 70 kg\nweight: 80 kg\n", "expected each key once"),
    ("p.yaml", "weight: {a: b}\n", "over lines"),
    ("p.yaml", "", "found an empty file"),
    ("p.yaml", b"\xff\xfe\x00", "expected UTF-8"),
    ("p.yaml", "weight:\n  kg: 70\n", "expected a text"),
    ("p.yaml", "sex:\n  - male\n  - female\n", "expected one text; found \"a list\""),
    ("p.json", '{"weight": 70}', "a bare number has no unit"),
    ("p.json", '{"weight": "70 kg", "weight": "80 kg"}', "expected each key once"),
    ("p.json", '{"weight": "70 kg"', "expected JSON text"),
    ("p.json", "[" * 100000, "expected JSON text"),
    ("p.json", "[]", "expected an object"),
    ("p.json", '{"weight": NaN}', "a bare number has no unit"),
    ("p.json", '{"weight": null}', "expected a text"),
]


@pytest.mark.parametrize(("name", "text", "said"), BAD_FILES)
def test_a_bad_patient_file(infuse, tmp_path, name, text, said):
    done = infuse(*patient_file(tmp_path, name, text), "--age", "44y")
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    assert said in done.stderr and "Traceback" not in done.stderr


def test_the_same_fact_twice_with_two_values(infuse, tmp_path):
    done = infuse(*patient_file(tmp_path, "p.yaml", "weight: 70 kg\n"), "--weight", "71kg")
    assert done.returncode == 2 and "give the fact once" in done.stderr
    assert infuse(*patient_file(tmp_path, "p.yaml", "weight: 70 kg\n"), "--weight", "70 kg", "--age", "44y").returncode == 0


def test_a_patient_file_that_is_not_there(infuse, tmp_path):
    done = infuse("order", KETAMINE, "--patient", str(tmp_path / "none.yaml"))
    assert (done.returncode, done.stdout) == (2, "") and "expected a file" in done.stderr


# ---------------------------------------------------------------------------------------------- where a document goes


def test_an_existing_file_is_kept_unless_forced(infuse, tmp_path):
    target = tmp_path / "sheet.txt"
    target.write_text("mine")
    done = infuse(*ORDER, "--weight", "70kg", "--output", str(target))
    assert done.returncode == 2 and target.read_text() == "mine" and "--force" in done.stderr
    assert infuse(*ORDER, "--weight", "70kg", "--output", str(target), "--force").returncode == 0
    assert "3.5 mL/hour" in target.read_text()


@pytest.mark.parametrize("target", ["none/sheet.txt", "."])
def test_an_unwritable_place(infuse, tmp_path, target):
    done = infuse(*ORDER, "--weight", "70kg", "--output", str(tmp_path / target))
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(infuse):
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "infuse", *ORDER, "--weight", "70kg"], stdout=full, stderr=subprocess.PIPE, text=True,
                              cwd=ROOT, env=os.environ | CLOCK)
    assert done.returncode == 2 and "No space left" in done.stderr and "Traceback" not in done.stderr


def test_a_closed_pipe(infuse):
    line = f"{sys.executable} -m infuse order {KETAMINE} --weight 70kg --age 44y | true"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, cwd=ROOT, env=os.environ | CLOCK)
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr


def test_a_plain_c_locale_prints_any_name(infuse):
    done = infuse(*ORDER, "--weight", "70kg", "--name", "李 Łukasz", LC_ALL="C", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "Łukasz" in done.stdout


# ---------------------------------------------------------------------------------------------- a site's folder


def test_a_folder_that_is_not_there(infuse, tmp_path):
    done = infuse(*ORDER, "--weight", "70kg", "--protocols", str(tmp_path / "none"))
    assert (done.returncode, done.stdout) == (2, "") and "--protocols" in done.stderr


@pytest.mark.parametrize("door", ["option", "environment"])
def test_a_sites_folder_wins_and_is_named(infuse, tmp_path, door):
    text = (ROOT / "protocols" / f"{KETAMINE}.yaml").read_text().replace("version: 1", "version: 7", 1)
    (tmp_path / f"{KETAMINE}.yaml").write_text(text)
    options, environment = (["--protocols", str(tmp_path)], {}) if door == "option" else ([], {"INFUSE_PROTOCOLS": str(tmp_path)})
    done = infuse(*ORDER, "--weight", "70kg", *options, **environment)
    assert done.returncode == 0, done.stderr
    assert "version 7" in done.stdout
    flat = " ".join(done.stdout.split())
    assert f"is used instead of the shipped protocols/{KETAMINE}.yaml" in flat
    assert "NOT APPROVED AT THIS SITE" in done.stdout


def test_a_file_with_a_problem_gives_no_order(infuse, tmp_path):
    text = (ROOT / "protocols" / f"{KETAMINE}.yaml").read_text().replace("by: 0.05 mg/kg/h", "by: 0.05 mg/h")
    (tmp_path / f"{KETAMINE}.yaml").write_text(text)
    done = infuse(*ORDER, "--weight", "70kg", "--protocols", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert 'expected a dose rate per kg' in done.stderr and '0.05 mg/h' in done.stderr


@pytest.mark.parametrize("arguments", [["rate", "5 mcg/kg/min", "--in", "50 mcg/mL"], ["rate", "1 mg/h", "--in", "0 mg/mL"], ["convert", "5 mg", "mL"],
                                       ["volume", "5 units", "--in", "2 mg/mL"], ["drops", "8 h"], ["dose", "3.5 mL", "--in", "2 mg/mL"]])
def test_a_quick_calculation_refused(infuse, arguments):
    for more in ([], ["--json"]):
        done = infuse(*arguments, *more)
        assert (done.returncode, done.stdout) == (2, "")
        assert "expected" in done.stderr and "Traceback" not in done.stderr


def test_a_fault_of_our_own_is_a_sentence(monkeypatch):
    from infuse import cli
    from typer.testing import CliRunner

    monkeypatch.delenv("INFUSE_DEBUG", raising=False)
    monkeypatch.setattr("infuse.catalog.rows", lambda _library: 1 / 0)
    done = CliRunner().invoke(cli.app, ["list"])
    assert done.exit_code == 2 and done.stdout == "" and "ZeroDivisionError" in done.stderr


def test_at_a_terminal_a_missing_weight_is_asked_for(tmp_path):
    """Through a pseudo-terminal: the question comes on standard error, is asked again after a bare number."""
    pty = pytest.importorskip("pty")
    primary, secondary = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "infuse", *ORDER], stdin=secondary, stderr=secondary, stdout=subprocess.PIPE,
                               cwd=ROOT, env=os.environ | CLOCK)
    os.close(secondary)
    os.write(primary, b"70\n70 kg\n")
    out, _ = process.communicate(timeout=30)
    os.close(primary)
    assert process.returncode == 0 and b"3.5 mL/hour" in out
