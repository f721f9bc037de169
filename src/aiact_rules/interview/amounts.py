"""Amounts as people write them (`5,000,000,000`, `5 billion`, `0.02 %`, `3e25`), read into exact decimals."""

from __future__ import annotations

import re
from decimal import Decimal

_SCALES = {"thousand": 3, "million": 6, "mn": 6, "billion": 9, "bn": 9, "trillion": 12, "tn": 12}
_SHORT_SCALES = {"k": 3, "K": 3, "M": 6, "B": 9, "T": 12}
_UNITS = {
    "FLOP": ("flops", "flop"),
    "EUR": ("euros", "euro", "eur", "€"),
    "USD": ("us dollars", "dollars", "us$", "usd", "$"),
    "KRW": ("won", "krw", "₩"),
}
_SCALED = re.compile(r"(?P<number>.*[\d.])\s*(?P<scale>[A-Za-z]+)\Z", re.DOTALL)
_PERCENT = re.compile(r"(?P<number>.*\d)\s*(?:%|per ?cent)\Z", re.IGNORECASE)
_POWER = re.compile(
    r"(?P<number>[^a-zA-Z*]*?)(?:(?<=\d)[eE](?P<exponent>[+-]?\d{1,3})|\s*[x*]\s*10\s*(?:\^|\*\*)\s*(?P<power>[+-]?\d{1,3}))\Z"
)
_POWER_ALONE = re.compile(r"10\s*(?:\^|\*\*)\s*(?P<power>[+-]?\d{1,3})\Z")
_PLAIN = re.compile(r"[+-]?\d[\d_]*(?:\.\d+)?\Z")
_GROUPS = (
    re.compile(r"[+-]?\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?\Z"),
    re.compile(r"[+-]?\d{1,3},\d{3}\.\d+\Z"),
    re.compile(r"[+-]?\d{1,3}(?:[ '’]\d{3})+(?:\.\d+)?\Z"),
)
_GROUPS_WITH_DECIMAL_COMMA = (
    re.compile(r"[+-]?\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?\Z"),
    re.compile(r"[+-]?\d{1,3}\.\d{3},\d+\Z"),
    re.compile(r"[+-]?\d{1,3}(?:[ '’]\d{3})+,\d+\Z"),
)
_DECIMAL_COMMA = re.compile(r"[+-]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))\Z")
_EITHER = re.compile(r"(?P<whole>[1-9]\d{0,2})(?P<mark>[.,])(?P<rest>\d{3})\Z")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_RAISED = re.compile(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)")
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")


def read_amount(said: str, unit: str | None = None) -> Decimal:
    """Read an amount exactly. A percentage is read as a share where the amount has no unit.

    Raises ValueError for what is no number, and for what could be two numbers, such as `1,234` where no unit says that
    whole ones are counted.
    """
    text = _RAISED.sub(lambda found: f"10^{found[1].translate(_SUPERSCRIPTS)}", said)
    text = _without_unit(_SPACES.sub(" ", text).strip().replace("×", "x"), unit)
    shift = 0
    if match := _PERCENT.match(text):
        if unit is not None:
            raise ValueError(f"expected an amount in {unit}, found the share `{said.strip()}`")
        text, shift = match["number"], -2
    elif (match := _SCALED.match(text)) and (scale := _scale(match["scale"])) is not None:
        text, shift = match["number"].strip(), scale
    if match := _POWER_ALONE.match(text):
        return Decimal(f"1e{int(match['power']) + shift}")
    raised = shift != 0
    if match := _POWER.match(text):
        text, raised = match["number"].strip(), True
        shift += int(match["exponent"] or match["power"])
    return Decimal(f"{_digits(text, said, counted=unit is not None and not raised)}e{shift}")


def _digits(text: str, said: str, *, counted: bool) -> str:
    """Return a number without its marks between groups, with a point before its decimals."""
    if (match := _EITHER.match(text)) and (match["mark"] == "," or counted):
        grouped = f"{match['whole']}{match['rest']}"
        if match["mark"] == "." or not counted:
            decimal = f"{match['whole']}.{match['rest']}".rstrip("0").rstrip(".")
            raise ValueError(f"`{said.strip()}` could be {grouped} or {decimal}; write the one that is meant")
        return grouped
    if _PLAIN.match(text):
        return text.replace("_", "")
    if any(form.match(text) for form in _GROUPS):
        return re.sub(r"[,\s'’]", "", text)
    if any(form.match(text) for form in (*_GROUPS_WITH_DECIMAL_COMMA, _DECIMAL_COMMA)):
        return re.sub(r"[.\s'’]", "", text).replace(",", ".")
    raise ValueError(f"expected a number, e.g. 5000000000, 5 billion or 3e25, found `{said.strip()}`")


def _scale(word: str) -> int | None:
    return _SHORT_SCALES.get(word, _SCALES.get(word.lower()))


def _without_unit(text: str, unit: str | None) -> str:
    """Return a text without its own unit before or after it."""
    lowered = text.lower()
    for word in () if unit is None else _UNITS.get(unit, (unit.lower(), unit.lower().removesuffix("s"))):
        if lowered.endswith(word):
            return text[: len(text) - len(word)].strip()
        if lowered.startswith(word):
            return text[len(word) :].strip()
    return text
