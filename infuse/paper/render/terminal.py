"""The lines of a page on a terminal: the same words as in a pipe, with colour and weight as an extra.

For: people at a terminal. It is the only importer of rich, and only when a terminal is written to.

Refuses: markup: what came from a file is text, never a command.

Example: the banner is bold and red; a pipe has the same words without either.
"""

from __future__ import annotations

from infuse.paper.render.text import ALARM, HEADING, LABELLED, PLAIN, STRONG, Line

_STYLES = {PLAIN: "", STRONG: "bold", LABELLED: "dim", ALARM: "bold red", HEADING: "bold"}


def show(rows: list[Line], stream) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, soft_wrap=True)
    for row in rows:
        text = Text()
        for part, role in row:
            text.append(part, style=_STYLES[role])
        text.rstrip()
        console.print(text)
