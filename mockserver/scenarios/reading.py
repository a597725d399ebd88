"""Reading scenarios: everything that is wrong with a file is found before the first request, and told with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mockserver.scenarios import sources as described, written
from mockserver.scenarios.document import Scenario, Source, Workflow
from mockserver.scenarios.loading import Page, load
from mockserver.scenarios.outline import Outline, outlines
from mockserver.scenarios.parts import Parts, Place
from mockserver.scenarios.taking import Taker
from mockserver.scenarios.uses import Uses
from mockserver.scenarios.workflows import Names, Workflows
from mockserver.yamlfile import BrokenYaml


class BrokenScenario(Exception):
    """A file is no scenario that could be run. Each complaint is `FILE:LINE:COLUMN: place: what; what would be right`."""

    def __init__(self, complaints: Sequence[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = list(complaints)


def read_scenario(file: Path) -> Scenario:
    """Read a file, and all that it refers to. Raises BrokenScenario with all complaints; OSError where there is no file."""
    return _read(file, ())


def _read(file: Path, above: tuple[Path, ...]) -> Scenario:
    try:
        page = load(file)
    except BrokenYaml as error:
        raise BrokenScenario([str(error)]) from None
    taker = Taker(page)
    scenario = _scenario(taker, (*above, file.resolve()))
    if taker.complaints or scenario is None:
        raise BrokenScenario(taker.told())
    return scenario


def _scenario(taker: Taker, above: tuple[Path, ...]) -> Scenario | None:
    content = taker.page.content
    taken = taker.take(content, written.Document, (), mocked=True)
    info = None if taken is None else taker.take(taken.info, written.Info, ("info",))
    if taken is None or content is None:
        return None
    components = _components(taker, taken.components)
    names = Names(outlines(content), dict(_sources(taker, taken, above)))
    uses = Uses(names.outlines, list(names.sources), taken.components)
    workflows = Workflows(Parts(taker, uses, taken.components), names, content)
    read = list(_workflows(taker, workflows, taken))
    mock = workflows.mock(content, (), "document", [Place(id, "begin") for id in names.outlines])
    _check(taker, uses, names)
    if info is None or components is None:
        return None
    return Scenario(
        file=taker.page.file,
        title=info.title,
        text=taker.page.text,
        workflows={each.id: each for each in read},
        sources=names.sources,
        components=taken.components,
        mock=mock,
    )


def _components(taker: Taker, given: Mapping[str, Any]) -> written.Components | None:
    """The components, each looked at whether it is used or not."""
    taken = taker.take(given, written.Components, ("components",))
    if taken is None:
        return None
    for name, value in taken.parameters.items():
        taker.take(value, written.Parameter, ("components", "parameters", name))
    for name, value in taken.success_actions.items():
        taker.take(value, written.SuccessAction, ("components", "successActions", name))
    for name, value in taken.failure_actions.items():
        taker.take(value, written.FailureAction, ("components", "failureActions", name))
    return taken


def _sources(taker: Taker, document: written.Document, above: tuple[Path, ...]) -> Iterator[tuple[str, Source]]:
    known: list[str] = []
    for at, value in enumerate(document.source_descriptions):
        path = ("sourceDescriptions", at)
        taken = taker.take(value, written.Source, path)
        if taken is None:
            continue
        if taken.name in known:
            taker.complain(f"the source description '{taken.name}' stands twice", (*path, "name"))
        known.append(taken.name)
        try:
            yield taken.name, _source(taker.page, taken, path, above)
        except described.BrokenSource as error:
            taker.complain(str(error), (*path, "url"))
            yield taken.name, Source(mark=taker.page.mark(path), name=taken.name, type="openapi", url=taken.url)
        except BrokenScenario as error:
            taker.complain(f"{taken.url} is broken", (*path, "url"))
            for told in error.complaints:
                taker.complaints.append((taker.page.mark(path), told))


def _source(page: Page, taken: written.Source, path: tuple[str | int, ...], above: tuple[Path, ...]) -> Source:
    file = described.locate(taken.url, page.file.parent)
    mark = page.mark(path)
    if taken.type == "arazzo" or (taken.type is None and ".arazzo." in file.name):
        if file.resolve() in above:
            raise described.BrokenSource(f"{file} leads back to here")
        return Source(mark=mark, name=taken.name, type="arazzo", url=taken.url, file=file, scenario=_read(file, above))
    document, contract = described.read_openapi(file)
    return Source(
        mark=mark,
        name=taken.name,
        type="openapi",
        url=taken.url,
        file=file,
        server=described.server_of(document),
        document=document,
        contract=contract,
    )


def _workflows(taker: Taker, workflows: Workflows, document: written.Document) -> Iterator[Workflow]:
    ids: list[Any] = []
    for at, value in enumerate(document.workflows):
        id = value.get("workflowId") if isinstance(value, Mapping) else None
        if id is not None and id in ids:
            taker.complain(f"the workflow '{id}' stands twice", ("workflows", at, "workflowId"))
        ids.append(id)
        read = workflows.read(value, ("workflows", at))
        if read is not None:
            yield read


def _check(taker: Taker, uses: Uses, names: Names) -> None:
    """What can only be told once everything is read: expressions that lead nowhere, and workflows that never end."""
    for use in uses.noted:
        told = uses.complaint(use)
        if told:
            taker.complain(told, use.path)
    for id, outline in names.outlines.items():
        waits = _round(id, names.outlines, lambda each: each.depends_on)
        if waits and waits[0] == min(waits):
            taker.complain(
                f"{' needs '.join([*waits, id])}: none of them can be the first",
                ("workflows", outline.number, "dependsOn"),
            )
        calls = _round(id, names.outlines, lambda each: each.calls)
        if calls and calls[0] == min(calls):
            number = next(each.number for each in outline.steps.values() if each.calls == (*calls, id)[1])
            told = f"{' calls '.join([*calls, id])}, without end"
            taker.complain(told, ("workflows", outline.number, "steps", number, "workflowId"))


def _round(id: str, known: Mapping[str, Outline], leads: Any) -> list[str]:
    """The way from a workflow back to it; empty where none leads there."""
    waiting: list[list[str]] = [[id]]
    seen: set[str] = set()
    for way in waiting:
        for each in leads(known[way[-1]]) if way[-1] in known else ():
            if each == id:
                return way
            if each not in seen:
                seen.add(each)
                waiting.append([*way, each])
    return []
