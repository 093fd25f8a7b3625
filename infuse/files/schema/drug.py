"""The table of a drug file: what is on the shelf, and what holds for every protocol of the drug.

For: drugs/NAME.yaml.

Refuses: whatever the shapes refuse; a product without a strength that is not a bag of fluid; a drug without products that
does not say why there are none.

Example: `strength: 50 mg/mL` and `volume: 10 mL` under a product is a vial that holds 500 mg.
"""

from __future__ import annotations

from infuse.files.drug import Code, Drug, Product, Reconstitution
from infuse.files.schema.cautions import caution
from infuse.files.schema.common import file_name, note, references, sources, texts
from infuse.files.schema.handling import HANDLING, with_source
from infuse.files.schema.limits import limit_of
from infuse.files.shapes import Key, Reader, Wrong, fields, list_of, named, quantity, text, word
from infuse.ground import units

_PRODUCT_KEYS = (
    Key("name", text(), "as it is asked for: drug, strength, container", required=True),
    Key("form", word("vial", "ampule", "syringe", "bag"), "what it comes in", required=True),
    Key("strength", quantity("concentration"), "per mL (after reconstitution, where there is one); left out, a bag of fluid"),
    Key("volume", quantity("volume"), "how much is in one", required=True),
    Key("equivalent_strength", quantity("concentration"), "the strength said again in mEq or mmol, to be checked"),
    Key("reconstitution", fields((
        Key("fluid", text(), "with what", required=True),
        Key("volume", quantity("volume"), "with how much", required=True),
    ), lambda span, fluid, volume: Reconstitution(fluid, volume)), "for a powder"),
    Key("dilution", word("required", "allowed", "never"), "whether it is diluted before it is given", required=True),
    Key("overfill", text(), "what the label says of overfill", default=""),
    HANDLING,
    Key("source", sources, "its references", required=True),
)


def _product(name: str) -> Reader:
    def build(span, handling, source, **values):
        one = Product(key=name, span=span, handling=with_source(handling, source), source=source, **values)
        if one.fluid:
            _as_it_is(one)
        return one

    return fields(_PRODUCT_KEYS, build, "a product: name, form, strength, volume, ...")


def _as_it_is(one: Product) -> None:
    """Without a strength it can only be a bag that is given as it is."""
    if one.form != "bag" or one.dilution != "never" or one.reconstitution or one.equivalent_strength:
        raise Wrong("a strength", "none", one.span,
                    "only a bag of fluid has none: form: bag, dilution: never, neither reconstitution nor equivalent_strength")


def _code(system: str, example: str, pattern: str) -> Reader:
    one = text(f"an {system} code of a drug, such as {example}", pattern)
    keys = (Key("code", list_of(one, single=True), "its code, or a list of codes", required=True),
            Key("source", sources, "its references", required=True))
    return fields(keys, lambda span, code, source: Code(code, source))


def _build_drug(span, drug, name, limits, products, not_available, tall_man, equivalent, **values):
    if (products is None) == (not_available is None):
        raise Wrong("products, or not_available with the reason", "neither" if products is None else "both")
    products = products or {}
    for number, each in enumerate(equivalent):
        said = next((one for one in equivalent[:number] if units.fits(one.quantity.unit, each.quantity.unit)), None)
        if said:
            raise Wrong("one equivalent in mEq and one in mmol", f'"{each.quantity}"', each.span, f"line {said.span.line} says {said.quantity}")
    if tall_man:
        name, products = _in_tall_man(name, products, tall_man.text)
    return Drug(id=drug, name=name, limits=limits or (), products=products, not_available=not_available, tall_man=tall_man,
                  equivalents=equivalent, span=span, **values)


def _in_tall_man(name, products, form):
    """The name and those of the products, with the form of the list in them."""
    plain = form.lower()
    if form == plain or plain not in name:
        raise Wrong(f"the letters of the name, {name}, some of them capitals", f'"{form}"', form.span)
    return name.replace(plain, form), {key: one._replace(name=one.name.replace(plain, form)) for key, one in products.items()}


DRUG = fields((
    Key("drug", file_name, "its id: the name of the file", required=True),
    Key("name", text(), "the full generic name, as printed", required=True),
    Key("rxnorm", _code("RxNorm", "114477", "[0-9]{1,8}"), "its RxNorm concept (RxCUI), as an ingredient"),
    Key("atc", _code("ATC", "N03AX14", "[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}"), "its codes of the WHO ATC index"),
    Key("tall_man", note("form", "its name in tall-man letters, as a list prints it"), "how its name is printed"),
    Key("also_known_as", texts, "names that may be typed; never printed", default=()),
    Key("classes", texts, "its classes, words of tables/classes.yaml", default=()),
    Key("high_alert", note("say", "why"), "present where the drug is high-alert"),
    Key("controlled", text(), "the schedule of a controlled drug", default=""),
    Key("equivalent", list_of(quantity("equivalent"), single=True), "mEq or mmol per g, or one of each: the only bridge from mass", default=()),
    Key("diluents", texts, "the diluents that it may meet", default=()),
    Key("not_available", note("say", "why nobody can order it"), "instead of products: why there is none, or none to be used"),
    Key("products", named(_product, "products"), "what is on the shelf"),
    Key("limits", fields((Key("final_concentration", limit_of("final_concentration", "concentration", sourced=True),
                              "limits of the final concentration"),),
                         lambda span, final_concentration: (final_concentration,) if final_concentration else ()),
        "limits that hold for every protocol"),
    Key("contraindications", list_of(caution("contraindication", "hard")), "what speaks against giving it", default=()),
    Key("precautions", list_of(caution("precaution", "soft")), "what is weighed before it is given", default=()),
    Key("incompatible", list_of(note("say", "what it must not meet")), "what it must not meet", default=()),
    Key("references", references, "the sources, each under an id", required=True),
), _build_drug, "a drug: keys with values")
