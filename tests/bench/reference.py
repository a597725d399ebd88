"""What the fake is compared with: the same server with a bare Starlette route. Started by `servers.py`.

Arguments: `constant` or `echo`, and the route's method and path. The constant bytes come on stdin.
"""

from __future__ import annotations

import sys

import click
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mockserver.server import Server, listen, run_alone


def main(kind: str, method: str, path: str) -> None:
    constant = sys.stdin.buffer.read()

    async def send_constant(_request: Request) -> Response:
        return Response(constant, media_type="application/json")

    async def echo(request: Request) -> Response:
        return JSONResponse(await request.json())

    answer = {"constant": send_constant, "echo": echo}[kind]
    app = Starlette(routes=[Route(path, answer, methods=[method])])
    server = Server(app, listen("127.0.0.1", 0))
    click.echo(f"listens on {server.url}")
    sys.stdout.flush()
    run_alone(server)  # the fake's own: the same settings of uvicorn, by construction


if __name__ == "__main__":
    main(*sys.argv[1:])
