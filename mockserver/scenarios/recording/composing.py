"""An Arazzo document made of a session."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from mockserver.pseudonyms import is_pseudonym
from mockserver.scenarios.document import Bound
from mockserver.scenarios.recording import holding, saying
from mockserver.scenarios.recording.acts import Acts
from mockserver.scenarios.recording.linking import RECEIVER, Links, leaves, pointer_text, slug
from mockserver.scenarios.recording.origin import customers, nothing, refuse_elsewhere, source
from mockserver.scenarios.recording.rewinds import lasting, undone_told
from mockserver.scenarios.recording.saying import Unsayable
from mockserver.scenarios.recording.session import Session, Taken, Unrecorded
from mockserver.scenarios.sources import find_operation

Credentials = Mapping[tuple[str, str, str], str]
"""What a fresh fake's credentials are, by API, name and header."""
_COUNTS = "sandbox.rate_windows"
_KEYS = (
    "stepId",
    "description",
    "operationId",
    "x-mock",
    "parameters",
    "requestBody",
    "successCriteria",
    "onFailure",
    "outputs",
)
"""What a step has, in the order in which a person reads it."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be recorded: from an exchange to another, under a title; `folder` is where the file will be."""

    first: int | None = None
    last: int | None = None
    title: str = ""
    folder: Path = Path()


@dataclass(kw_only=True)
class Composed:
    """A document, and the exchange that each of its steps is; `remarks` say what is not in it."""

    document: dict[str, Any]
    steps: dict[str, Taken] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def compose(session: Session, wish: Wish, credentials: Credentials, learned: Mapping[str, Taken]) -> Composed:
    """The document. `learned` has what a fresh fake replied at each step, if that is known. Raises Unrecorded."""
    return _Composer(session, wish, credentials, learned).compose()


class _Composer:
    def __init__(self, session: Session, wish: Wish, credentials: Credentials, learned: Mapping[str, Taken]) -> None:
        self._session = session
        self._wish = wish
        self._learned = learned
        self._links = Links(session.about, credentials, _addresses(session))
        self._composed = Composed(document={})
        self._acts = Acts(session, self._composed.remarks)
        self._retried: set[int] = set()
        self._source = cache(lambda api: source(api, wish.folder))

    def compose(self) -> Composed:
        """All of it."""
        refuse_elsewhere(self._session)
        chosen = list(self._chosen())
        self._composed.remarks += undone_told(self._session)
        if not any(self._is_asked_for(each) and not each.is_admin for each in chosen):
            raise Unrecorded(nothing(self._session))
        self._retried = set(_retried(chosen))
        rules = self._acts.begin(chosen, self._retried)
        steps = list(self._steps(chosen))
        if not any(map(self._is_asked_for, self._composed.steps.values())):
            raise Unrecorded("; ".join(["nothing of this can be said in a scenario", *self._composed.remarks]))
        begins = next(iter(self._composed.steps.values())).at
        self._composed.document = self._document(self._shared(steps), {"clock": {"freeze": begins}, "faults": rules})
        return self._composed

    def _chosen(self) -> Iterator[Taken]:
        """What was asked for, and before that whatever has made the state that it met."""
        exchanges = lasting(self._session)
        used = {
            text
            for each in exchanges
            if self._is_asked_for(each)
            for text in re.findall(r"\[redacted-\d+\]", f"{each.headers}{each.body}{each.query}{each.path}")
        }
        for each in exchanges:
            if self._is_asked_for(each) or self._matters(each) or used & _secrets(each):
                yield each

    def _matters(self, taken: Taken) -> bool:
        """Whether it has altered something; that a call was counted is nothing where all calls are let pass."""
        counted = self._session.about.rate_limits == "enforce"
        return any(counted or change.collection != _COUNTS for change in taken.changes)

    def _is_asked_for(self, taken: Taken) -> bool:
        return taken.id >= (self._wish.first or 0)

    def _steps(self, chosen: Sequence[Taken]) -> Iterator[dict[str, Any]]:
        last: Taken | None = None
        lost = 0
        for taken in chosen:
            if taken.is_admin:
                self._acts.note(taken, self._links)
                continue
            if taken.id in self._retried:
                lost += 1
                continue
            try:
                step = self._step(taken)
            except Unsayable as error:
                self._composed.remarks.append(f"request {taken.id}, {taken.method} {taken.path}: left out, for {error}")
                continue
            mock = self._acts.take(taken, last)
            if mock:
                step["x-mock"] = mock
            if lost:
                step["onFailure"] = [{"name": "again", "type": "retry", "retryLimit": lost}]
            last, lost = taken, 0
            self._composed.steps[step["stepId"]] = taken
            self._links.learn(step["stepId"], taken)
            yield step

    def _step(self, taken: Taken) -> dict[str, Any]:
        """Raises Unsayable."""
        if taken.api is None or taken.operation is None:
            raise Unsayable("no contract has it")
        if taken.is_lost:
            raise Unsayable("there was no whole reply, and it was not asked again")
        bound = self._bound(taken)
        saying.refuse_undeclared(taken, bound)
        remarks: list[str] = []
        parameters = saying.parameters(taken, bound, self._links, remarks)
        body = saying.body(taken, bound, self._links)
        id = f"{taken.operation.replace('_', '-')}-{taken.id}"
        self._composed.remarks += (f"request {taken.id}: {each}" for each in remarks)
        before = "" if self._is_asked_for(taken) else ", from before what was recorded"
        step: dict[str, Any] = {
            "stepId": id,
            "description": f"Request {taken.id}: {taken.method} {taken.path}{before}",
            "operationId": self._operation_id(taken),
        }
        if parameters:
            step["parameters"] = parameters
        if body is not None:
            step["requestBody"] = body
        again = None if before else self._learned.get(id)
        step["successCriteria"] = holding.criteria(taken, again, self._links)
        return step

    def _bound(self, taken: Taken) -> Bound:
        return find_operation({str(taken.api): self._source(taken.api)}, str(taken.operation))

    def _operation_id(self, taken: Taken) -> str:
        apis = {each.api for each in self._session.exchanges if not each.is_admin and each.operation}
        return str(taken.operation) if len(apis) == 1 else f"$sourceDescriptions.{taken.api}.{taken.operation}"

    def _document(self, workflow: dict[str, Any], mock: dict[str, Any]) -> dict[str, Any]:
        apis = dict.fromkeys(str(each.api) for each in self._composed.steps.values())
        about = self._session.about
        title = self._wish.title or f"What was done in the sandbox {about.sandbox}"
        begins = {"fixture": about.fixture, "seed": about.seed, **customers(about)}
        begins |= {"auth": about.auth, "fidelity": about.fidelity}
        if RECEIVER in self._links.inputs:
            begins["receiver"] = RECEIVER
        return {
            "arazzo": "1.0.1",
            "info": {"title": title, "version": "1.0.0"},
            "sourceDescriptions": [
                {"name": api, "url": self._source(api).url, "type": "openapi"} for api in sorted(apis)
            ],
            "x-mock": {
                **begins,
                **({"rateLimits": about.rate_limits} if about.rate_limits else {}),
                **{name: each for name, each in mock.items() if each},
            },
            "workflows": [workflow],
        }

    def _shared(self, steps: list[dict[str, Any]]) -> dict[str, Any]:
        """The workflow; headers that all of its steps have stand there once."""
        for step in steps:
            outputs = self._links.outputs.get(step["stepId"])
            if outputs:
                said = {name: f"$response.body#{pointer_text(pointer)}" for name, pointer in outputs.items()}
                step["outputs"] = said
                step["successCriteria"] = holding.without(step["successCriteria"], said.values())
        first = [each for each in steps[0].get("parameters", ()) if each["in"] == "header"]
        shared = [each for each in first if all(each in step.get("parameters", ()) for step in steps)]
        for step in steps if len(steps) > 1 else ():
            step["parameters"] = [each for each in step.get("parameters", ()) if each not in shared]
            if not step["parameters"]:
                del step["parameters"]
        workflow: dict[str, Any] = {"workflowId": slug(self._wish.title).lower() or "recorded"}
        if self._links.inputs:
            workflow["inputs"] = {"type": "object", "properties": self._links.inputs}
        if len(steps) > 1 and shared:
            workflow["parameters"] = shared
        return {**workflow, "steps": [{key: step[key] for key in _KEYS if key in step} for step in steps]}


def _retried(chosen: Sequence[Taken]) -> Iterator[int]:
    """The exchanges that came to nothing, and were asked again at once."""
    asked = [each for each in chosen if not each.is_admin]
    for each, after in pairwise(chosen):
        if each in asked and each.is_lost and not after.is_admin and each.is_like(after):
            yield each.id


def _addresses(session: Session) -> set[str]:
    """Where webhooks were sent, or would have been: nobody there is told of what a scenario does."""
    told = [each for each in session.exchanges if any("webhook" in change.collection for change in each.changes)]
    texts = [value for each in told for _, value in leaves(each.json) if isinstance(value, str)]
    return {*session.targets, *(text for text in texts if text.startswith(("http://", "https://")))}


def _secrets(taken: Taken) -> set[str]:
    """The placeholders that a reply shows."""
    return {value for _, value in leaves(taken.reply) if isinstance(value, str) and is_pseudonym(value)}
