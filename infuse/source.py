"""YAML text with positions, and what is wrong with it: the only importer of yaml.

For: turning the text of a protocol, drug, table or patient file into nodes that know where they stand, every
scalar still text. `yaml.safe_load` would turn 12:30:00 into 45000, NO into False, 010 into 8, and keep the last
of two `dose:` keys; here nothing is interpreted, so nothing is misread.

Refuses, with file, line and column: duplicate keys, anchors, aliases, tags, merge keys, flow style
(`{hard: 1,000 units}` is silently two keys), several documents, tabs, nesting over 40, and text over 1 MiB.
One pass over the parser's events does it, so neither deep nesting nor an alias bomb can grow anything.

Example: the text `dose: 0.1 mg/kg/h` gives a Mapping whose one value is a Scalar at line 1, column 7.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

LARGEST = 2**20  # bytes; a protocol of ten thousand lines is under half of it
DEEPEST = 40
_WIDEST = 160  # columns of a line shown with a caret; a longer one is shown around the caret
ERROR, NOTE = "error", "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where a word stands: file name, line and column from 1, end column (exclusive, on the same line)."""

    file: str
    line: int
    column: int
    end: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file: severity (error or note), place, a sentence, and what to do about it."""

    severity: str
    span: Span
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Mapping:
    items: tuple[tuple[Scalar, Node], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    span: Span


Node = Scalar | Mapping | Sequence


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read: its lines (to show with a caret), its root node where there is one, its problems."""

    file: str
    lines: tuple[str, ...]
    root: Mapping | None
    problems: tuple[Problem, ...] = field(default=())


def read(file: str, content: bytes) -> Document:
    """Parse the bytes of a file whose root must be a mapping. Never raises: what is wrong is in `problems`."""
    refused = _unreadable(file, content)
    if refused:
        return Document(file, (), None, (refused,))
    text = content.decode("utf-8-sig")
    lines = tuple(text.splitlines())
    tab = _tab(file, lines)
    if tab:
        return Document(file, lines, None, (tab,))
    builder = _Builder(file)
    yaml, loader = _yaml()
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
            if builder.given_up:
                break
    except yaml.MarkedYAMLError as error:
        builder.problems.append(_grammar(file, lines, error))
    except yaml.YAMLError as error:
        where = text.count("\n", 0, getattr(error, "position", 0)) + 1
        builder.problems.append(_problem(file, where, 1, f"this is not YAML text: {printable(str(error.reason))}"))
    if not builder.problems and not isinstance(builder.root, Mapping):
        found = "nothing" if builder.root is None else "something else"
        builder.problems.append(_problem(file, 1, 1, f"expected keys with values, one a line; found {found}"))
    root = builder.root if isinstance(builder.root, Mapping) else None
    return Document(file, lines, root, tuple(builder.problems))


def _unreadable(file, content):
    if len(content) > LARGEST:
        return _problem(file, 1, 1, f"expected at most {LARGEST:,} bytes; found {len(content):,}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _problem(file, line, 1, "expected UTF-8 text; found bytes that are not", "save the file as UTF-8")
    if "\0" in text:
        return _problem(file, text.count("\n", 0, text.index("\0")) + 1, 1, "expected text; found a binary file")
    if not text.strip():
        return _problem(file, 1, 1, "expected keys with values; found an empty file")
    return None


def _tab(file, lines):
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            column = line.index("\t") + 1
            return _problem(file, number, column, "expected spaces; found a tab", "indent with two spaces")
    return None


def _grammar(file, lines, error):
    mark = error.problem_mark or error.context_mark
    line = min(mark.line + 1, max(len(lines), 1))
    said = " ".join(part for part in (error.problem, error.context) if part)
    hint = "a text that contains `: `, or begins with one of these signs, stands in quotes: [ ] { } # & * ! | > % @"
    return _problem(file, line, mark.column + 1, f"this line is not YAML: {said}", hint)


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
        self._open(event, "mapping", "one key a line, indented by two spaces")

    def _SequenceStartEvent(self, event):
        self._open(event, "list", "one item a line, each after `- `")

    def _open(self, event, what, instead):
        self._no_decoration(event)
        if event.flow_style:
            self._refuse(event, f"expected a {what} over lines; found one in brackets", instead, stop=True)
        if len(self.stack) >= DEEPEST:
            self._refuse(event, f"expected at most {DEEPEST} levels; found more", stop=True)
        self.stack.append((what, self._span(event), []))

    def _no_decoration(self, event):
        if event.anchor:
            self._refuse(event, f'expected a value; found an anchor ("&{event.anchor}")', "write the value out", stop=True)
        if event.tag:
            self._refuse(event, f'expected a value; found a tag ("{event.tag}")', "leave the tag out", stop=True)

    def _MappingEndEvent(self, _event):
        _, span, children = self.stack.pop()
        items, seen = [], {}
        for key, value in zip(children[::2], children[1::2]):
            if not isinstance(key, Scalar):
                self.problems.append(Problem(ERROR, key.span, "expected a word as key; found a list or mapping"))
                continue
            if key.text == "<<":
                self.problems.append(Problem(ERROR, key.span, "expected a key; found a merge key (<<)", "write the keys out"))
            if key.text in seen:
                first = seen[key.text].span.line
                message = f'expected each key once; found "{printable(key.text)}" again'
                self.problems.append(Problem(ERROR, key.span, message, f"it already stands on line {first}"))
            seen[key.text] = key
            items.append((key, value))
        self._add(Mapping(tuple(items), span))

    def _SequenceEndEvent(self, _event):
        _, span, children = self.stack.pop()
        self._add(Sequence(tuple(children), span))

    def _add(self, node):
        if self.stack:
            self.stack[-1][2].append(node)
        elif self.root is None:
            self.root = node


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
