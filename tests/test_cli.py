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
    (["--weight", "70 kgs"], ["--weight: expected a weight with its unit, such as 70kg or 154lb, above zero; found \"70 kgs\"", "   kgs is read as a 5, for its s; write kg"]),
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
    (["--weight", "70kg", "--override", "weight: seen", "--by", "A"], [
        "--override: expected the code of a soft stop: none: nothing here needs an override; found \"weight\""]),
    (["--weight", "35kg", "--override", f"{KETAMINE}.weight: seen"], [
        "--by: expected the name of the person whose reason it is; found nothing", "   an override is a named person's"]),
    (["--weight", "35kg", "--override", f"{KETAMINE}.weight", "--by", "A"], [
        f"--override: expected \"CODE: reason\"; found \"{KETAMINE}.weight\""]),
    (["--weight", "70kg", "--answer", "colour=red"], [
        "--answer: expected a question that one protocol leaves open; found \"colour=red\"", None]),
    (["--weight", "70kg", "--weight", "80kg"], ["--weight: expected once; found 2 times"]),
    (["--weight", "70kg", "--height", "17cm"], ["--height: expected a height of 40 to 250 cm; found \"17cm\""]),
    (["--weight", "70kg", "--creatinine", "80 mg/dL"], ["--creatinine: expected a creatinine of at most 30 mg/dL; found \"80 mg/dL\"",
                                                        "   is the unit right?"]),
    (["--weight", "70kg", "--beyond-use", "10 y"], ["--beyond-use: expected a beyond-use time of at most 180 days; found \"10 y\""]),
    (["--weight", "70kg", "--dose-rate", "7 mg/h"], ["--dose-rate: expected a dose rate per kg, such as 0.1 mg/kg/h; found \"7 mg/h\"",
                                                     "   that is a dose rate"]),
    (["--weight", "35kg", "--override", f"{KETAMINE}.weight: .", "--by", "A"], [
        f"--override: expected a reason in words; found \"{KETAMINE}.weight: .\""]),
    (["--weight", "70kg", "--answer", "titration interval=4 h", "--answer", "titration interval=2 h"], [
        "--answer: expected each question once; found \"titration interval=2 h\""]),
    (["--weight", "70kg", "--dose-rate", "0 mg/kg/h"], ["--dose-rate: expected a dose rate per kg, such as 0.1 mg/kg/h, above zero; found \"0 mg/kg/h\""]),
    (["--weight", "70kg", "--format", "xml"], ["--format: expected text, json or pdf; found \"xml\""]),
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
    assert done.stderr.splitlines()[0] == f'expected a protocol or an order set; found "{name}"' and hint in done.stderr


@pytest.mark.parametrize("option", [["--duration", "0 min"], ["--dose", "0 g"]])
def test_zero_is_refused(infuse, option):
    done = infuse("order", "magnesium-sulfate-adult", "--age", "44y", *option)
    assert (done.returncode, done.stdout) == (2, "") and "above zero" in done.stderr


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


def test_the_command_without_it_leaves_no_option_behind(infuse):
    done = infuse("order", KETAMINE, "magnesium-sulfate-adult", "--weight", "29kg", "--age", "44y", "--choose", f"{KETAMINE}.duration=3 days")
    assert f"without {KETAMINE}: infuse order magnesium-sulfate-adult --weight 29kg --age 44y\n" in done.stderr


def test_an_option_for_one_of_several_names_one_that_can_have_it(infuse):
    done = infuse("order", KETAMINE, "magnesium-sulfate-adult", "--weight", "70kg", "--dose", "2 g")
    assert '--choose "magnesium-sulfate-adult.dose=2 g"' in done.stderr and f"{KETAMINE}.dose" not in done.stderr


def test_the_same_drug_twice_is_a_stop(infuse):
    done = infuse("order", KETAMINE, f"{KETAMINE}-lauritsen", "--weight", "70kg", "--age", "44y")
    assert done.returncode == 1 and "ketamine is ordered twice" in done.stderr


@pytest.mark.parametrize("command", [["list"], ["show", KETAMINE], ["check"], ["rate", "1 mg/h", "--in", "2 mg/mL"], ["convert", "1 g", "mg"]])
@pytest.mark.parametrize("spelling", [["--json"], ["--format", "json"]])
def test_json_on_every_command(infuse, command, spelling):
    assert json.loads(infuse(*command, *spelling).stdout)


def test_check_of_a_folder_without_files(infuse, tmp_path):
    done = infuse("check", str(tmp_path))
    assert done.returncode == 2 and "found none" in done.stderr


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
    ("p.json", '{"weight": {"value": 70, "unit": "kg"}}', 'expected a text or a list of texts; found "an object"'),
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
    text = (ROOT / "protocols" / f"{KETAMINE}.yaml").read_text()
    text = re.sub("^version: .*", "version: 7", text, count=1, flags=re.M)
    (tmp_path / f"{KETAMINE}.yaml").write_text(text)
    options, environment = (["--protocols", str(tmp_path)], {}) if door == "option" else ([], {"INFUSE_PROTOCOLS": str(tmp_path)})
    done = infuse(*ORDER, "--weight", "70kg", *options, **environment)
    assert done.returncode == 0, done.stderr
    assert "version 7" in done.stdout
    flat = " ".join(done.stdout.split())
    assert f"is used instead of the shipped protocols/{KETAMINE}.yaml" in flat
    assert "NOT APPROVED AT THIS SITE" in done.stdout


def test_a_sites_drug_file_and_tables_count_for_a_shipped_protocol(infuse, tmp_path):
    (tmp_path / "drugs").mkdir()
    (tmp_path / "tables").mkdir()
    drug = (ROOT / "protocols/drugs/ketamine.yaml").read_text()
    assert "hard: up to 5 mg/mL" in drug
    (tmp_path / "drugs/ketamine.yaml").write_text(drug.replace("hard: up to 5 mg/mL", "hard: up to 1 mg/mL").replace("soft: 1 to 2 mg/mL", "soft: up to 1 mg/mL"))
    done = infuse(*ORDER, "--weight", "70kg", "--protocols", str(tmp_path))
    assert done.returncode == 1 and done.stdout == "" and "1 mg/mL" in done.stderr
    (tmp_path / "drugs/ketamine.yaml").unlink()
    devices = (ROOT / "protocols/tables/devices.yaml").read_text()
    (tmp_path / "tables/devices.yaml").write_text(devices.replace("step: 0.1 mL/h", "step: 1 mL/h"))
    done = infuse(*ORDER, "--weight", "71.3kg", "--protocols", str(tmp_path), "--json")
    assert json.loads(done.stdout)["status"] == "stopped"  # 3.565 mL/h on a pump of whole mL/h would be 12.2% above


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
    from typer.testing import CliRunner

    from infuse import cli

    monkeypatch.delenv("INFUSE_DEBUG", raising=False)
    monkeypatch.setattr("infuse.paper.catalog.rows", lambda _library: 1 / 0)
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
