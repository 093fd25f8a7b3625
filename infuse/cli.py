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

from infuse import __version__
from infuse.files.given import BY_NAME
from infuse.hand import calculations
from infuse.hand.answering import (
    STOPPED,
    WRONG,
    deliver,
    deliver_as,
    fail,
    load_all,
    open_library,
    problem_lines,
    read_destination,
    refusals,
    say,
    show_page,
    write,
    write_json,
)
from infuse.hand.options import (
    Copies,
    DocumentFormat,
    Folders,
    Force,
    Format,
    Group,
    Json,
    Once,
    Output,
    Paper,
    Queue,
    Reprint,
    Text,
    Texts,
    WithoutAnnex,
    choice_option,
    fact_option,
    is_json,
)
from infuse.hand.output import bar, refuse_to_write_over, to_file, to_stdout

app = typer.Typer(cls=Group, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True,
                  help="From a protocol file and a patient weight to a unit-checked infusion order sheet.")


def _version(asked: bool):
    if asked:
        to_stdout(f"infuse {__version__}\n")
        raise typer.Exit()


@app.callback()
def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="The version.")] = False):
    pass


# ---------------------------------------------------------------------------------------------- protocols


@app.command("list", cls=Once)
def list_(protocols: Folders = None, json: Json = False, format: Annotated[
        str, typer.Option("--format", metavar="text|json|markdown", help="text, json, or a table of the protocols in Markdown.")] = "text"):
    """What protocols and order sets there are, for whom, at which version, from which sources."""
    from infuse.paper import catalog, setpage, unavailable
    library = open_library(protocols)
    if format == "markdown" and not json:
        from infuse.paper import overview
        return write(overview.table(library))
    found, sets, without = catalog.rows(library), setpage.rows(library), unavailable.rows(library)
    if is_json(format, json):
        write_json({"schema_version": 1, "protocols": found, "sets": sets, "not_available": without})
    else:
        from infuse.paper.render import text
        show_page(text.sections((*catalog.list_page(found), *setpage.list_page(sets), *unavailable.list_page(without))))


@app.command(cls=Once)
def show(protocol: Annotated[str, typer.Argument(metavar="PROTOCOL|SET")], protocols: Folders = None, json: Json = False, format: DocumentFormat = None,
         output: Output = None, force: Force = False, paper: Paper = None):
    """One protocol or order set: what it asks, what can be chosen, its limits and sources. Or a drug that is not available: why."""
    from infuse.paper import catalog, setpage, unavailable
    to = read_destination(format=format, json=json, output=output, force=force, paper=paper)
    library = open_library(protocols)
    without = None if protocol in library.ids() else unavailable.named(library, protocol)
    if without and not library.drug(without)[1]:
        page = unavailable.page(library, without)
    elif protocol in library.sets():
        of_set = library.load_set(library.sets()[protocol])
        if of_set.errors:
            fail(problem_lines((each, of_set.documents.get(each.span.file)) for each in of_set.errors), STOPPED)
        from infuse.ordering import setcases
        page = setpage.show_page(of_set, _now().date(), setcases.sample(library, of_set) if to.format != "json" else None)
    else:
        loaded, = load_all(library, [protocol])
        page = catalog.show_page(loaded, _now().date())
    if to.format == "json":
        from infuse.paper.render import json as rendered
        write_json(rendered.page(page), output, force)
    elif to.format == "pdf":
        deliver([page], to, _now())
    else:
        from infuse.paper.render import text
        show_page(text.lines(page), output, force)


@app.command(cls=Once)
def check(paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...")] = None, protocols: Folders = None,
          prove: Annotated[bool, typer.Option("--prove", help="Order at every weight that each protocol allows.")] = False,
          json: Json = False, format: Format = "text"):
    """Every problem of every file at once, then the files' own cases."""
    from infuse.ordering import checking
    missing = [str(each) for each in paths or () if not each.exists()]
    if missing:
        fail([f"expected a file or folder; found none at {each}" for each in missing])
    wanted = is_json(format, json)
    checked = checking.check(open_library(protocols), paths or [], prove=prove, tell=_progress if sys.stderr.isatty() else None)
    if not checked.files:
        fail(["expected protocol files; found none in " + ", ".join(str(each) for each in paths or ())])
    if wanted:
        write_json(checking.as_json(checked))
    else:
        write(checking.as_text(checked))
    if checked.errors:
        raise typer.Exit(STOPPED)


def _progress(made: int, whole: int, name: str) -> None:
    """One line that fills, on a terminal only."""
    if made % 100 == 0 or made == whole:
        print(f"\r{bar(made, whole, name)}", end="\n" if made == whole else "", file=sys.stderr, flush=True)


@app.command(cls=Once)
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
        fail(refusals([("NAME", wrong)]))
    library = open_library(protocols)
    path = (library.folders[0] if len(library.folders) > 1 else Path()) / f"{name}.yaml"
    refuse_to_write_over(path, force)
    begun = begin.begin(name, said, library, _ask if sys.stdin.isatty() and sys.stderr.isatty() else None)
    if begun.refused:
        fail(refusals(begun.refused))
    to_file(path, draft.text(tables.PROTOCOL.schema, begun.known), force, 0o644)
    say(f"{path} is begun; its numbers and sources are yours to give: infuse check {path} names each place")
    if library.shadowed(path):
        say(f"it takes the place of {library.shadowed(path)}")


@app.command(cls=Once)
def schema(what: Annotated[str, typer.Argument(metavar="order|protocol|drug|set|patient")], json: Json = False):
    """A JSON Schema: of the order's JSON, or of a file (for an editor)."""
    from infuse.files import given
    from infuse.files import schema as tables
    from infuse.files.schema.orderset import ORDER_SET
    from infuse.paper.render import json as rendered
    known = {"order": rendered.schema, "protocol": lambda: tables.json_schema(tables.PROTOCOL, "infuse protocol"),
             "drug": lambda: tables.json_schema(tables.DRUG, "infuse drug"), "patient": given.schema,
             "set": lambda: tables.json_schema(ORDER_SET, "infuse order set")}
    if what not in known:
        fail([f'expected {" or ".join(known)}; found "{what}"'])
    write_json(known[what]())


# ---------------------------------------------------------------------------------------------- orders


@app.command(cls=Once)
def order(
    ids: Annotated[list[str], typer.Argument(metavar="PROTOCOL...|SET")],
    with_: Annotated[Texts, choice_option("--with", "Of a set: an optional item, or another one of a group.", "PROTOCOL")] = None,
    without: Annotated[Texts, choice_option("--without", "Of a set: an item to leave out.", "PROTOCOL")] = None,
    weight: Annotated[Text, fact_option("weight")] = None,
    weight_source: Annotated[Text, fact_option("weight_source")] = None,
    weight_date: Annotated[Text, fact_option("weight_date")] = None,
    age: Annotated[Text, fact_option("age")] = None,
    birth_date: Annotated[Text, fact_option("birth_date")] = None,
    sex: Annotated[Text, fact_option("sex")] = None,
    height: Annotated[Text, fact_option("height")] = None,
    creatinine: Annotated[Text, fact_option("creatinine")] = None,
    clearance: Annotated[Text, fact_option("clearance")] = None,
    dosing_weight: Annotated[Text, fact_option("dosing_weight")] = None,
    pregnancy: Annotated[Text, fact_option("pregnancy")] = None,
    lactation: Annotated[Text, fact_option("lactation")] = None,
    qtc: Annotated[Text, fact_option("qtc")] = None,
    blood_pressure: Annotated[Text, fact_option("blood_pressure")] = None,
    heart_rate: Annotated[Text, fact_option("heart_rate")] = None,
    liver: Annotated[Text, fact_option("liver")] = None,
    allergies: Annotated[Texts, fact_option("allergies")] = None,
    conditions: Annotated[Texts, fact_option("conditions")] = None,
    medicines: Annotated[Texts, fact_option("medicines")] = None,
    given: Annotated[Texts, fact_option("given")] = None,
    line: Annotated[Text, fact_option("line")] = None,
    care_area: Annotated[Text, fact_option("care_area")] = None,
    pump: Annotated[Text, fact_option("pump")] = None,
    drop_factor: Annotated[Text, fact_option("drop_factor")] = None,
    name: Annotated[Text, fact_option("name")] = None,
    record_number: Annotated[Text, fact_option("record_number")] = None,
    location: Annotated[Text, fact_option("location")] = None,
    prescriber: Annotated[Text, fact_option("prescriber")] = None,
    start: Annotated[Text, fact_option("start")] = None,
    prepared: Annotated[Text, fact_option("prepared")] = None,
    compounding: Annotated[Text, fact_option("compounding")] = None,
    patient: Annotated[Path | None, typer.Option("--patient", metavar="FILE", help="Facts from a YAML or JSON file.")] = None,
    dose: Annotated[Text, choice_option("--dose", "A dose within what the protocol allows.", "DOSE")] = None,
    dose_rate: Annotated[Text, choice_option("--dose-rate", "A start rate within what the protocol allows.", "RATE")] = None,
    duration: Annotated[Text, choice_option("--duration", "A duration within what the protocol allows.", "TIME")] = None,
    preparation: Annotated[Text, choice_option("--preparation", "One of the protocol's preparations.", "NAME")] = None,
    product: Annotated[Text, choice_option("--product", "One of the preparation's products, instead of the one that leaves the least.", "NAME")] = None,
    bag_volume: Annotated[Text, choice_option("--bag-volume", "The measured volume of the bag.", "VOLUME")] = None,
    beyond_use: Annotated[Text, choice_option("--beyond-use", "How long the preparation may be used at this site.", "TIME")] = None,
    running: Annotated[Text, choice_option("--running", "The pump rate of an infusion that already runs.", "RATE")] = None,
    running_in: Annotated[Text, choice_option("--running-in", "What it runs from, where that is another bag.", "STRENGTH")] = None,
    running_weight: Annotated[Text, choice_option("--running-weight", "The weight that it runs by, where that is another.", "WEIGHT")] = None,
    replaces: Annotated[Text, choice_option("--replaces", "The sheet that this one replaces: its order id, or its date and time.", "SHEET")] = None,
    one_bag: Annotated[Text, choice_option("--one-bag", "Protocols in one bag, where just that mixture was tested.", "A + B")] = None,
    choose: Annotated[Texts, choice_option("--choose", "A choice for one of several protocols.", "PROTOCOL.KEY=VALUE")] = None,
    answer: Annotated[Texts, choice_option("--answer", "An answer to what the protocol leaves open.", "QUESTION=TEXT")] = None,
    override: Annotated[Texts, choice_option("--override", "A reason at a soft stop.", "CODE: REASON")] = None,
    by: Annotated[Text, choice_option("--by", "Who overrides.", "NAME")] = None,
    form: Annotated[Texts, choice_option("--form", "A paper instead of the order sheet: record, flowsheet, controlled, worksheet, check; or all, the sheet with them. May be repeated.", "FORM")] = None,
    without_annex: WithoutAnnex = False,
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
    to = read_destination(format=format, json=json, output=output, force=force, paper=paper, queue=queue, copies=copies, reprint=reprint)
    _known_forms(form)
    if without_annex:
        _can_leave_out(form, to)
    made = _ordered(typed)
    _write_order(made, form if made.status == READY else None, to, not without_annex)
    if made.status != READY:
        _stop(made, on_screen=output is None and sys.stdout.isatty(), queue=queue)  # on a screen the sheet has just said why


def _ordered(typed: dict, at=None):
    """The order that was asked for by the options of `order`, whatever its status; `at`: its time, else now."""
    from infuse.ordering import intake, picking
    from infuse.files.lists import Faulty
    from infuse.ordering.choosing import CHOICES
    facts = {key: value for key, value in typed.items() if key in BY_NAME}
    single = {key: value for key, value in typed.items() if key in CHOICES}
    library = open_library(typed.get("protocols"))
    try:
        picked = picking.select(library, typed["ids"], typed.get("with_", ()), typed.get("without", ()))
    except picking.CannotPick as wrong:
        fail(refusals(wrong.refused) + problem_lines(wrong.problems), WRONG if wrong.refused else STOPPED)
    loaded = load_all(library, picked.ids)
    asked = intake.Asked(loaded, facts, _patient_file(typed.get("patient")), single, typed.get("choose", []), typed.get("answer", []),
                         typed.get("override", []), typed.get("by"), at or _now(), picked.arrangement, picked.chosen, typed.get("one_bag"))
    try:
        made = intake.make(asked, ask=_ask if sys.stdin.isatty() and sys.stderr.isatty() else None)
    except intake.Wrong as wrong:
        fail(refusals(wrong.refused) + wrong.lines)
    except Faulty as faulty:
        fail(problem_lines((each, faulty.documents.get(each.span.file)) for each in faulty.problems), STOPPED)
    for said in intake.talk(made):
        say(said)
    return made


def _stop(made, on_screen: bool, queue: str | None):
    """Says why there is no order, and ends."""
    from infuse.ordering import intake
    for said in [*([] if on_screen else intake.reasons(made)), *intake.what_next(made, sys.argv[1:])]:
        say(said)
    if queue is not None:
        say("nothing was printed")
    raise typer.Exit(STOPPED)


def _known_forms(names: list[str] | None) -> None:
    """A form that there is not is refused before anything is worked out."""
    if names:
        from infuse.paper import papers
        wrong = papers.known(names)
        if wrong:
            fail(refusals(wrong))


def _can_leave_out(forms: list[str] | None, to) -> None:
    """Only the order sheet on paper has an annex that may be left out."""
    from infuse.paper import papers
    if to.format == "json":
        fail(["--without-annex: expected text, a pdf or --print beside it; found json, which is always complete"])
    if forms and not {papers.SHEET, papers.ALL} & set(forms):
        fail([f"--without-annex: expected the order sheet; found --form {', '.join(forms)}, which has no annex"])


def _write_order(made, forms: list[str] | None, to, annex: bool = True) -> None:
    """The sheet, or the forms that were asked for, as text, JSON or pdf; no printer gets a sheet without an order."""
    from infuse.ordering.order import READY
    if to.format == "json" and not forms:
        from infuse.paper.render import json as rendered
        return write_json(rendered.as_object(made), to.output, to.force)
    if to.format == "pdf" and made.status != READY and to.queue is not None:
        return None
    from infuse.paper import sheet
    pages = _papers(made, forms, annex) if forms else [sheet.lay_out(made, annex)]
    if to.format == "pdf":
        return deliver(pages, to, made.now)
    if to.format == "json":
        from infuse.paper.render import json as rendered
        return write_json({"schema_version": rendered.SCHEMA_VERSION, "papers": [rendered.page(each) for each in pages]}, to.output, to.force)
    from infuse.paper.render import text
    show_page([line for number, each in enumerate(pages) for line in [*([[]] if number else []), *text.lines(each)]], to.output, to.force)


def _papers(made, forms: list[str], annex: bool) -> list:
    from infuse.paper import papers
    pages, wrong = papers.lay_out(made, forms, annex)
    if wrong:
        fail(refusals(wrong))
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


@app.command(cls=Once)
@_with_the_options_of(order, left_out=("form", "without_annex", "paper"))
def label(
    *,
    stock: Annotated[str, typer.Option("--stock", metavar="2x4in|letter|a4", help="One label a page, or a sheet of labels.")] = "2x4in",
    ordered: Annotated[Text, typer.Option("--ordered", metavar="TIME", help="The time on the order sheet, whose id the label then has.")] = None,
    count: Annotated[int, typer.Option("--count", metavar="NUMBER", help="How many labels of each bag or syringe.")] = 1,
    **typed,
):
    """Labels for the bags and syringes of an order, with the same options."""
    from infuse.ground.units import Refused
    from infuse.ordering.order import READY
    from infuse.paper import labels
    typed = {key: value for key, value in typed.items() if value is not None}
    to = read_destination(**{key: typed[key] for key in ("format", "json", "output", "force", "queue", "copies", "reprint") if key in typed})
    wrong = [] if stock in labels.STOCKS else [f'--stock: expected {" or ".join(labels.STOCKS)}; found "{stock}"']
    wrong += [] if 0 < count <= labels.MOST else [f"--count: expected 1 to {labels.MOST}; found {count}"]
    when = None
    try:
        when = labels.read_ordered(ordered, _now()) if ordered else None
    except Refused as refused:
        wrong += refusals([("--ordered", refused)])
    if wrong:
        fail(wrong)
    made = _ordered(typed, when)
    if made.status != READY:
        _stop(made, on_screen=False, queue=to.queue)
    found = labels.lay_out(made, count)
    if to.format == "json":
        write_json(labels.as_object(found), to.output, to.force)
    elif to.format == "pdf":
        from infuse.paper.render import label_pdf
        deliver_as(lambda copy: label_pdf.to_pdf(found, stock, made.now, copy), to, label_pdf.MEDIA[stock])
    else:
        from infuse.paper.render import text
        show_page(text.sections(tuple(labels.as_section(each) for each in found)), to.output, to.force)


@app.command(cls=Once)
def book(
    ids: Annotated[list[str], typer.Argument(metavar="PROTOCOL|SET...")],
    weights: Annotated[str, typer.Option("--weights", metavar="RANGE", help='The weights of the rows: "40 to 120 kg".')],
    step: Annotated[str, typer.Option("--step", metavar="WEIGHT", help="From row to row.")] = "5 kg",
    heights: Annotated[Texts, typer.Option("--height", metavar="HEIGHT", help="A table for this height, where a dose goes by it. May be repeated.")] = None,
    with_: Annotated[Texts, choice_option("--with", "Of a set: an optional item, or another one of a group.", "PROTOCOL")] = None,
    without: Annotated[Texts, choice_option("--without", "Of a set: an item to leave out.", "PROTOCOL")] = None,
    choose: Annotated[Texts, choice_option("--choose", "A choice for one of several protocols.", "PROTOCOL.KEY=VALUE")] = None,
    until: Annotated[Text, typer.Option("--until", metavar="DATE", help="The last day on which it may be used; else thirty days from now.")] = None,
    format: DocumentFormat = None, json: Json = False, output: Output = None, force: Force = False, paper: Paper = None, queue: Queue = None,
    copies: Copies = None, reprint: Reprint = None, protocols: Folders = None,
):
    """A downtime book: tables by weight of protocols and order sets, every row worked out and checked as an order is."""
    from infuse.paper import binding, book_pages
    to = read_destination(format=format, json=json, output=output, force=force, paper=paper, queue=queue, copies=copies, reprint=reprint)
    if output is not None:
        refuse_to_write_over(output, force)  # before all the work
    library, now = open_library(protocols), _now()
    try:
        asked = binding.read(library, binding.Typed(ids, weights, step, heights or (), until, with_ or (), without or (), choose or ()), now)
        bound = binding.make(asked, load_all(library, asked.ids), _progress if sys.stderr.isatty() else None)
    except binding.CannotBind as wrong:
        fail(refusals(wrong.refused) + problem_lines(wrong.problems) + wrong.stopped, WRONG if wrong.refused else STOPPED)
    pages = book_pages.lay_out(book_pages.Book(now, bound.until, weights), bound.tables, bound.checked, bound.absent)
    count = len(book_pages.printed(bound.tables))
    say(f"{bound.checked:,} rows checked, {count:,} table{'s' if count != 1 else ''}, not to be used after {bound.until:%Y-%m-%d}")
    for entry, why in bound.absent:
        say(f"{entry.name} is NOT in the book: no row of it has numbers: {'; '.join(why)}")
    if to.format == "pdf":
        return deliver(pages, to, now)
    if to.format == "json":
        from infuse.paper.render import json as rendered
        return write_json({"schema_version": rendered.SCHEMA_VERSION, "rows_checked": bound.checked, "do_not_use_after": bound.until.isoformat(),
                            "not_in_book": {entry.name: why for entry, why in bound.absent}, "papers": [rendered.page(each) for each in pages]}, output, force)
    from infuse.paper.render import text
    show_page([line for number, each in enumerate(pages) for line in [*([[]] if number else []), *text.lines(each)]], output, force)


@app.command(cls=Once)
def verify(what: Annotated[Text, typer.Argument(metavar="[TEXT|FILE]")] = None, protocols: Folders = None, json: Json = False, format: Format = "text"):
    """Work a sheet out again, from the text of its QR code, a saved sheet, or the JSON of an order: same or different."""
    from infuse.paper import verify as verifying
    wanted, library = is_json(format, json), open_library(protocols)
    try:
        found = verifying.verify(_to_verify(what), library, lambda ids: load_all(library, ids))
    except verifying.CannotVerify as wrong:
        fail([*refusals(wrong.refused), *wrong.lines], WRONG if wrong.refused else STOPPED)
    if wanted:
        write_json(verifying.as_object(found))
    else:
        from infuse.paper.render import text
        show_page(text.paragraphs(verifying.as_lines(found)))
    if not all(each.same for each in found):
        raise typer.Exit(STOPPED)


def _to_verify(what: str | None) -> str:
    """The text itself, that of a file, or what is typed, scanned or piped in."""
    from infuse.ground.source import LARGEST
    from infuse.ordering.compact import KIND
    if what is not None and what != "-" and (what.lstrip().startswith((KIND, "{")) or ";" in what):
        return what
    try:
        if what is None or what == "-":
            return sys.stdin.buffer.read(LARGEST + 1).decode("utf-8")
        with open(what, "rb") as stream:
            content = stream.read(LARGEST + 1)
        if content.startswith(b"%PDF"):
            fail([f"{what}: expected text or JSON; found a PDF", "   scan its QR code, or type the text beside it"])
        return content.decode("utf-8")
    except OSError as error:
        fail([f'expected the text of a sheet, or its file; found: {error.strerror}: {what}'])
    except UnicodeDecodeError:
        fail(["expected text or JSON; found something else"])


def _patient_file(path: Path | None) -> tuple[str, bytes] | None:
    from infuse.ground.source import LARGEST
    if path is None:
        return None
    try:
        with open(path, "rb") as stream:
            return str(path), stream.read(LARGEST + 1)
    except OSError as error:
        fail([f"--patient: expected a file; found: {error.strerror}: {path}"])


def _ask(question: str) -> str:
    return typer.prompt(question, err=True)


def _now():
    """The clock, or SOURCE_DATE_EPOCH (UTC) where a document must come out the same twice."""
    from datetime import datetime, timezone
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    now = datetime.fromtimestamp(int(fixed), timezone.utc).replace(tzinfo=None) if fixed.isdigit() else datetime.now()
    return now.replace(second=0, microsecond=0)  # as a sheet prints it: whoever checks it later has no other


for calculation in (calculations.rate, calculations.dose, calculations.volume, calculations.drops, calculations.convert):
    app.command(cls=Once)(calculation)
