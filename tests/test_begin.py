"""`infuse new`: a file that is begun lacks what only a person can give, check names just that, and filled in it passes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infuse.files import begin, draft, schema
from infuse.files.library import Library
from infuse.files.schema.phases import PHASES
from infuse.ground import source
from infuse.ground.units import Refused
from infuse.ordering import checking

ANSWERS = {"title": "A title", "drug": "ketamine", "population": "adult", "indication": "a test", "care_areas": ("clinic",),
           "phases": ("continuous",), "per": "kg", "reference": "label-2026"}


LIBRARY = Library()  # reads each file once; nothing here writes into it
DRUGS_OF = {name: drug for name, path in LIBRARY.drugs().items() if (drug := LIBRARY.drug(path)[0])}


def with_product(answers) -> dict:
    """The answers, with the first product of the drug where none is named."""
    products = DRUGS_OF[answers["drug"]].products if answers["drug"] in DRUGS_OF else ()
    return {"product": next(iter(products), "x")} | answers


def begun(**answers) -> str:
    """The text of a file that is begun."""
    found = begin.begin("sample", with_product(ANSWERS | answers), LIBRARY)
    assert not found.refused, found.refused
    return draft.text(schema.PROTOCOL.schema, found.known)


def blanks(text) -> list[int]:
    """The lines with a key, and no value and no keys below."""
    lines = text.splitlines()
    depth = [len(line) - len(line.lstrip(" -")) for line in lines]
    keys = [number for number, line in enumerate(lines) if not line.lstrip().startswith("#")]
    after = dict(zip(keys, keys[1:]))
    return [number + 1 for number in keys if re.fullmatch(r"[ -]*[a-z_0-9-]+:( +#.*)?", lines[number])
            and depth[after.get(number, number)] <= depth[number]]


def checked(tmp_path, text):
    path = tmp_path / "sample.yaml"
    path.write_text(text)
    return checking.check(Library([tmp_path]), [path])


BEGINNINGS = [{"drug": drug, "product": product, "per": per, "phases": kinds} for drug, product, kinds in (
    *(("ketamine", "vial-50", (kind,)) for kind in PHASES), ("ketamine", "vial-50", ("push", "continuous", "push")),
    ("magnesium-sulfate", "bag-2-g", ("intermittent",)), ("magnesium-sulfate", "vial-1-g", ("push", "intermittent")))
    for per in ("patient", "kg", "m2")]
BEGINNINGS += [{"drug": name, "product": product} for name, drug in DRUGS_OF.items() for product in drug.products]


@pytest.mark.parametrize("answers", BEGINNINGS, ids=lambda one: " ".join("+".join(each) if isinstance(each, tuple) else each for each in one.values()))
def test_check_names_just_the_blanks_at_their_lines(tmp_path, answers):
    text = begun(**answers)
    found = checked(tmp_path, text).errors
    assert [each.span.line for each in found] == blanks(text)
    assert all("; found nothing after " in each.message for each in found)


def test_each_kind_of_phase_of_the_table_is_offered():
    assert tuple(begin.KINDS) == tuple(PHASES)
    assert next(each for each in begin.QUESTIONS if each.name == "phases").allowed == tuple(PHASES)


def test_the_text_keeps_the_order_of_the_table_and_says_what_each_key_is(tmp_path):
    text = begun()
    top = re.findall(r"^(?:# )?([a-z_]+):", text, re.M)
    assert top == list(schema.PROTOCOL.schema["properties"])
    assert "# rescue: what is at hand if it goes wrong" in text.splitlines()
    assert "      start:  # the dose rate, or the one at which a titration starts, such as 7 mg/h" in text.splitlines()
    assert max(map(len, text.splitlines())) <= 120


# what a person gives, blank by blank, in the order of the file; what stands beside it, in place of a comment
MAGNESIUM = ({"drug": "magnesium-sulfate", "product": "vial-1-g", "phases": ("intermittent",), "per": "patient"},
             ["Label of the vial", "https://example.org/label", "at least 18 years", "label-2026", "50 mL", "label-2026", "1 g", "20 min", "label-2026",
              "up to 2 g", "patellar reflex", "before and after", "label-2026", "breaths below 16 a minute", "hold and call", "label-2026",
              "44 years", "\n      withdraw_volume: 2 mL\n      pump_rate: 156 mL/h"], {})
KETAMINE = ({"drug": "ketamine", "product": "vial-50", "phases": ("continuous",), "per": "kg"},
            ["Label of the vial", "https://example.org/label", "at least 18 years", "label-2026", "40 to 120 kg", "label-2026",
             "500 mg", "250 mL", "label-2026", "0.1 mg/kg/h", "2 to 5 days", "label-2026", "up to 0.5 mg/kg/h",
             "sedation", "every hour", "label-2026", "respiratory rate below 10 a minute", "stop", "label-2026",
             "44 years", "80 kg", "\n      pump_rate: 4 mL/h\n      rungs: 9\n      last_pump_rate: 20 mL/h"],
            {"# titrate:": "titrate:\n        by: 0.05 mg/kg/h\n        up_to: 0.5 mg/kg/h\n        until: pain relief"})
KETOROLAC = ({"drug": "ketorolac", "phases": ("push",), "per": "patient"},
             ["Label of the vial", "https://example.org/label", "at least 18 years", "label-2026", "label-2026", "15 mg", "1 min", "label-2026",
              "up to 30 mg", "pain", "after 30 minutes", "label-2026", "chest pain", "call", "label-2026", "44 years", "\n      calculated_dose: 15 mg"], {})


def filled(text, given, more):
    lines = text.splitlines()
    places = blanks(text)
    assert len(places) == len(given), [lines[each - 1] for each in places]
    for place, value in zip(places, given):
        lines[place - 1] = lines[place - 1].partition("  #")[0].rstrip() + (value if value.startswith("\n") else f" {value}")
    for comment, keys in more.items():
        number, = (number for number, line in enumerate(lines) if line.strip().startswith(comment))
        lines[number] = lines[number].partition("#")[0] + keys
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("answers", "given", "more"), [MAGNESIUM, KETAMINE, KETOROLAC], ids=["magnesium", "ketamine", "ketorolac"])
def test_filled_in_it_passes_check(tmp_path, answers, given, more):
    found = checked(tmp_path, filled(begun(**answers), given, more))
    assert not found.errors, checking.as_text(found)
    assert found.cases == 1


# ---------------------------------------------------------------------------------------------- what is answered

# a name as it is typed; the drug, or what is said of it
DRUGS = [
    ("ketamine", "ketamine"), ("Ketamine", "ketamine"), ("dhe", "dihydroergotamine"), ("magnesium sulfate", "magnesium-sulfate"),
    ("magn", "magnesium-sulfate"), ("mag", "magnesium-sulfate"),
    ("keto", "ketorolac"),
    ("ket", "there are ketamine, ketorolac"),
    ("ketamin e", "did you mean ketamine?"),
    ("zzz", "the library has "),
    ("coenzyme q10", "no intravenous product of coenzyme Q10 was found"),
]


@pytest.mark.parametrize(("said", "expected"), DRUGS, ids=[row[0] for row in DRUGS])
def test_the_name_of_a_drug_is_completed_or_refused(said, expected):
    product = with_product({"drug": expected})["product"]
    found = begin.begin("sample", ANSWERS | {"drug": said, "product": product}, LIBRARY)
    if " " in expected:
        assert [where for where, _ in found.refused] == ["--drug"] and expected in found.refused[0][1].hint
    else:
        assert found.known["drug"] == expected


NAMES = [("my-protocol", None), ("a", None), ("m2", None), ("My-Protocol", "such as my-protocol"), ("my_protocol", "such as my-protocol"),
         ("../up", "such as up"), ("a/b", "such as a-b"), ("-a", "such as a"), ("a-", "such as a"), ("", ""), ("ünder", "such as nder"), ("a b", "such as a-b"), ("a.yaml", "such as a-yaml")]


@pytest.mark.parametrize(("name", "hint"), NAMES, ids=[repr(row[0]) for row in NAMES])
def test_a_name_that_no_file_may_have(name, hint):
    if hint is None:
        return begin.named_right(name)
    with pytest.raises(Refused) as refused:
        begin.named_right(name)
    assert refused.value.hint == hint


def test_what_is_missing_is_listed_at_once():
    found = begin.begin("sample", {}, LIBRARY)
    assert [where for where, _ in found.refused] == [each.option for each in begin.QUESTIONS if each.name != "product"]
    assert found.known == {} and all(not each.found for _, each in found.refused)


def test_somebody_is_asked_until_each_answer_can_be_used():
    typed = iter(["", "A title", "ket", "ketamine", "vial", "vial-50", "grown-ups", "adult", "a test", "clinic; ward", "pushh", "push; continuous", "kg", "Label", "label-2026"])
    asked = []

    def ask(question):
        asked.append(question)
        return next(typed)

    found = begin.begin("sample", {}, LIBRARY, ask)
    assert not found.refused and next(typed, None) is None
    assert [list(each) for each in found.known["phases"]] == [["push"], ["continuous"]] and found.known["care_areas"] == ["clinic", "ward"]
    assert asked[3] == "there are ketamine, ketorolac. the drug, by a name of the library"
    assert asked[10].startswith("where it may be given") or asked[11].startswith("did you mean push?")


WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)


@given(WORDS)
@settings(max_examples=300)
def test_any_title_stands_in_the_file_as_it_was_typed_or_is_refused(title):
    found = begin.begin("sample", ANSWERS | {"title": title, "product": "vial-50"}, LIBRARY)
    if found.refused:
        assert [where for where, _ in found.refused] == ["--title"]
        return
    document = source.read("sample.yaml", draft.text(schema.PROTOCOL.schema, found.known).encode())
    assert not document.problems, document.problems
    assert schema.header(document)["title"] == " ".join(title.split())


# ---------------------------------------------------------------------------------------------- the command

COMMAND = ["--title", "A title", "--drug", "ketamine", "--product", "vial-50", "--population", "adult", "--indication", "a test", "--care-area", "clinic",
           "--phase", "push", "--per", "kg", "--reference", "label-2026"]


def test_a_file_is_written_once(infuse, tmp_path):
    first = infuse("new", "sample", *COMMAND, cwd=tmp_path)
    path = tmp_path / "sample.yaml"
    assert (first.returncode, first.stdout) == (0, "") and first.stderr.startswith("sample.yaml is begun")
    assert path.stat().st_mode & 0o777 == 0o644 and list(tmp_path.iterdir()) == [path]
    path.write_text("mine\n")
    again = infuse("new", "sample", *COMMAND, cwd=tmp_path)
    assert again.returncode == 2 and path.read_text() == "mine\n" and "--force" in again.stderr
    assert infuse("new", "sample", *COMMAND, "--force", cwd=tmp_path).returncode == 0 and path.read_text() == begun(product="vial-50", phases=("push",))


def test_it_goes_into_the_sites_folder_and_says_what_it_takes_the_place_of(infuse, tmp_path):
    (tmp_path / "site").mkdir()
    done = infuse("new", "ketamine-inpatient-titration", *COMMAND, "--protocols", "site", cwd=tmp_path)
    assert (tmp_path / "site" / "ketamine-inpatient-titration.yaml").is_file()
    assert "takes the place of protocols/ketamine-inpatient-titration.yaml" in done.stderr


@pytest.mark.parametrize("arguments", [["new", "Sample", *COMMAND], ["new", "sample", *COMMAND[:-2]], ["new", "sample", *COMMAND, "--drug", "x"],
                                       ["new", "sample", *COMMAND, "--protocols", "nowhere"]])
def test_refused_it_leaves_nothing(infuse, tmp_path, arguments):
    done = infuse(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", []) and "Traceback" not in done.stderr


def test_the_command_takes_each_question_as_an_option(infuse):
    options = infuse("new", "--help").stdout
    assert all(each.option in options for each in begin.QUESTIONS)
