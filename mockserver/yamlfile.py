"""YAML files, read so that nothing in them is silently dropped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


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
    try:
        text = file.read_text(encoding="utf-8")
        return text, yaml.load(text, Loader=_Loader)  # noqa: S506  it is a safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BrokenYaml(f"{file}: not YAML: {' '.join(str(error).split())}") from None
    except OSError as error:
        raise BrokenYaml(f"{file}: {error.strerror}") from None
