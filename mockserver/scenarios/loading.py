"""Files read as YAML 1.2 has them, which JSON is a part of: `on` and `2026-11-22` are texts, and 0123 is a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from mockserver import yamlfile
from mockserver.marks import Mark
from mockserver.shape import Key

_MERGE, _TEXT = "tag:yaml.org,2002:merge", "tag:yaml.org,2002:str"
_NULL = re.compile(r"|~|null|Null|NULL")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_ODD = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


class Page:
    """A file that was read: its text, what it says, and where everything in it stands."""

    def __init__(self, file: Path, text: str, node: yaml.Node | None) -> None:
        """Raises BrokenYaml."""
        self.file = file
        self.text = text
        self._node = node
        self.content: Any = None if node is None else self._value(node, ())

    def mark(self, path: Sequence[Key]) -> Mark:
        """Where a path leads, the key where there is one; where it leads astray, as far as it leads."""
        if self._node is None:
            return Mark(self.file)
        node = at = self._node
        for step in path:
            found = self._step(node, step)
            if found is None:
                break
            at, node = found
        return Mark(self.file, at.start_mark.line + 1, at.start_mark.column + 1)

    def value_mark(self, path: Sequence[Key]) -> Mark:
        """Where the value begins that a path leads to."""
        node = self._node
        for step in path:
            found = None if node is None else self._step(node, step)
            if found is None:
                return self.mark(path)
            node = found[1]
        return self.mark(path) if node is None else _mark(self.file, node)

    def _step(self, node: yaml.Node, step: Key) -> tuple[yaml.Node, yaml.Node] | None:
        if isinstance(node, yaml.SequenceNode):
            known = isinstance(step, int) and step < len(node.value)
            return (node.value[step],) * 2 if known else None
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in _pairs(node) if key.value == str(step)]
            return found[-1] if found else None
        return None

    def _value(self, node: yaml.Node, above: tuple[yaml.Node, ...]) -> Any:
        if node in above:
            raise self._broken(node, "this is a part of itself")
        if len(above) > yamlfile.DEEPEST:
            raise self._broken(node, "this is nested too deeply")
        inside = (*above, node)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(each, inside) for each in node.value]
        if not isinstance(node, yaml.MappingNode):
            return _scalar(node)
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(keys) < len(node.value):
            odd = next(key for key, _ in node.value if not isinstance(key, yaml.ScalarNode))
            raise self._broken(odd, "a key is a text")
        for number, (key, _) in enumerate(node.value):
            if key.value in keys[:number]:
                raise self._broken(key, f"the key '{key.value}' stands twice")
        return {str(key.value): self._value(value, inside) for key, value in _pairs(node)}

    def _broken(self, node: yaml.Node, message: str) -> yamlfile.BrokenYaml:
        return yamlfile.BrokenYaml(f"{_mark(self.file, node)}: not YAML: {message}")


def load(file: Path) -> Page:
    """Read a file. Raises OSError, BrokenYaml."""
    data = file.read_bytes()
    try:
        text = data.decode("utf-8-sig")
        yamlfile.refuse_depth(file, text)
        return Page(file, text, yaml.compose(text, Loader=yaml.CSafeLoader))
    except UnicodeDecodeError as error:
        raise yamlfile.BrokenYaml(f"{file}: not YAML: {error}") from None
    except yaml.YAMLError as error:
        yamlfile.read(file)  # which finds words for it
        raise yamlfile.BrokenYaml(f"{file}: not YAML: {' '.join(str(error).split())}") from None


def _mark(file: Path, node: Any) -> Mark:
    """Where a node or an event of the parser begins."""
    return Mark(file, node.start_mark.line + 1, node.start_mark.column + 1)


def _pairs(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """Keys and values, those that `<<` brings first, so that the mapping's own come out on top."""
    for key, value in node.value:
        if key.tag == _MERGE:
            for each in [value] if isinstance(value, yaml.MappingNode) else reversed(value.value):
                yield from _pairs(each) if isinstance(each, yaml.MappingNode) else ()
    yield from ((key, value) for key, value in node.value if key.tag != _MERGE)


def _scalar(node: yaml.Node) -> Any:
    text: str = node.value
    said = node.tag == _TEXT and not (_ODD.fullmatch(text) or ("e" in text.lower() and _NUMBER.fullmatch(text)))
    if getattr(node, "style", None) or said:  # in quotes, or marked as a text
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOLEAN.fullmatch(text):
        return text.lower() == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    if _ODD.fullmatch(text):
        return int(text, 0)
    return float(text) if _NUMBER.fullmatch(text) else text
