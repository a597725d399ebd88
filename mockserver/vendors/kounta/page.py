"""The pages that a person sees: whether an application may have access, and why she is not asked."""

from __future__ import annotations

from html import escape

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1rem;
  color: #1d2733; background: #f6f7f9; overflow-wrap: anywhere }}
main {{ background: #fff; border: 1px solid #d5dae1; border-radius: .5rem; padding: 1.5rem 2rem }}
button {{ font: inherit; padding: .5rem 1.5rem; margin: .5rem .5rem 0 0; border: 1px solid #1d5a8a; border-radius: .25rem;
  background: #fff; color: #1d5a8a; cursor: pointer }}
button.allow {{ background: #1d5a8a; color: #fff }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""
_QUESTION = """<p><strong>{application}</strong> asks for access to <strong>{company}</strong>.</p>
<p>Your answer is sent to <code>{uri}</code>.</p>
<form method="post">
<button class="allow" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>"""


def authorization(application: str, company: str, uri: str) -> str:
    """The question to a person; her answer goes to the same address, and from there on to `uri`."""
    question = _QUESTION.format(application=escape(application), company=escape(company), uri=escape(uri))
    return _PAGE.format(title="Allow access?", content=question)


def refusal(reason: str) -> str:
    """Why a person is not asked."""
    return _PAGE.format(title="This cannot be authorized", content=f"<p>{escape(reason)}</p>")
