"""A server of OpenAI's protocol on loopback, which answers by script."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

USAGE = {"prompt_tokens": 40, "completion_tokens": 10}


def completion(text: Any, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {"model": "toy", "system_fingerprint": "fp1", "choices": [choice], "usage": USAGE, **more}


@dataclass
class Say:
    """What the server does with one request: text is made a completion, bytes are sent as they are."""

    what: Any = "<answer>yes</answer>"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0  # seconds
    drop: bool = False  # half-way through


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: Callable[[int, dict[str, Any]], Say | str] = lambda number, body: Say()
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.told: Counter[str] = Counter()  # how often each prompt was answered
        self.now = self.peak = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # the other side was killed, as tests do


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with server.lock:
            number = len(server.bodies)
            server.bodies.append(body)
            server.headers.append(dict(self.headers))
            server.times.append(time.monotonic())
            server.now += 1
            server.peak = max(server.peak, server.now)
        try:
            said = server.script(number, body)
            self.say(said if isinstance(said, Say) else Say(said))
            with server.lock:
                server.told[json.dumps(body["messages"])] += 1
        finally:
            with server.lock:
                server.now -= 1

    def say(self, said: Say) -> None:
        time.sleep(said.after)
        what = completion(said.what) if isinstance(said.what, str) else said.what
        sent = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.send_response(said.status)
        for name, value in {"Content-Length": str(len(sent)), **said.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent[: len(sent) // 2] if said.drop else sent)
        if said.drop:
            self.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def say() -> type[Say]:
    return Say
