"""Reading what is done after a step: `end`, `goto`, `retry`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.scenarios import written
from mockserver.scenarios.document import Action
from mockserver.scenarios.parts import Parts, Place
from mockserver.scenarios.taking import Path
from mockserver.shape import meant

_SECTIONS: Mapping[str, type[written.SuccessAction | written.FailureAction]] = {
    "successActions": written.SuccessAction,
    "failureActions": written.FailureAction,
}


class Actions:
    """Reads actions. `steps` are the ids of the workflow's steps; `why_not` says what is wrong with a workflow's name."""

    def __init__(self, parts: Parts, steps: Sequence[str], why_not: Callable[[str], str | None]) -> None:
        self._parts = parts
        self._steps = steps
        self._why_not = why_not

    def read(self, values: Sequence[Any], path: Path, section: str, place: Place) -> tuple[Action, ...]:
        """Actions of a section of components, or references to them."""
        read = [
            self._action(value, where, section, place) for value, where in self._parts.reused(values, path, section)
        ]
        found = [each for each in read if each]
        for at, each in enumerate(found):
            if each.name in [other.name for other in found[:at]]:
                self._parts.taker.complain(f"the action '{each.name}' stands twice", path)
        return tuple(found)

    def _action(self, value: Any, path: Path, section: str, place: Place) -> Action | None:
        taken = self._parts.taker.take(value, _SECTIONS[section], path)
        if taken is None:
            return None
        for key, told in self._complaints(taken, value):
            self._parts.taker.complain(told, (*path, key) if key else path)
        return Action(
            mark=self._parts.taker.page.mark(path),
            name=taken.name,
            kind=taken.type,
            step=taken.step_id,
            workflow=taken.workflow_id,
            retry_after=getattr(taken, "retry_after", 0.0),
            retry_limit=getattr(taken, "retry_limit", 1),
            criteria=self._parts.criteria(taken.criteria, (*path, "criteria"), place.at("then")),
        )

    def _complaints(
        self, taken: written.SuccessAction | written.FailureAction, given: Mapping[str, Any]
    ) -> Iterator[tuple[str, str]]:
        leads = [key for key in ("stepId", "workflowId") if key in given]
        if taken.type == "end" and leads:
            yield leads[0], "end leads nowhere; goto does"
        elif len(leads) > 1:
            yield "", "one of stepId and workflowId says where it leads"
        elif taken.type == "goto" and not leads:
            yield "", "goto needs a stepId or a workflowId to lead to"
        if taken.step_id is not None and taken.step_id not in self._steps:
            near = meant(taken.step_id, self._steps)
            yield (
                "stepId",
                f"there is no step '{taken.step_id}'{near} in this workflow; known: {', '.join(self._steps)}",
            )
        wrong = None if taken.workflow_id is None else self._why_not(taken.workflow_id)
        if wrong:
            yield "workflowId", wrong
        if taken.type != "retry":
            yield from ((key, f"only retry has {key}") for key in ("retryAfter", "retryLimit") if key in given)
