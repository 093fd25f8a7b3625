"""The keys of tables/compatibility.yaml: which drugs may meet in a line or in a bag.

For: `library`, which reads it for an order of several protocols, and `check`.

Refuses: a pair that is called both compatible and incompatible, a mixture of one drug, a mixture without the
concentration of each of its drugs.

Example: `drugs: - ketamine - tramadol` with a diluent and two concentrations becomes a Mixture.
"""

from __future__ import annotations

from itertools import combinations

from infuse.files.compatibility import BAG, COMPATIBLE, INCOMPATIBLE, LINE, Alone, Compatibility, Mixture, Pair
from infuse.files.schema.common import file_name, references, sources
from infuse.files.shapes import Key, Wrong, between, fields, list_of, named, text, word

_SAID = (Key("say", text(), "what the source says, in a few words", required=True), Key("source", sources, "its references", required=True))


def _pair(span, drugs, y_site, bag, say, source):
    if len(set(drugs)) != 2:
        raise Wrong("two different drugs", " and ".join(drugs))
    if not y_site and not bag:
        raise Wrong("y_site, bag or both", "neither")
    return Pair(drugs, y_site, bag, say, source, span)


def _mixture(span, drugs, concentrations, **values):
    if len(set(drugs)) < 2 or len(set(drugs)) != len(drugs):
        raise Wrong("two or more different drugs", " and ".join(drugs))
    if set(concentrations) != set(drugs):
        raise Wrong(f"a concentration of each: {', '.join(drugs)}", ", ".join(concentrations))
    return Mixture(drugs, concentrations=concentrations, span=span, **values)


def _whole(span, references, alone, pairs, mixtures):
    for first, second in combinations(pairs, 2):
        if set(first.drugs) == set(second.drugs) and {first.y_site, second.y_site} == {COMPATIBLE, INCOMPATIBLE}:
            raise Wrong("one verdict on a pair", f"{second.y_site}, on line {first.span.line} {first.y_site}", second.span,
                        "where sources disagree, incompatible stands alone, and its `say` names both")
    return Compatibility(references, alone, pairs, mixtures)


_ALONE = fields((
    Key("drug", file_name, "the drug", required=True),
    Key("where", word(BAG, LINE), "bag: no other in its bag; line: none in its line either", required=True),
    *_SAID,
), lambda span, **values: Alone(span=span, **values))

_PAIR = fields((
    Key("drugs", list_of(file_name), "the two drugs", required=True),
    Key("y_site", word(COMPATIBLE, INCOMPATIBLE), "whether they may meet in a line", default=""),
    Key("bag", word(INCOMPATIBLE), "incompatible in one bag or syringe; what is compatible there stands under mixtures", default=""),
    *_SAID,
), _pair)

_MIXTURE = fields((
    Key("drugs", list_of(file_name), "all of its drugs, two or more", required=True),
    Key("diluent", text(), "the diluent in which it was tested", required=True),
    Key("concentrations", named(between("concentration"), "concentrations"), "the final concentration of each, as tested", required=True),
    *_SAID,
), _mixture)

COMPATIBILITY = fields((
    Key("references", references, "the sources, each under an id", required=True),
    Key("alone", list_of(_ALONE), "drugs that meet no other", default=()),
    Key("pairs", list_of(_PAIR), "pairs that were tested, or that a source names", default=()),
    Key("mixtures", list_of(_MIXTURE), "mixtures that were tested in one bag", default=()),
), _whole)
