"""What a drug is called by others: RxNorm and ATC codes on `show`, tall-man letters wherever its name is printed; and how
strongly guidelines recommend a protocol, on `show`, on `list` and on the sheet."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT

from infuse.files.library import Library
from infuse.ordering import checking

CODES = """\
rxnorm:
  code: 1234567
  source: code-list
atc:
  code:
    - N03AX14
    - A11DA01
  source: code-list
tall_man:
  form: saMPLe
  source: tall-list
"""
REFERENCES = """\
  code-list:
    title: A list of codes
    url: https://example.org/codes
  tall-list:
    title: A list of names
    url: https://example.org/names
"""
GUIDELINES = """\
guidelines:
  - body: Society of the Tests
    year: 2025
    level: should offer (B)
    source: test-paper
  - body: Another Society
    year: 2015
    level: strong against, low evidence
    source: test-paper
"""


@pytest.fixture
def site(tmp_path):
    """The sample protocol and drug of the tests, with codes, tall-man letters and guidelines."""
    folder = ROOT / "tests" / "bad"
    (tmp_path / "drugs").mkdir()
    drug = (folder / "drugs" / "sample.yaml").read_text().replace("diluents:\n", CODES + "diluents:\n", 1)
    (tmp_path / "drugs" / "sample.yaml").write_text(drug + REFERENCES)
    return tmp_path


def with_drug(site, old, new):
    path = site / "drugs" / "sample.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return [(each.span.line, each.message) for each in checking.check(Library([site]), [path]).errors]


@pytest.mark.parametrize(("old", "new", "said"), [
    ("code: 1234567", "code: 1", []),
    ("code: 1234567", "code: 12345678", []),
    ("code: 1234567", "code: 123456789", ['expected an RxNorm code of a drug, such as 114477; found "123456789"']),
    ("code: 1234567", "code: N03AX14", ['expected an RxNorm code of a drug, such as 114477; found "N03AX14"']),
    ("    - A11DA01", "    - A11DA1", ['expected an ATC code of a drug, such as N03AX14; found "A11DA1"']),
    ("    - A11DA01", "    - a11da01", ['expected an ATC code of a drug, such as N03AX14; found "a11da01"']),
    ("form: saMPLe", "form: SAMPLE", []),
    ("form: saMPLe", "form: saMPLer", ['expected the letters of the name, sample, some of them capitals; found "saMPLer"']),
    ("form: saMPLe", "form: sample", ['expected the letters of the name, sample, some of them capitals; found "sample"']),
    ("source: tall-list", "source: small-list", ['expected a source that stands under references; found "small-list"']),
    ("  source: code-list\natc:", "atc:", ['expected the key "source" under rxnorm; found none']),
])
def test_codes_and_letters_are_what_they_say(site, old, new, said):
    assert [message for _, message in with_drug(site, old, new)] == said


SHIPPED = {"lorazepam": ("LORazepam", "6470", "N05BA06"), "levetiracetam": ("levetiracetam", "114477", "N03AX14"),
           "chlorpromazine": ("chlorproMAZINE", "2403", "N05AA01"), "ketorolac": ("ketorolac", "35827", "M01AB15")}


@pytest.mark.parametrize("protocol", SHIPPED)
def test_show_says_the_codes_and_prints_the_name_in_its_letters(infuse, protocol):
    name, rxnorm, atc = SHIPPED[protocol]
    said = infuse("show", protocol).stdout
    assert f"RXNORM                  {rxnorm}" in said and f"ATC                     {atc}" in said
    assert f"\nDRUG                    {name}" in said


def test_a_sheet_prints_the_letters_and_not_the_lists_of_codes(infuse):
    said = infuse("order", "lorazepam", "--age", "44y", "--allergy", "none").stdout
    assert "ORDER 1   LORazepam," in said and "DOSE                    LORazepam 4 mg" in said
    assert "vials of LORazepam 2 mg/mL" in " ".join(said.split())
    assert "lorazepam 4 mg" not in said and "RXNORM" not in said and "rxnorm" not in said


@pytest.mark.parametrize("allergy", ["lorazepam: rash", "Ativan", "LORAZEPAM"])
def test_the_letters_change_nothing_but_the_print(infuse, allergy):
    done = infuse("order", "lorazepam", "--age", "44y", "--allergy", allergy)
    assert done.returncode == 1 and "lorazepam.allergy" in done.stdout
    assert json.loads(infuse("order", "lorazepam", "--age", "44y", "--allergy", "none", "--json").stdout)["status"] == "ready"


def test_guidelines_stand_on_show_list_and_sheet(infuse, tmp_path):
    text = (ROOT / "protocols" / "magnesium-sulfate-adult.yaml").read_text()
    start, end = text.index("guidelines:\n"), text.index("evidence:\n")
    reference = "  test-paper:\n    title: A paper\n    url: https://example.org/paper\n"
    text = (text[:start] + GUIDELINES + text[end:]).replace("references:\n", "references:\n" + reference, 1)
    (tmp_path / "magnesium-sulfate-adult.yaml").write_text(text)
    shown, listed, ordered = (" ".join(infuse(*each, "--protocols", str(tmp_path)).stdout.split()) for each in (
        ["show", "magnesium-sulfate-adult"], ["list"], ["order", "magnesium-sulfate-adult", "--age", "44y"]))
    assert "GUIDELINES" in shown and "Society of the Tests 2025: should offer (B) (test-paper)" in shown
    assert "GUIDELINES Society of the Tests 2025, should offer (B); Another Society 2015, strong against, low evidence" in listed
    assert "Society of the Tests 2025: should offer (B) (test-paper)" in ordered
    rows = json.loads(infuse("list", "--json", "--protocols", str(tmp_path)).stdout)["protocols"]
    one = next(each for each in rows if each["id"] == "magnesium-sulfate-adult")
    assert one["guidelines"][1] == {"body": "Another Society", "year": "2015", "level": "strong against, low evidence", "source": "test-paper"}


@pytest.mark.parametrize(("old", "new", "said"), [
    ("  - body: Society of the Tests\n    year: 2025\n", "  - body: Society of the Tests\n", 'expected the key "year" under guidelines; found none'),
    ("year: 2015", "year: last", 'expected a year; found "last"'),
    ("    source: test-paper\n  - body", "    source: paper\n  - body", 'expected a source that stands under references; found "paper"'),
])
def test_a_guideline_names_its_body_year_level_and_source(site, old, new, said):
    text = (ROOT / "protocols" / "magnesium-sulfate-adult.yaml").read_text()
    start, end = text.index("guidelines:\n"), text.index("evidence:\n")
    assert old in GUIDELINES
    text = (text[:start] + GUIDELINES.replace(old, new) + text[end:]).replace(
        "references:\n", "references:\n  test-paper:\n    title: A paper\n    url: https://example.org/paper\n", 1)
    path = site / "magnesium-sulfate-adult.yaml"
    path.write_text(text)
    assert said in [each.message for each in checking.check(Library([site]), [path]).errors]
