"""A file that is begun: the text that a table of keys makes of what is known, with a blank for everything that is not.

For: `infuse new`. The keys, their order and what is said of each come from the JSON Schema of the table that will read the
file, so that a new key or kind of phase stands in the next new file by itself.

Refuses: nothing; a blank is a key without a value, which `infuse check` names at its line.

Example: text(PROTOCOL.schema, {"version": "1"}) has the line `version: 1`, the line `title:  # the title at the top of
the sheet`, and, because a file may do without it, the line `# evidence: guideline strength, and what was found`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

BLANK: dict = {}  # a key that is there, and whose value only a person can give
_WIDEST, _STEP = 120, 2


def text(schema: dict, known: dict) -> str:
    """The file: a key for each of `known` (a text, a list, or the keys below it), a blank for each other one that the
    schema requires, a comment for each that a file may do without."""
    return "\n".join(_keys(schema, known, 0)) + "\n"


def _keys(schema: dict, known: dict, depth: int) -> Iterator[str]:
    required = schema.get("required", ())
    for name, below in schema.get("properties", {}).items():
        if name in known or name in required:
            yield from _key(name, below, known.get(name, BLANK), depth)
        else:
            yield _commented(f"{' ' * depth}# {name}: {below['description']}")
    for name in known if schema.get("additionalProperties") else ():
        yield from _key(name, schema["additionalProperties"], known[name], depth)


def _key(name: str, schema: dict, known, depth: int) -> Iterator[str]:
    head, shape = f"{' ' * depth}{name}:", _first(schema, known)
    if isinstance(known, str):
        yield f"{head} {quoted(known)}"
    elif shape.get("type") == "array":
        yield head
        for each in known or [BLANK]:
            yield from _item(shape["items"], each, depth + _STEP)
    elif shape.get("type") == "object" and (known or shape.get("properties")):
        yield head
        yield from _keys(shape, known, depth + _STEP)
    else:
        yield _commented(f"{head}  # {_says(schema)}" if _says(schema) else head)


def _item(schema: dict, known, depth: int) -> Iterator[str]:
    """One item of a list: `- ` stands before its first key, after the comments on those that it may do without."""
    if isinstance(known, str):
        yield f"{' ' * depth}- {quoted(known)}"
        return
    shape = _first(schema, known)
    if shape.get("type") != "object":
        yield _commented(f"{' ' * depth}-  # {_says(schema)}")
        return
    marked = False
    for line in _keys(shape, known, depth + _STEP):
        if not marked and not line.lstrip().startswith("#"):
            line, marked = f"{' ' * depth}- {line.lstrip()}", True
        yield line


def _first(schema: dict, known) -> dict:
    """Of several shapes the one that has the known key, else the first."""
    several = schema.get("oneOf") or schema.get("anyOf") or [schema]
    named = [each for each in several if isinstance(known, dict) and known and set(known) <= set(each.get("properties", ()))]
    return (named or several)[0]


def _says(schema: dict) -> str:
    example = (schema.get("examples") or _first(schema, BLANK).get("examples") or [""])[0]
    return schema.get("description", "") + (f", such as {example}" if example and "such as" not in schema.get("description", "") else "")


def _commented(line: str) -> str:
    return line if len(line) <= _WIDEST else line[: _WIDEST - 4].rpartition(" ")[0] + " ..."


def quoted(said: str) -> str:
    """A text as a value: in quotes where it would be read as something else."""
    plain = re.fullmatch(r"[\w(][^\n\"'\\]*", said) and not re.search(r":(\s|$)|\s#", said) and said == said.strip()
    return said if plain else json.dumps(said, ensure_ascii=False)
