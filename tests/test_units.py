"""Units: what is read, what is refused and why, and that no sum loses a unit or a digit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infuse.ground import grammar, numerals, units
from infuse.ground.grammar import read_quantity, read_range
from infuse.ground.units import DimensionError, Quantity, Refused, quantity, work_out

# ---------------------------------------------------------------------------------------------- what is read


@pytest.mark.parametrize(("text", "value", "unit"), [
    ("70 kg", "70", "kg"),
    ("70kg", "70", "kg"),
    ("154lb", "154", "lb"),
    ("0.1 mg/kg/h", "0.1", "mg/kg/h"),
    ("0.1 mg/kg/hr", "0.1", "mg/kg/h"),
    ("0.1 mg/kg/hour", "0.1", "mg/kg/h"),
    ("0.1mg/kg/hour", "0.1", "mg/kg/h"),
    ("2 mcg/kg/minute", "2", "mcg/kg/min"),
    ("1,000 mL", "1000", "mL"),
    ("1000 mL", "1000", "mL"),
    ("1,234,567.25 units", "1234567.25", "units"),
    ("1 unit/mL", "1", "units/mL"),
    ("20 gtt/mL", "20", "drops/mL"),
    ("1 drop/mL", "1", "drops/mL"),
    ("40 mg/vial", "40", "mg/vial"),
    ("50 nanograms", "50", "nanogram"),
    ("50 mg/m2", "50", "mg/m2"),
    ("8.12 mEq/g", "8.12", "mEq/g"),
    ("90 mL/min/1.73m2", "90", "mL/min/1.73m2"),
    ("44y", "44", "year"),
    ("5%", "5", "%"),
    ("0 mg", "0", "mg"),
    ("0.00000000001 g", "0.00000000001", "g"),
])
def test_reads(text, value, unit):
    assert read_quantity(text) == Quantity(Fraction(value), units.unit(unit))


def test_spellings_of_a_unit_are_one_unit():
    assert {str(units.unit(f"mg/kg/{hour}")) for hour in ("h", "hr", "hour", "hours")} == {"mg/kg/h"}


@pytest.mark.parametrize(("text", "hint"), [
    ("70", "the unit is missing"),
    ("70 ", "the unit is missing"),
    ("100 ug", "write mcg"),
    ("100 µg", "write mcg"),
    ("100 μg", "write mcg"),
    ("5 U", "write units"),
    ("5 IU", "write units"),
    ("5 u/kg", "write units/kg"),
    ("10 cc", "write mL"),
    ("10 ML", "write mL"),
    ("10 ml", "write mL"),
    ("5 MG", "write mg"),
    ("5 MG/KG/H", "write mg/kg/h"),
    ("50 ng", "write nanogram"),
    ("0.1 mg/kg/m", "m is read as minutes, metres or milli; write mg/kg/min"),
    ("5 mg/s", "write min or h"),
    ("5 mgg", "did you mean mg?"),
    ("5 mg/h/kg", "write mg/kg/h"),
    ("5 mg/mg", "mg stands twice"),
    ("5 mg/", "a word is missing beside the slash"),
    ("5 /kg", "a word is missing beside the slash"),
    ("70 kg 80", "one number and one unit; nothing may follow"),
    ("70 kg kg", "one number and one unit; nothing may follow"),
    ("70 kg\n", "put one space between number and unit"),
    ("70  kg", "put one space between number and unit"),
    ("70\tkg", "put one space between number and unit"),
    ("0,5 mg", "a comma is not a decimal point: 0.5"),
    ("1000,000 mg", "a comma groups digits by three, as in 1,000"),
    ("1,0000 mg", "a comma groups digits by three, as in 1,000"),
    ("0,500 mg", "a comma groups digits by three, as in 1,000"),
    ("nan mg", "that is not a number"),
    ("NaN", "that is not a number"),
    ("inf mg", "that is not a number"),
    ("infinity mg", "that is not a number"),
    ("-5 mg", "a quantity has no sign"),
    ("+5 mg", "a quantity has no sign"),
    ("−5 mg", "a quantity has no sign"),
    ("1e3 mg", "write the number out, without an exponent"),
    ("1e999999999 mg", "write the number out, without an exponent"),
    ("1e-999999999 mg", "write the number out, without an exponent"),
    (".5 mg", "a decimal point needs a leading zero: 0.5"),
    ("5. mg", "nothing follows the decimal point: 5"),
    ("05 mg", "a number does not begin with a spare zero"),
    ("1234567890123 mg", "at most 12 digits"),
    ("0.000000000001 g", "at most 12 digits"),
    ("５ mg", "use the digits 0 to 9"),
    ("٣ mg", "use the digits 0 to 9"),
    ("", "no number is there"),
])
def test_refuses(text, hint):
    with pytest.raises(Refused) as refused:
        read_quantity(text)
    assert refused.value.found == text
    assert refused.value.hint.endswith(hint)


@pytest.mark.parametrize(("text", "hint"), [
    ("100 µg", "µg is read as mg; write mcg"), ("5 U", "U is read as 0, 4 or cc; write units"), ("5 IU", "IU is read as IV or 10; write units"),
    ("10 cc", "cc is read as units or 00; write mL"), ("5 mg/kg/m", "m is read as minutes, metres or milli; write mg/kg/min"),
])
def test_the_reason_stands_before_the_right_spelling(text, hint):
    with pytest.raises(Refused) as refused:
        read_quantity(text)
    assert refused.value.hint == hint


@pytest.mark.parametrize("text", [
    "2*3 mg", "2 * 3 mg", "2+3 mg", "1/2 mg", "2**3 mg", "(2) mg", "5 mg*kg", "5 mg**2", "5 mg^2", "5 mg·h", "5 mg per kg",
    "__import__('os')", "5 banana", "5 mkg", "5 hectare", "5 kg/mg", "5 mg/kg/m2", "5 min/h", "5 mg/L/mL", "half a mg", "1 000 mg",
])
def test_refuses_what_another_parser_would_take(text):
    with pytest.raises(Refused):
        read_quantity(text)


@pytest.mark.parametrize(("text", "kind", "said"), [
    ("0.05 mg/h", "dose rate per kg", "that is a dose rate"),
    ("70 mg", "weight", "that is a dose"),
    ("2 mg/mL", "dose", "that is a concentration"),
    ("70 kg", "dose", "that is a patient's weight in kg or lb"),
])
def test_refuses_another_kind_and_names_it(text, kind, said):
    with pytest.raises(Refused) as refused:
        read_quantity(text, kind)
    assert said in refused.value.hint


# ---------------------------------------------------------------------------------------------- sums


def test_rate_from_a_weight():
    result = work_out("mL/h", [q("0.1 mg/kg/h"), q("70 kg")], [q("2 mg/mL")])
    assert result == quantity(Fraction(7, 2), "mL/h")


@pytest.mark.parametrize(("to", "times", "by"), [
    ("mL/h", ["0.1 mg/kg/h"], ["2 mg/mL"]),  # the weight forgotten
    ("mg", ["25 mg/kg"], []),
    ("mg", ["25 mg/kg", "70 g"], []),  # grams are drug
    ("mg", ["25 mg/kg", "1.8 m2"], []),
    ("mL/h", ["1 mL/kg/h"], []),
    ("mL", ["500 mg", "2 mg/mL"], []),  # times where it should be divided
    ("mL", ["5,000 units"], ["2 mg/mL"]),
    ("mmol", ["5 mEq"], []),
    ("mg", ["5 mmol"], []),
    ("mL/h", ["500 mL"], []),
])
def test_sums_that_do_not_fit(to, times, by):
    with pytest.raises(DimensionError):
        work_out(to, [q(each) for each in times], [q(each) for each in by])


@pytest.mark.parametrize(("one", "other"), [("5 mg", "5 mL"), ("70 kg", "70 g"), ("1 mL/kg/h", "1 mL/h"), ("1 ms", "1 min")])
def test_comparing_what_does_not_compare(one, other):
    with pytest.raises(DimensionError):
        _ = q(one) < q(other)
    assert not units.fits(q(one).unit, q(other).unit)


@pytest.mark.parametrize(("text", "to", "expected"), [
    ("154 lb", "kg", "69.85322498"),
    ("1 lb", "kg", "0.45359237"),
    ("1 in", "cm", "2.54"),
    ("1 week", "h", "168"),
    ("1 year", "day", "365.25"),
    ("7 mg/h", "mcg/min", "350/3"),
    ("1 mg/dL", "mcg/mL", "10"),
    ("1 g/L", "mg/mL", "1"),
    ("1 nanogram", "mcg", "0.001"),
    ("1 units", "milliunits", "1000"),
])
def test_converts_exactly(text, to, expected):
    assert q(text).to(to).value == Fraction(expected)


@pytest.mark.parametrize(("text", "expected"), [("1 mg/dL", "1"), ("88.4 micromol/L", "1"), ("100 micromol/L", "250/221")])
def test_creatinine(text, expected):
    assert units.creatinine(q(text)) == quantity(Fraction(expected), "mg/dL")


# ---------------------------------------------------------------------------------------------- ranges, strengths, times


@pytest.mark.parametrize(("text", "inside", "outside"), [
    ("0.05 to 0.5 mg/kg/h", ["0.05 mg/kg/h", "0.5 mg/kg/h", "100 mcg/kg/h"], ["0.049 mg/kg/h", "0.501 mg/kg/h"]),
    ("up to 3 mg", ["0 mg", "3 mg", "3,000 mcg"], ["3.001 mg"]),
    ("at least 18 years", ["18 years", "216 months"], ["17 years", "215 months"]),
    ("500 mg to 1 g", ["500 mg", "1 g"], ["499 mg", "1.001 g"]),
])
def test_ranges_include_their_ends(text, inside, outside):
    one = read_range(text)
    assert [q(each) in one for each in (*inside, *outside)] == [True] * len(inside) + [False] * len(outside)


@pytest.mark.parametrize("text", ["3 mg", "5 to 3 mg", "3 mg to 5 mL", "3-5 mg", "< 3 mg", "up to 3", "to 3 mg", "up to 3 mg to 5 mg"])
def test_refuses_ranges(text):
    with pytest.raises(Refused):
        read_range(text)


@pytest.mark.parametrize(("text", "hint"), [
    ("max 60 mg/h", "write up to 60 mg/h"), ("max. 60 mg/h", "write up to 60 mg/h"), ("<= 60 mg/h", "write up to 60 mg/h"), ("≤60 mg/h", "write up to 60 mg/h"),
    ("at most 60 mg/h", "write up to 60 mg/h"), ("not more than 1,000 mg", "write up to 1,000 mg"), ("minimum 15 min", "write at least 15 min"),
    (">= 18 years", "write at least 18 years"), ("2-5 days", "write 2 to 5 days"), ("2–5 days", "write 2 to 5 days"), ("30 min - 4 h", "write 30 min to 4 h"),
    ("60 mg/h", "say which end it is"), ("fast", ""), ("-5 mg", ""),
])
def test_a_range_in_other_words_is_answered_in_ours(text, hint):
    with pytest.raises(Refused) as refused:
        read_range(text)
    assert refused.value.hint == hint


def test_curly_quotation_marks_are_named():
    with pytest.raises(Refused) as refused:
        read_quantity("“500 mg”")
    assert refused.value.hint == "leave the quotation marks out"


@pytest.mark.parametrize(("text", "expected"), [
    ("2 mg/mL", "2 mg/mL"), ("500 mg in 250 mL", "2 mg/mL"), ("2 g in 1 L", "0.002 g/mL"), ("25,000 units in 250 mL", "100 units/mL"),
])
def test_strength(text, expected):
    assert grammar.read_strength(text)[0] == q(expected)


@pytest.mark.parametrize("text", ["0 mg/mL", "0 mg in 250 mL", "500 mg in 0 mL", "500 mg", "500 mg/250 mL", "5 mL in 250 mL", "2 mg/kg", "5% in 10 mL"])
def test_refuses_strengths(text):
    with pytest.raises(Refused):
        grammar.read_strength(text)


@pytest.mark.parametrize(("text", "hint"), [
    ("0.2%", "0.2% is 2 mg/mL"), ("50%", "50% is 500 mg/mL"), ("1:1000", "1:1000 is 1 mg/mL"), ("1:10,000", "1:10,000 is 0.1 mg/mL"),
    ("1:0", "write mg/mL"), ("2:1000", "write mg/mL"), ("1:1000 w/v", "nothing may follow"),
])
def test_a_percentage_or_a_ratio_is_answered_in_mg_to_the_mL(text, hint):
    with pytest.raises(Refused) as refused:
        grammar.read_strength(text)
    assert hint in refused.value.hint


@pytest.mark.parametrize("text", ["0 mL over 8 h", "1,000 mL over 0 h", "1,000 mL", "8 h over 1,000 mL", "1,000 mg over 8 h", "1,000 mL over 8"])
def test_refuses_volumes_over_times(text):
    with pytest.raises(Refused):
        grammar.read_volume_over_time(text)


def test_volume_over_time():
    assert grammar.read_volume_over_time("1,000 mL over 8 h") == (q("1,000 mL"), q("8 h"))


# ---------------------------------------------------------------------------------------------- numbers as text


@pytest.mark.parametrize(("value", "in_json", "printed"), [
    ("7/2", "3.5", "3.5"),
    ("20", "20", "20"),
    ("1750", "1750", "1,750"),
    ("1234567", "1234567", "1,234,567"),
    ("12345.5", "12345.5", "12,345.5"),
    ("0.05", "0.05", "0.05"),
    ("0.0001", "0.0001", "0.0001"),
    ("1/3", "0.3333", "0.3333"),
    ("2/3", "0.6667", "0.6667"),
    ("200/3", "66.67", "66.67"),
    ("20000/3", "6667", "6,667"),
    ("200000/3", "66667", "66,667"),  # never coarser than a whole number
    ("29999/30", "1000", "1,000"),
    ("69.85322498", "69.85322498", "69.85"),
    ("0", "0", "0"),
])
def test_numbers_as_text(value, in_json, printed):
    assert numerals.decimal(Fraction(value)) == in_json
    assert numerals.on_paper(Fraction(value)) == printed


@pytest.mark.parametrize(("text", "printed"), [
    ("3.5 mL/h", "3.5 mL/hour"), ("0.1 mg/kg/h", "0.1 mg/kg/hour"), ("2 mcg/kg/min", "2 mcg/kg/min"), ("1 h", "1 hour"),
    ("6 h", "6 hours"), ("1 unit", "1 unit"), ("5,000 units", "5,000 units"), ("1 unit/mL", "1 units/mL"), ("5%", "5%"), ("1 day", "1 day"),
])
def test_quantities_on_paper(text, printed):
    assert q(text).on_paper() == printed


# ---------------------------------------------------------------------------------------------- properties


def q(text):
    return read_quantity(text)


SAME = [
    ("g", "mg", "mcg", "nanogram"), ("units", "milliunits"), ("mmol", "micromol"), ("L", "dL", "mL"), ("kg", "lb"), ("cm", "in"),
    ("min", "h", "day", "week", "month", "year"), ("mg/kg/h", "mcg/kg/min", "g/kg/day"), ("mL/h", "mL/min", "L/day"), ("mg/mL", "g/L", "mcg/dL"),
]
pairs = st.sampled_from(SAME).flatmap(lambda names: st.tuples(st.sampled_from(names), st.sampled_from(names)))
finite = st.builds(lambda digits, places: Fraction(digits, 10**places), st.integers(1, 10**9 - 1), st.integers(0, 8))
fractions = st.fractions(min_value=Fraction(1, 10**9), max_value=10**9)


@given(fractions, pairs)
def test_there_and_back_is_the_identity(value, pair):
    here, there = pair
    one = quantity(value, here)
    assert one.to(there).to(here) == one


@given(finite)
def test_a_finite_number_is_written_in_full(value):
    assert Fraction(numerals.decimal(value)) == value
    assert grammar.read_number(numerals.decimal(value)) == value


@given(fractions)
def test_any_number_is_written_to_four_digits(value):
    assert abs(Fraction(numerals.decimal(value)) - value) <= value / 2000


@given(finite, st.sampled_from([name for names in SAME for name in names] + ["mEq", "drops/mL", "vial", "%", "mL/min/1.73m2"]))
def test_a_quantity_reads_itself_again(value, name):
    one = quantity(value, name)
    assert read_quantity(str(one)) == one


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        assert read_quantity(text).value >= 0
    except Refused as refused:
        assert refused.found == text


@pytest.mark.parametrize(("one", "other", "same"), [("1 g", "1,000 mg", True), ("1 g", "1,001 mg", False), ("1 h", "60 min", True), ("0 mg", "0 g", True)])
def test_the_same_amount_in_another_unit(one, other, same):
    assert read_quantity(one).equals(read_quantity(other)) == same
