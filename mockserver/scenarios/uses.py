"""Where expressions are used, and whether what they name is there by then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from mockserver.scenarios.outline import Outline, StepOutline
from mockserver.scenarios.syntax import BARE, PARTS, BrokenExpression, Expression, expressions_in
from mockserver.scenarios.taking import Path, leaves
from mockserver.shape import meant

Moment = Literal["begin", "before", "after", "then", "end", "outputs"]
"""When an expression is worked out.

`begin`: before the first step. `before` a step's request. `after` its reply: criteria and outputs. `then`: actions, and
what is expected of a step; its outputs are there. `end`: after the last step. `outputs`: the workflow's own.
"""


class Use(NamedTuple):
    """An expression, where it stands, and when it is worked out: in which step, where one is meant."""

    expression: Expression
    path: Path
    workflow: str
    moment: Moment
    step: str | None = None


class Uses:
    """All expressions of a document, gathered while it is read and looked at once all names are known."""

    def __init__(self, outlines: Mapping[str, Outline], sources: Sequence[str], components: Any) -> None:
        self._outlines = outlines
        self._sources = sources
        self._components = components
        self.noted: list[Use] = []

    def note(self, value: Any, path: Path, place: tuple[str, Moment, str | None]) -> None:
        """All expressions of a JSON value; those that are broken are told elsewhere."""
        workflow, moment, step = place
        for leaf, where in leaves(value, path):
            try:
                found = [leaf] if isinstance(leaf, Expression) else expressions_in(leaf)
            except BrokenExpression:
                continue
            self.noted += [Use(each, where, workflow, moment, step) for each in found]

    def complaint(self, use: Use) -> str | None:
        """What is wrong with one; None where nothing is."""
        outline, expression = self._outlines.get(use.workflow), use.expression
        if outline is None:
            return None
        if expression.root in BARE or expression.root in PARTS:
            return _of_exchange(use, outline)
        told = {
            "inputs": _of_inputs,
            "steps": _of_step,
            "workflows": self._of_workflow,
            "outputs": self._of_outputs,
        }.get(expression.root)
        return self._of_document(expression) if told is None else told(use, outline)

    def _of_document(self, expression: Expression) -> str | None:
        name, section = expression.path[0], expression.path[1]
        if expression.root == "components":
            known: Any = self._components.get(name, {}) if isinstance(self._components, Mapping) else {}
            return _unless_named(expression, expression.path[1:], list(known), f"components.{name} has no")
        if name not in self._sources:
            return _unless_named(expression, (name,), self._sources, "there is no source description")
        return (
            None
            if section == "url"
            else f"{expression.text}: of a source description $sourceDescriptions.{name}.url is known"
        )

    def _of_workflow(self, use: Use, outline: Outline) -> str | None:
        expression = use.expression
        id, section, *names = expression.path
        other = self._outlines.get(id)
        if other is None:
            return _unless_named(expression, (id,), list(self._outlines), "there is no workflow")
        if id not in self._ran(outline.id, set()):
            return f"{expression.text}: workflow '{id}' has not run by then; name it in dependsOn of '{outline.id}'"
        known = other.inputs if section == "inputs" else other.outputs
        return _unless_named(expression, tuple(names), known, f"workflow '{id}' has no {section.removesuffix('s')}")

    def _ran(self, id: str, seen: set[str]) -> set[str]:
        """The workflows that have run when one does, or have at its end."""
        outline = self._outlines.get(id)
        for each in (*outline.depends_on, *outline.calls) if outline else ():
            if each not in seen:
                seen.add(each)
                self._ran(each, seen)
        return seen

    def _of_outputs(self, use: Use, outline: Outline) -> str | None:
        expression = use.expression
        if use.moment == "end":
            return _unless_named(expression, expression.path, outline.outputs, f"workflow '{outline.id}' has no output")
        step = outline.steps.get(use.step or "")
        if use.moment in ("after", "then") and step and step.calls:
            called = self._outlines.get(step.calls)
            if called is None:
                return None
            return _unless_named(expression, expression.path, called.outputs, f"workflow '{called.id}' has no output")
        return f"{expression.text}: outputs are those of a workflow that a step has called; of a step they are $steps.ID.outputs.NAME"


def _of_exchange(use: Use, outline: Outline) -> str | None:
    text, step = use.expression.text, outline.steps.get(use.step or "")
    if use.moment in ("begin", "before"):
        return f"{text}: there is no reply yet; name what an earlier step gave, as in $steps.ID.outputs.NAME"
    if use.moment in ("end", "outputs"):
        return f"{text}: there is no one reply of a whole workflow; name what a step gave, as in $steps.ID.outputs.NAME"
    if step and step.calls:
        return f"{text}: a step that calls a workflow has no reply; name what the workflow gave, as in $outputs.NAME"
    return None


def _of_inputs(use: Use, outline: Outline) -> str | None:
    return _unless_named(use.expression, use.expression.path, outline.inputs, f"workflow '{outline.id}' has no input")


def _of_step(use: Use, outline: Outline) -> str | None:
    expression = use.expression
    id, _, *names = expression.path
    target, here = outline.steps.get(id), outline.steps.get(use.step or "")
    if target is None:
        return _unless_named(expression, (id,), list(outline.steps), f"workflow '{outline.id}' has no step")
    missing = _unless_named(expression, tuple(names), target.outputs, f"step '{id}' has no output")
    if missing:
        return missing
    if use.moment == "begin":
        return f"{expression.text}: no step has run by then"
    return None if outline.jumps or here is None else _unless_before(use, target, here)


def _unless_before(use: Use, target: StepOutline, here: StepOutline) -> str | None:
    text, id = use.expression.text, use.expression.path[0]
    if target.number > here.number:
        return f"{text}: step '{id}' comes later; name one that has run by then"
    if target.number == here.number and use.moment != "then":
        return f"{text}: these are the step's own outputs, which are not there yet; name what they are made of"
    return None


def _unless_named(expression: Expression, names: Sequence[str], known: Sequence[str], reason: str) -> str | None:
    """What is said where no known name begins a path of names, of which each may have dots in it."""
    if any(".".join(names[:length]) in known for length in range(1, len(names) + 1)):
        return None
    listed = ", ".join(known) or "none"
    return f"{expression.text}: {reason} '{names[0]}'{meant(names[0], known)}; known: {listed}"
