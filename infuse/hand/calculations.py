"""The quick calculations as commands: arithmetic from what was typed, with no protocol behind it.

For: `infuse rate`, `dose`, `volume`, `drops` and `convert`.

Refuses: whatever could be read in two ways, in the words of `quick`.

Example: infuse rate "0.1 mg/kg/h" --weight 70kg --in "500 mg in 250 mL" is 3.5 mL/hour.
"""

from __future__ import annotations

from typing import Annotated

import typer

from infuse.hand.answering import fail, refusals, show_page, write_json
from infuse.hand.options import Format, Json, Text, is_json

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
        fail(refusals(wrong.refused))
    if json:
        write_json(answer.as_json())
    else:
        from infuse.paper.render import text
        show_page(text.paragraphs(answer.as_text()))


def rate(dose_rate: str, weight: Weight = None, strength: Strength = None, unit: Unit = None, step: Step = None, bsa: Area = None, json: Json = False,
         format: Format = "text"):
    """Dose rate to pump rate: infuse rate "0.1 mg/kg/h" --weight 70kg --in "500 mg in 250 mL"."""
    _answer(lambda quick: quick.rate(dose_rate, weight, strength, unit, step, bsa), is_json(format, json))


def dose(pump_rate: str, weight: Weight = None, strength: Strength = None, unit: Unit = None, step: Step = None, bsa: Area = None, json: Json = False,
         format: Format = "text"):
    """Pump rate to dose rate: infuse dose "3.5 mL/h" --weight 70kg --in "500 mg in 250 mL"."""
    _answer(lambda quick: quick.dose(pump_rate, weight, strength, unit, step, bsa), is_json(format, json))


def volume(dose: str, weight: Weight = None, strength: Strength = None, unit: Unit = None, step: Step = None, bsa: Area = None, json: Json = False,
         format: Format = "text"):
    """Dose to amount and volume to draw up: infuse volume "25 mcg/kg" --weight 70kg --in "50 mcg/mL"."""
    _answer(lambda quick: quick.volume(dose, weight, strength, unit, step, bsa), is_json(format, json))


def drops(what: str, set_: Annotated[Text, typer.Option("--set", metavar="FACTOR", help='The drop factor: "20 gtt/mL".')] = None,
          step: Step = None, json: Json = False, format: Format = "text"):
    """Volume and time, or a rate, to drops per minute: infuse drops "1,000 mL over 8 h" --set "20 gtt/mL"."""
    _answer(lambda quick: quick.drops(what, set_, step), is_json(format, json))


def convert(quantity: str, unit: str, json: Json = False, format: Format = "text"):
    """One unit to another: infuse convert "154 lb" kg."""
    _answer(lambda quick: quick.convert(quantity, unit), is_json(format, json))
