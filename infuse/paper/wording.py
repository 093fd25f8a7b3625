"""How one order is worded: its three lines, the pump settings, the ladder.

For: `sheet`, which decides the order of the parts. Every number comes from a Figure as it was used; nothing is
computed here.

Refuses: nothing; only an order that may be printed gets here.

Example: dose "0.1 mg/kg/hour times 70 kg = 7 mg/hour"; administration "start at 3.5 mL/hour".
"""

from __future__ import annotations

from infuse.arithmetic import dosing
from infuse.arithmetic import preparation as prep
from infuse.arithmetic.figure import deviation_in_words
from infuse.arithmetic.flushing import Flushing
from infuse.arithmetic.patient import Patient
from infuse.files.drug import Drug
from infuse.files.protocol import Continuous, Guideline, Intermittent, Maintenance, Phase, Schedule
from infuse.files.stated import Reference
from infuse.files.tables import DEFAULT_PUMP
from infuse.ground import numerals, units
from infuse.ground.units import Quantity
from infuse.judgement.limits import basis
from infuse.ordering.phases import PhaseOrder, Rung
from infuse.paper import blanks, handling, wording_flush
from infuse.paper import wording_rates as rates
from infuse.paper import wording_supply as supplies
from infuse.paper.page import Block, Field, Fields, Sentences, Table
from infuse.paper.phrases import HOUR, TICK, and_, as_rate, counted_by, course, delivers, kind_said, named, said, strength

INTERVAL = "titration interval"  # the one question whose answer stands among the fields of the ladder


def with_equivalent(order: PhaseOrder, text: str) -> str:
    """2 g (16.24 mEq), or 16.24 mEq (2,000 mg), where the drug declares the factor."""
    equivalent = order.figures.get("equivalent_dose") or order.figures.get("equivalent_dose_rate")
    return f"{text} ({said(equivalent)})" if equivalent else text


# ---------------------------------------------------------------------------------------------- the three lines


def three_lines(order: PhaseOrder, often: str = "", planned: bool = False, either: str = "") -> Fields:
    """Dose, preparation, administration, and the whole in one line as it is transcribed. `often`: how often in a set, where
    the set says so; `planned`: a plan of all orders says which drug runs through which line; `either`: which orders exclude each other."""
    often = often or again(order.phase)
    rows = [Field("EITHER, OR", either, strong=True)] if either else []
    rows += [Field("GIVE ONLY IF", f"{order.phase.only_if} {TICK}")] if order.phase.only_if else []
    rows += [Field("STARTS", starts)] if (starts := starting(order.phase)) else []
    rows += [Field("DOSE", dose(order), strong=True)]
    if order.band:
        why = "; ".join(filter(None, (order.band.on_paper(), order.band.say)))
        known = f"; creatinine clearance {said(order.figures['clearance'])}" if "clearance" in order.figures else ""
        rows.append(Field("BAND", why + known))
    rows += [Field("PREPARATION", preparation(order)), *supplies.product_chosen(order), Field("ADMINISTRATION", administration(order, planned), strong=True)]
    rows += [Field("SCHEDULE", often, strong=True)] if often else []
    return Fields((*rows, Field("IN ONE LINE", in_one_line(order, often))))


def in_one_line(order: PhaseOrder, often: str) -> str:
    """Name, strength, form, dose, rate, duration, route, frequency: in the sequence in which an order is transcribed."""
    figures, phase, product = order.figures, order.phase, order.prepared.product
    by_hand = phase.by_hand
    strong = "" if product.fluid else f" {said(figures['final_concentration'])}"
    rate = [] if by_hand or "pump_rate" not in figures else [f"{'start at ' if order.rungs or order.steps else ''}{supplies.rate_said(order)}"]
    over = f"over {said(figures['duration'])}" if "duration" in figures and not isinstance(phase, (Continuous, Maintenance)) else course(order)
    often = often or ("once" if isinstance(phase, (Intermittent, Schedule)) else "continuous")
    return ", ".join([f"{order.loaded.drug.name}{strong} {'syringe' if by_hand else 'bag'}", _in_all(order), *rate, over, "intravenous", often])


def _in_all(order: PhaseOrder) -> str:
    """The dose that is transcribed: what is drawn up or run in, and what was ordered beside it where graduations make the two differ."""
    figures = order.figures
    ordered = figures.get("total_dose") or figures.get("calculated_dose") or figures["calculated_dose_rate"]
    given = figures.get("delivered_dose" if order.prepared.premixed else "amount_withdrawn")
    if "calculated_dose" not in figures or given is None or said(given) == said(ordered) or not units.fits(given.value.unit, ordered.value.unit):
        return said(ordered)
    return f"{said(given)} (ordered {said(ordered)})"


def starting(phase) -> str:
    """When a phase starts."""
    starts = phase.starts
    if starts is None:
        return ""
    return f"{starts.by.quantity.on_paper()} after the start of: {starts.after}" if starts.by else f"when this is through: {starts.after}"


def again(phase: Phase) -> str:
    """How often: repeated, or as needed with its reason, interval and 24-hour maximum."""
    repeat, needed = getattr(phase, "repeat", None), getattr(phase, "as_needed", None)
    if repeat:
        return f"every {repeat.every.quantity.on_paper()}, {repeat.count} dose{'s' if repeat.count != 1 else ''} in all"
    if needed:
        return (f"as needed for {needed.reason}; not sooner than {needed.every.quantity.on_paper()} after the last dose; "
                f"at most {needed.count} dose{'s' if needed.count != 1 else ''} in 24 hours")
    return ""


def dose(order: PhaseOrder) -> str:
    if isinstance(order.phase, Maintenance):
        return rates.maintenance(order)
    if isinstance(order.phase, Schedule):
        return rates.schedule_dose(order)
    figures, name = order.figures, order.loaded.drug.name + (":" if order.prepared.product.fluid else "")  # 0.9%: 20 mL/kg
    ordered, calculated = (figures["dose"], figures["calculated_dose"]) if "dose" in figures else (
        figures["dose_rate"], figures["calculated_dose_rate"])
    if ordered.value.unit.patient is None:
        return f"{name} {with_equivalent(order, said(calculated))}"
    if "ordered_dose_rate" in figures:
        return rates.held(order)
    if "uncapped_dose" in figures:  # what is given comes first
        return (f"{name} {with_equivalent(order, said(calculated))}, CAPPED: {said(ordered)} times {named(counted_by(order))} would be {said(figures['uncapped_dose'])}; "
                f"the cap takes effect above {_cap_weight(order)}")
    return with_equivalent(order, f"{name} {said(ordered)} times {named(counted_by(order))} = {said(calculated)}")


def _cap_weight(order: PhaseOrder) -> str:
    return dosing.cap_weight(order.figures["dose"].value, order.phase.cap.quantity).on_paper()


def preparation(order: PhaseOrder) -> str:
    prepared, figures, name = order.prepared, order.figures, order.loaded.drug.name
    one, product = prepared.preparation, prepared.product
    if product.fluid:
        return rates.bags(order) + and_(one.note) + and_(product.overfill)
    if prepared.premixed:
        line = f"premixed, as it is: {product.name}; {strength(order)}"
        part = figures["volume_to_be_infused"].value < figures["final_volume"].value
        return line + ("; the bag holds MORE than the dose" if part else "") + and_(one.note)
    parts = [f"{name} {strength(order)} in {one.diluent}" + (f", in one bag with {' and '.join(one.shared)}" if one.shared else "")]
    if product.reconstitution:
        parts.append(f"reconstitute each vial with {product.reconstitution.volume.quantity.on_paper()} of {product.reconstitution.fluid}")
    vials = Quantity(units.Fraction(prepared.vials), units.unit("vial"))
    twice = f" in two parts, by a syringe of {prepared.syringe.on_paper()}," if prepared.twice else ""
    parts.append(f"withdraw {said(figures['withdraw_volume'])}{twice} from {vials.on_paper()} of {product.name}"
                 + (f" ({prepared.wasted.on_paper()} left over)" if prepared.wasted.value else ""))
    if one.shared:
        parts.append("into the bag as ONE BAG says")
    elif not one.added_to and not one.final_volume:
        parts = [f"{name}, undiluted ({said(figures['final_concentration'])})", *parts[1:]]
    elif one.added_to:
        parts.append(f"add it to {said(figures['bag_volume'])}; remove nothing; final volume {said(figures['final_volume'])}")
    elif order.phase.by_hand:
        if figures["diluent_volume"].value.value:
            parts.append(f"made up in a syringe: add {said(figures['diluent_volume'])} of {one.diluent}")
        parts.append(f"final volume {said(figures['final_volume'])}")
    else:
        parts.append(f"{_diluent(order)}: made up to {said(figures['final_volume'])}")
    return "; ".join(parts) + and_(one.note) + and_(product.overfill)


def _diluent(order: PhaseOrder) -> str:
    """What happens to the bag's own fluid when it is made up to a volume."""
    figures = order.figures
    bag = f"from a bag measured at {said(figures['bag_volume'])} " if "bag_volume" in figures else ""
    if bag and "diluent_to_remove" in figures and figures["diluent_to_remove"].value.value:
        return f"{bag}remove {said(figures['diluent_to_remove'])} of diluent, then add the drug"
    if "diluent_to_add" in figures:
        return f"{bag}remove nothing; add the drug, then {said(figures['diluent_to_add'])} of diluent"
    if not figures["diluent_to_remove"].value.value:
        return f"{bag}remove nothing; add the drug"
    return f"remove {said(figures['diluent_to_remove'])} of diluent from the bag, then add the drug"


def administration(order: PhaseOrder, planned: bool = False) -> str:
    figures, line = order.figures, supplies.its_line(planned)
    if order.phase.by_hand:
        given = (f"direct intravenous injection of {said(figures['volume_to_be_infused'])} over {said(figures['duration'])}; "
                 f"that is {said(figures['delivered_dose_rate'])}")
        return given + (f"; {_stretched(order)}" if figures["duration"].formula else "")
    if isinstance(order.phase, Schedule):
        return rates.schedule_administration(order, line)
    rate, volume = supplies.rate_said(order), said(figures["volume_to_be_infused"])
    if isinstance(order.phase, Intermittent):
        shared = order.prepared.preparation.shared
        alone = f"the bag holds {' and '.join(shared)} too" if shared else line
        given = f"intravenous infusion of {volume} over {said(figures['duration'])} at {rate}; {_that_is(order)}{alone}"
        return given + (f"; {_stretched(order)}" if figures["duration"].formula else "")
    verb = "go on at" if order.continues else "start at" if order.rungs else "run at"
    is_said = "" if figures["delivered_dose_rate"].value.unit == figures["pump_rate"].value.unit else f" = {said(figures['delivered_dose_rate'])}"
    return f"continuous intravenous infusion; {verb} {rate}{is_said}; {course(order)}; {line}"


def _that_is(order: PhaseOrder) -> str:
    """The dose rate that a pump rate comes to; nothing for a fluid, whose dose rate it is already."""
    return "" if order.prepared.product.fluid else f"that is {said(order.figures['delivered_dose_rate'])}; "


def _stretched(order: PhaseOrder) -> str:
    """Why the duration is longer than the file's own."""
    phase = order.phase
    return (f"stretched from {said(order.figures['duration'].inputs[-1])}, so as not to run faster than "
            f"{phase.fastest.quantity.on_paper()}")


# ---------------------------------------------------------------------------------------------- pump settings


def pump_title(order: PhaseOrder, patient: Patient) -> str:
    """What the pump that it runs on is called."""
    return order.loaded.devices.pumps[patient.get("pump") or DEFAULT_PUMP].title


def pump_settings(order: PhaseOrder, pump: str) -> Fields:
    """In a pump's order of entry."""
    figures, weight = order.figures, counted_by(order)
    calculated = figures["delivered_dose_rate" if "delivered_duration" in figures else "calculated_dose_rate"]
    ordered = figures.get("dose_rate") or calculated  # of a dose over a time: what the bag at that rate really gives
    per_weight = ordered.value.unit.patient is not None
    rows = [Field("DRUG", order.loaded.drug.name), Field("CONCENTRATION", strength(order))]
    rows.append(Field("WEIGHT TO ENTER", kind_said(weight) if weight and per_weight else "not needed: the rate is not per kg"))
    if order.steps:
        return Fields((*rows, *rates.schedule_settings(order), Field("PUMP", pump)))
    said_rates = [said(ordered)] + ([said(calculated)] if per_weight else [])
    if not (order.prepared.product.fluid and not per_weight):  # of a fluid it is the pump rate itself
        rows.append(Field("DOSE RATE", " = ".join(said_rates)))
    rows += [Field("PUMP RATE", said(figures["pump_rate"]), strong=True),
             Field("VOLUME TO BE INFUSED", supplies.volume_told(order), strong=True),
             *rest_of_the_bag(order),
             Field("DURATION", _duration(order)),
             Field("DELIVERS", delivers(order)),
             Field("PUMP", pump)]
    return Fields(tuple(rows))


def rest_of_the_bag(order: PhaseOrder) -> list[Field]:
    """What stays in a bag that holds more than is ordered: nobody may let it run on."""
    product, given = order.prepared.product, order.figures["volume_to_be_infused"].value
    held = product.volume.quantity.to("mL")
    rest = held.with_value(held.value * order.prepared.bags - given.to("mL").value)
    if not order.prepared.premixed or product.form != "bag" or not isinstance(order.phase, Intermittent) or not rest.value > 0:
        return []
    return [Field("REST OF THE BAG", f"{rest.on_paper()} is NOT given: stop, and discard it", strong=True)]


def _duration(order: PhaseOrder) -> str:
    figures = order.figures
    if "delivered_duration" in figures:
        return said(figures["duration"])
    return f"{prep.hours_and_minutes(figures['bag_lasts'].value)} a bag at this rate; {course(order)}"


# ---------------------------------------------------------------------------------------------- ladder


def continued(order: PhaseOrder) -> list[Block]:
    """What runs and what goes on, side by side."""
    one, figures = order.continues, order.figures
    weight = counted_by(order)
    rows = [("dose rate", said(one.dose_rate), said(figures["dose_rate"])), ("pump rate", said(one.pump_rate), said(one.new_pump_rate))]
    rows += [("concentration", said(one.concentration), said(figures["final_concentration"]))] if one.concentration else []
    rows += [("weight", said(one.weight), said(weight))] if one.weight and weight else []
    rung = f"rung {one.rung} of {len(order.rungs)} is nearest to what runs; it goes on" if one.rung else "what runs goes on"
    return [Table(("", "AS IT RUNS", "FROM NOW ON"), tuple(rows), strong=(2,)),
            Fields((Field("GOES ON", rung), Field("PUMP RATE CHANGES BY", deviation_in_words(one.change)),
                    _or_blank("THIS SHEET REPLACES", one.replaces, "order id, or date and time"))),
            Sentences(("Set the pump anew from this sheet, take the replaced one away, and strike it through.",), strong=True)]


def ladder(order: PhaseOrder) -> list[Block]:
    """Not a schedule: the rungs, and those above a soft limit apart."""
    free = [rung for rung in order.rungs if not rung.alerts]
    called = [rung for rung in order.rungs if rung.alerts]
    now = order.continues and order.continues.rung
    numbers = {id(rung): f"{number} NOW" if number == now else str(number) for number, rung in enumerate(order.rungs, 1)}
    unit = order.figures["dose_rate"].value.unit.on_paper()
    blocks: list[Block] = [
        Sentences(("This is a ladder, NOT a schedule: go up one rung only when its criteria are met.",
                   f"DELIVERS is in {unit}, worked back from the pump rate; DIFFERENCE is against the ordered dose rate."), strong=True),
        _rungs(free, numbers)]
    if called:
        reasons = sorted({alert.limit for rung in called for alert in rung.alerts})
        blocks += [Sentences((f"CALL PRESCRIBER FIRST: rungs {numbers[id(called[0])]} to {numbers[id(called[-1])]} "
                              f"are above the soft limit, {' and '.join(reasons)}.",), strong=True),
                   _rungs(called, numbers),
                   Table(("RUNG", "REASON", "PRESCRIBER", "DATE, TIME"),
                         tuple((numbers[id(rung)], "", "", "") for rung in called), blank=True)]
    if order.ladder_end:
        blocks.append(Sentences((order.ladder_end[0].upper() + order.ladder_end[1:],), strong=True))
    return blocks


def _rungs(rungs: list[Rung], numbers) -> Table:
    rows = tuple((numbers[id(rung)], said(rung.figures["dose_rate"]), said(rung.figures["pump_rate"]),
                  numerals.on_paper(rung.figures["delivered_dose_rate"].value.value),
                  deviation_in_words(rung.figures["deviation"]),
                  prep.hours_and_minutes(rung.figures["bag_lasts"].value)) for rung in rungs)
    return Table(("RUNG", "DOSE RATE", "PUMP RATE", "DELIVERS", "DIFFERENCE", "BAG LASTS"), rows, strong=(2,))


def titration(order: PhaseOrder, answers: dict[str, str]) -> Fields:
    """Start, step, interval, target, maximum, stop: what no source gives is a line to write on."""
    phase, steps = order.phase, order.phase.titration
    top = order.rungs[-1].figures["dose_rate"]
    rows = [Field("GOES ON AT" if order.continues else "START", said(order.figures["dose_rate"])),
            Field("STEP UP BY", steps.by.quantity.on_paper()),
            Field("STEP UP EVERY", steps.every.range.on_paper()) if steps.every else _interval(phase, answers),
            _or_blank("STEP UP ONLY WHEN", steps.step_up_when),
            Field("TARGET", steps.until),
            _or_blank("STAY AT TARGET", f"{steps.hold_at_target.range.on_paper()}, then reassess" if steps.hold_at_target else "", "hours"),
            Field("MAXIMUM", f"rung {len(order.rungs)}: {said(top)}, {said(order.rungs[-1].figures['pump_rate'])}", strong=True),
            *([Field("STEP DOWN", steps.step_down)] if steps.step_down else [Field("STEP DOWN WHEN", blank=""), Field("STEP DOWN BY", blank="rungs")]),
            Field("AFTER AN INTERRUPTION", steps.restart) if steps.restart else Field("AFTER A BREAK GO ON AT", blank="(rung)"),
            _or_blank("END OF COURSE", steps.end_of_course)]
    rows += [blanks.answered(question, answers) for question in blanks.on_their_own(phase.ask, order.loaded.protocol) if question != INTERVAL]
    return Fields(tuple(rows))


def _interval(phase: Continuous, answers: dict[str, str]) -> Field:
    """How long to wait between steps, which no source says: in the unit of the file's own question, where it asks one."""
    asked = next((question for question in phase.ask if question == INTERVAL), None)
    return blanks.answered(asked, answers)._replace(label="STEP UP EVERY") if asked is not None else Field("STEP UP EVERY", blank="hours")


def _or_blank(label: str, value: str, unit: str = "") -> Field:
    return Field(label, value) if value else Field(label, blank=unit)


# ---------------------------------------------------------------------------------------------- the rest of an order


def supply(order: PhaseOrder, flush: Flushing | None = None) -> Fields:
    """Beyond use, how it is handled, bags for the course, the change of bags, the `flush` that is due after it."""
    rows = []
    if order.beyond_use:
        rows.append(Field("BEYOND USE", f"{said(order.beyond_use)} after preparation"))
    elif not order.prepared.premixed:
        until = "; a bag lasts until then if that is sooner" if isinstance(order.phase, (Continuous, Maintenance)) else ""
        rows.append(Field("BEYOND USE", blank=f"date and time{until}"))
    rows += handling.rows(order)
    if order.phase.by_hand:
        rows.append(Field("DELIVERS", delivers(order)))
    one_bag_does = order.steps and order.bags == (1, 1)
    if order.bags and not isinstance(order.phase, Intermittent) and not one_bag_does:
        rows.append(Field("BAGS FOR THE COURSE", _bags(*order.bags)))
    if flush:
        rows.append(Field("FLUSH", wording_flush.in_full(flush, order)))
    if never := getattr(order.phase, "do_not_flush", None):
        rows.append(Field("DO NOT FLUSH", f"{never.text} ({', '.join(never.source)})", strong=True))
    return Fields(tuple(rows))


def _bags(low: int, high: int | None) -> str:
    if high is None:
        return f"at least {low:,} (the course has no stated end)"
    if low == high:
        return str(low)
    return f"{low:,} to {high:,} (slowest and shortest, to fastest and longest)"


def limit_line(limit, level: str, side, runs_on: bool = False) -> str:
    """`runs_on`: of a rate, whose most in an hour is a most of the rate too."""
    window = "" if limit.window is None else f" in {limit.window if isinstance(limit.window, str) else limit.window.on_paper()}"
    if runs_on and limit.rolling == HOUR and side.range.high:
        window += f", which is {as_rate(side.range.high, HOUR).on_paper()}"
    return f"{limit.name.replace('_', ' ')}: {level}, {side.range.on_paper()}{window} ({basis(side)})"


def reference_line(reference: Reference) -> str:
    """`pomeroy-2017: Ketamine infusions ... 2017 doi 10.1111/head.13013. Read: abstract only`."""
    place = f"doi {reference.doi}" if reference.doi else reference.url
    said = " ".join(each for each in (f"{reference.id}: {reference.title}.", reference.year, place) if each)
    return said + (f". Read: {reference.read}" if reference.read else "")


def guideline_line(guideline: Guideline) -> str:
    """`American Headache Society 2025: should offer (B) (ahs-2025)`."""
    return f"{guideline.body} {guideline.year}: {guideline.level} ({', '.join(guideline.source)})"


def code_fields(drug: Drug) -> tuple[Field, ...]:
    """What terminologies call the drug, each with its source."""
    named = (("RXNORM", drug.rxnorm), ("ATC", drug.atc))
    return tuple(Field(label, f"{', '.join(one.codes)} ({', '.join(one.source)})") for label, one in named if one)
