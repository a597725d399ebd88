"""Playing a script: a recording in a vendor's own format, each request as it was sent, key by key in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mockserver.drift.comparison import Rules
from mockserver.drift.difference import Difference
from mockserver.drift.entries import Reader
from mockserver.drift.playing import Manner, Result
from mockserver.drift.replies import compare_replies, told_headers
from mockserver.drift.stage import FakeStage
from mockserver.drift.varying import Varying
from mockserver.har import BrokenRecording
from mockserver.recordings import Answer, Scene, Script

_PLACEHOLDER = re.compile(r"\{([A-Z][A-Z_]*)\}")


def act(script: Script, api: str, stage: FakeStage, reader: Reader, manner: Manner) -> Iterator[Result]:
    """The results of all scenes, in order; the reader's remarks grow by what scripts say. Raises BrokenRecording."""
    stage.freeze(script.begins)
    values = script.open(stage)
    scenes = [step for step in script.steps if isinstance(step, Scene)]
    headers = {name for scene in scenes for name in told_headers(scene.recorded)} | manner.headers
    for step in script.steps:
        if isinstance(step, Scene):
            answer = _ask(stage, step, values)
            operation = reader.operation(step.recorded)
            rules = _rules(script, manner, operation)
            differences: Sequence[Difference] = list(compare_replies(step.recorded, answer, headers, rules, step.sheet))
            name = f"line {step.number}, {step.name}"
            yield Result(name, api, operation, step.recorded.method, step.target, differences)
        else:
            try:
                remark = step.act(stage)
            except ValueError as error:
                raise BrokenRecording(f"line {step.number}: {error}") from None
            reader.remarks += [f"line {step.number}: {remark}"] if remark else []


def _rules(script: Script, manner: Manner, operation: str | None) -> Rules:
    varying = Varying(script.begins, script.forms, slack=False)
    return Rules(varying, manner.masks.of(operation), values=manner.values, exact=True)


def _ask(stage: FakeStage, scene: Scene, values: Mapping[str, str]) -> Answer:
    recorded = scene.recorded
    if recorded.is_write:
        stage.advance(1)
    headers = {name: _filled(value, values, scene.number) for name, value in recorded.request_headers}
    return stage.ask(recorded.method, scene.target, headers, recorded.request_body)


def _filled(header: str, values: Mapping[str, str], line: int) -> str:
    def value(placeholder: re.Match[str]) -> str:
        if placeholder[1] not in values:
            raise BrokenRecording(f"line {line}: nobody has the token {placeholder[0]}; known: {', '.join(values)}")
        return values[placeholder[1]]

    return _PLACEHOLDER.sub(value, header)
