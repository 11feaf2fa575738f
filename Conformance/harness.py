"""What every conformance test needs: the built binary, a generated database, and clients that keep what they saw.

Nothing here is Bluewire's own code: databases come from an independent generator, events are read with the `websockets`
package, a plain HTTP reader and the `standardwebhooks` package.
"""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("BLUEWIRE_SHARED", ROOT.parent / "shared"))
GENERATOR = SHARED / "tools" / "make_chatdb.py"


def binary() -> str:
    """The built executable; `Scripts/conformance` names it."""
    path = os.environ.get("BLUEWIRE_BINARY")
    if not path or not os.access(path, os.X_OK):
        raise SystemExit("BLUEWIRE_BINARY does not name the built binary; run `make conformance`.")
    return path


def require_shared(test: unittest.TestCase) -> None:
    """Skips when the shared tools are absent, or fails when REQUIRE_SHARED=1."""
    if GENERATOR.exists():
        return
    if os.environ.get("REQUIRE_SHARED") == "1":
        test.fail("the shared tools are required, but absent")
    test.skipTest("the shared tools are absent")


def environment(**extra: str) -> dict:
    """The environment of a child: no settings of the caller leak in."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BLUEWIRE_") and key != "OPENAI_API_KEY"}
    kept.update(extra)
    return kept


def wait_until(condition, seconds: float, what: str, step: float = 0.02):
    """Waits for a truthy answer; a condition that never holds is a failure that says what was waited for."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(step)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Folder:
    """A temporary folder that is removed at the end, with short paths for sockets."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="bw-"))

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def run(*arguments: str, **kwargs) -> subprocess.CompletedProcess:
    """Runs a command of the binary to its end."""
    env = environment(**kwargs.pop("env", {}))
    timeout = kwargs.pop("timeout", 60)
    return subprocess.run([binary(), *arguments], capture_output=True, text=True, env=env, timeout=timeout, **kwargs)


def generate(database: pathlib.Path, *arguments: str) -> None:
    """Makes a database with the independent generator."""
    database.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, str(GENERATOR), "--out", str(database), "--quiet", *arguments], check=True)


_templates = tempfile.TemporaryDirectory(prefix="bw-templates-")
_made: dict = {}


def copy_generated(database: pathlib.Path, *arguments: str) -> None:
    """Puts a database of those options in place; each kind is generated once a run and copied for every test."""
    if arguments not in _made:
        template = pathlib.Path(_templates.name) / f"{len(_made)}.db"
        generate(template, *arguments)
        with contextlib.closing(sqlite3.connect(template)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        _made[arguments] = template
    database.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_made[arguments], database)


class Writer:
    """The generator in live mode: appends rows and reports each commit."""

    def __init__(self, database: pathlib.Path, *arguments: str):
        self.process = subprocess.Popen(
            [sys.executable, "-u", str(GENERATOR), "--out", str(database), "--quiet", *arguments],
            stdout=subprocess.PIPE, text=True)
        self.created: dict = {}
        self.updates: list = []
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        for line in self.process.stdout:
            if not line.startswith("{"):
                continue
            record = json.loads(line)
            if record["event"] == "new-message":
                self.created[record["guid"]] = record
            elif record["event"] == "update":
                self.updates.append(record)

    def finish(self, seconds: float = 300):
        self.process.wait(timeout=seconds)
        self.thread.join(timeout=10)
        assert self.process.returncode == 0, "the generator failed"

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=20)
        self.thread.join(timeout=10)


class Gateway:
    """`bluewire serve` as a child process that can be killed and started again on the same state."""

    def __init__(self, folder: pathlib.Path, database: pathlib.Path, *arguments: str, env: dict | None = None,
                 config: str | None = None):
        self.folder = folder
        self.state = folder / "state"
        self.port = free_port()
        self.database = database
        self.arguments = list(arguments)
        self.env = env or {}
        self.process = None
        self.log = open(folder / "gateway.log", "ab")
        if config is not None:
            path = folder / "bluewire.yaml"
            path.write_text(config)
            self.arguments += ["--config", str(path)]
        made = run("serve", "--print-token", "--state", str(self.state), "--db", str(database),
                   *self.arguments, env=self.env)
        assert made.returncode == 0, made.stderr
        self.token = made.stdout.strip()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            [binary(), "serve", "--json", "--listen", f"127.0.0.1:{self.port}", "--state", str(self.state),
             "--db", str(self.database), *self.arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment(**self.env))
        greeting = self.process.stdout.readline()
        assert greeting, f"the gateway did not start: {(self.folder / 'gateway.log').read_text()[-2000:]}"
        self.greeting = json.loads(greeting)
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError("the gateway did not stop within 15 s of SIGTERM")
        if self.process:
            self.process.stdout.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        with contextlib.suppress(AssertionError):
            self.stop()
        self.log.close()

    def request(self, method: str, path: str, body=None, headers: dict | None = None):
        """(status, parsed JSON or None)."""
        data = None if body is None else json.dumps(body).encode()
        fields = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        if data is not None:
            fields["Content-Type"] = "application/json"
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=fields)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                text = response.read()
                return response.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            text = error.read()
            return error.code, json.loads(text) if text else None


class Seen:
    """Events one surface delivered: every one by id, the creations by message GUID, the last snapshot of each message."""

    def __init__(self, name: str):
        self.name = name
        self.lock = threading.Lock()
        self.arrived: dict = {}
        self.ids: dict = {}
        self.repeats = 0
        self.created: dict = {}
        self.last: dict = {}
        self.arrivals: dict = {}
        self.cursor = None

    def add(self, event: dict):
        with self.lock:
            if event["id"] in self.ids:
                self.repeats += 1
                return
            self.ids[event["id"]] = event["kind"]
            if event.get("cursor"):
                self.cursor = event["cursor"]
            message = event.get("message")
            if event["kind"] == "message.created":
                guid = message["id"]
                self.created[guid] = self.created.get(guid, 0) + 1
                self.arrived.setdefault(guid, time.monotonic_ns())
                self.arrivals[guid] = event.get("arrival")
            elif event["kind"] == "tapback.added":
                guid = event["tapback"]["id"]
                self.created[guid] = self.created.get(guid, 0) + 1
            if message:
                self.last[message["id"]] = message

    def missing(self, guids) -> list:
        with self.lock:
            return [guid for guid in guids if guid not in self.created]

    def snapshots(self) -> dict:
        with self.lock:
            return dict(self.last)


class WebSocketReader:
    """Reads `/v1/events` with the `websockets` package and resumes by cursor after every cut."""

    def __init__(self, gateway: Gateway):
        self.gateway = gateway
        self.seen = Seen("websocket")
        self.stopping = threading.Event()
        self.connected = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        from websockets.sync.client import connect
        while not self.stopping.is_set():
            query = f"?cursor={self.seen.cursor}" if self.seen.cursor else ""
            try:
                with connect(f"ws://127.0.0.1:{self.gateway.port}/v1/events{query}", max_size=None,
                             additional_headers={"Authorization": f"Bearer {self.gateway.token}"}) as connection:
                    while not self.stopping.is_set():
                        try:
                            frame = json.loads(connection.recv(timeout=0.2))
                        except TimeoutError:
                            continue
                        if frame["type"] == "ready":
                            if self.seen.cursor is None:
                                self.seen.cursor = frame["cursor"]
                            self.connected.set()
                        elif frame["type"] == "event":
                            self.seen.add(frame)
            except Exception:
                time.sleep(0.05)

    def stop(self):
        self.stopping.set()
        self.thread.join(timeout=10)


class EventStreamReader:
    """Reads `/v1/events` as server-sent events over a plain HTTP connection and resumes with Last-Event-ID."""

    def __init__(self, gateway: Gateway):
        self.gateway = gateway
        self.seen = Seen("sse")
        self.stopping = threading.Event()
        self.connected = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.stopping.is_set():
            # Longer than two heartbeats: a stream that is silent for this long is dead.
            self.connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=40)
            headers = {"Authorization": f"Bearer {self.gateway.token}", "Accept": "text/event-stream"}
            if self.seen.cursor:
                headers["Last-Event-ID"] = self.seen.cursor
            try:
                self.connection.request("GET", "/v1/events", headers=headers)
                response = self.connection.getresponse()
                if response.status != 200:
                    raise OSError(response.status)
                self._read(response)
            except (OSError, http.client.HTTPException, AttributeError):
                # A cut, or stop() closed the socket under the reader.
                time.sleep(0.05)
            finally:
                self.connection.close()

    def _read(self, response):
        data, identifier = [], None
        while not self.stopping.is_set():
            raw = response.readline()
            if not raw.endswith(b"\n"):
                return
            line = raw.rstrip(b"\r\n").decode()
            if line == "":
                if data:
                    self.seen.add(json.loads("\n".join(data)))
                elif identifier:
                    # The position at the start of the stream: an id without data.
                    self.seen.cursor = self.seen.cursor or identifier
                    self.connected.set()
                data, identifier = [], None
            elif line.startswith("data:"):
                data.append(line[5:].removeprefix(" "))
            elif line.startswith("id:"):
                identifier = line[3:].strip()

    def stop(self):
        self.stopping.set()
        sock = self.connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self.thread.join(timeout=10)
        assert not self.thread.is_alive(), "the event stream's reader did not end"


class WebhookReceiver:
    """A webhook endpoint that verifies every delivery with the `standardwebhooks` package."""

    def __init__(self):
        self.seen = Seen("webhook")
        self.secret = None
        self.bad_signatures = 0
        self.ids_by_event: dict = {}
        self.changed_ids = 0
        self.down = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.take(body, dict(self.headers.items()))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def take(self, body: bytes, headers: dict) -> int:
        from standardwebhooks.webhooks import Webhook, WebhookVerificationError
        if self.down.is_set():
            return 503
        lower = {key.lower(): value for key, value in headers.items()}
        try:
            if self.secret:
                Webhook(self.secret).verify(body.decode(), lower)
        except WebhookVerificationError:
            self.bad_signatures += 1
            return 401
        event = json.loads(body)
        if self.ids_by_event.setdefault(event["id"], lower["webhook-id"]) != lower["webhook-id"]:
            self.changed_ids += 1
        self.seen.add(event)
        return 204

    def register(self, gateway: Gateway):
        status, answer = gateway.request("POST", "/v1/webhooks", {"url": self.url})
        assert status in (200, 201), (status, answer)
        self.secret = answer["secret"]

    def stop(self):
        self.server.shutdown()


class WatchReader:
    """`bluewire watch --json` as a child, through the gateway or on the database itself; restarted when it ends."""

    def __init__(self, *arguments: str):
        self.arguments = arguments
        self.seen = Seen("watch")
        self.stopping = threading.Event()
        self.process = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.stopping.is_set():
            resume = ["--cursor", self.seen.cursor] if self.seen.cursor and "--db" not in self.arguments else []
            self.process = subprocess.Popen([binary(), "watch", "--json", *self.arguments, *resume],
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment())
            for line in self.process.stdout:
                self.seen.add(json.loads(line))
            self.process.wait()
            time.sleep(0.05)

    def stop(self):
        self.stopping.set()
        if self.process and self.process.poll() is None:
            self.process.terminate()
        self.thread.join(timeout=10)


class Simulator:
    """`bluewire simulate` as a child process, and its HTTP API."""

    def __init__(self, folder: pathlib.Path, *arguments: str):
        self.home = folder / "sim"
        self.process = subprocess.Popen([binary(), "simulate", "--json", "--home", str(self.home), *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment())
        line = self.process.stdout.readline()
        assert line, "the simulator did not start"
        self.greeting = json.loads(line)
        self.database = pathlib.Path(self.greeting["database"])
        self.socket = self.greeting["socket"]

    def call(self, method: str, path: str, body=None):
        """(status, parsed JSON or None)."""
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.connect(self.socket)
        data = None if body is None else json.dumps(body)
        connection.request(method, path, body=data, headers={"Content-Type": "application/json"} if data else {})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def bodies(database: pathlib.Path, guids=None) -> dict:
    """GUID → text by an independent decode (pytypedstream) of every row's body; the text column where there is none.

    With `guids`, of those rows only: the decoder is slow.
    """
    from typedstream.stream import TypedStreamReader  # noqa: F401  (the package must be the real one)
    import typedstream
    result = {}
    connection = sqlite3.connect(f"file:{urllib.parse.quote(str(database))}?mode=ro", uri=True)
    try:
        for guid, text, body in connection.execute("SELECT guid, text, attributedBody FROM message"):
            if guids is None or guid in guids:
                result[guid] = decoded_body(typedstream, body) if body else (text or "")
    finally:
        connection.close()
    return result


def decoded_body(typedstream, body: bytes) -> str:
    """The string of one archived attributed string, without the attachment placeholder."""
    root = typedstream.unarchive_from_data(body)
    values = [value for group in getattr(root, "contents", []) for value in group.values]
    for value in values:
        string = getattr(value, "value", None)
        if isinstance(string, str):
            return string.replace("\ufffc", "").replace("\ufffd", "")
    raise AssertionError("no string in the archive")
