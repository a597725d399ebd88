"""YAML files, read so that nothing in them is silently dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from mockserver.memory import remembered


class BrokenYaml(ValueError):
    """A file cannot be read as YAML. The message names the file, and the line where there is one."""


class _Loader(yaml.CSafeLoader):
    """Refuses a key that stands twice in one mapping, of which YAML would keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise yaml.constructor.ConstructorError(None, None, f"the key '{twice}' stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


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


def _parse(file: Path, text: str) -> Any:
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  it is a safe loader
    except yaml.YAMLError as error:
        raise BrokenYaml(f"{file}: not YAML: {' '.join(str(error).split())}") from None
