"""An OpenAI-compatible endpoint that misbehaves on request.

A message that contains `case:NAME` gets the answers that NAME lists below, one a request; the last one repeats. Every
request is kept with its time, so that tests can count attempts and measure waits.
"""

import http.server
import json
import re
import socket
import threading
import time

WHOLE = "Everything arrived in one piece."
HALF = "This sentence has no"


def event(**fields) -> bytes:
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake", **fields}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def delta(finish=None, **fields) -> bytes:
    return event(choices=[{"index": 0, "delta": fields, "finish_reason": finish}])


def words(text: str) -> list[bytes]:
    return [delta(role="assistant", content="")] + [delta(content=text[i:i + 4]) for i in range(0, len(text), 4)]


def whole(text: str = WHOLE) -> list:
    return words(text) + [delta("stop"), b"data: [DONE]\n\n"]


def status(code: int, **headers) -> dict:
    return {"status": code, "headers": {key.replace("_", "-"): value for key, value in headers.items()}}


class Stall:
    """Says nothing more, but keeps the connection open until the other side leaves or the time is over."""

    def __init__(self, seconds: float):
        self.seconds = seconds


CUT = object()  # The connection ends without the end of the body.

CASES = {
    "plain": [whole()],
    "limited": [status(429, Retry_After="1"), whole()],
    "recovers": [status(500), status(503), whole()],
    "broken": [status(500)],
    "quota": [status(429, x_should_retry="false")],
    "cut": [words(HALF) + [CUT]],
    "cut-once": [words(HALF) + [CUT], whole()],
    "ended": [words(HALF)],
    "stalled": [words(HALF) + [Stall(30)]],
    "malformed": [words(HALF) + [b"data: {\"choices\": [{\"delta\": \n\n"]],
    "html": [[b"<html>gateway</html>\n\n"]],
    "refusal": [[delta(role="assistant", refusal=""), delta(refusal="I will not "), delta(refusal="do that."),
                 delta("stop"), b"data: [DONE]\n\n"]],
    "error": [words(HALF) + [b'data: {"error": {"message": "The server is overloaded", "code": 502}}\n\n',
                             b"data: [DONE]\n\n"]],
    "length": [words("The first sentence is whole. " + HALF) + [delta("length"), b"data: [DONE]\n\n"]],
    "tool-cut": [[delta(role="assistant", tool_calls=[{"index": 0, "id": "call_1", "type": "function", "function": {
        "name": "create_reminder", "arguments": "{\"text\": \"never\", "}}]), CUT]],
    "slow": [words(HALF) + [Stall(6)], whole()],
}


class FakeModel:
    """The endpoint at `url`, until `stop`."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests: dict[str, list] = {}
        self.left: dict[str, int] = {}
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.answer(self, body)
                self.close_connection = True

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def count(self, name: str) -> int:
        with self.lock:
            return len(self.requests.get(name, []))

    def answer(self, handler, body: dict):
        asked = " ".join(json.dumps(m["content"]) for m in body["messages"] if m["role"] == "user")
        name = re.findall(r"case:([a-z-]+)", asked)[-1]
        with self.lock:
            seen = self.requests.setdefault(name, [])
            script = CASES[name][min(len(seen), len(CASES[name]) - 1)]
            seen.append({"at": time.monotonic(), "body": body, "user": asked})
        if isinstance(script, dict):
            self.refuse(handler, script)
        else:
            self.stream(handler, name, script)

    def refuse(self, handler, script: dict):
        body = json.dumps({"error": {"message": "made to fail", "type": "test", "code": None}}).encode()
        handler.send_response(script["status"])
        for key, value in script["headers"].items():
            handler.send_header(key, value)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def stream(self, handler, name: str, script: list):
        def chunk(data: bytes):
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            handler.wfile.flush()

        handler.protocol_version = "HTTP/1.1"
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.send_header("Connection", "close")
        handler.end_headers()
        for piece in script:
            if piece is CUT:
                handler.connection.shutdown(socket.SHUT_RDWR)
                return
            if isinstance(piece, Stall):
                if self.left_within(handler.connection, piece.seconds):
                    with self.lock:
                        self.left[name] = self.left.get(name, 0) + 1
                    return
            else:
                chunk(piece)
        handler.wfile.write(b"0\r\n\r\n")

    @staticmethod
    def left_within(connection: socket.socket, seconds: float) -> bool:
        """Whether the client closed the connection within that time."""
        connection.settimeout(seconds)
        try:
            return connection.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
