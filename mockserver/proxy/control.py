"""The admin API of a proxy: what it has noted can be asked for; what a fake has besides, a proxy has not."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.contract import METHODS
from mockserver.problem import problem
from mockserver.routes import Routes
from mockserver.transport import App, Receive, Scope, Send, choose_sandbox, encode, head
from mockserver.vendor import Api

_CONFLICT = 409
_HAS = frozenset({"server", "journal", "coverage", "findings"})
"""Tags of the operations that are about something that a proxy has, too."""
_REWIND = "rewind_request"


class Control:
    """Answers under `/__admin` by the application that answers there for a fake, but for what a proxy has not."""

    def __init__(self, app: App, admin: Iterable[Api]) -> None:
        apis = list(admin)
        self._app = app
        self._routes = Routes(apis)
        self._bases = tuple(api.contract.base_path for api in apis)
        nodes = [node for api in apis for item in api.contract.document["paths"].values() for node in item.items()]
        self._tags = {node["operationId"]: node["tags"] for method, node in nodes if method in METHODS}

    def is_asked(self, scope: Scope) -> bool:
        """Whether a request is for the admin API, in whichever sandbox."""
        _, path = choose_sandbox(scope["path"], dict(scope["headers"]))
        return any(path == base or path.startswith(f"{base}/") for base in self._bases)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer such a request."""
        _, path = choose_sandbox(scope["path"], dict(scope["headers"]))
        route = self._routes.find(scope["method"], path)
        lacking = "" if route is None or route.operation is None else self._lacks(route.operation.id)
        if not lacking:
            await self._app(scope, receive, send)
            return
        has = ", ".join(sorted(_HAS))
        detail = f"a proxy has no {lacking}: it keeps nothing of what goes through it but the journal; it has {has}"
        wire = encode(problem(_CONFLICT, "A proxy has none", detail))
        await send(head(wire))
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else wire.body})

    def _lacks(self, operation: str) -> str:
        """What an operation is about that a proxy has not; empty for one that it can answer."""
        if operation == _REWIND:
            return "state to rewind"
        return next((tag for tag in self._tags[operation] if tag not in _HAS), "")
