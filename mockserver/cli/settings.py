"""What `serve` was told: on the command line, in variables, in the project file, and else by default."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mockserver import project as project_file
from mockserver.project import Project, read_project
from mockserver.shape import meant

_ON_TOP = {"fixture": "fixture", "seed": "seed", "customers": "customers", "vendor": "vendors"}
"""Options that a project file says at its top, and under which key."""
_OF_COMMANDS = ("project", "no-project", "help")
"""Options that a project file cannot say."""


class Settings:
    """The options of one start, and the way to find out what they are once the project file has changed.

    `file` is the project file, which need not be there unless it was asked for; None where none is to be used.
    """

    def __init__(self, context: click.Context) -> None:
        self._context = context
        self._given = dict(context.params)
        sources = {name: context.get_parameter_source(name) for name in self._given}
        told = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
        self._told = {name: value for name, value in self._given.items() if sources[name] in told}
        self._options = {_key(each): each for each in context.command.params if isinstance(each, click.Option)}
        self.file = self._choose_file(by_hand=sources["project"] is ParameterSource.COMMANDLINE)

    def read(self) -> tuple[dict[str, Any], Project | None]:
        """All options by name, and the project file where there is one. Raises BrokenProject."""
        if self.file is None or not (self._given["project"] or self.file.is_file()):
            return self._given, None
        project = read_project(self.file)
        return {**self._given, **self._said_by(project), **self._told}, project

    def under(self, values: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
        """The options with what another file says, but for those that the command line or a variable has said."""
        return {**values, **{name: value for name, value in more.items() if name not in self._told}}

    def _choose_file(self, *, by_hand: bool) -> Path | None:
        file = self._given["project"]
        if self._given["no_project"]:
            if not by_hand:
                return None
            if self._context.get_parameter_source("no_project") is ParameterSource.COMMANDLINE:
                raise click.UsageError("--project or --no-project: not both")
        return Path(file or project_file.FILE)

    def _said_by(self, project: Project) -> dict[str, Any]:
        """The options that a project file says, at its top or under `options`."""
        known = [key for key in self._options if key not in (*_OF_COMMANDS, *_ON_TOP)]
        said: dict[str, Any] = {}
        for key, value in project.options.items():
            if key in _ON_TOP:
                raise project.broken(f"stands at the top of the file, as `{_ON_TOP[key]}`", ("options", key))
            if key not in known:
                complaint = f"unknown key '{key}'{meant(key, known)}; known: {', '.join(known)}"
                raise project.broken(complaint, ("options", key))
            said[_name(self._options[key])] = self._converted(project, key, value)
        for name, key in _ON_TOP.items():
            value = getattr(project, key)
            if value is not None:
                said[name] = value
        if project.fixture in project.fixture_paths:
            said["fixture"] = str(project.fixture_paths[project.fixture])
        return said

    def _converted(self, project: Project, key: str, value: Any) -> Any:
        """The value as the command line would give it."""
        option, path = self._options[key], ("options", key)
        many = option.multiple and isinstance(value, list)
        values = [_with_off(option, each) for each in (value if many else [value])]
        kinds, word = _wanted(option)
        for number, each in enumerate(values):
            if type(each) not in kinds:
                raise project.broken(f"{each!r} is no {word}", (*path, number) if many else path)
        if isinstance(option.type, click.Path):
            values = [str(project.path(each)) for each in values]
        try:
            return option.type_cast_value(self._context, values if option.multiple else values[0])
        except click.BadParameter as error:
            raise project.broken(error.message.rstrip("."), path) from None


def _wanted(option: click.Option) -> tuple[tuple[type, ...], str]:
    """What YAML may say for an option, and what that is called."""
    if option.is_flag:
        return (bool,), "true or false"
    if isinstance(option.type, click.IntRange):
        return (int,), "whole number"
    return ((int, float), "number") if isinstance(option.type, click.FloatRange) else ((str,), "text")


def _with_off(option: click.Option, value: Any) -> Any:
    """The text `off`, which YAML takes for a word that means false, where it is one of the choices."""
    return "off" if value is False and isinstance(option.type, click.Choice) and "off" in option.type.choices else value


def _key(option: click.Option) -> str:
    """The option as a project file says it."""
    return option.opts[0].removeprefix("--")


def _name(option: click.Option) -> str:
    return str(option.name)
