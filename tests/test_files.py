"""`infuse check`: each mistake in the words that its file under tests/bad/ says, at its place; a unit of the wrong
dimension in every place there is; whatever the text, a list of problems and never a traceback; which file wins.

`INFUSE_REWRITE=1 pytest tests/test_files.py` writes the tests/bad/*.txt anew: read the diff.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from infuse import checking, cli, units
from infuse.library import Library
from infuse.source import Mapping, Scalar, read

BAD, GOOD = ROOT / "tests" / "bad", ROOT / "tests" / "protocols"
SAMPLES = sorted(GOOD.glob("**/*.yaml"))


def check(path: Path, *folders: Path) -> checking.Checked:
    return checking.check(Library(folders), [path])


def scalars(node):
    """Every value of a file that is one text, in the order of the file."""
    if isinstance(node, Scalar):
        yield node
    for each in node.items if not isinstance(node, Scalar) else ():
        yield from scalars(each[1] if isinstance(node, Mapping) else each)


# ---------------------------------------------------------------------------------------------- a wrong dimension, everywhere

QUANTITY = re.compile(r"(?:(?:up to|at least|nearest) )?(?:[0-9.,]+ to )?[0-9.,]+ ?(?P<unit>\S+)(?: in (?:course|[0-9]+ (?P<window>h|week)))?")
DIMENSIONS = ("mg", "mEq", "units", "mL", "kg", "cm", "m2", "h", "%", "mmHg", "drops", "vial", "mg/kg", "mEq/kg", "mg/m2", "mg/h", "units/h",
              "mg/kg/h", "units/kg/h", "mL/h", "mL/kg/h", "mg/mL", "units/mL", "mg/L/h", "mEq/g", "mg/g", "drops/min", "drops/mL")
# where two kinds are right: the limit of an intermittent infusion's dose rate, and a total, may be per kg or not
EITHER = {"up to 50 mg/min": {"mg/kg/h"}, "up to 100 mg/min": {"mg/kg/h"}, "up to 2 g in 24 h": {"mg/kg"},
          "up to 40 mg/kg in 1 week": {"mg"}, "up to 20,000 mg in course": {"mg/kg"}, "up to 30,000 mg in course": {"mg/kg"}}


@lru_cache
def places():
    """Every unit in a sample file: the file, where the unit stands in its text, its line, the scalar, the unit."""
    found = []
    for path in SAMPLES:
        content = path.read_text()
        starts = [0, *(match.end() for match in re.finditer("\n", content))]
        for scalar in scalars(read(path.name, content.encode()).root):
            match = QUANTITY.fullmatch(scalar.text)
            for group in match.groupdict() if match else ():
                if match[group] and not match[group].isdigit() and is_unit(match[group]):
                    at = starts[scalar.span.line - 1] + scalar.span.column - 1 + match.start(group)
                    found.append((path, at, scalar.span.line, scalar.text, match[group]))
    return found


def is_unit(text):
    try:
        return bool(units.unit(text))
    except units.Refused:
        return False


def with_unit(tmp_path, path, at, old, new) -> Path:
    """The sample folder in tmp_path, with one unit of one file replaced; the file."""
    for each in SAMPLES:
        content = each.read_text()
        if each == path:
            assert content[at:].startswith(old)
            content = content[:at] + new + content[at + len(old):]
        copy = tmp_path / each.relative_to(GOOD)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(content)
    return tmp_path / path.relative_to(GOOD)


def test_the_samples_state_every_quantity_that_a_file_can_state():
    from infuse import schema
    said = {schema_key for path in SAMPLES for schema_key in re.findall(r"^[ -]*([a-z_]+):", path.read_text(), re.M)}
    keys = {name for table in (schema.PROTOCOL, schema.DRUG) for name in quantity_keys(table.schema)}
    assert keys <= said and len(keys) > 20


def quantity_keys(schema, name=""):
    """The keys whose value is a quantity or a range, as the JSON Schema of a file describes them."""
    if re.match(r"an? .*, such as [0-9]|a range of", schema.get("description", "")) or "such as nearest" in schema.get("description", ""):
        yield name
    for key, below in schema.get("properties", {}).items():
        yield from quantity_keys(below, key)
    for below in [*schema.get("anyOf", ()), *schema.get("oneOf", ()), schema.get("items"), schema.get("additionalProperties")]:
        if isinstance(below, dict):
            yield from quantity_keys(below, name)


@pytest.mark.parametrize(("path", "at", "line", "text", "old"), places(), ids=lambda one: one.name if isinstance(one, Path) else str(one))
def test_a_unit_of_the_wrong_dimension(tmp_path, path, at, line, text, old):
    for new in DIMENSIONS:
        if units.fits(units.unit(old), units.unit(new)) or new in EITHER.get(text, ()):
            continue
        errors = check(with_unit(tmp_path, path, at, old, new)).errors
        named = [each for each in errors if each.span.line == line or re.search(rf"\bline {line}\b", each.hint)]
        assert named, f"{path.name}:{line}: {text} with {new}: {[(each.span.line, each.message) for each in errors]}"
