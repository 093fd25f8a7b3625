"""Exact numbers as text: how a Fraction is printed, and the one rounding to a whole number.

For: everything that prints a number. A number is a Fraction until it stands on paper, and is turned into text here.

Refuses: nothing; a decimal that does not end is cut to 4 significant digits, and only on paper.

Example: 7/2 is 3.5, 1750 is 1,750, 1/3 is 0.3333.
"""

from __future__ import annotations

from fractions import Fraction


def is_finite(value: Fraction) -> bool:
    """Whether the number can be written out in decimals."""
    return _places(value.denominator) is not None


def _places(denominator: int) -> int | None:
    """How many decimals a fraction with that denominator has; None where they do not end."""
    twos = (denominator & -denominator).bit_length() - 1
    left, fives = denominator >> twos, 0
    while left % 5 == 0:
        left, fives = left // 5, fives + 1
    return max(twos, fives) if left == 1 else None


def decimal(value: Fraction) -> str:
    """A decimal string without groups or exponent: in full where that ends, else to 4 significant digits."""
    return _written(value if is_finite(value) else _to_significant(value))


def plain(value: Fraction) -> str:
    """As printed, without groups: no trailing zero; more than 4 decimals are cut to 4 significant digits, and to 4
    decimals from 0.01 up (a longer tail is read as a software fault)."""
    if _MOST_DECIMALS % value.denominator:
        value = _to_significant(value)
        if abs(value) >= _HUNDREDTH and _MOST_DECIMALS % value.denominator:
            value = Fraction(half_up(value * _MOST_DECIMALS), _MOST_DECIMALS)
    return _written(value)


_MOST_DECIMALS, _HUNDREDTH = 10**4, Fraction(1, 100)


def on_paper(value: Fraction) -> str:
    """As printed: a comma from 1,000, no trailing zero, 4 significant digits where there are more than 4 decimals."""
    return grouped(plain(value))


def grouped(digits: str) -> str:
    """1234.5 becomes 1,234.5"""
    whole, point, rest = digits.partition(".")
    return f"{int(whole):,}" + point + rest if not whole.startswith("-") else "-" + grouped(digits[1:])


def half_up(value: Fraction) -> int:
    """The nearest whole number, ties upward."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _to_significant(value, count=4):
    if value < 0:
        return -_to_significant(-value, count)
    top, bottom = value.numerator, value.denominator
    places = max(count - len(str(top // bottom)), 0) if top >= bottom else count
    while top and top * 10**places < bottom * 10 ** (count - 1) and top < bottom:
        places += 1
    scale = 10**places  # never coarser than a whole number
    return Fraction((2 * top * scale + bottom) // (2 * bottom), scale)


def _written(value):
    top, bottom = value.numerator, value.denominator
    if top < 0:
        return "-" + _written(-value)
    places = _places(bottom)
    if not places:
        return str(top // bottom)
    digits = str(top * 10**places // bottom).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"
