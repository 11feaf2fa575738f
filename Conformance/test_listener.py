"""The listener as strangers meet it: curl, openssl and the `websockets` package over TLS, and clients that are slow, many,
huge or make no sense, while another client has to be answered all the time."""

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import re
import resource
import select
import socket
import ssl
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.request

from harness import Folder, Gateway, WebhookReceiver, copy_generated, environment, binary, require_shared, run, wait_until

MB = 1 << 20
CONFIGURATION = 78
# Generous: a debug build with TLS; what it must not do is grow with what it is sent.
MEMORY = 600 * MB


def openssl(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, timeout=60)


def public_pin(certificate: pathlib.Path) -> str:
    """The pin as people compute it by hand."""
    public = openssl("x509", "-in", str(certificate), "-noout", "-pubkey").stdout
    der = openssl("pkey", "-pubin", "-outform", "der", data=public).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def receive(connection: socket.socket, until: bytes | None = None) -> bytes:
    """What comes until the other end closes, or until a mark."""
    got = b""
    with contextlib.suppress(ConnectionResetError, ssl.SSLError):
        while until is None or until not in got:
            piece = connection.recv(65_536)
            if not piece:
                break
            got += piece
    return got


class ListenerTest(unittest.TestCase):
    """A folder and a database; gateways that only read."""

    def setUp(self):
        require_shared(self)
        folder = Folder()
        self.addCleanup(folder.__exit__)
        self.folder = folder.path
        self.database = self.folder / "messages" / "chat.db"
        copy_generated(self.database, "--messages", "50")

    @contextlib.contextmanager
    def gateway(self, config: str = "", **kwargs):
        with Gateway(self.folder, self.database, "--transport", "none", config=config or "poll: true\n", **kwargs) as gateway:
            yield gateway
            self.assertIsNone(gateway.process.poll(), "the gateway has ended")

    def connect(self, gateway: Gateway, source: str | None = None, seconds: float = 30) -> socket.socket:
        connection = socket.create_connection(
            ("127.0.0.1", gateway.port), timeout=seconds, source_address=(source, 0) if source else None)
        self.addCleanup(connection.close)
        return connection

    def upgrade(self, gateway: Gateway) -> bytes:
        return (f"GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {gateway.token}\r\n"
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").encode()

    def peak(self, gateway: Gateway) -> int:
        """The most memory the process has had resident."""
        with open(f"/proc/{gateway.process.pid}/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024


class TLSTest(ListenerTest):
    def setUp(self):
        super().setUp()
        self.certificate = self.folder / "tls" / "certificate.pem"
        self.made = self.init("--host", "gw.example.net")
        self.config = "\n".join(["tls:", f"  certificate: {self.certificate}", f"  key: {self.folder}/tls/key.pem", ""])

    def init(self, *arguments: str) -> dict:
        made = run("tls", "init", "--json", "--out", str(self.folder / "tls"), *arguments)
        self.assertEqual(made.returncode, 0, made.stderr)
        return json.loads(made.stdout)

    def curl(self, gateway: Gateway, path: str, *arguments: str, token: bool = True) -> tuple:
        """(exit code, HTTP version, status, body)."""
        token = ["-H", f"Authorization: Bearer {gateway.token}"] if token else []
        answer = subprocess.run(
            ["curl", "-sS", "--max-time", "30", "--cacert", str(self.certificate), "-w", "\n%{http_version} %{http_code}", *token,
             *arguments, f"https://localhost:{gateway.port}{path}"], capture_output=True, text=True, timeout=60)
        body, _, summary = answer.stdout.rpartition("\n")
        version, status = summary.split()
        return answer.returncode, version, int(status), body

    def client(self, certificate: str | None = None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.certificate)
        if certificate:
            context.load_cert_chain(self.folder / f"{certificate}.pem", self.folder / f"{certificate}.key")
        return context

    def test_what_init_makes(self):
        text = openssl("x509", "-in", str(self.certificate), "-noout", "-text").stdout.decode()
        for part in ("Version: 3", "ecdsa-with-SHA256", "NIST CURVE: P-256", "CN = gw.example.net", "DNS:gw.example.net",
                     "DNS:localhost", "IP Address:127.0.0.1", "CA:FALSE", "TLS Web Server Authentication"):
            self.assertIn(part, text)
        dates = openssl("x509", "-in", str(self.certificate), "-noout", "-dates").stdout.decode()
        start, end = (ssl.cert_time_to_seconds(line.split("=")[1]) for line in dates.splitlines())
        self.assertEqual(end - start, 397 * 86_400)
        verified = openssl("verify", "-x509_strict", "-CAfile", str(self.certificate), str(self.certificate))
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.assertEqual(openssl("pkey", "-in", f"{self.folder}/tls/key.pem", "-check", "-noout").returncode, 0)
        self.assertEqual(self.made["pin"], public_pin(self.certificate))
        self.assertEqual(os.stat(self.folder / "tls" / "key.pem").st_mode & 0o777, 0o600)
        plain = run("tls", "init", "--out", str(self.folder / "other"))
        self.assertIn("sha256//" + public_pin(self.folder / "other" / "certificate.pem"), plain.stdout)

    def test_init_keeps_what_is_there(self):
        before = self.certificate.read_bytes()
        again = run("tls", "init", "--out", str(self.folder / "tls"))
        self.assertEqual(again.returncode, 73)
        self.assertIn("--force", again.stderr)
        self.assertEqual(self.certificate.read_bytes(), before)
        self.init("--force")
        self.assertNotEqual(self.certificate.read_bytes(), before)

    def test_http_and_pins_with_curl(self):
        with self.gateway(self.config) as gateway:
            self.assertTrue(gateway.greeting["url"].startswith("https://127.0.0.1:"))
            for option, version in (("--http1.1", "1.1"), ("--http2", "2")):
                with self.subTest(option):
                    self.assertEqual(self.curl(gateway, "/v1/health", option)[:3], (0, version, 200))
                    self.assertEqual(self.curl(gateway, "/v1/health", option, token=False)[:3], (0, version, 401))
                    pin = "sha256//" + self.made["pin"]
                    self.assertEqual(self.curl(gateway, "/healthz", option, "--pinnedpubkey", pin)[2], 200)
                    other = "sha256//" + base64.b64encode(bytes(32)).decode()
                    self.assertEqual(self.curl(gateway, "/healthz", option, "--pinnedpubkey", other)[0], 90)
            several = subprocess.run(
                ["curl", "-sS", "--http2", "--parallel", "--cacert", str(self.certificate),
                 *[f"https://localhost:{gateway.port}/healthz"] * 50], capture_output=True, text=True, timeout=60)
            self.assertEqual(several.stdout.count('"ok":true'), 50, several.stderr)
            self.assertEqual(self.curl(gateway, "/healthz", "-H", "Host: evil.example")[2], 421)

    def test_versions_and_protocols_with_openssl(self):
        with self.gateway(self.config) as gateway:
            place = ["s_client", "-connect", f"127.0.0.1:{gateway.port}", "-CAfile", str(self.certificate),
                     "-verify_return_error", "-verify_hostname", "localhost"]
            for option, version in (("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")):
                for offered, chosen in (("h2,http/1.1", "h2"), ("http/1.1", "http/1.1")):
                    shown = openssl(*place, option, "-alpn", offered)
                    self.assertEqual(shown.returncode, 0, shown.stderr)
                    self.assertIn(f"ALPN protocol: {chosen}", shown.stdout.decode())
                    self.assertIn(version, shown.stdout.decode())
            old = openssl(*place, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")
            self.assertNotEqual(old.returncode, 0)
            self.assertNotIn("-----BEGIN CERTIFICATE-----", old.stdout.decode())
            # Clients that know no ALPN get HTTP/1.1.
            self.assertIn("No ALPN negotiated", openssl(*place, "-tls1_3").stdout.decode())

    def test_websocket_on_the_same_port(self):
        from websockets.sync.client import connect
        with self.gateway(self.config) as gateway:
            headers = {"Authorization": f"Bearer {gateway.token}"}
            with connect(f"wss://localhost:{gateway.port}/v1/events", ssl=self.client(), additional_headers=headers) as live:
                self.assertEqual(json.loads(live.recv(timeout=20))["type"], "ready")
                self.assertEqual(self.curl(gateway, "/v1/health", "--http2")[1:3], ("2", 200))
                live.ping().wait(20)
            context = self.client()
            context.set_alpn_protocols(["http/1.1"])
            with context.wrap_socket(self.connect(gateway), server_hostname="localhost") as reused:
                for _ in range(2):
                    reused.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    self.assertIn(b" 200 ", receive(reused, b"}"))
                reused.sendall(self.upgrade(gateway))
                answer = receive(reused, b'"ready"')
                self.assertTrue(answer.startswith(b"HTTP/1.1 101 "), answer)

    def test_events_over_http2(self):
        with self.gateway(self.config) as gateway:
            reader = subprocess.Popen(
                ["curl", "-sSN", "--http2", "--cacert", str(self.certificate), "-H", f"Authorization: Bearer {gateway.token}",
                 f"https://localhost:{gateway.port}/v1/events"], stdout=subprocess.PIPE, text=True)
            try:
                self.assertEqual(reader.stdout.readline(), ": ready\n")
            finally:
                reader.kill()
                reader.wait()
                reader.stdout.close()

    def test_the_cookie_is_sealed(self):
        with self.gateway(self.config) as gateway:
            code = gateway.greeting["url"].partition("#token=")[2]
            _, _, status, head = self.curl(
                gateway, "/v1/session", "-D", "-", "-H", "Content-Type: application/json", "-H",
                f"Origin: https://localhost:{gateway.port}", "--data", json.dumps({"token": code}), token=False)
            self.assertEqual(status, 204)
            self.assertRegex(head.lower(), r"set-cookie: [^\n]*; secure")

    def test_a_renewed_certificate_needs_no_restart(self):
        def shown() -> str:
            out = openssl("s_client", "-connect", f"127.0.0.1:{gateway.port}").stdout
            return base64.b64encode(hashlib.sha256(openssl(
                "pkey", "-pubin", "-outform", "der", data=openssl("x509", "-noout", "-pubkey", data=out).stdout
            ).stdout).digest()).decode()
        with self.gateway(self.config) as gateway:
            self.assertEqual(shown(), self.made["pin"])
            renewed = self.init("--force")
            wait_until(lambda: shown() == renewed["pin"], 60, "the new certificate", step=0.5)
            self.assertEqual(self.curl(gateway, "/v1/health")[2], 200)

    def authority(self, *clients: str):
        """A private authority, and certificates it has signed."""
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        made = openssl("req", "-x509", *key, "-keyout", f"{self.folder}/ca.key", "-out", f"{self.folder}/ca.pem", "-subj",
                       "/CN=Private CA", "-days", "30")
        self.assertEqual(made.returncode, 0, made.stderr)
        for name in clients:
            openssl("req", *key, "-keyout", f"{self.folder}/{name}.key", "-out", f"{self.folder}/{name}.csr", "-subj", f"/CN={name}")
            signed = openssl("x509", "-req", "-in", f"{self.folder}/{name}.csr", "-CA", f"{self.folder}/ca.pem", "-CAkey",
                             f"{self.folder}/ca.key", "-CAcreateserial", "-out", f"{self.folder}/{name}.pem", "-days", "30")
            self.assertEqual(signed.returncode, 0, signed.stderr)

    def shows(self, name: str) -> list:
        return ["--cert", f"{self.folder}/{name}.pem", "--key", f"{self.folder}/{name}.key"]

    def test_certificates_in_addition_to_tokens(self):
        self.authority("phone")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                f"{self.folder}/forged.key", "-out", f"{self.folder}/forged.pem", "-subj", "/CN=phone", "-days", "30")
        with self.gateway(self.config + f"  client-ca: {self.folder}/ca.pem\n") as gateway:
            for option in ("--http1.1", "--http2"):
                with self.subTest(option):
                    self.assertNotEqual(self.curl(gateway, "/healthz", option)[0], 0)
                    self.assertNotEqual(self.curl(gateway, "/healthz", option, *self.shows("forged"))[0], 0)
                    self.assertEqual(self.curl(gateway, "/v1/health", option, *self.shows("phone"))[2], 200)
                    self.assertEqual(self.curl(gateway, "/v1/health", option, *self.shows("phone"), token=False)[2], 401)
            asked = openssl("s_client", "-connect", f"127.0.0.1:{gateway.port}", "-tls1_2").stdout.decode()
            self.assertIn("Acceptable client certificate CA names", asked)
            self.assertIn("Private CA", asked)

    def test_certificates_that_stand_for_clients(self):
        from websockets.exceptions import InvalidStatus
        from websockets.sync.client import connect
        self.authority("phone", "lost")
        pin = public_pin(self.folder / "phone.pem")
        clients = f"  clients:\n    - name: phone\n      spki: {pin}\n      scopes: [read]\n"
        with self.gateway(self.config + f"  client-ca: {self.folder}/ca.pem\n" + clients) as gateway:
            for option in ("--http1.1", "--http2"):
                with self.subTest(option):
                    phone, lost = [option, *self.shows("phone")], [option, *self.shows("lost")]
                    self.assertEqual(self.curl(gateway, "/v1/health", *phone, token=False)[2], 200)
                    self.assertEqual(self.curl(gateway, "/v1/webhooks", *phone, token=False)[2], 403)
                    self.assertEqual(self.curl(gateway, "/v1/webhooks", *phone)[2], 200)
                    foreign = self.curl(gateway, "/v1/health", *phone, "-H", "Origin: https://evil.example", token=False)
                    self.assertEqual(foreign[2], 403)
                    # Signed by the right authority, with a good token, and still nobody.
                    refused = self.curl(gateway, "/v1/health", *lost)
                    self.assertEqual((refused[2], json.loads(refused[3])["code"]), (403, "unknown_certificate"))
            url = f"wss://localhost:{gateway.port}/v1/events"
            with connect(url, ssl=self.client("phone")) as live:
                self.assertEqual(json.loads(live.recv(timeout=20))["type"], "ready")
            with self.assertRaises(InvalidStatus) as refused:
                connect(url, ssl=self.client("lost"), additional_headers={"Authorization": f"Bearer {gateway.token}"})
            self.assertEqual(refused.exception.response.status_code, 403)

    def test_a_listener_for_others_wants_tls(self):
        address = next((a for a in self.made["addresses"] if ":" not in a and not a.startswith("127.")), None)
        plain = ["serve", "--transport", "none", "--json", "--listen", "0.0.0.0:0", "--state", str(self.folder / "state"), "--db",
                 str(self.database)]
        refused = run(*plain)
        self.assertEqual(refused.returncode, CONFIGURATION, refused.stderr)
        for part in ("TLS", "bluewire tls init", "listen-plain"):
            self.assertIn(part, refused.stderr)
        self.assertFalse((self.folder / "state").exists())
        config = self.folder / "tls.yaml"
        config.write_text(self.config)
        for arguments, env, scheme in (([], {"BLUEWIRE_LISTEN_PLAIN": "true"}, "http"), (["--config", str(config)], {}, "https")):
            with self.subTest(scheme):
                process = subprocess.Popen([binary(), *plain, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                           text=True, env=environment(**env))
                try:
                    greeting = json.loads(process.stdout.readline())
                    self.assertTrue(greeting["url"].startswith(scheme + "://127.0.0.1:"))
                    for host in filter(None, ("127.0.0.1", address)):
                        answer = subprocess.run(
                            ["curl", "-sS", "--cacert", str(self.certificate), f"{scheme}://{host}:{greeting['port']}/healthz"],
                            capture_output=True, text=True, timeout=30)
                        self.assertEqual(answer.stdout, '{"ok":true}', answer.stderr)
                finally:
                    process.terminate()
                    process.wait(timeout=20)
                    process.stdout.close()


class Bystander:
    """Another client that asks all the time and must always be answered."""

    def __init__(self, test: unittest.TestCase, gateway: Gateway):
        self.test, self.gateway = test, gateway
        self.stopping = threading.Event()
        self.answers, self.failures, self.slowest = 0, [], 0.0

    def _run(self):
        while not self.stopping.is_set():
            start = time.monotonic()
            try:
                status, _ = self.gateway.request("GET", "/v1/health")
                if status != 200:
                    self.failures.append(status)
            except OSError as error:
                self.failures.append(error)
            self.answers += 1
            self.slowest = max(self.slowest, time.monotonic() - start)
            self.stopping.wait(0.02)

    def __enter__(self):
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, kind, *_):
        self.stopping.set()
        self.thread.join(timeout=40)
        if kind is None:
            self.test.assertEqual(self.failures, [], "another client was not answered")
            self.test.assertGreater(self.answers, 0)
            self.test.assertLess(self.slowest, 20)


class HostileTest(ListenerTest):
    """Each test: clear refusal, bounded memory, and somebody else is answered throughout."""

    @contextlib.contextmanager
    def besieged(self, config: str = ""):
        with self.gateway(config) as gateway:
            with Bystander(self, gateway):
                yield gateway
            self.assertLess(self.peak(gateway), MEMORY)

    def trickle(self, connections: list, rest: bytes, seconds: float) -> dict:
        """Sends a byte a second to each until all have ended; what each was answered."""
        answers = {connection: b"" for connection in connections}
        open_ones, position, end = set(connections), 0, time.monotonic() + seconds
        while open_ones and time.monotonic() < end:
            for connection in list(open_ones):
                with contextlib.suppress(OSError):
                    connection.send(rest[position % len(rest):][:1])
            position += 1
            pause = time.monotonic() + 1
            while open_ones and (left := pause - time.monotonic()) > 0:
                for connection in select.select(list(open_ones), [], [], left)[0]:
                    try:
                        piece = connection.recv(65_536)
                    except OSError:
                        piece = b""
                    answers[connection] += piece
                    if not piece:
                        open_ones.discard(connection)
        self.assertFalse(open_ones, f"{len(open_ones)} connections were kept open")
        return answers

    def test_slow_headers(self):
        with self.besieged() as gateway:
            connections = [self.connect(gateway, f"127.0.0.{2 + n % 20}") for n in range(100)]
            for connection in connections:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            answers = self.trickle(connections, b"abcdefg", 40)
            for answer in answers.values():
                self.assertTrue(answer.startswith(b"HTTP/1.1 408 "), answer)

    def test_slow_bodies(self):
        with self.besieged() as gateway:
            head = (f"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {gateway.token}\r\n"
                    "Content-Type: application/json\r\n")
            connections = [self.connect(gateway, f"127.0.0.{2 + n % 20}") for n in range(60)]
            for number, connection in enumerate(connections):
                if number % 2:
                    connection.sendall((head + "Content-Length: 5000\r\n\r\n").encode())
                else:
                    connection.sendall((head + "Transfer-Encoding: chunked\r\n\r\n1388\r\n").encode())
            answers = self.trickle(connections, b'{"to": "+15550100001", "text": "', 60)
            for answer in answers.values():
                self.assertTrue(answer.startswith(b"HTTP/1.1 408 "), answer)

    def flood(self, connection: socket.socket, piece: bytes, most: int) -> tuple:
        """Sends until it is refused or `most` bytes are out; (bytes sent, answer)."""
        sent = 0
        connection.settimeout(20)
        try:
            while sent < most:
                connection.sendall(piece)
                sent += len(piece)
        except OSError:
            pass
        return sent, receive(connection)

    def test_a_body_of_a_gigabyte(self):
        with self.besieged() as gateway:
            head = (f"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {gateway.token}\r\n"
                    "Content-Type: application/json\r\n")
            with self.subTest("declared"):
                connection = self.connect(gateway)
                connection.sendall((head + "Content-Length: 1000000000\r\n\r\n").encode())
                self.assertTrue(receive(connection, b"}").startswith(b"HTTP/1.1 413 "))
            with self.subTest("declared and sent all the same"):
                connection = self.connect(gateway)
                connection.sendall((head + "Content-Length: 1000000000\r\n\r\n").encode())
                sent, answer = self.flood(connection, b"x" * MB, 1000 * MB)
                self.assertTrue(answer.startswith(b"HTTP/1.1 413 "), answer)
                self.assertLess(sent, 100 * MB)
            with self.subTest("chunked"):
                connection = self.connect(gateway)
                connection.sendall((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
                sent, answer = self.flood(connection, b"100000\r\n" + b"x" * MB + b"\r\n", 1000 * MB)
                self.assertTrue(answer.startswith(b"HTTP/1.1 413 "), answer)
                self.assertLess(sent, 100 * MB)
            with self.subTest("chunked, from nobody"):
                connection = self.connect(gateway)
                connection.sendall(b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
                sent, answer = self.flood(connection, b"100000\r\n" + b"x" * MB + b"\r\n", 1000 * MB)
                self.assertTrue(answer.startswith(b"HTTP/1.1 401 "), answer)
                self.assertLess(sent, 100 * MB)

    def test_a_body_of_a_gigabyte_over_http2(self):
        made = run("tls", "init", "--json", "--out", str(self.folder / "tls"))
        pair = json.loads(made.stdout)
        with self.gateway(f"tls:\n  certificate: {pair['certificate']}\n  key: {pair['key']}\n") as gateway:
            for extra in ([], ["-H", "Content-Length: 1000000000"]):
                body = subprocess.Popen(["head", "-c", "1000000000", "/dev/zero"], stdout=subprocess.PIPE)
                answer = subprocess.run(
                    ["curl", "-sS", "--http2", "--max-time", "60", "--cacert", pair["certificate"], "-X", "POST", "-T", "-", "-H",
                     f"Authorization: Bearer {gateway.token}", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}", *extra,
                     f"https://localhost:{gateway.port}/v1/messages"], stdin=body.stdout, capture_output=True, text=True, timeout=90)
                body.kill()
                body.wait()
                body.stdout.close()
                status, sent = answer.stdout.split()
                self.assertEqual(status, "413", answer.stderr)
                self.assertLess(int(sent), 100 * MB)
            self.assertLess(self.peak(gateway), MEMORY)

    def test_a_header_of_a_megabyte(self):
        with self.besieged() as gateway:
            line = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
            floods = {"one field": [b"X-Long: " + b"x" * MB], "a path": [],
                      "many fields": [b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(1000)],
                      "one endless field": [b"X-Long: ", *[b"x" * 65_536] * 16]}
            for name, pieces in floods.items():
                with self.subTest(name):
                    connection = self.connect(gateway)
                    with contextlib.suppress(OSError):
                        connection.sendall(b"GET /" + b"x" * MB + b" HTTP/1.1\r\n" if name == "a path" else line)
                        for piece in pieces:
                            connection.sendall(piece)
                    answer = receive(connection)
                    self.assertRegex(answer, rb"^HTTP/1.1 4(00|14|31) ")

    def test_ten_thousand_idle_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        count = min(10_000, hard - 500)
        self.assertGreaterEqual(count, 1000, "the limit of open files is too low for this test")
        with self.besieged() as gateway:
            held = []
            for number in range(count):
                held.append(self.connect(gateway, f"127.0.0.{2 + number % 40}"))
            status, _ = gateway.request("GET", "/v1/health")
            self.assertEqual(status, 200)
            descriptors = len(os.listdir(f"/proc/{gateway.process.pid}/fd"))
            self.assertLess(descriptors, 1024 + 256)
            # They sent nothing; so they are let go.
            wait_until(lambda: len(os.listdir(f"/proc/{gateway.process.pid}/fd")) < 200, 60, "the idle ones to be closed", step=0.5)
            for connection in held:
                connection.close()

    def test_many_connections_of_one_address(self):
        with self.gateway("limits:\n  connections-per-address: 20\n") as gateway:
            held = [self.connect(gateway, "127.0.0.2") for _ in range(20)]
            for connection in held:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                self.assertIn(b" 200 ", receive(connection, b"}"))
            refused = receive(self.connect(gateway, "127.0.0.2"))
            self.assertTrue(refused.startswith(b"HTTP/1.1 429 "), refused)
            self.assertIn(b"Retry-After: ", refused)
            self.assertEqual(gateway.request("GET", "/v1/health")[0], 200)
            held.pop().close()
            wait_until(lambda: receive(self.ask(gateway, "127.0.0.2"), b"}").startswith(b"HTTP/1.1 200 "), 20, "a free place")

    def ask(self, gateway: Gateway, source: str) -> socket.socket:
        connection = self.connect(gateway, source)
        with contextlib.suppress(OSError):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return connection

    def test_malformed_http(self):
        requests = {
            "nonsense": b"\x00\x01\x02nonsense\r\n\r\n", "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32),
            "no version": b"GET /\r\n\r\n", "a wrong version": b"GET / HTTP/7.3\r\n\r\n",
            "a field without colon": b"GET / HTTP/1.1\r\nHost: localhost\r\nnonsense\r\n\r\n",
            "two lengths": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "length and chunks": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 b"0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
            "a negative length": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
            "a NUL in a field": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n",
        }
        with self.besieged() as gateway:
            for name, request in requests.items():
                with self.subTest(name):
                    connection = self.connect(gateway)
                    connection.sendall(request)
                    answer = receive(connection)
                    self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
                    self.assertEqual(answer.count(b"HTTP/1.1 "), 1, answer)
            with self.subTest("a bad chunk"):
                connection = self.connect(gateway)
                connection.sendall(b"POST /v1/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nxx\r\n")
                self.assertTrue(receive(connection).startswith(b"HTTP/1.1 400 "))

    def test_malformed_frames_and_an_upgrade_on_a_reused_connection(self):
        masked = b"\x00\x00\x00\x00"
        frames = {
            "not masked": (b"\x81\x02hi", 1002), "a reserved bit": (b"\xf1\x80" + masked, 1002),
            "an unknown opcode": (b"\x87\x80" + masked, 1002), "a stray continuation": (b"\x80\x80" + masked, 1002),
            "a fragmented ping": (b"\x09\x80" + masked, 1002),
            "a ping of 126 bytes": (b"\x89\xfe\x00\x7e" + masked + bytes(126), 1002),
            "a frame of a gigabyte": (b"\x82\xff" + (1 << 30).to_bytes(8, "big") + masked + bytes(100_000), 1009),
            "a length beyond reason": (b"\x82\xff" + b"\xff" * 8 + masked, 1009),
            "a bad close code": (b"\x88\x82" + masked + b"\x03\xee", 1002),
        }
        with self.besieged() as gateway:
            for name, (frame, code) in frames.items():
                with self.subTest(name):
                    connection = self.connect(gateway)
                    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    self.assertIn(b" 200 ", receive(connection, b"}"))
                    connection.sendall(self.upgrade(gateway))
                    self.assertTrue(receive(connection, b'"ready"').startswith(b"HTTP/1.1 101 "))
                    connection.sendall(frame)
                    rest = receive(connection)
                    self.assertTrue(rest.endswith(b"\x88\x02" + code.to_bytes(2, "big")), rest)

    def test_a_client_of_websockets_that_sends_too_much(self):
        from websockets.exceptions import ConnectionClosed
        from websockets.sync.client import connect
        with self.besieged() as gateway:
            headers = {"Authorization": f"Bearer {gateway.token}"}
            with connect(f"ws://127.0.0.1:{gateway.port}/v1/events", additional_headers=headers) as live:
                live.recv(timeout=20)
                live.send(b"x" * MB)
                live.ping().wait(20)
                with self.assertRaises(ConnectionClosed) as closed:
                    live.send(b"x" * (MB + 1))
                    while True:
                        live.recv(timeout=20)
                self.assertEqual(closed.exception.rcvd.code, 1009)


class RateTest(ListenerTest):
    def status(self, gateway: Gateway, path: str, token: str | None) -> tuple:
        """(status, Retry-After or None)."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with urllib.request.urlopen(urllib.request.Request(gateway.url + path, headers=headers), timeout=20) as answer:
                return answer.status, answer.headers["Retry-After"]
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers["Retry-After"]

    def test_a_local_client_may_be_busy(self):
        with self.gateway() as gateway:
            self.assertEqual({self.status(gateway, "/v1/health", gateway.token)[0] for _ in range(300)}, {200})

    def test_requests_are_spaced_out_when_configured(self):
        with self.gateway("limits:\n  requests: 1/5\n") as gateway:
            answers = [self.status(gateway, "/v1/health", gateway.token) for _ in range(12)]
            self.assertEqual({status for status, _ in answers[:5]}, {200})
            self.assertIn(429, {status for status, _ in answers[5:]})
            wait = next(int(wait) for status, wait in answers if status == 429)
            self.assertTrue(1 <= wait <= 5, wait)
            # The owner's own socket is not slowed.
            for _ in range(20):
                asked = run("chats", "--limit", "1", "--state", str(gateway.state), "--db", str(self.database))
                self.assertEqual(asked.returncode, 0, asked.stderr)
            wait_until(lambda: self.status(gateway, "/v1/health", gateway.token)[0] == 200, 20, "the next permit", step=1)

    def test_guessing_is_slow_and_hurts_nobody_else(self):
        with self.gateway() as gateway:
            answers = [self.status(gateway, "/v1/health", "bw_" + "x" * 43) for _ in range(8)]
            self.assertEqual([status for status, _ in answers], [401] * 5 + [429] * 3)
            self.assertTrue(all(1 <= int(wait) <= 15 for status, wait in answers if status == 429))
            self.assertEqual(self.status(gateway, "/v1/health", gateway.token)[0], 200)

    def test_one_token_has_so_many_sockets(self):
        from websockets.exceptions import InvalidStatus
        from websockets.sync.client import connect
        with self.gateway("limits:\n  sockets: 3\n") as gateway, contextlib.ExitStack() as held:
            url, headers = f"ws://127.0.0.1:{gateway.port}/v1/events", {"Authorization": f"Bearer {gateway.token}"}
            for _ in range(3):
                held.enter_context(connect(url, additional_headers=headers)).recv(timeout=20)
            with self.assertRaises(InvalidStatus) as refused:
                connect(url, additional_headers=headers)
            self.assertEqual(refused.exception.response.status_code, 429)
            self.assertIn("Retry-After", refused.exception.response.headers)

    def test_only_listed_addresses_may_connect(self):
        addresses = json.loads(run("tls", "init", "--json", "--out", str(self.folder / "tls")).stdout)["addresses"]
        address = next((a for a in addresses if ":" not in a and not a.startswith("127.")), None)
        if address is None:
            self.skipTest("this machine has no address but loopback")
        for listed, status in (("198.51.100.0/24", b"403"), (f"{address}/32", b"200")):
            with self.subTest(listed):
                process = subprocess.Popen(
                    [binary(), "serve", "--transport", "none", "--json", "--listen", "0.0.0.0:0", "--state",
                     str(self.folder / "state"), "--db", str(self.database)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    text=True, env=environment(BLUEWIRE_LISTEN_PLAIN="true", BLUEWIRE_ALLOWED_CLIENTS=listed))
                try:
                    port = json.loads(process.stdout.readline())["port"]
                    for host, wanted in (("127.0.0.1", b"200"), (address, status)):
                        with socket.create_connection((host, port), timeout=20) as connection:
                            with contextlib.suppress(OSError):
                                connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                            self.assertTrue(receive(connection).startswith(b"HTTP/1.1 " + wanted))
                finally:
                    process.terminate()
                    process.wait(timeout=20)
                    process.stdout.close()


class EgressTest(ListenerTest):
    def test_proxies_of_the_environment_are_ignored(self):
        trap = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(trap.close)
        proxy = f"http://127.0.0.1:{trap.getsockname()[1]}"
        names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        receiver = WebhookReceiver()
        self.addCleanup(receiver.stop)
        with self.gateway("egress:\n  webhook: [127.0.0.0/8]\n", env={name: proxy for name in names}) as gateway:
            status, made = gateway.request("POST", "/v1/webhooks", {"url": receiver.url})
            self.assertEqual(status, 201, made)
            receiver.secret = made["secret"]
            gateway.request("POST", f"/v1/webhooks/{made['id']}/test")
            wait_until(lambda: receiver.seen.ids or receiver.ids_by_event, 30, "the delivery")
        self.assertEqual(receiver.bad_signatures, 0)
        trap.setblocking(False)
        with self.assertRaises(BlockingIOError):
            trap.accept()


if __name__ == "__main__":
    unittest.main()
