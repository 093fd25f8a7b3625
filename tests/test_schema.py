"""What `infuse schema` prints is true: every file that infuse reads is right by its schema, as an editor reads it, and
what infuse refuses for its keys or its shape the schema refuses too.

An editor reads YAML 1.2: 1 is an integer and 2.5 a number, but 1982-03-04, yes and no are texts.
"""

from __future__ import annotations

import json
import re

import jsonschema
import pytest
import yaml
from conftest import NOW, ROOT, make
from test_guide import COMPLETE

from infuse.arithmetic import patient
from infuse.files import given as facts
from infuse.files import schema
from infuse.files.given import FACTS
from infuse.ground import source
from infuse.ordering import intake
from infuse.paper.render import json as rendered


class _Editor(yaml.SafeLoader):
    """YAML as an editor takes it (its core schema)."""


_Editor.yaml_implicit_resolvers = {}
for tag, pattern, first in (("bool", "true|false", "tf"), ("int", "[-+]?[0-9]+", "-+0123456789"), ("null", "null|~|", "n~"),
                            ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789")):
    _Editor.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


def as_editor(text):
    return yaml.load(text, Loader=_Editor)


def refused(value, by) -> list[str]:
    """Where the schema refuses the value: the keys down to it."""
    found = jsonschema.Draft7Validator(by).iter_errors(value)
    return [".".join(map(str, each.absolute_path)) for each in found]


_NAMES = ("references", "products", "preparations")  # below them stand names of the author's choice
_asked: set[tuple] = set()


def asked_before(test: str, path: str, where: str, keys) -> bool:
    """Whether this test has asked the same of a mapping in the same place with the same keys, in this file or another: what
    a schema requires and refuses there depends on nothing else. The files have thousands of mappings, of some hundred kinds."""
    *above, key = where.split(".")
    if above[-1:] in (["given"], ["expect"]):  # facts and figures by name, as a case needs them
        keys = ()
    place = tuple("-" if each.isdigit() or before in _NAMES else each for before, each in zip(["", *above], above))
    one = (test, path, place, key, frozenset(keys))
    return one in _asked or _asked.add(one)


PROTOCOL = schema.json_schema(schema.PROTOCOL, "infuse protocol")
DRUG = schema.json_schema(schema.DRUG, "infuse drug")
PATIENT = facts.schema()
FILES = [path for folder in ("protocols", "tests/protocols") for path in sorted((ROOT / folder).glob("*.yaml"))]
FILES += [path for folder in ("protocols", "tests/protocols") for path in sorted((ROOT / folder / "drugs").glob("*.yaml"))]


def table_of(path):
    return (DRUG, schema.DRUG) if path.parent.name == "drugs" else (PROTOCOL, schema.PROTOCOL)


@pytest.mark.parametrize("name", ["protocol", "drug", "patient", "order"])
def test_what_is_printed_is_a_json_schema(infuse, name):
    printed = json.loads(infuse("schema", name).stdout)
    jsonschema.validators.validator_for(printed).check_schema(printed)
    assert printed == {"protocol": PROTOCOL, "drug": DRUG, "patient": PATIENT, "order": rendered.schema()}[name]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_that_infuse_reads_is_right_by_its_schema(path):
    assert refused(as_editor(path.read_text()), table_of(path)[0]) == []


@pytest.mark.parametrize(("name", "text"), COMPLETE, ids=[name for name, _ in COMPLETE])
def test_so_are_the_examples_of_the_guide(name, text):
    assert refused(as_editor(text), DRUG if name.startswith("drugs/") else PROTOCOL) == []


def with_key_everywhere(value):
    """The value, once for each of its mappings, with a key there that does not exist; where that is; the keys there."""
    if isinstance(value, dict):
        yield "", value | {"zzz": "1 mg"}, value
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        for where, changed, keys in with_key_everywhere(below):
            whole = dict(value) if isinstance(value, dict) else list(value)
            whole[key] = changed
            yield f"{key}.{where}", whole, keys


def without_each_key(value):
    if isinstance(value, dict):
        yield from ((key, {name: each for name, each in value.items() if name != key}, value) for key in value)
    for key, below in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        for where, changed, keys in without_each_key(below):
            whole = dict(value) if isinstance(value, dict) else list(value)
            whole[key] = changed
            yield f"{key}.{where}", whole, keys


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_unknown_key_is_refused_wherever_it_stands(path):
    whole = as_editor(path.read_text())
    for where, changed, keys in with_key_everywhere(whole):
        # facts and figures by name: the cases themselves are read later
        if not where.endswith((".given.", ".expect.")) and not asked_before("unknown", path.parent.name, where, keys):
            assert refused(changed, table_of(path)[0]), where


def read_by_infuse(value, table) -> list[str]:
    """The problems of the file that has this value."""
    return [each.message for each in schema.read(source.read("a.yaml", written(value).encode()), table)[1]]


def written(value, indent=0):
    """The value as a file, every text in quotes."""
    pad = " " * indent
    if isinstance(value, dict):
        return "".join(f"{pad}{key}:{after(each, indent)}" for key, each in value.items())
    return "".join(f"{pad}-\n{written(each, indent + 2)}" if isinstance(each, (dict, list)) else f"{pad}- {json.dumps(str(each))}\n" for each in value)


def after(value, indent):
    return f"\n{written(value, indent + 2)}" if isinstance(value, (dict, list)) and value else " {}\n" if value == {} else f" {json.dumps(str(value))}\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_required_key_is_required_by_both(path):
    by, table = table_of(path)
    for where, changed, keys in without_each_key(as_editor(path.read_text())):
        if asked_before("required", path.parent.name, where, keys):
            continue
        if refused(changed, by):
            assert read_by_infuse(changed, table), where
        elif any(message.startswith("expected the key") for message in read_by_infuse(changed, table)):
            pytest.fail(f"infuse requires {where}, its schema does not")


# ---------------------------------------------------------------------------------------------- a patient

WHOLE = """name: Sample, Jane
record_number: 12345678
age: 44 years
sex: female
weight: 154 lb
weight_source: measured
weight_date: 20-Nov-2026
height: 170cm
creatinine: 80 micromol/L
clearance: unknown
allergies: none
conditions:
  - asthma
  - 2 earlier infusions
line: peripheral
location: 12
start: 2026-11-21 08:30
"""
RIGHT = [(ROOT / "tests" / "data" / "patient.yaml").read_text(), WHOLE, "weight: 70 kg\n", "weight: unknown\n",
         *(f"{fact.name}: {fact.example}\n" for fact in FACTS if fact.name not in ("weight_source", "weight_date"))]


@pytest.mark.parametrize("text", RIGHT, ids=[text.splitlines()[0] for text in RIGHT])
def test_a_patient_file_that_infuse_reads_is_right_by_its_schema(text):
    assert intake_of(text) == []
    assert refused(as_editor(text), PATIENT) == []


# a patient file that infuse refuses; the fact at which the schema refuses it too ("": the whole)
WRONG = [
    ("weight: 70\n", "weight"),
    ("weight: 70.5\n", "weight"),
    ("weight: heavy\n", "weight"),
    ("wieght: 70 kg\n", ""),
    ("sex: F\n", "sex"),
    ("sex:\n  - female\n", "sex"),
    ("birth_date: 3/4/1982\n", "birth_date"),
    ("start: 2026-11-21\n", "start"),
    ("start: 08:30\n", "start"),
    ("weight_source: guessed\n", "weight_source"),
    ("height:\n", "height"),
    ("creatinine: 0.9\n", "creatinine"),
    ("line: femoral\n", "line"),
    ("allergies:\n  penicillin: rash\n", "allergies"),
    ("- weight\n", ""),
]


@pytest.mark.parametrize(("text", "where"), WRONG, ids=[text.strip() for text, _ in WRONG])
def test_a_patient_file_that_is_wrong_is_wrong_by_its_schema_at_that_fact(text, where):
    assert intake_of(text)
    assert refused(as_editor(text), PATIENT) == [where]


def intake_of(text):
    """What infuse refuses of a patient file."""
    given, wrong, lines = intake.from_file("patient.yaml", text.encode())
    return [*wrong, *lines] or patient.read(given, NOW)[1]


# ---------------------------------------------------------------------------------------------- an order


def test_the_order_of_every_case_of_every_shipped_file_is_as_its_schema_says(shipped):
    count = 0
    validator = jsonschema.Draft202012Validator(rendered.schema())
    for loaded in shipped.values():
        for case in loaded.protocol.cases:
            given = {name: text for name, text in case.given.items() if name != "override"}
            made = make(loaded, **given)
            validator.validate(json.loads(json.dumps(rendered.as_object(made))))
            count += 1
    assert count > 100
