"""YAML files, read so that nothing in them is silently dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from mockserver.memory import remembered

DEEPEST = 200
"""How deep values may be nested."""
_MANY = 2000
"""So many brackets make a file one that might be nested too deeply."""


class BrokenYaml(ValueError):
    """A file cannot be read as YAML. The message names the file, and the line where there is one."""


class _Loader(yaml.CSafeLoader):
    """Refuses a key that stands twice in one mapping, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(keys):
            raise _twice(node)
        return super().construct_mapping(node, deep)


def _twice(node: yaml.MappingNode) -> yaml.constructor.ConstructorError:
    """What is said of a mapping where a key stands twice: where it does for the second time."""
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            break
        if isinstance(key, yaml.ScalarNode):
            seen.add(key.value)
    return yaml.constructor.ConstructorError(None, None, f"the key '{key.value}' stands twice", key.start_mark)


class _Locating(_Loader):
    """Says where a text is that looks like a date or a number, and is none."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(None, None, str(error), node.start_mark) from None


def read(file: Path) -> tuple[str, Any]:
    """A file's text and what it says. Raises BrokenYaml."""
    text = _text(file)
    return text, _parse(file, text)


def read_remembered(file: Path) -> tuple[str, Any]:
    """The same, for files that are read at every start and say nothing that JSON cannot. Raises BrokenYaml.

    To parse a contract's YAML takes some twenty times as long as to read the same as JSON.
    """
    text = _text(file)
    return text, remembered(file.stem, text.encode(), lambda: _parse(file, text))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BrokenYaml(f"{file}: not YAML: {error}") from None
    except OSError as error:
        raise BrokenYaml(f"{file}: {error.strerror}") from None


def refuse_depth(file: Path, text: str) -> None:
    """Raise BrokenYaml for a value that is nested too deeply: the library would not survive one of thousands of levels."""
    if max(text.count("["), text.count("{"), text.count("- "), len(text) // 500) <= _MANY:
        return
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise BrokenYaml(f"{file}:{_place(event)}: not YAML: this is nested too deeply")


def _place(event: Any) -> str:
    """Line and column, as editors count."""
    return f"{event.start_mark.line + 1}:{event.start_mark.column + 1}"


def _parse(file: Path, text: str) -> Any:
    try:
        refuse_depth(file, text)
        try:
            return yaml.load(text, Loader=_Loader)  # noqa: S506  it is a safe loader
        except ValueError:
            return yaml.load(text, Loader=_Locating)  # noqa: S506  it is one, too
    except yaml.YAMLError as error:
        raise BrokenYaml(_told(file, error)) from None


def _told(file: Path, error: yaml.YAMLError) -> str:
    """What the parser says, with the place before it, as editors count: the first line and column are 1."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return f"{file}: not YAML: {' '.join(str(error).split())}"
    context, begun = getattr(error, "context", None), getattr(error, "context_mark", None)
    if context and begun:
        context = f"{context} that begins at {begun.line + 1}:{begun.column + 1}"
    said = filter(None, (context, getattr(error, "problem", None)))
    return f"{file}:{mark.line + 1}:{mark.column + 1}: not YAML: {', '.join(said)}"
