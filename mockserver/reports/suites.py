"""What JUnit XML is made of, whatever it reports."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold."""


def clean(text: str) -> str:
    """A text without what XML cannot hold."""
    return _FORBIDDEN.sub("�", text)


def suite(root: Element, name: str) -> Element:
    """A new suite."""
    return SubElement(root, "testsuite", name=name)


def case(suite: Element, name: tuple[str, str], kind: str, complaint: str, details: str) -> None:
    """A new case, by class and name: it fails with a complaint of a `kind`, where there is one."""
    made = SubElement(suite, "testcase", classname=name[0], name=name[1], time="0")
    if complaint:
        SubElement(made, "failure", message=complaint, type=kind).text = details
    else:
        SubElement(made, "system-out").text = details


def written(root: Element) -> str:
    """The whole as a text, with the numbers of cases and failures."""
    for element in (*root, root):
        element.set("tests", str(len(list(element.iter("testcase")))))
        element.set("failures", str(len(list(element.iter("failure")))))
        element.attrib.update(dict.fromkeys(("errors", "skipped", "time"), "0"))
    return text(root)


def text(root: Element) -> str:
    """The whole as a text."""
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'
