"""The fake's own refusals, as RFC 9457 `application/problem+json`: only where no vendor could speak."""

from __future__ import annotations

from typing import Any

from mockserver.call import Reply

MEDIA_TYPE = "application/problem+json"


class Objection(Exception):
    """The fake itself cannot go on with a request; `reply` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.body["detail"])
        self.reply = reply


def problem(status: int, title: str, detail: str, **more: Any) -> Reply:
    """A problem document. `detail` says what was wrong and what would be right; `more` are extension members."""
    return Reply({"title": title, "status": status, "detail": detail, **more}, status, media_type=MEDIA_TYPE)
