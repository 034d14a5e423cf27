"""Endpoints of a test's own, whose health it decides."""

from __future__ import annotations

import contextlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.emulator.edges.endpoint import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.emulator import EmulatedAws


@pytest.fixture(name="endpoint")
def _endpoint(aws: EmulatedAws) -> Iterator[Callable[..., Endpoint]]:
    """Start an endpoint and put it at a name."""
    with contextlib.ExitStack() as stack:

        def start(name: str, region: str | None = None) -> Endpoint:
            endpoint = Endpoint(name)

            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    endpoint.asked.append((self.headers["Host"], self.path))
                    time.sleep(endpoint.seconds)
                    self.send_response(503 if self.path in endpoint.failing else endpoint.status)
                    self.send_header("Content-Length", str(len(endpoint.body)))
                    self.end_headers()
                    with contextlib.suppress(ConnectionError):
                        self.wfile.write(endpoint.body)

                def log_message(self, *_: object) -> None:
                    pass

            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            stack.callback(server.server_close)
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            aws.place(name, f"127.0.0.1:{server.server_port}", region)
            stack.callback(aws.take_away, name)
            return endpoint

        yield start
