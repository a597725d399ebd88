"""The coverage report as one page for a browser: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mockserver.coverage_report import Counts, CoveredApi, CoveredOperation, Report, Share, Summary

_STYLE = """
:root { color-scheme: light dark; --met: #1a7f37; --missing: #cf222e; --line: #8884; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .3rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; } .number { text-align: right; white-space: nowrap; }
code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; } meter { width: 7rem; }
ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem .9rem; }
.met::before { content: "✓ "; color: var(--met); } .missing::before { content: "✗ "; color: var(--missing); }
.missing { color: var(--missing); } .injected::before { content: "⚡ "; } .complaint { color: var(--missing); font-weight: 600; }
"""


def render(report: Report, limit: float | None) -> str:
    """The whole page."""
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(report.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
            f"<h1>{escape(report.title)}: {report.summary.percent} %</h1>",
            *_verdict(report, limit),
            *_overview(report),
            *(line for api in report.apis for line in _section(api)),
            "</body>\n</html>\n",
        ]
    )


def _verdict(report: Report, limit: float | None) -> Iterator[str]:
    complaint = report.complaint(limit)
    if complaint:
        yield f'<p class="complaint">Not enough: {escape(complaint)}.</p>'
    elif limit is not None:
        yield f"<p>At least {limit:g} % was asked for.</p>"


def _overview(report: Report) -> Iterator[str]:
    yield "<table>\n<thead><tr><th>Contract</th><th>Met</th>"
    yield "".join(f'<th class="number">{kind}</th>' for kind in ("Operations", "Statuses", "Error rows"))
    yield "</tr></thead>\n<tbody>"
    for api in report.apis:
        link = f'<a href="#{escape(api.api)}">{escape(api.api)}</a>'
        yield f"<tr><td>{link}</td>{_shares(api.summary)}</tr>"
    yield f"<tr><th>All together</th>{_shares(report.summary)}</tr>\n</tbody>\n</table>"


def _shares(summary: Summary) -> str:
    shares: tuple[Share, ...] = (summary.operations, summary.statuses, summary.errors)
    return _meter(summary) + "".join(f'<td class="number">{share.met} of {share.of}</td>' for share in shares)


def _meter(summary: Summary) -> str:
    return f'<td><meter max="100" value="{summary.percent}"></meter> {summary.percent} %</td>'


def _section(api: CoveredApi) -> Iterator[str]:
    yield f'<h2 id="{escape(api.api)}">{escape(api.api)}: {api.summary.percent} %</h2>'
    yield '<table>\n<thead><tr><th>Operation</th><th>Met</th><th class="number">Calls</th>'
    yield "<th>Statuses</th><th>Error rows</th></tr></thead>\n<tbody>"
    for operation in api.operations:
        yield _operation(operation)
    yield f"<tr><th>Any operation</th><td></td><td></td><td></td><td>{_list(api.errors)}</td></tr>"
    yield "</tbody>\n</table>"


def _operation(operation: CoveredOperation) -> str:
    kind = "met" if operation.calls else "missing"
    name = f'<code class="{kind}">{escape(operation.id)}</code><br>'
    address = f"<code>{escape(operation.method)} {escape(operation.path)}</code>"
    statuses = _list(operation.statuses) + _list(operation.injected, "injected")
    return (
        f'<tr><td>{name}{address}</td>{_meter(operation.summary)}<td class="number">{operation.calls}</td>'
        f"<td>{statuses}</td><td>{_list(operation.errors)}</td></tr>"
    )


def _list(counts: Counts, kind: str = "met") -> str:
    """Names with how often each was met; those that never were stand out."""
    if not counts:
        return ""
    items = (
        f'<li class="{kind}"><code>{escape(name)}</code> ×{count}</li>'  # noqa: RUF001  as one writes "three times"
        if count
        else f'<li class="missing"><code>{escape(name)}</code></li>'
        for name, count in counts.items()
    )
    return f"<ul>{''.join(items)}</ul>"
