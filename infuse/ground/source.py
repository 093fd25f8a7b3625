"""YAML text with positions, and what is wrong with it: the only importer of yaml.

For: turning the text of a protocol, drug, table or patient file into nodes that know where they stand, every
scalar still text. `yaml.safe_load` would turn 12:30:00 into 45000, NO into False, 010 into 8, and keep the last
of two `dose:` keys; here nothing is interpreted, so nothing is misread.

Refuses, with file, line and column: duplicate keys, anchors, aliases, tags, merge keys, flow style
(`{hard: 1,000 units}` is silently two keys), several documents, tabs, control characters, nesting over 40, and text
over 1 MiB. What the parser says of broken text is said again in plain words: its own are for programmers.
One pass over the parser's events does it, so neither deep nesting nor an alias bomb can grow anything.

Example: the text `dose: 0.1 mg/kg/h` gives a Mapping whose one value is a Scalar at line 1, column 7.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

LARGEST = 2**20  # bytes; a protocol of ten thousand lines is under half of it
DEEPEST = 40
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what ends a line in YAML
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_WIDEST = 160  # columns of a line shown with a caret; a longer one is shown around the caret
ERROR, NOTE = "error", "note"


class Span(NamedTuple):
    """Where a word stands: file name, line and column from 1, end column (exclusive, on the same line)."""

    file: str
    line: int
    column: int
    end: int


class Problem(NamedTuple):
    """What is wrong with a file: severity (error or note), place, a sentence, and what to do about it."""

    severity: str
    span: Span
    message: str
    hint: str = ""


class Scalar(NamedTuple):
    text: str
    span: Span


class Mapping(NamedTuple):
    """Keys with values. The span of a block (mapping, sequence or nothing at all) is the key that it belongs to: what
    is wrong with a whole block, or missing from it, is shown there. Without such a key it is the block's first word."""

    items: tuple[tuple[Scalar, Node], ...]
    span: Span


class Sequence(NamedTuple):
    items: tuple[Node, ...]
    span: Span


Node = Scalar | Mapping | Sequence


class Document(NamedTuple):
    """One file as read: its lines (to show with a caret), its root node where there is one, its problems."""

    file: str
    lines: tuple[str, ...]
    root: Mapping | None
    problems: tuple[Problem, ...] = ()


def read(file: str, content: bytes) -> Document:
    """Parse the bytes of a file whose root must be a mapping. Never raises: what is wrong is in `problems`."""
    refused = _unreadable(file, content)
    if refused:
        return Document(file, (), None, (refused,))
    text = content.decode("utf-8-sig")
    lines = tuple(_BREAK.split(text))
    misplaced = _not_text(file, lines)
    if misplaced:
        return Document(file, lines, None, (misplaced,))
    builder = _Builder(file)
    yaml, loader = _yaml()
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
            if builder.given_up:
                break
    except yaml.MarkedYAMLError as error:
        builder.problems.append(_grammar(file, lines, error))
    root = builder.root
    if not builder.problems and not isinstance(root, Mapping):
        found = "a list" if isinstance(root, Sequence) else "a text" if root and root.text else "nothing"
        builder.problems.append(_problem(file, 1, 1, f"expected keys with values, one a line; found {found}"))
    return Document(file, lines, root if isinstance(root, Mapping) else None, tuple(builder.problems))


def _unreadable(file, content):
    if len(content) > LARGEST:
        return _problem(file, 1, 1, f"expected at most {LARGEST:,} bytes; found {len(content):,}")
    if b"\0" in content and not content.startswith(_UTF_16):
        return _problem(file, 1, 1, "expected text; found a binary file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, start = before.count(b"\n") + 1, before.rfind(b"\n") + 1
        column = len(before[start:].decode("utf-8", "replace")) + 1
        return _problem(file, line, column, "expected UTF-8 text; found bytes that are not", "save the file as UTF-8")
    if not text.strip():
        return _problem(file, 1, 1, "expected keys with values; found an empty file")
    return None


def _not_text(file, lines):
    for number, line in enumerate(lines, 1):
        found = _CONTROL.search(line)
        if found and found[0] == "\t":
            return _problem(file, number, found.start() + 1, "expected spaces; found a tab", "indent with two spaces")
        if found:
            message = f'expected text; found the control character "{printable(found[0])}"'
            return _problem(file, number, found.start() + 1, message, "delete it: it cannot be seen, and does not belong in a text")
    return None


_QUOTE = 'put the whole text in quotes: "..."'
_SIGN = 'expected a value; found "{sign}", which no value begins with'
# what the parser says (a part of it), what stands before the place, which place, what we say, what to do
_GRAMMAR = (
    ("mapping values are not", ": ", "problem", 'expected one "key: value" on the line; found a second colon with a space after it', _QUOTE),
    ("mapping values are not", "", "problem", "expected a key of its own; found one below a line that has a value already, or has no colon",
     "look at the line above, and at how far both are indented"),
    ("could not find expected ':'", "", "context", 'expected "key: value"; found a line without a colon', "a key, a colon, a space, its value"),
    ("found unexpected", "", "context", "expected a closing quotation mark; found none", "a text in quotes ends with the mark that it began with"),
    ("escape character", "", "problem", "expected text; found a backslash in double quotes that stands for nothing",
     "put the text in single quotes: '...'"),
    ("sequence entries are not", "", "problem", 'expected a list on the lines below its key; found "- " beside it', "one item a line, each after `- `"),
    ("expected '-' indicator", "", "problem", 'expected a further list item after "- "; found something else',
     "keys of an item stand under its first key, keys after a list as far left as the key of the list"),
    ("document start", "", "problem", 'expected nothing after "..."; found more', "one file, one protocol"),
    ("expected key", r"\S", "problem", "expected nothing after the closing quotation mark; found more", "put the whole text in quotes, or none of it"),
    ("expected key", "", "problem", "expected a key as far left as the keys above it; found something else", "look at the spaces before it"),
    ("cannot start any token", "", "problem", _SIGN, _QUOTE),
    ("alphabetic or numeric", "", "context", _SIGN, _QUOTE),
    ("node content", "", "problem", _SIGN, _QUOTE),
    ("", "", "problem", "expected keys with values; found what cannot be read as that", _QUOTE),
)


def _grammar(file, lines, error):
    """What the parser could not read, in plain words."""
    said = " ".join(part for part in (error.problem, error.context) if part)
    problem = error.problem_mark or error.context_mark
    if "flow level" in said:  # newer parsers look ahead to their own bound of brackets before they report the first one
        column = re.search(r"[\[{]", lines[problem.line]).start()
        return _problem(file, problem.line + 1, column + 1, "expected a list over lines; found brackets", "one item a line, each after `- `")
    before = lines[min(problem.line, len(lines) - 1)][: problem.column]
    _, _, mark, message, hint = next(row for row in _GRAMMAR if row[0] in said and re.search(row[1], before))
    place = getattr(error, f"{mark}_mark") or problem
    line = min(place.line, len(lines) - 1)
    column = min(place.column, len(lines[line]))
    return _problem(file, line + 1, column + 1, message.format(sign=printable(lines[line][column : column + 1])), hint)


def _problem(file, line, column, message, hint=""):
    return Problem(ERROR, Span(file, line, column, column + 1), message, hint)


@lru_cache(maxsize=None)
def _yaml():
    import yaml

    return yaml, getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is 12 times faster; its events do not recurse


class _Builder:
    """Nodes from events, with an explicit stack."""

    def __init__(self, file):
        self.file, self.root, self.problems, self.given_up = file, None, [], False
        self.stack, self.documents = [], 0

    def take(self, event):
        name = type(event).__name__
        handler = getattr(self, f"_{name}", None)
        if handler:
            handler(event)

    def _refuse(self, event, message, hint="", stop=False):
        self.problems.append(Problem(ERROR, self._span(event), message, hint))
        self.given_up = self.given_up or stop

    def _span(self, event):
        start, end = event.start_mark, event.end_mark
        last = end.column + 1 if end.line == start.line else start.column + 2
        return Span(self.file, start.line + 1, start.column + 1, max(last, start.column + 2))

    def _DocumentStartEvent(self, event):
        self.documents += 1
        if self.documents > 1:
            self._refuse(event, "expected one document; found a second", "one file, one protocol", stop=True)

    def _AliasEvent(self, event):
        self._refuse(event, "expected a value; found an alias (*)", "write the value out", stop=True)

    def _ScalarEvent(self, event):
        self._no_decoration(event)
        self._add(Scalar(event.value, self._span(event)))

    def _MappingStartEvent(self, event):
        self._open(event, "keys with values", "one key a line, indented by two spaces")

    def _SequenceStartEvent(self, event):
        self._open(event, "a list", "one item a line, each after `- `")

    def _open(self, event, what, instead):
        self._no_decoration(event)
        if event.flow_style:
            self._refuse(event, f"expected {what} over lines; found brackets", instead, stop=True)
        if len(self.stack) >= DEEPEST:
            self._refuse(event, f"expected at most {DEEPEST} levels; found more", stop=True)
        self.stack.append((self._span(event), []))

    def _no_decoration(self, event):
        if event.anchor:
            self._refuse(event, f'expected a value; found an anchor ("&{event.anchor}")', "write the value out", stop=True)
        if event.tag:
            self._refuse(event, f'expected a value; found a tag ("{event.tag}")', "leave the tag out", stop=True)

    def _MappingEndEvent(self, _event):
        span, children = self.stack.pop()
        items, seen = [], {}
        for key, value in zip(children[::2], children[1::2]):
            if not isinstance(key, Scalar):
                self.problems.append(Problem(ERROR, key.span, "expected a word as key; found a list or further keys"))
                continue
            if key.text == "<<":
                self.problems.append(Problem(ERROR, key.span, "expected a key; found a merge key (<<)", "write the keys out"))
            if key.text in seen:
                first = seen[key.text].span.line
                message = f'expected each key once; found "{printable(key.text)}" again'
                self.problems.append(Problem(ERROR, key.span, message, f"it already stands on line {first}"))
            seen[key.text] = key
            items.append((key, _beside(key, value)))
        self._add(Mapping(tuple(items), items[0][0].span if items else span))

    def _SequenceEndEvent(self, _event):
        span, children = self.stack.pop()
        self._add(Sequence(tuple(children), span))

    def _add(self, node):
        if self.stack:
            self.stack[-1][1].append(node)
        elif self.root is None:
            self.root = node


def _beside(key, value):
    """The value; a block, or nothing, stands where its key stands."""
    if isinstance(value, Scalar):
        return value if value.text else Scalar("", key.span)
    return type(value)(value.items, key.span)


def show(problem: Problem, lines: tuple[str, ...] = ()) -> str:
    """The problem as a person reads it: place, sentence, the line itself with a caret, what to do.

        a.yaml:3:9: expected a dose rate per kg, such as 0.05 mg/kg/h; found "0.05 mg/h"
            3 |     by: 0.05 mg/h
              |         ^^^^^^^^^
           write it per kg, as start on line 2 is
    """
    span = problem.span
    word = "" if problem.severity == ERROR else f"{problem.severity}: "
    out = [f"{printable(span.file)}:{span.line}:{span.column}: {word}{problem.message}"]
    if 0 < span.line <= len(lines):
        raw = lines[span.line - 1]
        first = max(0, span.column - 1 - _WIDEST // 2) if len(raw) > _WIDEST else 0
        raw, column, end = raw[first : first + _WIDEST], span.column - 1 - first, span.end - 1 - first
        line, before, marked = printable(raw), printable(raw[:column]), printable(raw[column:end])
        gutter = f"{span.line:>5} | "
        out.append(gutter + line)
        out.append(" " * 6 + "| " + " " * columns(before) + "^" * max(columns(marked), 1))
    if problem.hint:
        out += [f"   {line}" for line in problem.hint.splitlines()]
    return "\n".join(out)


def columns(text: str) -> int:
    """Columns on a terminal: two for a wide character, none for a combining mark."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with every control, invisible or direction-changing character spelled out, as in `\\x1b`: what came
    from a file or a command line is shown, never obeyed."""
    return _HIDDEN.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 256 else f"\\u{ord(m[0]):04x}", text)
