"""An address that takes notifications: a small HTTP server on this machine, and what reached it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread


class Listener(HTTPServer):
    """`address` is what stands in the setting `notify`; `messages` are (title, body) in order of arrival."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages: list[tuple[str, str]] = []

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/geheim"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:  # noqa: N802
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.messages.append((told["title"], told["message"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def listening() -> Iterator[Listener]:
    """A listener until the end of the block."""
    with Listener() as listener:
        thread = Thread(target=listener.serve_forever, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            listener.shutdown()
            thread.join()
