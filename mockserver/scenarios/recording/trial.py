"""Trials: what was recorded, run on a fresh fake, to see what is the same there."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from mockserver.client.http import AdminConnection
from mockserver.client.server import MockServer
from mockserver.scenarios.choosing import Chosen
from mockserver.scenarios.expecting import Asking
from mockserver.scenarios.placing import Place, Target
from mockserver.scenarios.reading import read_scenario
from mockserver.scenarios.recording.composing import Composed, Credentials, Wish, compose
from mockserver.scenarios.recording.session import Session, Taken, read_session
from mockserver.scenarios.recording.writing import text_of
from mockserver.scenarios.result import WorkflowResult
from mockserver.scenarios.running import Runner


class Tried(msgspec.Struct, kw_only=True):
    """A scenario as it was tried last, and why it does not pass, if so."""

    composed: Composed
    problems: list[str] = []


def record(session: Session, wish: Wish) -> Tried:
    """A scenario of a session, tried twice: to learn what its replies have in common, and to see that it passes.

    Raises Unrecorded, BrokenScenario.
    """
    credentials = _credentials(session)
    with Target(Place(keep=True)) as target:
        first = compose(session, wish, credentials, {})
        learned = _learn(target, first)
        composed = compose(session, wish, credentials, learned)
        result, _ = _run(target, composed)
    return Tried(composed=composed, problems=_problems(result, composed.steps))


def _learn(target: Target, composed: Composed) -> dict[str, Taken]:
    """What a fresh fake replies at each step, as far as that goes."""
    result, exchanges = _run(target, composed)
    asked = [each for each in exchanges if not each.is_admin]
    visited = [step for step in result.steps if step.exchange is not None]
    return {step.id: taken for step, taken in zip(visited, asked, strict=False)}


def _run(target: Target, composed: Composed) -> tuple[WorkflowResult, Any]:
    with tempfile.TemporaryDirectory(prefix="mockserver-") as folder:
        file = Path(folder) / "recorded.arazzo.yaml"
        file.write_text(text_of(_placed(composed.document)), encoding="utf-8")
        scenario = read_scenario(file)
        chosen = Chosen(scenario=scenario, workflow=next(iter(scenario.workflows.values())))
        result = Runner(target, {}, Asking(sure=True)).run(chosen)
    if not result.sandbox:
        return result, []
    with AdminConnection(result.sandbox) as server:
        return result, read_session(server).exchanges


def _placed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its sources by names that are found anywhere."""
    sources = [{**each, "url": f"contracts/{each['name']}.yaml"} for each in document["sourceDescriptions"]]
    return {**document, "sourceDescriptions": sources}


def _problems(result: WorkflowResult, steps: Mapping[str, Taken]) -> list[str]:
    """Why a run has failed."""
    told = [result.problem] if result.problem else []
    for step in result.failed_steps:
        reasons = [step.problem] if step.problem else [check.found for check in step.broken]
        told += (f"{step.id} (request {steps[step.id].id}): {reason}" for reason in reasons)
    return told


def _credentials(session: Session) -> Credentials:
    """What works on a fresh fake, by API, name and header."""
    from mockserver.admin.exporting import bare  # noqa: PLC0415  all of the admin API is imported for it

    about = session.about
    with MockServer(about.fixture, seed=about.seed, sockets=False) as server:
        return {
            (entry.api, credential.name, header.lower()): bare(value)
            for entry in server.vendors()
            for credential in entry.credentials
            for header, value in credential.headers.items()
        }
