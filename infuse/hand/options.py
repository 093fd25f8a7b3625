"""The options that several commands share, and how a command line is read: an option of one value stands once.

For: the commands.

Refuses: an option of one value that stands twice; whatever goes wrong below ends in a sentence and an exit code.

Example: of --weight 70kg --weight 71kg neither is taken: expected once; found 2 times.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup

from infuse.files.given import BY_NAME
from infuse.hand.answering import STOPPED, fail
from infuse.hand.output import NotWritten, PipeClosed

DEBUG = "INFUSE_DEBUG"


class Group(TyperGroup):
    """Whatever goes wrong below ends in a sentence and an exit code."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except PipeClosed:
            sys.exit(STOPPED)
        except NotWritten as error:
            fail([str(error)])
        except Exception as error:
            if hasattr(error, "exit_code") or isinstance(error, typer.Abort) or os.environ.get(DEBUG):
                raise
            fail([f"a fault of infuse itself: {type(error).__name__}; nothing was ordered", f"   please report it; with {DEBUG}=1 it says more"])


class Once(TyperCommand):
    """An option that takes one value may stand once: of two weights, the last would win without a word. --print may
    stand without its value."""

    def parse_args(self, ctx, args):
        args = [one for each, after in zip(args, [*args[1:], "-"]) for one in ([each, ""] if each == "--print" and after.startswith("-") else [each])]
        single = {name for each in self.params for name in each.opts
                  if name.startswith("--") and not each.multiple and not getattr(each, "is_flag", False)}
        named = [each.partition("=")[0] for each in args]
        twice = [name for name in dict.fromkeys(named) if name in single and named.count(name) > 1]
        if twice:
            fail([f"{name}: expected once; found {named.count(name)} times" for name in twice])
        return super().parse_args(ctx, args)


Folders = Annotated[list[Path] | None, typer.Option("--protocols", metavar="DIR", help="A site's own folder; its files win by name. May be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Format = Annotated[str, typer.Option("--format", metavar="text|json", help="text or json.")]


def is_json(format: str, json: bool) -> bool:
    """Whether JSON is wanted, by either spelling."""
    if format not in ("text", "json"):
        fail([f'--format: expected text or json; found "{format}"'])
    return json or format == "json"


DocumentFormat = Annotated[str | None, typer.Option("--format", metavar="text|json|pdf", help="text, json or pdf; else by the ending of --output; else text.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to a file instead; .pdf, .json and .txt say the format.")]
Force = Annotated[bool, typer.Option("--force", help="Write over an existing file.")]
Paper = Annotated[str | None, typer.Option("--paper", metavar="letter|a4", help="The paper of a pdf; else by the locale.")]
Queue = Annotated[str | None, typer.Option("--print", metavar="[QUEUE]", help="Send it to a printer's queue, the default one where none is named.")]
Copies = Annotated[int | None, typer.Option("--copies", metavar="NUMBER", help="How many to print; each says which it is.")]
WithoutAnnex = Annotated[bool, typer.Option("--without-annex", help="Only what the bedside needs: no working, evidence, sources or files. Every page says so.")]
Reprint = Annotated[int | None, typer.Option("--reprint", metavar="NUMBER", help="Printed before: the number of this copy, which it shows.")]


def fact_option(name: str):
    """An option for one fact about the patient, as the table of facts names it."""
    fact = BY_NAME[name]
    return typer.Option(fact.option, metavar=name.upper(), help=f"{fact.says}, such as {fact.example}.")


def choice_option(option: str, says: str, metavar: str):
    return typer.Option(option, metavar=metavar, help=says)


Text = str | None
Texts = list[str] | None
