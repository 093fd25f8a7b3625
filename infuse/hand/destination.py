"""What becomes of a document: in which format, on which paper, into which file or to which printer, as which copy.

For: the commands that write one. The format is said once: by --format, --json, the ending of --output, or --print.

Refuses: two formats at once; copies, a reprint or a paper where there is no paper.

Example: read(output=Path("order.pdf")) is a pdf on the paper of the locale; read(output=Path("order.pdf"), json=True)
is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from infuse.hand.output import bytes_to_stdout, to_file

TEXT, JSON, PDF = FORMATS = ("text", "json", "pdf")
ENDINGS = {".txt": TEXT, ".json": JSON, ".pdf": PDF}
PAPERS = LETTER, A4 = ("letter", "a4")
LETTER_COUNTRIES = frozenset({"US", "CA", "MX", "PH", "PR", "CL", "CO", "CR", "GT", "NI", "PA", "SV", "VE"})  # as the C library has them
MOST_COPIES = 99


class Misdirected(ValueError):
    """What was said of the destination cannot be; `lines` say why."""

    def __init__(self, lines: list[str]):
        self.lines = lines
        super().__init__(lines[0])


class Destination(NamedTuple):
    """`queue`: None, no printer; "" the default one. `reprint`: the number of the first copy, where it is a reprint."""

    format: str = TEXT
    paper: str = LETTER
    output: Path | None = None
    force: bool = False
    queue: str | None = None
    copies: int = 1
    reprint: int | None = None


def read(environment: Mapping[str, str], format: str | None = None, json: bool = False, output: Path | None = None, force: bool = False,
         paper: str | None = None, queue: str | None = None, copies: int | None = None, reprint: int | None = None) -> Destination:
    """Everything that was said of the destination. Raises Misdirected, with all that is wrong."""
    wrong = []
    if format is not None and format not in FORMATS:
        wrong.append(f'--format: expected text, json or pdf; found "{format}"')
    if paper is not None and paper.lower() not in PAPERS:
        wrong.append(f'--paper: expected letter or a4; found "{paper}"')
    if copies is not None and not 0 < copies <= MOST_COPIES:
        wrong.append(f"--copies: expected 1 to {MOST_COPIES}; found {copies}")
    if reprint is not None and not 0 < reprint <= MOST_COPIES:
        wrong.append(f"--reprint: expected the number of the copy, 2 for the second, up to {MOST_COPIES}; found {reprint}")
    asked = {"--json": JSON if json else None, "--format": format, "--print": PDF if queue is not None else None,
             str(output): ENDINGS.get(output.suffix.lower()) if output else None}
    named = {option: one for option, one in asked.items() if one}
    if len(set(named.values())) > 1:
        wrong.append("expected one format; found " + " and ".join(f"{one} ({option})" for option, one in named.items()))
    chosen = next(iter(named.values()), TEXT)
    if copies is not None and queue is None:
        wrong.append("--copies: expected --print beside it; found none")
    if chosen != PDF:
        wrong += [f"{option}: expected a pdf or --print beside it; found {chosen}" for option, said in (("--paper", paper), ("--reprint", reprint))
                  if said is not None]
    if wrong:
        raise Misdirected(wrong)
    return Destination(chosen, paper.lower() if paper else paper_of(environment), output, force, queue, copies or 1, reprint)


def paper_of(environment: Mapping[str, str]) -> str:
    """letter or a4, of the country that the locale names; letter without one, for a Letter page prints whole on A4."""
    named = next((environment[each] for each in ("LC_ALL", "LC_PAPER", "LANG") if environment.get(each)), "")
    country = named.partition(".")[0].partition("@")[0].partition("_")[2].upper()
    return LETTER if not country or country in LETTER_COUNTRIES else A4


def deliver_as(render: Callable[[str], bytes], to: Destination, media: str) -> str:
    """What `render` makes of a copy's own words, written and printed on `media`, as a queue calls it.
    The job's number, or "". Raises NotWritten, PipeClosed, NotPrinted, and what `render` raises."""
    job = ""
    if to.queue is not None:
        from infuse.hand import printing

        job = printing.send([render(each) for each in _copies(to)], to.queue, media)
    if to.output is not None or to.queue is None:
        content = render(_copies(to)[0])
        if to.output is None:
            bytes_to_stdout(content)
        else:
            to_file(to.output, content, to.force)
    return job


def _copies(to: Destination) -> list[str]:
    """What each copy says of itself; the only one of a first print says nothing."""
    if to.reprint is not None:
        return [f"REPRINT, COPY {number}" for number in range(to.reprint, to.reprint + to.copies)]
    return [f"COPY {number} OF {to.copies}" for number in range(1, to.copies + 1)] if to.copies > 1 else [""]
