"""A small server that is no mockserver: it answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import yaml


class Asked(NamedTuple):
    """One request."""

    method: str
    target: str
    headers: dict[str, str]
    body: str


class Toy:
    """`replies` are those of each path, the last of which stays; without any it answers 200 with what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.replies: dict[str, list[tuple[int, dict[str, str], Any]]] = {}

    def says(self, path: str, *statuses: int, body: Any = None, headers: dict[str, str] | None = None) -> None:
        """Answer a path so, one after the other."""
        self.replies[path] = [(status, headers or {}, body) for status in statuses]

    def answer(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        """What is answered."""
        self.asked.append(asked)
        path = asked.target.partition("?")[0]
        known = self.replies.get(path, [(200, {}, {"target": asked.target, "sent": asked.body})])
        return known.pop(0) if len(known) > 1 else known[0]


@contextmanager
def toy() -> Iterator[Toy]:
    """One that listens."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0"))).decode()
            headers = {name.lower(): text for name, text in self.headers.items()}
            status, more, told = made.answer(Asked(self.command, self.path, headers, body))
            if status == 0:
                self.close_connection = True
                return
            content = told.encode() if isinstance(told, str) else b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            for name, text in {"content-type": "application/json", **more, "content-length": str(len(content))}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815  as the library calls them

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made = Toy(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def operation(id: str, *statuses: int, **more: Any) -> dict[str, Any]:
    """An operation that answers JSON."""
    content = {"application/json": {"schema": {"type": "object"}}, "text/plain": {}}
    responses = {str(status): {"description": "d", "content": content} for status in statuses or (200,)}
    return {"operationId": id, "summary": id, "responses": responses, **more}


BODY: dict[str, Any] = {
    "content": {
        "application/json": {"schema": {}},
        "application/x-www-form-urlencoded": {"schema": {}},
        "text/plain": {"schema": {}},
    }
}
PARAMETERS = [
    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
    {"name": "tags", "in": "query", "schema": {"type": "array"}},
    {"name": "X-Count", "in": "header", "schema": {"type": "integer"}},
]
PATHS: dict[str, Any] = {
    "/look": {"get": operation("look", 200, 404, 503)},
    "/make": {"post": operation("make", 200, 201, requestBody=BODY)},
    "/things/{id}": {"get": operation("thing", 200, 404, parameters=PARAMETERS)},
    "/secret": {"get": operation("secret")},
}


def describe(folder: Path) -> Path:
    """The OpenAPI document of the toy."""
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Toy", "version": "1"},
        "servers": [{"url": "/v1"}],
        "paths": PATHS,
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Toy-Key"}}},
    }
    file = folder / "toy.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file
