"""Exact numbers as text: how a Fraction is printed, and the one rounding to a whole number.

For: everything that prints a number. A number is a Fraction until it stands on paper, and is turned into text here.

Refuses: nothing; a decimal that does not end is cut to 4 significant digits, and only on paper.

Example: 7/2 is 3.5, 1750 is 1,750, 1/3 is 0.3333.
"""

from __future__ import annotations

from fractions import Fraction

_MOST = 4  # decimals in print
_WHOLE = 10**_MOST


def decimal(value: Fraction) -> str:
    """A decimal string without groups or exponent: in full where that ends, else to 4 significant digits."""
    top, bottom = value.numerator, value.denominator
    places = _places(bottom)
    return _digits(*_to_significant(top, bottom)) if places is None else _digits(top * 10**places // bottom, places)


def _places(denominator: int) -> int | None:
    """How many decimals a fraction with that denominator has; None where they do not end."""
    twos = (denominator & -denominator).bit_length() - 1
    left, fives = denominator >> twos, 0
    while left % 5 == 0:
        left, fives = left // 5, fives + 1
    return max(twos, fives) if left == 1 else None


def plain(value: Fraction) -> str:
    """As printed, without groups: no trailing zero; more than 4 decimals are cut to 4 significant digits, and to 4
    decimals from 0.01 up (a longer tail is read as a software fault)."""
    top, bottom = value.numerator, value.denominator
    if not _WHOLE % bottom:
        return _digits(top * (_WHOLE // bottom), _MOST)
    digits, places = _to_significant(top, bottom)
    if places > _MOST and abs(digits) * 100 >= 10**places:
        digits, places = _half_up(digits * _WHOLE, 10**places), _MOST
    return _digits(digits, places)


def on_paper(value: Fraction) -> str:
    """As printed: a comma from 1,000, no trailing zero, 4 significant digits where there are more than 4 decimals."""
    return grouped(plain(value))


def grouped(digits: str) -> str:
    """1234.5 becomes 1,234.5"""
    whole, point, rest = digits.partition(".")
    return digits if len(whole) < 4 else f"{int(whole):,}{point}{rest}"


def half_up(value: Fraction) -> int:
    """The nearest whole number, ties upward."""
    return _half_up(value.numerator, value.denominator)


def _half_up(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)


def _to_significant(top: int, bottom: int, count=4) -> tuple[int, int]:
    """(digits, how many of them are decimals): rounded to so many significant ones, never coarser than a whole number."""
    if top < 0:
        digits, places = _to_significant(-top, bottom, count)
        return -digits, places
    places = max(count - len(str(top // bottom)), 0) if top >= bottom else count
    while top and top * 10**places < bottom * 10 ** (count - 1) and top < bottom:
        places += 1
    return _half_up(top * 10**places, bottom), places


def _digits(digits: int, places: int) -> str:
    """123000 with 4 places is 12.3"""
    if not places:
        return str(digits)
    whole, rest = divmod(abs(digits), 10**places)
    sign = "-" if digits < 0 else ""
    return f"{sign}{whole}.{rest:0{places}}".rstrip("0") if rest else f"{sign}{whole}"
