"""What every command does alike: open the library, say what was refused, write or show what was made, end with a code.

For: the commands. Standard output is the document, standard error the talk.

Refuses: what the layers below refuse, in their words, all of it at once.

Example: fail(["--weight: expected ..."]) prints the line to standard error and ends with exit code 2.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from infuse.hand.output import to_file, to_stdout

STOPPED, WRONG = 1, 2


def read_destination(**said):
    from infuse.hand import destination
    try:
        return destination.read(os.environ, **said)
    except destination.Misdirected as wrong:
        fail(wrong.lines)


def deliver(pages, to, now) -> None:
    """A pdf into its file or to its printer."""
    from infuse.paper.render import pdf
    deliver_as(lambda copy: pdf.to_pdf(pages, to.paper, now, copy), to, to.paper)


def deliver_as(render, to, media: str) -> None:
    """What `render` makes, into its file or to its printer."""
    from infuse.hand import destination
    from infuse.hand.printing import NotPrinted
    from infuse.paper.render.typesetting import DoesNotFit, Unprintable
    try:
        job = destination.deliver_as(render, to, media)
    except NotPrinted as error:
        fail([*error.lines, "   nothing was printed"])
    except DoesNotFit as error:
        fail([f"expected words that fit in letters of 9 points; found more: {error}", "   nothing was written; take a larger --stock, or shorter words"])
    except Unprintable as error:
        fail([f"expected characters that a font here has; found {each}" for each in error.found]
              + ["   nothing was written; spell it otherwise, or install a font that has it"])
    if job:
        say(f"sent to the printer as job {job}")


def say(line: str) -> None:
    print(line, file=sys.stderr)


def fail(lines: list[str], code: int = WRONG):
    for line in lines:
        say(line)
    raise typer.Exit(code)


def refusals(wrong) -> list[str]:
    """What was typed and cannot be used: option, expected, found, what to do."""
    from infuse.ground.source import printable
    lines = []
    for where, refused in wrong:
        found = f'"{refused.found}"' if refused.found else "nothing"
        lines.append(printable(f"{where}: expected {refused.expected}; found {found}"))
        if refused.hint:
            lines.append(printable(f"   {refused.hint}"))
    return lines


def open_library(folders: list[Path] | None):
    from infuse.files.library import ENVIRONMENT, Library
    named = [*(folders or ()), *(Path(each) for each in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if each)]
    missing = [str(each) for each in named if not each.is_dir()]
    if missing:
        fail([f"--protocols: expected a folder; found none at {each}" for each in missing])
    return Library(named)


def load_all(library, ids: list[str]) -> list:
    paths = library.ids()
    others = [each for each in ids if each not in paths]
    if others:
        refuse_unavailable(library, others)
    lines = [unknown_line(library, each) for each in others]
    lines += [f"{each}: expected each protocol once; found it again" for each in dict.fromkeys(ids) if ids.count(each) > 1]
    if lines:
        fail(lines)
    loaded = [library.load(paths[each]) for each in ids]
    problems = {problem: each.documents.get(problem.span.file) for each in loaded for problem in each.errors}
    if problems:
        fail(problem_lines(problems.items()), STOPPED)
    return loaded


def refuse_unavailable(library, ids: list[str]) -> None:
    """Fails where one of the names is of a drug that nobody can order; says of the others that they are unknown."""
    from infuse.paper import unavailable
    paths = {each: unavailable.named(library, each) for each in ids}
    lines = [line for path in dict.fromkeys(filter(None, paths.values())) for line in unavailable.refusal(library, path)]
    if lines:
        unknown = [unknown_line(library, each) for each, path in paths.items() if path is None]
        fail([*lines, *unknown], WRONG if unknown else STOPPED)


def problem_lines(found) -> list[str]:
    """Problems of files with the lines that they are about."""
    from infuse.ground import source
    return [source.show(problem, document.lines if document else ()) for problem, document in found]


def unknown_line(library, said: str) -> str:
    from infuse.paper import catalog
    return catalog.unknown(library, said)


def write_json(value: dict, output: Path | None = None, force: bool = False) -> None:
    import json
    write(json.dumps(value, indent=2, ensure_ascii=False) + "\n", output, force)


def write(text: str, output: Path | None = None, force: bool = False) -> None:
    if output is None:
        to_stdout(text)
    else:
        to_file(output, text, force)


def show_page(rows, output: Path | None = None, force: bool = False) -> None:
    """Lines of a page: with colour on a terminal, plain anywhere else."""
    from infuse.paper.render import text
    if output is None and sys.stdout.isatty():
        from infuse.paper.render import terminal
        terminal.show(rows, sys.stdout)
    else:
        write(text.to_text(rows), output, force)
