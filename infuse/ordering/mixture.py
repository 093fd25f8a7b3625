"""Several protocols in one bag: only where a source tested just that mixture, in that diluent, at those concentrations.

For: `infuse order A B --one-bag "A + B"`. Each protocol is worked out alone first; then the bag of the first one named is
filled with all of them, and each is worked out again in the volume that comes of it, so that every limit on concentration
and rate is judged on the mixture.

Refuses: what is not one infusion of a single dose from vials, other diluents, other durations, and whatever mixture is not
in tables/compatibility.yaml: pairs do not add up.

Example: tramadol 100 mg (2 mL) and ketamine 10 mg (0.2 mL) made up to 20 mL are 5 and 0.5 mg/mL, as tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from infuse.arithmetic.patient import Patient
from infuse.files import compatibility
from infuse.files.compatibility import COMPATIBLE
from infuse.files.protocol import Intermittent
from infuse.files.stated import Stated
from infuse.ground.units import Quantity, Refused, quantity
from infuse.judgement.limits import HARD, Alert
from infuse.ordering import order
from infuse.ordering.order import READY, Order, Request
from infuse.ordering.phases import PhaseOrder
from infuse.ordering.plan import Arrangement

CODE = "one-bag"


def read(text: str, ids: Sequence[str]) -> tuple[str, ...]:
    """The protocols of `A + B`, of those on the sheet. Raises Refused."""
    names = tuple(each.strip() for each in text.split("+"))
    unknown = [each for each in names if each not in ids]
    if unknown or len(names) < 2 or len(set(names)) != len(names):
        raise Refused(f"two or more protocols of this sheet, such as {' + '.join(ids[:2])}", text,
                      f"on this sheet are {', '.join(ids)}" if unknown else "")
    return names


def build(requests: list[Request], patient: Patient, now: datetime, overrides, by: str, arrangement: Arrangement) -> Order:
    """The order with `arrangement.one_bag` in one bag, or stopped. Raises what `order.build` raises."""
    apart = order.build(requests, patient, now, every_override=True, arrangement=arrangement._replace(one_bag=()))
    if apart.status != READY:
        return order.build(requests, patient, now, overrides, by, arrangement=arrangement._replace(one_bag=()))
    members = [[each for each in apart.phases if each.loaded.protocol.id == name] for name in arrangement.one_bag]
    against = [f"{mine[0].loaded.drug.name}: {why}" for mine in members for why in _not_for_a_mixture(mine)]
    first, *others = [mine[0] for mine in members]
    against = against or [f"{each.loaded.drug.name}: {why}" for each in others for why in _unlike(first, each)]
    if against:
        return _stopped(apart, against)
    bag = _volume([first, *others])
    drugs = {each.loaded.drug.id: _in(each, bag) for each in (first, *others)}
    verdict = compatibility.in_one_bag(arrangement.table, tuple(drugs), first.prepared.preparation.diluent, drugs)
    if verdict.status != COMPATIBLE:
        sources = f" ({', '.join(verdict.source)})" if verdict.source else ""
        return _stopped(apart, [f"{' + '.join(each.loaded.drug.name for each in (first, *others))}: {verdict.status}; {verdict.say}{sources}"])
    mixed = [_mixed(each, [first, *others], bag) for each in requests]
    made = order.build(mixed, patient, now, overrides, by, arrangement=arrangement._replace(mixed=verdict))
    shared = [phase for phase in made.phases if phase.prepared.preparation.shared]
    if len({phase.figures["pump_rate"].value for phase in shared}) > 1:
        return _stopped(made, ["its drugs would run at different pump rates"])
    if shared and drawn(shared) != drawn([first, *others]):  # a limit of concentration rounds otherwise in the larger bag
        return _stopped(made, ["of its drugs another volume would be drawn up than each has alone"])
    return made


def _not_for_a_mixture(mine: list[PhaseOrder]) -> Iterator[str]:
    """Why a protocol cannot share a bag."""
    phase, one = mine[0].phase, mine[0]
    if mine[1:] or not isinstance(phase, Intermittent) or phase.by_hand or phase.again:
        yield "only an infusion of one dose can share a bag"
    elif one.prepared.premixed or not (one.prepared.preparation.final_volume or one.prepared.preparation.added_to):
        yield "only what is diluted from vials can share a bag"
    elif "bag_volume" in one.figures and one.prepared.preparation.final_volume:
        yield "a bag that was measured cannot be shared; leave out its --bag-volume"


def _unlike(first: PhaseOrder, other: PhaseOrder) -> Iterator[str]:
    diluent, mine = first.prepared.preparation.diluent, other.prepared.preparation.diluent
    if mine != diluent:
        yield f"diluted in {mine}, {first.loaded.drug.name} in {diluent}"
    over, wanted = other.figures["duration"].value, first.figures["duration"].value
    if over != wanted:
        yield f"runs over {over.on_paper()}, {first.loaded.drug.name} over {wanted.on_paper()}; choose one duration for all"


def _volume(members: list[PhaseOrder]) -> Quantity:
    """The whole of the bag: made up to the volume of the first, or its bag and every drug that is added."""
    first = members[0]
    if first.prepared.preparation.final_volume:
        return first.figures["final_volume"].value.to("mL")
    return first.figures["bag_volume"].value.to("mL") + drawn(members)


def drawn(members: list[PhaseOrder]) -> Quantity:
    """The volume of all their drugs together."""
    return quantity(sum(each.figures["withdraw_volume"].value.to("mL").value for each in members), "mL")


def _in(one: PhaseOrder, bag: Quantity) -> Quantity:
    """Its concentration in the bag."""
    strength = one.prepared.product.strength.quantity
    return strength.with_value(strength.value * one.figures["withdraw_volume"].value.to("mL").value / bag.value)


def _mixed(request: Request, members: list[PhaseOrder], bag: Quantity) -> Request:
    """The request with its preparation in the volume of the shared bag."""
    mine = next((each for each in members if each.loaded is request.loaded), None)
    if mine is None:
        return request
    names = tuple(each.loaded.drug.name for each in members if each is not mine)
    one = mine.prepared.preparation._replace(added_to=None, final_volume=Stated(bag, mine.prepared.preparation.span), final_concentration=None, beyond_use=None,
                                            products=(mine.prepared.preparation.product,), shared=names)
    protocol = request.loaded.protocol._replace(preparations=(one,))
    chosen = {key: given for key, given in request.chosen.items() if not key.endswith(("preparation", "bag_volume"))}
    return request._replace(loaded=request.loaded._replace(protocol=protocol), chosen=chosen)


def _stopped(made: Order, reasons: list[str]) -> Order:
    alerts = [Alert(HARD, CODE, f"not in one bag: {each}", where="--one-bag") for each in reasons]
    return replace(made, phases=(), plan=None, alerts=(*alerts, *(each for each in made.alerts if each.level == HARD)), overrides=())
