"""The Starlette application for what no contract has a say in. So far it has one page: there is nothing here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from mockserver.problem import problem
from mockserver.transport import App, Receive, Scope, Send, encode


class Pages:
    """The application, made when it is first asked: most runs never do, and its import is a tenth of the start."""

    def __init__(self, bases: Sequence[str]) -> None:
        self._bases = bases

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        await self._starlette(scope, receive, send)

    @cached_property
    def _starlette(self) -> App:
        from starlette.applications import Starlette  # noqa: PLC0415  see the class
        from starlette.requests import Request  # noqa: PLC0415
        from starlette.responses import Response  # noqa: PLC0415

        known = [*self._bases, "/__admin"]

        async def not_found(request: Request, _error: Exception) -> Response:
            detail = f"no contract has a path {request.url.path}; they begin with {', '.join(known)}"
            wire = encode(problem(404, "Unknown path", detail, known=known))
            return Response(wire.body, wire.status, {name.decode(): value.decode() for name, value in wire.headers})

        return Starlette(exception_handlers={404: not_found})
