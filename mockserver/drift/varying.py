"""Texts in which something differs from run to run: times, secrets that were left out, numbers in file names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_VARYING = re.compile(
    r"\{(?P<mask>[A-Z_]+)\}"
    r"|(?P<secret>\[redacted(?:-\d+)?\])"
    r"|(?P<day>\d{4}-\d\d-\d\d)(?P<between>[T ])(?P<time>\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?"
    r"|(?<=_)(?P<millis>\d{13})(?=\.)"
)
ANY = "ANY"
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Varying:
    """What may differ in texts.

    `begins` is when the recording began: a time from then on is compared by its form and its calendar day, an earlier one
    whole. With `slack` the days beside it will do too: where one run ended its day, another may begin the next. `forms` are
    regular expressions of what stands for each placeholder.
    """

    begins: datetime
    forms: Mapping[str, str]
    slack: bool

    def agree(self, recorded: str, answered: str) -> bool:
        """Whether a text agrees with a recorded one."""
        return recorded == answered or re.fullmatch(self._pattern(recorded), answered, re.DOTALL) is not None

    def instants_agree(self, recorded: float, answered: float) -> bool:
        """Whether two numbers are instants of one day, in seconds or milliseconds since 1970."""
        since = self.begins.timestamp() - _A_DAY.total_seconds()
        return self.slack and any(
            since <= recorded / unit and abs(recorded - answered) / unit <= _A_DAY.total_seconds() for unit in (1, 1000)
        )

    def _pattern(self, recorded: str) -> str:
        parts, end = [], 0
        for varying in _VARYING.finditer(recorded):
            parts += [re.escape(recorded[end : varying.start()]), self._form(varying)]
            end = varying.end()
        return "".join([*parts, re.escape(recorded[end:])])

    def _form(self, varying: re.Match[str]) -> str:
        if varying["millis"]:
            return r"\d{13}"
        if varying["secret"]:
            return ".+" if self.slack else re.escape(varying[0])
        if varying["mask"]:
            return self.forms.get(varying["mask"]) or re.escape(varying[0])
        if not self._is_new(varying):
            return re.escape(varying[0])
        fraction = rf"\.\d{{{len(varying['fraction']) - 1}}}" if varying["fraction"] else ""
        return self._days(varying["day"]) + varying["between"] + r"\d\d:\d\d:\d\d" + fraction

    def _is_new(self, varying: re.Match[str]) -> bool:
        try:
            instant = datetime.fromisoformat(f"{varying['day']}T{varying['time']}").replace(tzinfo=UTC)
        except ValueError:
            return False
        return instant >= (self.begins - _A_DAY if self.slack else self.begins)

    def _days(self, day: str) -> str:
        if not self.slack:
            return day
        middle = date.fromisoformat(day)
        return f"(?:{'|'.join((middle + _A_DAY * shift).isoformat() for shift in (-1, 0, 1))})"
