"""Which keys exist, and what each must be: nodes become a Protocol or a Drug, or a list of problems.

For: reading files, and describing the same tables to an editor as JSON Schema. One table a kind of mapping; a new
kind of phase is one more table and one more entry in PHASES.

Refuses: whatever the shapes refuse. What takes two values to judge (a step of another kind than its start) stands
in `consistency`.

Example: `phases: - continuous:` with `start: 0.1 mg/kg/h` becomes Continuous(start=Choice(default=0.1 mg/kg/h)).
"""

from __future__ import annotations

import math

from infuse import grammar, protocol as p, ranges
from infuse import units
from infuse.shapes import (
    BAD,
    Key,
    Notes,
    Reader,
    Text,
    Wrong,
    between,
    fields,
    flag,
    like,
    list_of,
    named,
    one_of,
    quantity,
    scalar_or,
    text,
    word,
    written,
)
from infuse.source import Document, Mapping, Scalar, Sequence

NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_name = text("a name in small letters, digits and hyphens", NAME)
_sources = list_of(text("the id of a reference", NAME), single=True)
_texts = list_of(text())
_DOSES, _RATES = grammar.DOSES, grammar.DOSE_RATES


def _reference(name):
    keys = (
        Key("title", text(), "the document's title", required=True),
        Key("section", text(), "the section, table or page that was used", default=""),
        Key("year", text("a year", "[12][0-9]{3}"), "when it was published", default=""),
        Key("doi", text("a DOI, such as 10.1186/s10194-016-0700-3", r"10\.\d{4,9}/\S+"), "its DOI", default=""),
        Key("url", text("a link, such as https://example.org", r"https?://\S+"), "its link", default=""),
        Key("read", text(), "how it was read, where that is not in full and first hand", default=""),
    )

    def build(span, **values):
        if not values["doi"] and not values["url"] and not values["read"]:
            raise Wrong(f'doi, url or read (how it was read) under "{name}"', "none of them")
        return p.Reference(id=name, **values)

    return fields(keys, build, "a reference: title, doi or url, ...")


# ---------------------------------------------------------------------------------------------- limits


def _limit(name: str, *kinds: str, sourced: bool = False) -> Reader:
    keys = (
        Key("soft", between(*kinds), "beyond it, an order needs a named person's reason"),
        Key("hard", between(*kinds), "beyond it, there is no order"),
        Key("source", _sources, "the references that it comes from", default=()),
        Key("basis", word("site"), "site: no source states it; it is the site's to decide, and enforced meanwhile"),
    )

    def build(span, soft, hard, source, basis):
        if soft is None and hard is None:
            raise Wrong(f"a soft or a hard limit of the {name.replace('_', ' ')}", "neither")
        if sourced:
            _sourced(name, source, basis)
        _soft_inside_hard(soft, hard)
        return p.Limit(name, soft, hard, source, basis is not None, span)

    return fields(keys, build, "a limit: soft, hard, source")


def _sourced(name, source, basis):
    if not source and not basis:
        raise Wrong(f"a source for the limit of the {name.replace('_', ' ')}", "none", None,
                    'name a reference, as in "source: ID", or write "basis: site": it is then the site\'s to decide')


def _soft_inside_hard(soft, hard):
    ends = hard.range.ends() if hard else ()
    for end in soft.range.ends() if soft and hard else ():
        if not units.fits(end.unit, ends[0].unit):
            hint = f"hard, on line {hard.span.line}, is {written(hard.range)}: soft must be of the same kind"
            raise Wrong(like(ends[0]), f'"{written(soft.range)}"', soft.span, hint)
        if end not in hard.range:
            raise Wrong("a soft limit inside the hard one", f'"{written(soft.range)}"', soft.span,
                        f"hard, on line {hard.span.line}, is {written(hard.range)}")


_WINDOWS = {"1 h", "24 h", "1 week", p.COURSE}


def _window_range() -> Reader:
    """`up to 3 mg in 24 h`, `up to 20 g in course`."""
    amounts = between("dose", "dose per kg")
    expected = "a total in a window, such as up to 3 mg in 24 h; the windows are 1 h, 24 h, 1 week and course"

    def read(node, notes):
        if not isinstance(node, Scalar) or " in " not in node.text:
            return notes.wrong(node.span, expected, notes.found(node))
        amount, _, window = node.text.strip().rpartition(" in ")
        if window not in _WINDOWS:
            return notes.wrong(node.span, expected, notes.found(node))
        value = amounts.read(Scalar(amount, node.span), notes)
        time = p.COURSE if window == p.COURSE else grammar.read_quantity(window, "duration")
        return BAD if value is BAD else (value, time)

    return Reader(read, {"type": "string", "description": expected, "examples": ["up to 3 mg in 24 h"]})


def _total() -> Reader:
    keys = (
        Key("soft", _window_range(), "beyond it, an order needs a named person's reason"),
        Key("hard", _window_range(), "beyond it, there is no order"),
        Key("source", _sources, "the references that it comes from", default=()),
        Key("basis", word("site"), "site: it is the site's to decide, and enforced meanwhile"),
    )

    def build(span, soft, hard, source, basis):
        if soft is None and hard is None:
            raise Wrong("a soft or a hard total", "neither")
        if soft and hard and str(soft[1]) != str(hard[1]):
            raise Wrong(f"soft and hard in one window, {hard[1]}", f'"{soft[1]}"', soft[0].span)
        _soft_inside_hard(soft and soft[0], hard and hard[0])
        window = (soft or hard)[1]
        return p.Limit("total", soft and soft[0], hard and hard[0], source, basis is not None, span, window)

    return fields(keys, build, "a total: soft or hard, source")


_LIMITS = {
    "dose": _DOSES,
    "calculated_dose": ("dose",),
    "dose_rate": _RATES,
    "calculated_dose_rate": ("dose rate",),
    "pump_rate": ("pump rate",),
    "final_concentration": ("concentration",),
    "duration": ("duration",),
}


def _limits(*names: str) -> Reader:
    keys = [Key(name, _limit(name, *_LIMITS[name]), f"limits of the {name.replace('_', ' ')}") for name in names]
    keys.append(Key("totals", list_of(_total()), "limits of the total in a rolling hour, 24 hours, week, or the course"))

    def build(span, totals, **by_name):
        return tuple(limit for limit in by_name.values() if limit) + (totals or ())

    return fields(tuple(keys), build, f"limits of {', '.join(names)} or totals")


# ---------------------------------------------------------------------------------------------- choices


def _choice(*kinds: str) -> Reader:
    keys = (
        Key("default", quantity(*kinds), "what the order has unless somebody chooses", required=True),
        Key("range", between(*kinds), "the lowest and highest that may be chosen"),
        Key("options", list_of(quantity(*kinds)), "the values that may be chosen, preferred first"),
    )

    def build(span, default, range, options):
        if (range is None) == (options is None):
            raise Wrong("range or options beside the default", "neither" if range is None else "both")
        for each in (*(options or ()), *((p.Stated(end, range.span) for end in range.range.ends()) if range else ())):
            if not units.fits(each.quantity.unit, default.quantity.unit):
                hint = f"default, on line {default.span.line}, is {default.quantity}: what may be chosen must be of the same kind"
                raise Wrong(like(default.quantity), f'"{each.quantity}"', each.span, hint)
        chosen = tuple(each.quantity for each in options) if options else ()
        return p.Choice(default, range.range if range else None, chosen)

    return scalar_or(quantity(*kinds), fields(keys, build), p.Choice)


# ---------------------------------------------------------------------------------------------- the parts of a protocol


def _note(key: str, says: str) -> Reader:
    keys = (Key(key, text(), says, required=True), Key("source", _sources, "its references", required=True))
    return fields(keys, lambda span, source, **said: p.Note(said[key], source, span))

def _fact_rule(name: str, kind: str, unknown: str) -> Reader:
    keys = (
        Key("soft", between(kind), "beyond it, an order needs a named person's reason"),
        Key("hard", between(kind), "beyond it, there is no order"),
        Key("source", _sources, "the references that it comes from", default=()),
        Key("basis", word("site"), "site: it is the site's to decide, and enforced meanwhile"),
        Key("unknown", word("refuse", "box", "lowest"), "what `unknown` does: no order, a box to tick, or the lowest dose of the bands", default=unknown),
    )

    def build(span, soft, hard, source, basis, unknown):
        _sourced(name, source, basis)
        _soft_inside_hard(soft, hard)
        limit = p.Limit(name, soft, hard, source, basis is not None, span) if soft or hard else None
        return p.FactRule(limit, unknown)

    return fields(keys, build, f"what the protocol asks of the {name}: soft, hard, source")


def _patient(span, dosing_weight, age, weight, clearance=None):
    return p.PatientRules(dosing_weight, age or p.FactRule(None, "box"), weight or p.FactRule(None, "refuse"), clearance, span)


_CLEARANCE = fields((
    Key("weight", word(*p.WEIGHTS), "the weight that Cockcroft-Gault uses", required=True),
    Key("unknown", word("refuse", "lowest"), "what an unknown clearance does: no order, or the lowest dose", default="refuse"),
    Key("source", _sources, "its references", required=True),
), lambda span, **values: p.ClearanceRule(span=span, **values))


PATIENT = fields((
    Key("dosing_weight", word(*p.WEIGHTS), "the weight that per-kg doses use", default=p.ACTUAL),
    Key("age", _fact_rule("age", "age", "box"), "the ages that it is for", stand_in=None),
    Key("weight", _fact_rule("weight", "weight", "refuse"), "the weights that it is for"),
    Key("clearance", _CLEARANCE, "how the creatinine clearance of the bands is worked out"),
), _patient)

_FLUSH = fields((
    Key("fluid", text(), "the fluid of the flush", required=True),
    Key("volume", quantity("volume"), "its volume; where left out, a box for the prescriber"),
    Key("source", _sources, "its references", default=()),
), lambda span, fluid, volume, source: p.Flush(fluid, volume, source))

_PREPARATION_KEYS = (
    Key("product", _name, "which of the drug's products", required=True),
    Key("amount", quantity("dose"), "the amount in the bag; where left out, the dose itself goes in"),
    Key("diluent", text(), "what it is diluted with", default=""),
    Key("final_volume", quantity("volume"), "made up to this volume: as much diluent is removed as drug is added"),
    Key("added_to", quantity("volume"), "added to a bag of this volume, whose own volume stays"),
    Key("final_concentration", quantity("concentration"), "said again, to be checked"),
    Key("whole_bag", flag(), "yes: only for a dose that is exactly one premixed bag", default=False),
    Key("beyond_use", quantity("duration"), "how long it may be used; where left out, a box"),
    Key("note", text(), "what the one who prepares it must know", default=""),
    Key("source", _sources, "its references", required=True),
)


def _preparation(name: str) -> Reader:
    return fields(_PREPARATION_KEYS, lambda span, **values: p.Preparation(name=name, span=span, **values),
                  "a preparation: product, diluent, volume, ...")


def _one_or_range(*kinds: str) -> Reader:
    """`6 h`, or a range in words: `at least 8 h`."""
    one, several = quantity(*kinds), between(*kinds)

    def read(node, notes):
        if isinstance(node, Scalar) and (" to " in node.text or node.text.startswith("at least ")):
            return several.read(node, notes)
        value = one.read(node, notes)
        return BAD if value is BAD else p.StatedRange(ranges.Range(value.quantity, value.quantity), value.span)

    return Reader(read, one.schema)


_TITRATION = fields((
    Key("by", quantity(*_RATES), "the step", required=True),
    Key("up_to", quantity(*_RATES), "the highest rung", required=True),
    Key("every", between("duration"), "how long to wait between steps; where left out, a box for the prescriber"),
    Key("until", text(), "the measurable target", required=True),
    Key("hold_at_target", _one_or_range("duration"), "how long the target rate is kept before it is judged"),
    Key("step_up_when", text(), "what must be true before a step up", default=""),
    Key("step_down", text(), "when and how far to step down", default=""),
    Key("restart", text(), "how to go on after an interruption", default=""),
    Key("end_of_course", text(), "how the course ends", default=""),
), lambda span, **values: p.Titration(span=span, **values))

_ASK = Key("ask", _texts, "what the source leaves open, for the prescriber to fill in", default=())
_SOURCE = Key("source", _sources, "the references of this phase", required=True)


def _phase(build):
    def made(span, limits, source, **values):
        inherited = tuple(each if each.source or each.site else _with_source(each, source) for each in limits or ())
        return build(span=span, limits=inherited, source=source, **values)
    return made


def _with_source(limit, source):
    return p.Limit(limit.name, limit.soft, limit.hard, source, False, limit.span, limit.window)


def _half_open(*kinds: str) -> Reader:
    expected = f"a band, such as from {grammar.KINDS[kinds[0]][1]} or below {grammar.KINDS[kinds[0]][1]}"

    def read(node, notes):
        if not isinstance(node, Scalar) or not node.text.strip():
            return notes.wrong(node.span, expected, notes.found(node))
        try:
            return grammar.read_half_open(node.text.strip(), *kinds)
        except units.Refused as refused:
            return notes.wrong(node.span, refused.expected, notes.found(node), refused.hint)

    return Reader(read, {"type": "string", "description": expected})


def _band(span, weight, age, clearance, **values):
    if weight is None and age is None and clearance is None:
        raise Wrong("an edge of weight, age or clearance", "none")
    if (values["dose"] is None) == (not values["refuse"]):
        raise Wrong("a dose, or refuse with the reason", "neither" if values["dose"] is None else "both")
    return p.Band(weight, age, clearance, span=span, **values)


_BAND = fields((
    Key("weight", _half_open("weight"), "below A, from A, or from A to below B"),
    Key("age", _half_open("age"), "below A, from A, or from A to below B"),
    Key("clearance", _half_open("clearance"), "creatinine clearance: below A, from A, or from A to below B"),
    Key("dose", _choice(*_DOSES), "the dose of this band"),
    Key("refuse", text(), "instead of a dose: why nobody in this band gets one", default=""),
    Key("cap", quantity("dose"), "the most that a per-kg dose may become"),
    Key("say", text(), "what the sheet says of this band", default=""),
    Key("source", _sources, "the references of this band", default=()),
), _band)


def _intermittent(dose, bands, by_hand=False, **values):
    if (dose is None) == (bands is None):
        raise Wrong("a dose, or bands with a dose each", "neither" if dose is None else "both")
    first = dose or next((band.dose for band in bands if band.dose), None)
    if first is None:
        raise Wrong("a band with a dose", "none")
    return p.Intermittent(dose=first, bands=bands or (), by_hand=by_hand, **values)


_COUNT = text("a whole number of doses, such as 3", "[1-9][0-9]{0,2}")


def _repeat(span, every, doses, duration):
    if (doses is None) == (duration is None):
        raise Wrong("doses or for, beside every", "neither" if doses is None else "both")
    return p.Repeat(every, int(doses) if doses else math.ceil(duration.quantity.over(every.quantity)))


_REPEAT = fields((
    Key("every", quantity("duration"), "the time from start to start", required=True),
    Key("doses", _COUNT, "how many doses in all"),
    Key("for", quantity("duration"), "how long: the start of the last dose lies within it"),
), lambda span, every, doses, **more: _repeat(span, every, doses, more["for"]))

_AS_NEEDED = fields((
    Key("for", text(), "the reason for which it may be given", required=True),
    Key("every", quantity("duration"), "the shortest time between two doses", required=True),
    Key("doses", _COUNT, "the most doses in 24 hours", required=True),
), lambda span, every, doses, **more: p.AsNeeded(more["for"], every, int(doses)))

_WHEN = (
    Key("name", text(), "what the sheet calls it, such as test dose", default=""),
    Key("only_if", text(), "what must be true before it is given at all", default=""),
)
_AGAIN = (
    Key("repeat", _REPEAT, "the same dose again: every, and doses or for"),
    Key("as_needed", _AS_NEEDED, "only for a reason: for, every, doses in 24 hours"),
)


PHASES = {
    "intermittent": fields((
        *_WHEN,
        Key("dose", _choice(*_DOSES), "the dose: fixed, per kg or per m2"),
        Key("bands", list_of(_BAND), "instead of a dose: one for each band of weight, age or clearance"),
        Key("cap", quantity("dose"), "the most that a per-kg dose may become"),
        Key("equivalent", quantity("dose"), "the default dose said again in mEq or mmol, to be checked"),
        Key("duration", _choice("duration"), "how long it runs", required=True),
        Key("fastest", quantity(*_RATES), "the dose rate above which the duration is stretched instead"),
        Key("flush", _FLUSH, "the flush after it"),
        *_AGAIN, _ASK, _SOURCE,
        Key("limits", _limits("dose", "calculated_dose", "dose_rate", "pump_rate", "final_concentration", "duration"),
            "soft and hard limits"),
    ), _phase(_intermittent), "an intermittent infusion: dose, duration, source, limits"),
    "push": fields((
        *_WHEN,
        Key("dose", _choice(*_DOSES), "the dose: fixed, per kg or per m2"),
        Key("bands", list_of(_BAND), "instead of a dose: one for each band of weight, age or clearance"),
        Key("cap", quantity("dose"), "the most that a per-kg dose may become"),
        Key("equivalent", quantity("dose"), "the default dose said again in mEq or mmol, to be checked"),
        Key("duration", _choice("duration"), "over how long it is pushed", required=True),
        Key("fastest", quantity(*_RATES), "the dose rate above which the duration is stretched instead"),
        Key("flush", _FLUSH, "the flush after it"),
        *_AGAIN, _ASK, _SOURCE,
        Key("limits", _limits("dose", "calculated_dose", "dose_rate", "final_concentration", "duration"), "soft and hard limits"),
    ), _phase(lambda **values: _intermittent(by_hand=True, **values)), "a push by hand: dose, duration, source, limits"),
    "continuous": fields((
        *_WHEN,
        Key("start", _choice(*_RATES), "the dose rate, or the one at which a titration starts", required=True),
        Key("titrate", _TITRATION, "the ladder: by, up_to, until"),
        Key("duration", between("duration"), "how long the course lasts", required=True),
        _ASK, _SOURCE,
        Key("limits", _limits("dose_rate", "calculated_dose_rate", "pump_rate", "final_concentration", "duration"),
            "soft and hard limits"),
    ), _phase(lambda titrate, **values: p.Continuous(titration=titrate, **values)),
        "a continuous infusion: start, duration, source, limits"),
}


def _nearest(kind: str, example: str) -> Reader:
    inner = quantity(kind)
    expected = f"nearest and a step, such as {example}"

    def read(node, notes):
        if not isinstance(node, Scalar) or not node.text.startswith("nearest "):
            return notes.wrong(node.span, expected, notes.found(node))
        apart = Notes()
        step = inner.read(Scalar(node.text.removeprefix("nearest "), node.span), apart)
        return notes.wrong(node.span, expected, notes.found(node), apart.problems[0].hint) if step is BAD else step

    return Reader(read, {"type": "string", "description": expected, "pattern": "^nearest ", "examples": [example]})


ROUNDING = fields((
    Key("pump_rate", _nearest("pump rate", "nearest 0.1 mL/h"), "the step of pump rates, where the pump has no coarser one"),
    Key("duration", _nearest("duration", "nearest 1 min"), "the step of a stretched duration, which rounds up where it must"),
    Key("withdraw_volume", _nearest("volume", "nearest 0.1 mL"), "the step of drawn-up volumes, instead of the syringe's graduations"),
    Key("tolerance", quantity("percent"), "how far rounding may carry the delivered dose from the ordered one"),
), lambda span, **values: p.RoundingPolicy(**values))


def _case_texts(what: str) -> Reader:
    """Texts by name, for `cases` to read: name and text each know their place."""

    def read(node, notes):
        if not isinstance(node, Mapping) or not node.items:
            return notes.wrong(node.span, what, notes.found(node))
        values = {}
        for key, value in node.items:
            if isinstance(value, Sequence) and all(isinstance(each, Scalar) for each in value.items):
                values[Text(key.text, key.span)] = tuple(Text(each.text.strip(), each.span) for each in value.items)
            elif isinstance(value, Scalar) and value.text.strip():
                values[Text(key.text, key.span)] = Text(value.text.strip(), value.span)
            else:
                found = "keys with values" if isinstance(value, Mapping) else f'nothing after "{key.text}:"'
                values[key.text] = notes.wrong(value.span, "a text, or a list of texts", found)
        return BAD if BAD in values.values() else values

    return Reader(read, {"type": "object", "additionalProperties": True, "minProperties": 1})


def _place(said):
    return said.span if isinstance(said, Text) else said[0].span


CASE = fields((
    Key("name", text(), "what the case shows", required=True),
    Key("given", _case_texts("the facts and choices of the case"), "facts about the patient, and choices", required=True),
    Key("expect", _case_texts("what must come out"), "figures by name, or refused, or soft_stop", required=True),
), lambda span, expect, **values: p.Case(expect={key: (said, _place(said)) for key, said in expect.items()}, span=span, **values))

_CRITERION = fields((
    Key("when", text(), "the finding, with its number", required=True),
    Key("do", text(), "what to do: hold, stop, call, slow, step down one rung", required=True),
    Key("source", _sources, "its references", required=True),
), lambda span, **values: p.Criterion(**values))

_MONITORING = fields((
    Key("observe", text(), "what is observed", required=True),
    Key("when", text(), "when, and how often", required=True),
    Key("source", _sources, "its references", required=True),
), lambda span, **values: p.Monitoring(**values))


def _build_protocol(span, protocol, drug, preparation, preparations, rounding, patient, **values):
    if (preparation is None) == (preparations is None):
        raise Wrong("preparation, or preparations with names", "neither" if preparation is None else "both", None,
                    "preparation: how it is made ready; preparations: several ways, each under a name, preferred first")
    several = tuple(preparations.values()) if preparations else (preparation,)
    rules = rounding or p.RoundingPolicy(None, None, None, None)
    return p.Protocol(id=protocol, drug=drug, preparations=several, rounding=rules, span=protocol.span,
                      drug_span=drug.span, patient=patient or _patient(span, p.ACTUAL, None, None), **values)


PROTOCOL = fields((
    Key("protocol", _name, "its id: the name of the file", required=True),
    Key("title", text(), "the title at the top of the sheet", required=True, stand_in=""),
    Key("version", text("a whole number", "[1-9][0-9]*"), "goes up by one with every change", required=True, stand_in=""),
    Key("drug", _name, "the drug file: drugs/NAME.yaml", required=True),
    Key("population", word("adult", "pediatric", "adult and pediatric"), "whom it is for", required=True, stand_in=""),
    Key("indication", text(), "what it is for", required=True, stand_in=""),
    Key("evidence", list_of(_note("say", "what the evidence says")), "guideline strength, and what was found", default=(), stand_in=()),
    Key("care_areas", _texts, "where it may be given", required=True, stand_in=()),
    Key("references", named(_reference, "references"), "the sources, each under an id", required=True),
    Key("patient", PATIENT, "what it asks of the patient"),
    Key("preparation", _preparation("the preparation"), "how it is made ready"),
    Key("preparations", named(_preparation, "preparations"), "several ways to make it ready, preferred first"),
    Key("phases", list_of(one_of(PHASES, "kind of phase")), "the parts of the order in time order", required=True),
    Key("advisories", list_of(_note("say", "the advisory")), "what the reader must know", default=(), stand_in=()),
    Key("monitoring", list_of(_MONITORING), "what is observed, and how often", required=True, stand_in=()),
    Key("criteria", list_of(_CRITERION), "at what finding to hold, stop, call", required=True, stand_in=()),
    Key("rescue", list_of(_note("say", "what to do")), "what is at hand if it goes wrong", default=(), stand_in=()),
    Key("screening", list_of(_note("ask", "the question")), "what is asked before the first dose", default=(), stand_in=()),
    Key("rounding", ROUNDING, "steps and tolerance"),
    Key("cases", list_of(CASE), "worked examples that the file must meet", required=True, stand_in=()),
), _build_protocol, "a protocol: keys with values")

_PRODUCT_KEYS = (
    Key("name", text(), "as it is asked for: drug, strength, container", required=True),
    Key("form", word("vial", "ampule", "syringe", "bag"), "what it comes in", required=True),
    Key("strength", quantity("concentration"), "per mL (after reconstitution, where there is one)", required=True),
    Key("volume", quantity("volume"), "how much is in one", required=True),
    Key("equivalent_strength", quantity("concentration"), "the strength said again in mEq or mmol, to be checked"),
    Key("reconstitution", fields((
        Key("fluid", text(), "with what", required=True),
        Key("volume", quantity("volume"), "with how much", required=True),
    ), lambda span, fluid, volume: p.Reconstitution(fluid, volume)), "for a powder"),
    Key("dilution", word("required", "allowed", "never"), "whether it is diluted before it is given", required=True),
    Key("overfill", text(), "what the label says of overfill", default=""),
    Key("source", _sources, "its references", required=True),
)


def _product(name: str) -> Reader:
    return fields(_PRODUCT_KEYS, lambda span, **values: p.Product(key=name, span=span, **values),
                  "a product: name, form, strength, volume, ...")


def _build_drug(span, drug, limits, **values):
    return p.Drug(id=drug, limits=limits or (), span=span, **values)


DRUG = fields((
    Key("drug", _name, "its id: the name of the file", required=True),
    Key("name", text(), "the full generic name, as printed", required=True),
    Key("also_known_as", _texts, "names that may be typed; never printed", default=()),
    Key("high_alert", _note("say", "why"), "present where the drug is high-alert"),
    Key("controlled", text(), "the schedule of a controlled drug", default=""),
    Key("equivalent", quantity("equivalent"), "mEq or mmol per g: the only bridge from mass to charge"),
    Key("diluents", _texts, "the diluents that it may meet", default=()),
    Key("products", named(_product, "products"), "what is on the shelf", required=True),
    Key("limits", fields((Key("final_concentration", _limit("final_concentration", "concentration", sourced=True),
                              "limits of the final concentration"),),
                         lambda span, final_concentration: (final_concentration,) if final_concentration else ()),
        "limits that hold for every protocol"),
    Key("contraindications", list_of(_note("ask", "the contraindication")), "asked before the first dose", default=()),
    Key("incompatible", list_of(_note("say", "what it must not meet")), "what it must not meet", default=()),
    Key("references", named(_reference, "references"), "the sources, each under an id", required=True),
), _build_drug, "a drug: keys with values")


# ---------------------------------------------------------------------------------------------- doors


def read(document: Document, table: Reader):
    """(value or None, problems): the document through one of the tables. With problems there may be a value too: good
    enough to look for more problems, never to order from."""
    if document.root is None or document.problems:
        return None, list(document.problems)
    notes = Notes()
    value = table.read(document.root, notes)
    return (None if value is BAD else value), notes.problems


def header(document: Document) -> dict[str, str]:
    """The one-line texts at the top of a file, for a list; without reading what lies below them."""
    items = document.root.items if document.root else ()
    return {key.text: " ".join(value.text.split()) for key, value in items if isinstance(value, Scalar)}


def keys_under(document: Document, name: str) -> list[str]:
    """The keys of one mapping at the top of a file, such as its references."""
    items = document.root.items if document.root else ()
    return [key.text for top, value in items if top.text == name and isinstance(value, Mapping) for key, _ in value.items]


def json_schema(table: Reader, title: str) -> dict:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title} | table.schema
