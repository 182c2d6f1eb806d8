"""An OPA server that misbehaves: a loopback server that answers whatever it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Stub:
    """What the server answers, and what it was asked: (method, path, body).

    A server whose answers wait for `ended` gives none.
    """

    def __init__(self) -> None:
        self.status = 200
        self.body: bytes = b"{}"
        self.content_type = "application/json"
        self.headers: dict[str, str] = {}
        self.before_answer: Callable[[], object] = lambda: None
        self.ended = threading.Event()
        self.asked: list[tuple[str, str, Any]] = []
        self.received_headers: list[dict[str, str]] = []
        self.url = ""


@contextmanager
def stub_server() -> Iterator[Stub]:
    """Serves the stub on a spare port of loopback."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            stub.asked.append((self.command, self.path, body.decode()))
            stub.received_headers.append(dict(self.headers))
            stub.before_answer()
            self.send_response(stub.status)
            for name, value in stub.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", stub.content_type)
            self.send_header("Content-Length", str(len(stub.body)))
            self.end_headers()
            self.wfile.write(stub.body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  # names of the protocol

        def log_message(self, *words: object) -> None:
            pass

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except (ConnectionError, ValueError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def answers(*each: Any, **more: Any) -> bytes:
    """A body as OPA's data API gives it."""
    return json.dumps({"result": list(each), **more}).encode()
