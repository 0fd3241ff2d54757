"""A strict stand-in for the Messages API on the loopback address.

Each reply is scripted beforehand; every request is kept and checked against what the real server refuses.
Tests assert on the requests, and `violations` must be empty at the end.
"""

from __future__ import annotations

import importlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-ant-test-0123456789"
MODELS = ("claude-sonnet-5-5", "claude-haiku-5-5", "claude-opus-5-5", "claude-fable-5-2")
ALWAYS_THINKING = ("claude-opus-5-5", "claude-fable-5-2")


@dataclass(frozen=True)
class Request:
    """What arrived: the path, the headers in lower case, and the JSON body with its bytes."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    raw: bytes


@dataclass
class Reply:
    """One scripted answer: an error status, or a stream of text pieces and then its end.

    `end` is "stop" (the whole protocol), "stall" (silence until the client leaves), "disconnect" (the
    connection breaks), "quiet" (a clean end without the closing events), "garbage" (a piece that is no
    JSON) or "error" (an `error` event of type `error_type`).
    """

    pieces: tuple[str, ...] = ()
    end: str = "stop"
    delay: float = 0.0
    stop_reason: str = "end_turn"
    error_type: str = "overloaded_error"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    thinking: str | None = None
    usage: dict[str, int] = field(default_factory=dict)


class FakeClaude:
    """The server. Replies are given in their order; without one left, it answers "Hello."."""

    def __init__(self, key: str = KEY) -> None:
        self.key = key
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self.replies: list[Reply] = []
        self.stalled = threading.Event()
        self.left = threading.Event()  # the client has gone from a stalled stream
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="fake-claude")
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environ(self) -> dict[str, str]:
        """The environment that leads a session here, with a key."""
        return {"ANTHROPIC_BASE_URL": self.url, "ANTHROPIC_API_KEY": self.key}

    def reply(self, *pieces: str, **how: Any) -> None:
        """Scripts the next answer."""
        self.replies.append(Reply(pieces, **how))

    def refuse(self, status: int, error_type: str, times: int = 1, **headers: str) -> None:
        """Scripts an error status."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for _ in range(times):
            self.replies.append(Reply(status=status, error_type=error_type, headers=named))

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def check(self, request: Request) -> tuple[int, str] | None:
        """The status and reason the real server would refuse the request with."""
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return 401, "invalid key"
        reason = next((why for ok, why in _rules(request.body) if not ok), None)
        return (400, reason) if reason is not None else None


def _rules(body: dict[str, Any]) -> Iterator[tuple[bool, str]]:
    model, messages = body.get("model"), body.get("messages") or []
    thinking = body.get("thinking")
    yield model in MODELS, f"unknown model {model}"
    for name in ("temperature", "top_p", "top_k"):
        yield name not in body, f"{name} is not supported"
    yield isinstance(body.get("max_tokens"), int) and body["max_tokens"] > 0, "max_tokens is missing"
    yield body.get("stream") is True, "not a stream"
    yield thinking != {"type": "disabled"}, "thinking cannot be disabled"
    yield thinking is None or model not in ALWAYS_THINKING, "this model always thinks"
    yield thinking is None or "budget_tokens" not in thinking, "no thinking budgets"
    choice = (body.get("tool_choice") or {}).get("type", "auto")
    yield choice in ("auto", "none"), "forced tool use is not supported"
    yield (body.get("output_config") or {}).get("effort") in ("low", "medium", "high"), "odd effort"
    yield bool(messages), "no messages"
    roles = [message.get("role") for message in messages]
    yield (
        roles == ["user", "assistant"] * (len(roles) // 2) + ["user"] * (len(roles) % 2),
        "roles do not alternate",
    )
    offered: set[str] = set()
    for message in messages:
        content = message.get("content")
        yield bool(content), "a message without content"
        for block in content if isinstance(content, list) else []:
            if block.get("type") == "tool_use":
                offered.add(block.get("id"))
            if block.get("type") == "tool_result":
                yield block.get("tool_use_id") in offered, "tool_result without its tool_use"
            if block.get("type") == "text":
                yield bool(str(block.get("text", "")).strip()), "an empty text block"
                extra = set(block) - {"type", "text", "cache_control", "citations"}
                yield not extra, f"extra fields {sorted(extra)}"


def _handler(fake: FakeClaude) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            fake.violations.append(f"GET {self.path}: nothing may be fetched")
            self.send_error(404)

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path, headers, json.loads(raw), raw)
            fake.requests.append(request)
            refused = fake.check(request)
            if self.path.partition("?")[0] != "/v1/messages":
                refused = 404, "no such path"
            if refused is not None:
                if refused[0] != 401:  # a wrong key may be the test's own
                    fake.violations.append(refused[1])
                kind = "authentication_error" if refused[0] == 401 else "invalid_request_error"
                self._error(Reply(status=refused[0], error_type=kind))
                return
            reply = fake.replies.pop(0) if fake.replies else Reply(("Hello.",))
            if reply.status != 200:
                self._error(reply)
                return
            try:
                self._stream(reply, request)
            except OSError:
                fake.left.set()  # the client has hung up
                self.close_connection = True

        def _error(self, reply: Reply) -> None:
            body = {"type": "error", "error": {"type": reply.error_type, "message": "scripted"}}
            data = json.dumps(body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _stream(self, reply: Reply, request: Request) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            usage = {"input_tokens": 1200, "output_tokens": 1} | reply.usage
            message = {
                "id": f"msg_{len(fake.requests)}",
                "type": "message",
                "role": "assistant",
                "model": request.body["model"],
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": usage,
            }
            self._event("message_start", message=message)
            index = 0
            if reply.thinking is not None:
                self._thought(index, reply.thinking)
                index += 1
            if reply.pieces:
                self._event("content_block_start", index=index, content_block={"type": "text", "text": ""})
            for piece in reply.pieces:
                self._event("content_block_delta", index=index, delta={"type": "text_delta", "text": piece})
                if reply.delay and fake._closing.wait(reply.delay):
                    return
            ends: dict[str, Callable[[], None]] = {
                "stop": lambda: self._stop(reply, index),
                "stall": self._stall,
                "disconnect": self._disconnect,
                "quiet": self._finish,
                "garbage": lambda: self._raw(b"event: content_block_delta\ndata: {not json\n\n"),
                "error": lambda: self._event(
                    "error", error={"type": reply.error_type, "message": "scripted"}
                ),
            }
            ends[reply.end]()

        def _thought(self, index: int, thought: str) -> None:
            block = {"type": "thinking", "thinking": "", "signature": ""}
            self._event("content_block_start", index=index, content_block=block)
            for delta in (
                {"type": "thinking_delta", "thinking": thought},
                {"type": "signature_delta", "signature": "c2lnbmVk"},
            ):
                self._event("content_block_delta", index=index, delta=delta)
            self._event("content_block_stop", index=index)

        def _stop(self, reply: Reply, index: int) -> None:
            if reply.pieces:
                self._event("content_block_stop", index=index)
            used = {"output_tokens": reply.usage.get("output_tokens", 42)}
            self._event("message_delta", delta={"stop_reason": reply.stop_reason}, usage=used)
            self._event("message_stop")
            self._finish()

        def _stall(self) -> None:
            fake.stalled.set()
            self.connection.settimeout(0.01)
            while not fake._closing.is_set():
                try:
                    if not self.connection.recv(1):
                        break
                except TimeoutError:
                    continue
            self.close_connection = True
            fake.left.set()

        def _disconnect(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def _finish(self) -> None:
            self.wfile.write(b"0\r\n\r\n")

        def _event(self, name: str, **data: Any) -> None:
            self._raw(f"event: {name}\ndata: {json.dumps({'type': name} | data)}\n\n".encode())

        def _raw(self, data: bytes) -> None:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()

    return Handler


@contextmanager
def serving(key: str = KEY) -> Iterator[FakeClaude]:
    """The server for one test; fails it when a request broke a rule of the real one."""
    # The first question loads the SDK, which on a busy machine takes longer than a test waits.
    importlib.import_module("anthropic.resources.messages")
    fake = FakeClaude(key)
    try:
        yield fake
    finally:
        fake.close()
    assert fake.violations == []


def refused_port() -> str:
    """The address of a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
