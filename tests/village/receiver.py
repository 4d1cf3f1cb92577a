"""Our web server as the village sees it: it takes webhooks, answers with TwiML and serves recordings."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


@dataclass
class Post:
    """One webhook as it arrived."""

    path: str
    fields: dict[str, str]
    signature: str
    headers: dict[str, str]
    at: float
    method: str = "POST"


class Receiver:
    """Takes webhooks on a free port. ``answers`` tells the status (or seconds to stay silent) for the next ones,
    ``bodies`` and ``types`` what a path answers to a POST, ``files`` what it serves to a GET."""

    def __init__(self, port: int = 0) -> None:
        self.posts: list[Post] = []
        self.answers: dict[str, list[int | float]] = {}
        self.bodies: dict[str, str] = {}
        self.types: dict[str, str] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self._heard = threading.Condition()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.receiver = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def note(self, post: Post) -> None:
        with self._heard:
            self.posts.append(post)
            self._heard.notify_all()

    def next_answer(self, path: str) -> int | float:
        planned = self.answers.get(path)
        return planned.pop(0) if planned else 204

    def at(self, path: str) -> list[Post]:
        with self._heard:
            return [post for post in self.posts if post.path == path]

    def wait(self, path: str, many: int, seconds: float = 5.0) -> list[Post]:
        """The posts to this path, as soon as there are so many."""
        end = time.monotonic() + seconds
        with self._heard:
            while len(found := [post for post in self.posts if post.path == path]) < many:
                left = end - time.monotonic()
                assert left > 0, f"{len(found)} of {many} webhooks at {path}"
                self._heard.wait(left)
        return found

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: Receiver


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        receiver, path = self.server.receiver, self.path
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
        signature = self.headers["X-Twilio-Signature"]
        receiver.note(Post(path, fields, signature, dict(self.headers), time.monotonic()))
        answer = receiver.next_answer(path)
        if isinstance(answer, float):
            time.sleep(answer)
            answer = 204
        text = receiver.bodies.get(path, "").encode()
        status = answer if not text or answer >= 400 else 200
        self._answer(status, receiver.types.get(path, "text/xml"), text)

    def do_GET(self) -> None:
        receiver = self.server.receiver
        path, _, query = self.path.partition("?")
        fields = dict(parse_qsl(query, keep_blank_values=True))
        signature = self.headers.get("X-Twilio-Signature", "")
        receiver.note(Post(self.path, fields, signature, dict(self.headers), time.monotonic(), "GET"))
        kind, content = receiver.files.get(path, ("text/xml", receiver.bodies.get(path, "").encode()))
        self._answer(200 if content else 404, kind, content)

    def _answer(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        pass
