"""The page that the program's web server shows where nobody answers."""

from __future__ import annotations

from urllib.parse import quote

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Error</title>
</head>
<body>
<pre>{text}</pre>
</body>
</html>
"""
_AS_IT_IS = "/:@!$&'()*+,;=~"
_MARKS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def address(path: str) -> str:
    """A path as a client writes it: with percent signs where it must."""
    return quote(path, safe=_AS_IT_IS)


def nobody_answers(text: str) -> str:
    """The page that says so."""
    return _PAGE.format(text=text.translate(_MARKS))
