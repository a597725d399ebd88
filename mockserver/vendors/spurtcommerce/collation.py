"""How the vendor's database compares texts: letter case and accents do not count [recorded; utf8_general_ci]."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_ACCENTS = re.compile("[\u0300-\u036f]")
_WILD = re.compile(r"[%_\\]")
_STEPS = re.compile(r"\\(.)|(%)|(_)|([^%_\\]+|\\)", re.DOTALL)


class _Folds(dict[int, str]):
    """For each character, by its number, what is left of it without letter case and accents."""

    def __missing__(self, number: int) -> str:
        plain = _ACCENTS.sub("", unicodedata.normalize("NFD", chr(number)))
        self[number] = fold = unicodedata.normalize("NFC", plain).lower()
        return fold


_FOLDS = _Folds()


def folded(text: str) -> str:
    """A text without letter case and accents."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


def collated(text: str) -> str:
    """What texts that are equal (`=`) have in common. Spaces at the end do not count either."""
    return folded(text).rstrip(" ")


def like(part: str) -> Callable[[str], bool]:
    """Whether a text is `LIKE '%part%'`: `_` stands for any character, `%` for any number of them [recorded]."""
    if not _WILD.search(part):
        sought = folded(part)
        return lambda text: sought in (text.lower() if text.isascii() else text.translate(_FOLDS))
    pattern = re.compile("".join(map(_step, _STEPS.finditer(f"{folded(part)}%"))), re.DOTALL)
    return lambda text: pattern.search(folded(text)) is not None


def _step(found: re.Match[str]) -> str:
    escaped, many, one, plain = found.groups()
    return ".*" if many else "." if one else re.escape(escaped or plain)
