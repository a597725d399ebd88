"""A run as one page for a browser: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mockserver.scenarios.reporting import words
from mockserver.scenarios.result import Check, RunResult, StepResult, WorkflowResult

_STYLE = """
:root { color-scheme: light dark; --passed: #1a7f37; --failed: #cf222e; --skipped: #9a6700; --line: #8884; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .3rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
code, pre { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
.passed { color: var(--passed); } .failed { color: var(--failed); } .skipped { color: var(--skipped); }
.place { opacity: .7; } ul { margin: .2rem 0; padding-left: 1.2rem; } details { margin: .3rem 0; }
"""


def render(run: RunResult) -> str:
    """The whole page."""
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(words.summary(run))}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
            f"<h1>{escape(words.summary(run))}</h1>\n<p>{escape(run.where)}</p>",
            *_overview(run),
            *(line for number, each in enumerate(run.workflows) for line in _section(each, number)),
            "</body>\n</html>\n",
        ]
    )


def _overview(run: RunResult) -> Iterator[str]:
    yield "<table>\n<thead><tr><th>Workflow</th><th>Outcome</th><th>Steps</th><th>Time</th><th>File</th></tr></thead>\n<tbody>"
    for number, each in enumerate(run.workflows):
        cells = [
            f'<a href="#w{number}">{escape(each.id)}</a>',
            f'<span class="{each.outcome}">{each.outcome}</span>',
            str(len(each.steps)),
            words.took(each.seconds),
            f"<code>{escape(each.file)}</code>",
        ]
        yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
    yield "</tbody>\n</table>"


def _section(result: WorkflowResult, number: int) -> Iterator[str]:
    yield f'<h2 id="w{number}"><span class="{result.outcome}">{_sign(result.outcome)}</span> {escape(result.id)}</h2>'
    if result.summary:
        yield f"<p>{escape(result.summary)}</p>"
    yield from _workflow(result)


def _workflow(result: WorkflowResult) -> Iterator[str]:
    yield f'<p class="place"><code>{escape(result.at)}</code></p>'
    if result.problem:
        yield f'<p class="{result.outcome}">{escape(result.problem)}</p>'
    for before in result.before:
        yield f"<details><summary>depends on {escape(before.id)}: {before.outcome}</summary>"
        yield from _workflow(before)
        yield "</details>"
    for step in result.steps:
        yield from _step(step)
    yield from _checks(result.checks)
    if result.skipped:
        items = (f"{part.what}: {part.reason} ({part.at})" for part in result.skipped)
        yield f'<p class="skipped">Skipped</p>\n{_list(items, "skipped")}'


def _step(step: StepResult) -> Iterator[str]:
    opened = " open" if step.outcome == "failed" else ""
    heading = f"{words.name(step)}  {step.operation}"
    yield f'<details{opened}><summary><span class="{step.outcome}">{_sign(step.outcome)}</span> {escape(heading)}</summary>'
    yield f'<p class="place"><code>{escape(step.at)}</code> {escape(step.description)}</p>'
    if step.problem:
        yield f'<p class="failed">{escape(step.problem)}</p>'
    yield from _checks(step.checks)
    if step.remarks:
        yield _list(iter(step.remarks), "skipped")
    if step.exchange is not None:
        yield f"<pre>{escape(chr(10).join(words.exchange(step.exchange)))}</pre>"
    if step.then:
        yield f"<p>{escape(step.then)}</p>"
    for called in step.called:
        yield from _workflow(called)
    yield "</details>"


def _checks(checks: list[Check]) -> Iterator[str]:
    for check in checks:
        kind = "passed" if check.ok else "failed"
        text = f'<span class="{kind}">{_sign(kind)}</span> {escape(check.kind)} <code>{escape(check.text)}</code>'
        yield f'<div>{text}<br><span class="place">{escape(check.found)}</span></div>'


def _list(items: Iterator[str], kind: str) -> str:
    return f'<ul class="{kind}">{"".join(f"<li>{escape(item)}</li>" for item in items)}</ul>'


def _sign(outcome: str) -> str:
    return {"passed": "✓", "failed": "✗"}.get(outcome, "–")  # noqa: RUF001  a dash
