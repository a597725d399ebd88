"""Scenarios as YAML, as a person would write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

_WIDE = 120


class _Dumper(yaml.SafeDumper):
    """Indents lists, writes texts of several lines as blocks, and never refers to what stands elsewhere."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002
        return super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def text_of(document: Mapping[str, Any]) -> str:
    """The file's text."""
    return yaml.dump(dict(document), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDE)
