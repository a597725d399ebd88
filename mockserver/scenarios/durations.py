"""Lengths of time as testers write them: `250ms`, `90s`, `15m`, `1h`, `2d`, or ISO 8601's `PT1H`."""

from __future__ import annotations

import re
from datetime import timedelta

_SHORT = r"\d+(?:\.\d+)?(?:ms|s|m|h|d)"
_ISO = r"P(?=\d|T\d)(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
DURATION = rf"^(?:{_SHORT}|{_ISO}|\$[a-z].*|.*\{{\$.*\}}.*)\Z"
"""What a length of time looks like in a file, where it may also be a runtime expression."""
RIGHT = "a length of time is a text such as 250ms, 90s, 15m, 1h, 2d or PT1H"
_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_READ_SHORT = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_READ_ISO = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


class BrokenDuration(ValueError):
    """A text is no length of time. The message says what would be right."""


def read(text: object) -> timedelta:
    """The length of time that a text says. Raises BrokenDuration."""
    if not isinstance(text, str):
        raise BrokenDuration(f"{text!r} has no unit; {RIGHT}")
    short, iso = _READ_SHORT.fullmatch(text), re.fullmatch(_ISO, text) and _READ_ISO.fullmatch(text)
    try:
        if short:
            return timedelta(**{_UNITS[short[2]]: float(short[1])})
        if iso:
            return timedelta(**{unit: float(number) for unit, number in iso.groupdict(default="0").items()})
    except OverflowError:
        raise BrokenDuration(f"'{text}' is too long") from None
    raise BrokenDuration(f"'{text}' is none; {RIGHT}")
