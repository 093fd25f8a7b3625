"""Which commands and options exist: parse, call one function, write, exit code.

For: people at a terminal, and scripts. Standard output is the document, standard error the talk. Exit 0: done;
1: stopped by an alert, or a problem found in a file; 2: the command line or an input is wrong.

Refuses: everything that the layers below refuse, in their words, all of it at once, and never with a traceback.

Example: infuse order ketamine-inpatient-titration --weight 70kg --age 44y
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup

from infuse import __version__
from infuse.files.given import BY_NAME
from infuse.hand.output import NotWritten, PipeClosed, bar, refuse_to_write_over, to_file, to_stdout

STOPPED, WRONG = 1, 2
DEBUG = "INFUSE_DEBUG"


class _Group(TyperGroup):
    """Whatever goes wrong below ends in a sentence and an exit code."""

    def invoke(self, ctx):
        try:
            return super().invoke(ctx)
        except PipeClosed:
            sys.exit(STOPPED)
        except NotWritten as error:
            _fail([str(error)])
        except Exception as error:
            if hasattr(error, "exit_code") or isinstance(error, typer.Abort) or os.environ.get(DEBUG):
                raise
            _fail([f"a fault of infuse itself: {type(error).__name__}; nothing was ordered", f"   please report it; with {DEBUG}=1 it says more"])


class _Once(TyperCommand):
    """An option that takes one value may stand once: of two weights, the last would win without a word. --print may
    stand without its value."""

    def parse_args(self, ctx, args):
        args = [one for each, after in zip(args, [*args[1:], "-"]) for one in ([each, ""] if each == "--print" and after.startswith("-") else [each])]
        single = {name for each in self.params for name in each.opts
                  if name.startswith("--") and not each.multiple and not getattr(each, "is_flag", False)}
        named = [each.partition("=")[0] for each in args]
        twice = [name for name in dict.fromkeys(named) if name in single and named.count(name) > 1]
        if twice:
            _fail([f"{name}: expected once; found {named.count(name)} times" for name in twice])
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_Group, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True,
                  help="From a protocol file and a patient weight to a unit-checked infusion order sheet.")

Folders = Annotated[list[Path] | None, typer.Option("--protocols", metavar="DIR", help="A site's own folder; its files win by name. May be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Short for --format json.")]
Format = Annotated[str, typer.Option("--format", metavar="text|json", help="text or json.")]


def _is_json(format: str, json: bool) -> bool:
    """Whether JSON is wanted, by either spelling."""
    if format not in ("text", "json"):
        _fail([f'--format: expected text or json; found "{format}"'])
    return json or format == "json"


DocumentFormat = Annotated[str | None, typer.Option("--format", metavar="text|json|pdf", help="text, json or pdf; else by the ending of --output; else text.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write to a file instead; .pdf, .json and .txt say the format.")]
Force = Annotated[bool, typer.Option("--force", help="Write over an existing file.")]
Paper = Annotated[str | None, typer.Option("--paper", metavar="letter|a4", help="The paper of a pdf; else by the locale.")]
Queue = Annotated[str | None, typer.Option("--print", metavar="[QUEUE]", help="Send it to a printer's queue, the default one where none is named.")]
Copies = Annotated[int | None, typer.Option("--copies", metavar="NUMBER", help="How many to print; each says which it is.")]
Reprint = Annotated[int | None, typer.Option("--reprint", metavar="NUMBER", help="Printed before: the number of this copy, which it shows.")]


def _destination(**said):
    from infuse.hand import destination
    try:
        return destination.read(os.environ, **said)
    except destination.Misdirected as wrong:
        _fail(wrong.lines)


def _deliver(pages, to, now) -> None:
    """A pdf into its file or to its printer."""
    from infuse.paper.render import pdf
    _deliver_as(lambda copy: pdf.to_pdf(pages, to.paper, now, copy), to, to.paper)


def _deliver_as(render, to, media: str) -> None:
    """What `render` makes, into its file or to its printer."""
    from infuse.hand import destination
    from infuse.hand.printing import NotPrinted
    from infuse.paper.render.pdf import DoesNotFit, Unprintable
    try:
        job = destination.deliver_as(render, to, media)
    except NotPrinted as error:
        _fail([*error.lines, "   nothing was printed"])
    except DoesNotFit as error:
        _fail([f"expected words that fit in letters of 9 points; found more: {error}", "   nothing was written; take a larger --stock, or shorter words"])
    except Unprintable as error:
        _fail([f"expected characters that a font here has; found {each}" for each in error.found]
              + ["   nothing was written; spell it otherwise, or install a font that has it"])
    if job:
        _say(f"sent to the printer as job {job}")


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _fail(lines: list[str], code: int = WRONG):
    for line in lines:
        _say(line)
    raise typer.Exit(code)


def _refusals(wrong) -> list[str]:
    """What was typed and cannot be used: option, expected, found, what to do."""
    from infuse.ground.source import printable
    lines = []
    for where, refused in wrong:
        found = f'"{refused.found}"' if refused.found else "nothing"
        lines.append(printable(f"{where}: expected {refused.expected}; found {found}"))
        if refused.hint:
            lines.append(printable(f"   {refused.hint}"))
    return lines


def _library(folders: list[Path] | None):
    from infuse.files.library import ENVIRONMENT, Library
    named = [*(folders or ()), *(Path(each) for each in os.environ.get(ENVIRONMENT, "").split(os.pathsep) if each)]
    missing = [str(each) for each in named if not each.is_dir()]
    if missing:
        _fail([f"--protocols: expected a folder; found none at {each}" for each in missing])
    return Library(named)


def _load(library, ids: list[str]) -> list:
    paths = library.ids()
    others = [each for each in ids if each not in paths]
    if others:
        _refuse_unavailable(library, others)
    lines = [_unknown(library, each) for each in others]
    lines += [f"{each}: expected each protocol once; found it again" for each in dict.fromkeys(ids) if ids.count(each) > 1]
    if lines:
        _fail(lines)
    loaded = [library.load(paths[each]) for each in ids]
    problems = {problem: each.documents.get(problem.span.file) for each in loaded for problem in each.errors}
    if problems:
        _fail(_problems(problems.items()), STOPPED)
    return loaded


def _refuse_unavailable(library, ids: list[str]) -> None:
    """Fails where one of the names is of a drug that nobody can order; says of the others that they are unknown."""
    from infuse.paper import unavailable
    paths = {each: unavailable.named(library, each) for each in ids}
    lines = [line for path in dict.fromkeys(filter(None, paths.values())) for line in unavailable.refusal(library, path)]
    if lines:
        unknown = [_unknown(library, each) for each, path in paths.items() if path is None]
        _fail([*lines, *unknown], WRONG if unknown else STOPPED)


def _problems(found) -> list[str]:
    """Problems of files with the lines that they are about."""
    from infuse.ground import source
    return [source.show(problem, document.lines if document else ()) for problem, document in found]


def _unknown(library, said: str) -> str:
    from infuse.paper import catalog
    return catalog.unknown(library, said)


def _write_json(value: dict, output: Path | None = None, force: bool = False) -> None:
    import json
    _write(json.dumps(value, indent=2, ensure_ascii=False) + "\n", output, force)


def _write(text: str, output: Path | None = None, force: bool = False) -> None:
    if output is None:
        to_stdout(text)
    else:
        to_file(output, text, force)


def _show(rows, output: Path | None = None, force: bool = False) -> None:
    """Lines of a page: with colour on a terminal, plain anywhere else."""
    from infuse.paper.render import text
    if output is None and sys.stdout.isatty():
        from infuse.paper.render import terminal
        terminal.show(rows, sys.stdout)
    else:
        _write(text.to_text(rows), output, force)


def _version(asked: bool):
    if asked:
        to_stdout(f"infuse {__version__}\n")
        raise typer.Exit()


@app.callback()
def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")] = False):
    pass


# ---------------------------------------------------------------------------------------------- protocols


@app.command("list", cls=_Once)
def list_(protocols: Folders = None, json: Json = False, format: Annotated[
        str, typer.Option("--format", metavar="text|json|markdown", help="text, json, or a table of the protocols in Markdown.")] = "text"):
    """What protocols and order sets there are, for whom, at which version, from which sources."""
    from infuse.paper import catalog, setpage, unavailable
    library = _library(protocols)
    if format == "markdown" and not json:
        from infuse.paper import overview
        return _write(overview.table(library))
    found, sets, without = catalog.rows(library), setpage.rows(library), unavailable.rows(library)
    if _is_json(format, json):
        _write_json({"schema_version": 1, "protocols": found, "sets": sets, "not_available": without})
    else:
        from infuse.paper.render import text
        _show(text.sections((*catalog.list_page(found), *setpage.list_page(sets), *unavailable.list_page(without))))


@app.command(cls=_Once)
def show(protocol: Annotated[str, typer.Argument(metavar="PROTOCOL|SET")], protocols: Folders = None, json: Json = False, format: DocumentFormat = None,
         output: Output = None, force: Force = False, paper: Paper = None):
    """One protocol or order set: what it asks, what can be chosen, its limits and sources. Or a drug that is not available: why."""
    from infuse.paper import catalog, setpage, unavailable
    to = _destination(format=format, json=json, output=output, force=force, paper=paper)
    library = _library(protocols)
    without = None if protocol in library.ids() else unavailable.named(library, protocol)
    if without and not library.drug(without)[1]:
        page = unavailable.page(library, without)
    elif protocol in library.sets():
        of_set = library.load_set(library.sets()[protocol])
        if of_set.errors:
            _fail(_problems((each, of_set.documents.get(each.span.file)) for each in of_set.errors), STOPPED)
        from infuse.ordering import setcases
        page = setpage.show_page(of_set, _now().date(), setcases.sample(library, of_set) if to.format != "json" else None)
    else:
        loaded, = _load(library, [protocol])
        page = catalog.show_page(loaded, _now().date())
    if to.format == "json":
        from infuse.paper.render import json as rendered
        _write_json(rendered.page(page), output, force)
    elif to.format == "pdf":
        _deliver([page], to, _now())
    else:
        from infuse.paper.render import text
        _show(text.lines(page), output, force)


@app.command(cls=_Once)
def check(paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...")] = None, protocols: Folders = None,
          prove: Annotated[bool, typer.Option("--prove", help="Order at every weight that each protocol allows.")] = False,
          json: Json = False, format: Format = "text"):
    """Every problem of every file at once, then the files' own cases."""
    from infuse.ordering import checking
    missing = [str(each) for each in paths or () if not each.exists()]
    if missing:
        _fail([f"expected a file or folder; found none at {each}" for each in missing])
    wanted = _is_json(format, json)
    checked = checking.check(_library(protocols), paths or [], prove=prove, tell=_progress if sys.stderr.isatty() else None)
    if not checked.files:
        _fail(["expected protocol files; found none in " + ", ".join(str(each) for each in paths or ())])
    if wanted:
        _write_json(checking.as_json(checked))
    else:
        _write(checking.as_text(checked))
    if checked.errors:
        raise typer.Exit(STOPPED)


def _progress(made: int, whole: int, name: str) -> None:
    """One line that fills, on a terminal only."""
    if made % 100 == 0 or made == whole:
        print(f"\r{bar(made, whole, name)}", end="\n" if made == whole else "", file=sys.stderr, flush=True)


@app.command(cls=_Once)
def new(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    title: Annotated[str | None, typer.Option(help="The title at the top of the sheet.")] = None,
    drug: Annotated[str | None, typer.Option(help="A drug of the library.")] = None,
    product: Annotated[str | None, typer.Option(help="The product that it is prepared from.")] = None,
    population: Annotated[str | None, typer.Option(help="Whom it is for.")] = None,
    indication: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    care_areas: Annotated[list[str] | None, typer.Option("--care-area", help="Where it may be given. May be repeated.")] = None,
    phases: Annotated[list[str] | None, typer.Option("--phase", help="A kind of phase, in time order. May be repeated.")] = None,
    per: Annotated[str | None, typer.Option(help="What the dose is counted per: patient, kg or m2.")] = None,
    reference: Annotated[str | None, typer.Option(help="An id for the first source.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
    protocols: Folders = None,
):
    """Begin a protocol file: everything but the numbers, each a blank that check then names."""
    from infuse.files import begin, draft
    from infuse.files import schema as tables
    from infuse.ground.units import Refused
    said = {key: tuple(value) if isinstance(value, list) else value for key, value in locals().items() if isinstance(value, (str, list))}
    try:
        begin.named_right(name)
    except Refused as wrong:
        _fail(_refusals([("NAME", wrong)]))
    library = _library(protocols)
    path = (library.folders[0] if len(library.folders) > 1 else Path()) / f"{name}.yaml"
    refuse_to_write_over(path, force)
    begun = begin.begin(name, said, library, _ask if sys.stdin.isatty() and sys.stderr.isatty() else None)
    if begun.refused:
        _fail(_refusals(begun.refused))
    to_file(path, draft.text(tables.PROTOCOL.schema, begun.known), force, 0o644)
    _say(f"{path} is begun; its numbers and sources are yours to give: infuse check {path} names each place")
    if library.shadowed(path):
        _say(f"it takes the place of {library.shadowed(path)}")


@app.command(cls=_Once)
def schema(what: Annotated[str, typer.Argument(metavar="order|protocol|drug|set|patient")], json: Json = False):
    """A JSON Schema: of the order's JSON, or of a file (for an editor)."""
    from infuse.files import given
    from infuse.files import schema as tables
    from infuse.paper.render import json as rendered
    from infuse.files.schema.orderset import ORDER_SET
    known = {"order": rendered.schema, "protocol": lambda: tables.json_schema(tables.PROTOCOL, "infuse protocol"),
             "drug": lambda: tables.json_schema(tables.DRUG, "infuse drug"), "patient": given.schema,
             "set": lambda: tables.json_schema(ORDER_SET, "infuse order set")}
    if what not in known:
        _fail([f'expected {" or ".join(known)}; found "{what}"'])
    _write_json(known[what]())


# ---------------------------------------------------------------------------------------------- orders


def _fact(name: str):
    """An option for one fact about the patient, as the table of facts names it."""
    fact = BY_NAME[name]
    return typer.Option(fact.option, metavar=name.upper(), help=f"{fact.says}, such as {fact.example}.")


def _choice(option: str, says: str, metavar: str):
    return typer.Option(option, metavar=metavar, help=says)


Text = str | None
Texts = list[str] | None


@app.command(cls=_Once)
def order(
    ids: Annotated[list[str], typer.Argument(metavar="PROTOCOL...|SET")],
    with_: Annotated[Texts, _choice("--with", "Of a set: an optional item, or another one of a group.", "PROTOCOL")] = None,
    without: Annotated[Texts, _choice("--without", "Of a set: an item to leave out.", "PROTOCOL")] = None,
    weight: Annotated[Text, _fact("weight")] = None,
    weight_source: Annotated[Text, _fact("weight_source")] = None,
    weight_date: Annotated[Text, _fact("weight_date")] = None,
    age: Annotated[Text, _fact("age")] = None,
    birth_date: Annotated[Text, _fact("birth_date")] = None,
    sex: Annotated[Text, _fact("sex")] = None,
    height: Annotated[Text, _fact("height")] = None,
    creatinine: Annotated[Text, _fact("creatinine")] = None,
    clearance: Annotated[Text, _fact("clearance")] = None,
    dosing_weight: Annotated[Text, _fact("dosing_weight")] = None,
    pregnancy: Annotated[Text, _fact("pregnancy")] = None,
    lactation: Annotated[Text, _fact("lactation")] = None,
    qtc: Annotated[Text, _fact("qtc")] = None,
    blood_pressure: Annotated[Text, _fact("blood_pressure")] = None,
    heart_rate: Annotated[Text, _fact("heart_rate")] = None,
    liver: Annotated[Text, _fact("liver")] = None,
    allergies: Annotated[Texts, _fact("allergies")] = None,
    conditions: Annotated[Texts, _fact("conditions")] = None,
    medicines: Annotated[Texts, _fact("medicines")] = None,
    given: Annotated[Texts, _fact("given")] = None,
    line: Annotated[Text, _fact("line")] = None,
    care_area: Annotated[Text, _fact("care_area")] = None,
    pump: Annotated[Text, _fact("pump")] = None,
    drop_factor: Annotated[Text, _fact("drop_factor")] = None,
    name: Annotated[Text, _fact("name")] = None,
    record_number: Annotated[Text, _fact("record_number")] = None,
    location: Annotated[Text, _fact("location")] = None,
    prescriber: Annotated[Text, _fact("prescriber")] = None,
    start: Annotated[Text, _fact("start")] = None,
    prepared: Annotated[Text, _fact("prepared")] = None,
    compounding: Annotated[Text, _fact("compounding")] = None,
    patient: Annotated[Path | None, typer.Option("--patient", metavar="FILE", help="Facts from a YAML or JSON file.")] = None,
    dose: Annotated[Text, _choice("--dose", "A dose within what the protocol allows.", "DOSE")] = None,
    dose_rate: Annotated[Text, _choice("--dose-rate", "A start rate within what the protocol allows.", "RATE")] = None,
    duration: Annotated[Text, _choice("--duration", "A duration within what the protocol allows.", "TIME")] = None,
    preparation: Annotated[Text, _choice("--preparation", "One of the protocol's preparations.", "NAME")] = None,
    product: Annotated[Text, _choice("--product", "One of the preparation's products, instead of the one that leaves the least.", "NAME")] = None,
    bag_volume: Annotated[Text, _choice("--bag-volume", "The measured volume of the bag.", "VOLUME")] = None,
    beyond_use: Annotated[Text, _choice("--beyond-use", "How long the preparation may be used at this site.", "TIME")] = None,
    running: Annotated[Text, _choice("--running", "The pump rate of an infusion that already runs.", "RATE")] = None,
    running_in: Annotated[Text, _choice("--running-in", "What it runs from, where that is another bag.", "STRENGTH")] = None,
    running_weight: Annotated[Text, _choice("--running-weight", "The weight that it runs by, where that is another.", "WEIGHT")] = None,
    replaces: Annotated[Text, _choice("--replaces", "The sheet that this one replaces: its order id, or its date and time.", "SHEET")] = None,
    one_bag: Annotated[Text, _choice("--one-bag", "Protocols in one bag, where just that mixture was tested.", "A + B")] = None,
    choose: Annotated[Texts, _choice("--choose", "A choice for one of several protocols.", "PROTOCOL.KEY=VALUE")] = None,
    answer: Annotated[Texts, _choice("--answer", "An answer to what the protocol leaves open.", "QUESTION=TEXT")] = None,
    override: Annotated[Texts, _choice("--override", "A reason at a soft stop.", "CODE: REASON")] = None,
    by: Annotated[Text, _choice("--by", "Who overrides.", "NAME")] = None,
    form: Annotated[Texts, _choice("--form", "A paper instead of the order sheet: record, flowsheet, controlled, worksheet, check; or all, the sheet with them. May be repeated.", "FORM")] = None,
    format: DocumentFormat = None,
    json: Json = False,
    output: Output = None,
    force: Force = False,
    paper: Paper = None,
    queue: Queue = None,
    copies: Copies = None,
    reprint: Reprint = None,
    protocols: Folders = None,
):
    """An order sheet for one patient: of one protocol, of several, or of an order set."""
    from infuse.ordering.order import READY
    typed = {key: value for key, value in locals().items() if value is not None}
    to = _destination(format=format, json=json, output=output, force=force, paper=paper, queue=queue, copies=copies, reprint=reprint)
    _known_forms(form)
    made = _ordered(typed)
    _write_order(made, form if made.status == READY else None, to)
    if made.status != READY:
        _stop(made, on_screen=output is None and sys.stdout.isatty(), queue=queue)  # on a screen the sheet has just said why


def _ordered(typed: dict, at=None):
    """The order that was asked for by the options of `order`, whatever its status; `at`: its time, else now."""
    from infuse.ordering import intake, picking
    from infuse.ordering.choosing import CHOICES
    facts = {key: value for key, value in typed.items() if key in BY_NAME}
    single = {key: value for key, value in typed.items() if key in CHOICES}
    library = _library(typed.get("protocols"))
    try:
        picked = picking.select(library, typed["ids"], typed.get("with_", ()), typed.get("without", ()))
    except picking.CannotPick as wrong:
        _fail(_refusals(wrong.refused) + _problems(wrong.problems), WRONG if wrong.refused else STOPPED)
    loaded = _load(library, picked.ids)
    asked = intake.Asked(loaded, facts, _patient_file(typed.get("patient")), single, typed.get("choose", []), typed.get("answer", []),
                         typed.get("override", []), typed.get("by"), at or _now(), picked.arrangement, picked.chosen, typed.get("one_bag"))
    try:
        made = intake.make(asked, ask=_ask if sys.stdin.isatty() and sys.stderr.isatty() else None)
    except intake.Wrong as wrong:
        _fail(_refusals(wrong.refused) + wrong.lines)
    except intake.Faulty as faulty:
        _fail(_problems((each, faulty.documents.get(each.span.file)) for each in faulty.problems), STOPPED)
    for said in intake.talk(made):
        _say(said)
    return made


def _stop(made, on_screen: bool, queue: str | None):
    """Says why there is no order, and ends."""
    from infuse.ordering import intake
    for said in [*([] if on_screen else intake.reasons(made)), *intake.what_next(made, sys.argv[1:])]:
        _say(said)
    if queue is not None:
        _say("nothing was printed")
    raise typer.Exit(STOPPED)


def _known_forms(names: list[str] | None) -> None:
    """A form that there is not is refused before anything is worked out."""
    if names:
        from infuse.paper import papers
        wrong = papers.known(names)
        if wrong:
            _fail(_refusals(wrong))


def _write_order(made, forms: list[str] | None, to) -> None:
    """The sheet, or the forms that were asked for, as text, JSON or pdf; no printer gets a sheet without an order."""
    from infuse.ordering.order import READY
    if to.format == "json" and not forms:
        from infuse.paper.render import json as rendered
        return _write_json(rendered.as_object(made), to.output, to.force)
    if to.format == "pdf" and made.status != READY and to.queue is not None:
        return None
    from infuse.paper import sheet
    pages = _papers(made, forms) if forms else [sheet.lay_out(made)]
    if to.format == "pdf":
        return _deliver(pages, to, made.now)
    if to.format == "json":
        from infuse.paper.render import json as rendered
        return _write_json({"schema_version": rendered.SCHEMA_VERSION, "papers": [rendered.page(each) for each in pages]}, to.output, to.force)
    from infuse.paper.render import text
    _show([line for number, each in enumerate(pages) for line in [*([[]] if number else []), *text.lines(each)]], to.output, to.force)


def _papers(made, forms: list[str]) -> list:
    from infuse.paper import papers
    pages, wrong = papers.lay_out(made, forms)
    if wrong:
        _fail(_refusals(wrong))
    return pages


def _with_the_options_of(other, left_out: tuple[str, ...]):
    """A command that takes what another takes, but for some, and its own, which are keywords; what is shared comes in its last."""
    def wrap(function):
        import inspect
        shared = [each for name, each in inspect.signature(other, eval_str=True).parameters.items() if name not in left_out]
        mine = [each for each in inspect.signature(function, eval_str=True).parameters.values() if each.kind is each.KEYWORD_ONLY]
        function.__signature__ = inspect.Signature([*shared, *mine])
        function.__annotations__ = other.__annotations__ | function.__annotations__
        return function
    return wrap


@app.command(cls=_Once)
@_with_the_options_of(order, left_out=("form", "paper"))
def label(
    *,
    stock: Annotated[str, typer.Option("--stock", metavar="2x4in|letter|a4", help="One label a page, or a sheet of labels.")] = "2x4in",
    ordered: Annotated[Text, typer.Option("--ordered", metavar="TIME", help="The time on the order sheet, whose id the label then has.")] = None,
    count: Annotated[int, typer.Option("--count", metavar="NUMBER", help="How many labels of each bag or syringe.")] = 1,
    **typed,
):
    """Labels for the bags and syringes of an order, with the same options."""
    from infuse.paper import labels
    from infuse.ordering.order import READY
    from infuse.ground.units import Refused
    typed = {key: value for key, value in typed.items() if value is not None}
    to = _destination(**{key: typed[key] for key in ("format", "json", "output", "force", "queue", "copies", "reprint") if key in typed})
    wrong = [] if stock in labels.STOCKS else [f'--stock: expected {" or ".join(labels.STOCKS)}; found "{stock}"']
    wrong += [] if 0 < count <= labels.MOST else [f"--count: expected 1 to {labels.MOST}; found {count}"]
    when = None
    try:
        when = labels.read_ordered(ordered, _now()) if ordered else None
    except Refused as refused:
        wrong += _refusals([("--ordered", refused)])
    if wrong:
        _fail(wrong)
    made = _ordered(typed, when)
    if made.status != READY:
        _stop(made, on_screen=False, queue=to.queue)
    found = labels.lay_out(made, count)
    if to.format == "json":
        _write_json(labels.as_object(found), to.output, to.force)
    elif to.format == "pdf":
        from infuse.paper.render import label_pdf
        _deliver_as(lambda copy: label_pdf.to_pdf(found, stock, made.now, copy), to, label_pdf.MEDIA[stock])
    else:
        from infuse.paper.render import text
        _show(text.sections(tuple(labels.as_section(each) for each in found)), to.output, to.force)


@app.command(cls=_Once)
def book(
    ids: Annotated[list[str], typer.Argument(metavar="PROTOCOL|SET...")],
    weights: Annotated[str, typer.Option("--weights", metavar="RANGE", help='The weights of the rows: "40 to 120 kg".')],
    step: Annotated[str, typer.Option("--step", metavar="WEIGHT", help="From row to row.")] = "5 kg",
    heights: Annotated[Texts, typer.Option("--height", metavar="HEIGHT", help="A table for this height, where a dose is counted per m2. May be repeated.")] = None,
    until: Annotated[Text, typer.Option("--until", metavar="DATE", help="The last day on which it may be used; else thirty days from now.")] = None,
    format: DocumentFormat = None, json: Json = False, output: Output = None, force: Force = False, paper: Paper = None, queue: Queue = None,
    copies: Copies = None, reprint: Reprint = None, protocols: Folders = None,
):
    """A downtime book: tables by weight of protocols and order sets, every row worked out and checked as an order is."""
    from infuse.paper import binding, book_pages
    to = _destination(format=format, json=json, output=output, force=force, paper=paper, queue=queue, copies=copies, reprint=reprint)
    if output is not None:
        refuse_to_write_over(output, force)  # before all the work
    library, now = _library(protocols), _now()
    try:
        asked = binding.read(library, ids, weights, step, heights or [], until, now)
        bound = binding.make(asked, _load(library, asked.ids), _progress if sys.stderr.isatty() else None)
    except binding.CannotBind as wrong:
        _fail(_refusals(wrong.refused) + _problems(wrong.problems), WRONG if wrong.refused else STOPPED)
    pages = book_pages.lay_out(book_pages.Book(now, bound.until, weights), bound.tables, bound.sets, bound.checked)
    several = "s" if bound.tables[1:] else ""
    _say(f"{bound.checked:,} rows checked, {len(bound.tables):,} table{several}, not to be used after {bound.until:%Y-%m-%d}")
    if to.format == "pdf":
        return _deliver(pages, to, now)
    if to.format == "json":
        from infuse.paper.render import json as rendered
        return _write_json({"schema_version": rendered.SCHEMA_VERSION, "rows_checked": bound.checked, "do_not_use_after": bound.until.isoformat(),
                            "papers": [rendered.page(each) for each in pages]}, output, force)
    from infuse.paper.render import text
    _show([line for number, each in enumerate(pages) for line in [*([[]] if number else []), *text.lines(each)]], output, force)


@app.command(cls=_Once)
def verify(what: Annotated[Text, typer.Argument(metavar="[TEXT|FILE]")] = None, protocols: Folders = None, json: Json = False, format: Format = "text"):
    """Work a sheet out again, from the text of its QR code, a saved sheet, or the JSON of an order: same or different."""
    from infuse.paper import verify as verifying
    wanted, library = _is_json(format, json), _library(protocols)
    try:
        found = verifying.verify(_to_verify(what), library, lambda ids: _load(library, ids))
    except verifying.CannotVerify as wrong:
        _fail([*_refusals(wrong.refused), *wrong.lines], WRONG if wrong.refused else STOPPED)
    if wanted:
        _write_json(verifying.as_object(found))
    else:
        from infuse.paper.render import text
        _show(text.paragraphs(verifying.as_lines(found)))
    if not all(each.same for each in found):
        raise typer.Exit(STOPPED)


def _to_verify(what: str | None) -> str:
    """The text itself, that of a file, or what is typed, scanned or piped in."""
    from infuse.ordering.compact import KIND
    from infuse.ground.source import LARGEST
    if what is not None and what != "-" and (what.lstrip().startswith((KIND, "{")) or ";" in what):
        return what
    try:
        if what is None or what == "-":
            return sys.stdin.buffer.read(LARGEST + 1).decode("utf-8")
        with open(what, "rb") as stream:
            content = stream.read(LARGEST + 1)
        if content.startswith(b"%PDF"):
            _fail([f"{what}: expected text or JSON; found a PDF", "   scan its QR code, or type the text beside it"])
        return content.decode("utf-8")
    except OSError as error:
        _fail([f'expected the text of a sheet, or its file; found: {error.strerror}: {what}'])
    except UnicodeDecodeError:
        _fail(["expected text or JSON; found something else"])


def _patient_file(path: Path | None) -> tuple[str, bytes] | None:
    from infuse.ground.source import LARGEST
    if path is None:
        return None
    try:
        with open(path, "rb") as stream:
            return str(path), stream.read(LARGEST + 1)
    except OSError as error:
        _fail([f"--patient: expected a file; found: {error.strerror}: {path}"])


def _ask(question: str) -> str:
    return typer.prompt(question, err=True)


def _now():
    """The clock, or SOURCE_DATE_EPOCH (UTC) where a document must come out the same twice."""
    from datetime import datetime, timezone
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(fixed), timezone.utc).replace(tzinfo=None) if fixed.isdigit() else datetime.now()


# ---------------------------------------------------------------------------------------------- quick calculations


Weight = Annotated[Text, typer.Option("--weight", metavar="WEIGHT", help="The patient's weight, such as 70kg.")]
Strength = Annotated[Text, typer.Option("--in", metavar="STRENGTH", help='The concentration: "2 mg/mL" or "500 mg in 250 mL".')]
Unit = Annotated[Text, typer.Option("--unit", metavar="UNIT", help="Another unit for the answer.")]
Step = Annotated[Text, typer.Option("--step", metavar="STEP", help='Another rounding step, such as "0.01 mL/h".')]
Area = Annotated[Text, typer.Option("--bsa", metavar="AREA", help='The body surface area, such as "1.8 m2".')]


def _answer(work, json: bool) -> None:
    from infuse.ordering import quick
    try:
        answer = work(quick)
    except quick.Problems as wrong:
        _fail(_refusals(wrong.refused))
    if json:
        _write_json(answer.as_json())
    else:
        from infuse.paper.render import text
        _show(text.paragraphs(answer.as_text()))


@app.command(cls=_Once)
def rate(dose_rate: str, weight: Weight = None, strength: Strength = None, unit: Unit = None, step: Step = None, bsa: Area = None, json: Json = False,
         format: Format = "text"):
    """Dose rate to pump rate: infuse rate "0.1 mg/kg/h" --weight 70kg --in "500 mg in 250 mL"."""
    _answer(lambda quick: quick.rate(dose_rate, weight, strength, unit, step, bsa), _is_json(format, json))


@app.command(cls=_Once)
def dose(pump_rate: str, weight: Weight = None, strength: Strength = None, unit: Unit = None, step: Step = None, bsa: Area = None, json: Json = False,
         format: Format = "text"):
    """Pump rate to dose rate: infuse dose "3.5 mL/h" --weight 70kg --in "500 mg in 250 mL"."""
    _answer(lambda quick: quick.dose(pump_rate, weight, strength, unit, step, bsa), _is_json(format, json))


@app.command(cls=_Once)
def volume(dose: str, weight: Weight = None, strength: Strength = None, unit: Unit = None, step: Step = None, bsa: Area = None, json: Json = False,
         format: Format = "text"):
    """Dose to amount and volume to draw up: infuse volume "25 mcg/kg" --weight 70kg --in "50 mcg/mL"."""
    _answer(lambda quick: quick.volume(dose, weight, strength, unit, step, bsa), _is_json(format, json))


@app.command(cls=_Once)
def drops(what: str, set_: Annotated[Text, typer.Option("--set", metavar="FACTOR", help='The drop factor: "20 gtt/mL".')] = None,
          step: Step = None, json: Json = False, format: Format = "text"):
    """Volume and time, or a rate, to drops per minute: infuse drops "1,000 mL over 8 h" --set "20 gtt/mL"."""
    _answer(lambda quick: quick.drops(what, set_, step), _is_json(format, json))


@app.command(cls=_Once)
def convert(quantity: str, unit: str, json: Json = False, format: Format = "text"):
    """One unit to another: infuse convert "154 lb" kg."""
    _answer(lambda quick: quick.convert(quantity, unit), _is_json(format, json))
