"""Bad input, as an unprivileged user: one clear error with its remedy each, and a state that is the same before and after."""

import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import stat
import subprocess
import tempfile
import time
import unittest

from harness import binary, environment, free_port, generate, require_shared

NOBODY = 65534

# The documented exit codes (`bluewire --help`).
USAGE, DATA, NO_INPUT, UNAVAILABLE, CANNOT_CREATE, BUSY, DENIED, CONFIGURATION = 64, 65, 66, 69, 73, 75, 77, 78


def become_nobody():
    """Between fork and exec: root becomes nobody, everybody else stays who they are."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def give(path: pathlib.Path):
    """Gives a file or folder to the user the binary runs as."""
    if os.getuid() == 0:
        os.chown(path, NOBODY, NOBODY)


def tree(folder: pathlib.Path) -> dict:
    """Everything below a folder: kind, mode and content; None when there is no folder."""
    if not folder.exists():
        return None
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        found[str(path.relative_to(folder))] = (oct(status.st_mode), content)
    return found


class BadInput(unittest.TestCase):
    """A folder of its own, the binary where nobody may read it, and one good database."""

    @classmethod
    def setUpClass(cls):
        cls.shelf = pathlib.Path(tempfile.mkdtemp(prefix="bw-bad-"))
        cls.addClassCleanup(shutil.rmtree, cls.shelf, ignore_errors=True)
        cls.shelf.chmod(0o755)
        cls.bluewire = cls.shelf / "bluewire"
        shutil.copy(binary(), cls.bluewire)
        for resources in pathlib.Path(binary()).resolve().parent.glob("*.resources"):
            shutil.copytree(resources, cls.shelf / resources.name)
        cls.bluewire.chmod(0o755)

    def setUp(self):
        require_shared(self)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="bw-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)
        give(self.folder)
        self.state = self.folder / "state"
        self.messages = self.folder / "messages"
        self.database = self.messages / "chat.db"
        generate(self.database, "--messages", "50")
        for path in [self.messages, *self.messages.iterdir()]:
            give(path)
        self.counter = 0

    def environment(self, **extra: str) -> dict:
        return environment(HOME=str(self.folder), **extra)

    def execute(self, *arguments: str, env: dict | None = None, seconds: float = 30) -> subprocess.CompletedProcess:
        return subprocess.run([str(self.bluewire), *arguments], capture_output=True, text=True, timeout=seconds,
                              cwd=self.folder, env=self.environment(**(env or {})), preexec_fn=become_nobody)

    def refused(self, code: int, says: str, *arguments: str, state: pathlib.Path | None = None, **kwargs) -> str:
        """Runs a command that has to fail: exit code, one message, one remedy, nothing on stdout, nothing left behind."""
        state = state or self.state
        before, above = tree(state), sorted(os.listdir(state.parent)) if state.parent.exists() else None
        result = self.execute(*arguments, **kwargs)
        shown = f"{arguments}\nstdout: {result.stdout}\nstderr: {result.stderr}"
        self.assertEqual(result.returncode, code, shown)
        self.assertEqual(result.stdout, "", shown)
        lines = result.stderr.splitlines()
        self.assertEqual(len(lines), 2, shown)
        self.assertTrue(lines[0].startswith("bluewire: "), shown)
        self.assertRegex(lines[0], re.compile(says, re.IGNORECASE), shown)
        self.assertGreater(len(lines[1]), 15, shown)
        self.assertNotIn("Unexpected failure", shown)
        self.assertEqual(tree(state), before, f"the state changed\n{shown}")
        after = sorted(os.listdir(state.parent)) if state.parent.exists() else None
        self.assertEqual(after, above, f"something was left beside the state\n{shown}")
        return lines[1]

    def serve(self, *arguments: str, database: pathlib.Path | None = None, state: pathlib.Path | None = None,
              listen: str = "127.0.0.1:0") -> list:
        return ["serve", "--transport", "none", "--listen", listen, "--state", str(state or self.state), "--db",
                str(database or self.database), *arguments]

    @contextlib.contextmanager
    def running(self, *arguments: str, **kwargs):
        """A gateway of the unprivileged user that answers; yields its port."""
        with open(self.folder / "gateway.log", "ab") as log:
            process = subprocess.Popen(
                [str(self.bluewire), *self.serve("--json", *arguments, **kwargs)], stdout=subprocess.PIPE, stderr=log,
                text=True, cwd=self.folder, env=self.environment(), preexec_fn=become_nobody)
        try:
            greeting = process.stdout.readline()
            self.assertTrue(greeting, (self.folder / "gateway.log").read_text())
            yield json.loads(greeting)["port"]
        finally:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()

    def settle(self):
        """Waits until a started gateway has written what it writes on start."""
        seen = None
        for _ in range(100):
            now = tree(self.state)
            if now == seen:
                return
            seen = now
            time.sleep(0.3)
        self.fail("an idle gateway keeps writing")

    def used_state(self):
        """A state directory that has been used and is at rest."""
        with self.running():
            pass
        self.assertIn("state.db", os.listdir(self.state))


class DatabaseTest(BadInput):
    """What is wrong with the Messages database, for the gateway and for commands that read it themselves."""

    def both(self, code: int, says: str, database: pathlib.Path):
        before = tree(database.parent) or {}
        for arguments in (self.serve(database=database), ["chats", "--db", str(database)],
                          ["inspect", "database", "--db", str(database)]):
            with self.subTest(arguments[0]):
                self.refused(code, says, *arguments)
        # SQLite may leave empty sidecar files beside a database it could read; the rest is as it was.
        after = tree(database.parent)
        for name, content in before.items():
            if not name.endswith(("-wal", "-shm")):
                self.assertEqual(after[name], content, f"{name} changed")

    def test_no_database(self):
        self.both(NO_INPUT, "no .*chat.db|not exist|no file|no database", self.folder / "elsewhere" / "chat.db")

    def test_no_permission(self):
        self.database.chmod(0)
        self.both(DENIED, "may not be read|permission|not allowed|denied", self.database)

    def test_no_permission_for_the_folder(self):
        self.messages.chmod(0)
        for arguments in (self.serve(), ["chats", "--db", str(self.database)]):
            self.refused(DENIED, "may not be read|permission|not allowed|denied", *arguments)

    def test_not_a_database(self):
        self.database.write_text("This is a text about databases, long enough for a header.\n" * 40)
        self.both(DATA, "not a(n SQLite)? database|damaged", self.database)

    def test_a_truncated_database(self):
        for path in self.messages.glob("chat.db-*"):
            path.unlink()
        content = self.database.read_bytes()
        self.database.write_bytes(content[:5000])
        self.both(DATA, "not a(n SQLite)? database|damaged", self.database)

    def test_a_folder_instead_of_a_database(self):
        self.both(DATA, "is not a file", self.messages)

    def test_the_database_of_another_program(self):
        other = self.messages / "other.db"
        with contextlib.closing(sqlite3.connect(other)) as connection:
            connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)")
            connection.commit()
        give(other)
        self.both(DATA, "no tables|not one of Messages", other)

    def test_macos_10_12(self):
        old = self.messages / "old.db"
        with contextlib.closing(sqlite3.connect(old)) as connection:
            connection.executescript("""
                CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, text TEXT,
                    handle_id INTEGER DEFAULT 0, subject TEXT, attributedBody BLOB, version INTEGER DEFAULT 0,
                    type INTEGER DEFAULT 0, service TEXT, account TEXT, error INTEGER DEFAULT 0, date INTEGER,
                    date_read INTEGER, date_delivered INTEGER, is_from_me INTEGER DEFAULT 0, item_type INTEGER DEFAULT 0,
                    associated_message_guid TEXT DEFAULT NULL, associated_message_type INTEGER DEFAULT 0,
                    balloon_bundle_id TEXT DEFAULT NULL, payload_data BLOB, expressive_send_style_id TEXT);
                CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, guid TEXT UNIQUE NOT NULL, style INTEGER,
                    state INTEGER, account_id TEXT, properties BLOB, chat_identifier TEXT, service_name TEXT,
                    room_name TEXT, account_login TEXT, is_archived INTEGER DEFAULT 0, display_name TEXT);
                CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, country TEXT,
                    service TEXT NOT NULL, uncanonicalized_id TEXT, UNIQUE (id, service));
                CREATE TABLE chat_message_join (chat_id INTEGER, message_id INTEGER, PRIMARY KEY (chat_id, message_id));
                CREATE TABLE chat_handle_join (chat_id INTEGER, handle_id INTEGER, UNIQUE (chat_id, handle_id));
                """)
        give(old)
        self.both(DATA, "10.12", old)


class StateTest(BadInput):
    """What is wrong with the place of our own state."""

    def test_a_read_only_directory(self):
        closed = self.folder / "closed"
        closed.mkdir(mode=0o555)
        give(closed)
        self.refused(CANNOT_CREATE, "cannot be created", *self.serve(state=closed / "state"), state=closed / "state")
        self.refused(CANNOT_CREATE, "cannot be written", *self.serve(state=closed), state=closed)

    def test_a_file_instead_of_a_directory(self):
        self.state.write_text("not a folder")
        give(self.state)
        self.refused(CANNOT_CREATE, "not a directory", *self.serve(), state=self.state)

    def test_a_directory_of_another_user(self):
        if os.getuid() != 0:
            self.skipTest("only root can make a folder of another user")
        self.state.mkdir(mode=0o755)
        self.refused(CANNOT_CREATE, "belongs to another user", *self.serve())

    def test_a_second_gateway_on_one_state(self):
        with self.running() as port:
            self.settle()
            self.refused(BUSY, "already runs", *self.serve())
            # Even when the port is taken as well, the state is what the message is about.
            self.refused(BUSY, "already runs", *self.serve(listen=f"127.0.0.1:{port}"))

    def test_a_damaged_state(self):
        self.used_state()
        for name in ("state.db", "journal.db"):
            with self.subTest(name):
                path = self.state / name
                good = path.read_bytes()
                path.write_bytes(b"Not a database at all. " * 400)
                self.refused(DATA, f"{name} is damaged", *self.serve())
                path.write_bytes(good)

    def test_a_state_of_a_newer_build(self):
        self.used_state()
        for name in ("state.db", "journal.db"):
            with self.subTest(name):
                path = self.state / name
                good = path.read_bytes()
                with contextlib.closing(sqlite3.connect(path)) as connection:
                    connection.execute("PRAGMA user_version = 9999")
                    with contextlib.suppress(sqlite3.OperationalError):
                        connection.execute("INSERT INTO grdb_migrations VALUES ('from-the-future')")
                    connection.commit()
                for suffix in ("-wal", "-shm"):
                    path.with_name(name + suffix).unlink(missing_ok=True)
                self.refused(DATA, "newer", *self.serve())
                path.write_bytes(good)

    @contextlib.contextmanager
    def small_disk(self, size: str):
        """A file system of its own that is soon full."""
        if os.getuid() != 0:
            self.skipTest("only root can mount a small file system")
        disk = self.folder / "disk"
        disk.mkdir(exist_ok=True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(disk)],
                                 capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest(f"a small file system cannot be mounted: {mounted.stderr.strip()}")
        try:
            give(disk)
            yield disk
        finally:
            subprocess.run(["umount", str(disk)], check=True)

    def test_a_full_disk_on_the_first_start(self):
        for size in ("32k", "64k", "128k", "200k"):
            with self.subTest(size), self.small_disk(size) as disk:
                state = disk / "state"
                self.refused(CANNOT_CREATE, "disk", *self.serve(state=state), state=state)

    def test_a_disk_that_filled_up_since(self):
        with self.small_disk("8m") as disk:
            self.state = disk / "state"
            self.used_state()
            with open(disk / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
                while True:
                    filler.write(b"\0" * 4096)
            self.assertEqual(shutil.disk_usage(disk).free, 0)
            self.refused(CANNOT_CREATE, "disk", *self.serve(state=self.state), state=self.state)


class ListenTest(BadInput):
    def test_the_port_is_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            remedy = self.refused(UNAVAILABLE, f"{address}", *self.serve(listen=address))
            self.assertIn("--listen", remedy)
            self.used_state()
            self.refused(UNAVAILABLE, f"{address}", *self.serve(listen=address))

    def test_an_address_of_another_machine(self):
        plain = {"BLUEWIRE_LISTEN_PLAIN": "true"}
        self.refused(UNAVAILABLE, "192.0.2.1", *self.serve(listen="192.0.2.1:8787"), env=plain)

    def test_a_port_for_root(self):
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as start:
            if int(start.read()) <= 80:
                self.skipTest("this machine lets everybody use low ports")
        self.refused(DENIED, "127.0.0.1:80 ", *self.serve(listen="127.0.0.1:80"))

    def test_a_name_that_does_not_resolve(self):
        self.refused(UNAVAILABLE, "no-such-host.invalid", *self.serve(listen="no-such-host.invalid:8787"),
                     env={"BLUEWIRE_LISTEN_PLAIN": "true"})

    def test_an_address_for_others_without_tls(self):
        for listen in ("0.0.0.0:8787", "[::]:8787", "192.0.2.1:8787", "mac.local:8787"):
            remedy = self.refused(CONFIGURATION, "TLS", *self.serve(listen=listen))
            self.assertIn("bluewire tls init", remedy)

    def test_files_for_tls_that_cannot_be_used(self):
        made = self.execute("tls", "init", "--out", str(self.folder / "tls"))
        self.assertEqual(made.returncode, 0, made.stderr)
        certificate, key = self.folder / "tls" / "certificate.pem", self.folder / "tls" / "key.pem"
        self.refused(CONFIGURATION, "tls.key", *self.serve(), env={"BLUEWIRE_TLS_CERTIFICATE": str(certificate)})
        both = {"BLUEWIRE_TLS_CERTIFICATE": str(certificate), "BLUEWIRE_TLS_KEY": str(key)}
        good = key.read_bytes()
        key.chmod(0o644)
        self.assertIn("chmod 600", self.refused(CONFIGURATION, "key.pem", *self.serve(), env=both))
        key.chmod(0o600)
        key.write_bytes(good[:60])
        self.refused(CONFIGURATION, "key.pem", *self.serve(), env=both)
        key.unlink()
        self.refused(CONFIGURATION, "key.pem", *self.serve(), env=both)
        certificate.write_text("no certificate")
        self.refused(CONFIGURATION, "certificate.pem", *self.serve(), env=both)


class ConfigurationTest(BadInput):
    def in_file(self, text: str, says: str, *arguments: str, **kwargs) -> str:
        path = self.folder / "bluewire.yaml"
        path.write_text(text)
        path.chmod(0o644)
        return self.refused(CONFIGURATION, says, *self.serve("--config", str(path), *arguments), **kwargs)

    def test_keys_and_values_in_the_file(self):
        agent = "agents:\n  - name: helper\n"
        cases = {
            "an unknown key": ("poll: true\nlisten-on: 127.0.0.1:1\n", r'line 2.*"listen-on" is not a setting'),
            "an unknown nested key": ("egress:\n  models: 10.0.0.0/8\n", r'line 2.*"egress.models"'),
            "no YAML": ("listen: [\n", "not valid YAML"),
            "no mapping": ("- one\n- two\n", "key: value"),
            "a bad value": ("log-level: chatty\n", 'log-level is "chatty"'),
            "a bad truth": ("poll: perhaps\n", 'poll is "perhaps"'),
            "a bad grant": ("egress:\n  model: 'http://x y'\n", "egress.model"),
            "an unknown key of an agent": (agent + "    alow: ['*']\n", "alow"),
            "a bad value of an agent": (agent + "    debounce: 900\n", "debounce"),
            "a wrong type of an agent": (agent + "    history: many\n", "history"),
            "an unknown zone": (agent + "    zone: Mars/Olympus\n", "zone"),
            "an unknown tool": (agent + "    tools: [fly]\n", "tools"),
            "two agents of one name": (agent + "  - name: helper\n", "Two agents"),
            "a provider without an endpoint": (agent + "    provider: openai\n", "no baseURL"),
            "a key that is not set": (agent + "    provider: openai\n    baseURL: http://127.0.0.1:1/v1\n    model: m\n"
                                      "    keyVariable: NO_SUCH_KEY\n", "NO_SUCH_KEY"),
            "a bad time": (agent + "    stallSeconds: soon\n", "stallSeconds"),
            "an unknown key of a webhook": ("webhooks:\n  - name: a\n    uri: http://x/\n", "uri"),
            "a webhook without a URL": ("webhooks:\n  - name: a\n", "webhooks"),
            "a webhook with a bad URL": ("webhooks:\n  - name: a\n    url: ftp://example.com/\n", "ftp://example.com/"),
        }
        for name, (text, says) in cases.items():
            with self.subTest(name):
                self.in_file(text, says)

    def test_a_file_that_is_not_there(self):
        self.refused(CONFIGURATION, "nowhere.yaml", *self.serve("--config", str(self.folder / "nowhere.yaml")))

    def test_a_file_that_may_not_be_read(self):
        path = self.folder / "secret.yaml"
        path.write_text("poll: true\n")
        path.chmod(0)
        give(path)
        self.refused(CONFIGURATION, "secret.yaml", *self.serve("--config", str(path)))

    def test_an_unknown_variable(self):
        remedy = self.refused(CONFIGURATION, "BLUEWIRE_LISTN", *self.serve(), env={"BLUEWIRE_LISTN": "127.0.0.1:1"})
        self.assertIn("BLUEWIRE_LISTEN", remedy)

    def test_a_bad_value_of_a_variable(self):
        self.refused(CONFIGURATION, "transport is", *[a for a in self.serve() if a not in ("--transport", "none")],
                     env={"BLUEWIRE_TRANSPORT": "pigeon"})

    def test_a_bad_value_of_a_flag(self):
        self.refused(CONFIGURATION, "listen is", *self.serve(listen="everywhere"))
        self.refused(CONFIGURATION, "listen is", *self.serve(listen="127.0.0.1:70000"))

    def test_an_unknown_flag(self):
        result = self.execute(*self.serve("--listn", "127.0.0.1:1"))
        self.assertEqual(result.returncode, USAGE, result.stderr)
        self.assertIn("--listn", result.stderr)
        self.assertIn("--listen", result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertIsNone(tree(self.state))

    def test_a_simulator_without_a_socket(self):
        arguments = [a if a != "none" else "simulator" for a in self.serve()]
        self.refused(CONFIGURATION, "simulator-socket", *arguments)

    def test_commands_without_a_gateway_and_without_a_database(self):
        for arguments in (["send", "+15550100001", "hello"], ["watch"], ["chats"]):
            with self.subTest(arguments[0]):
                self.refused(NO_INPUT, "no Messages database", *arguments, "--state", str(self.state))


class RequestTest(BadInput):
    """Bad requests to a running gateway: a problem document each, and nothing is written."""

    def test_requests(self):
        made = self.execute("serve", "--print-token", "--state", str(self.state), "--db", str(self.database))
        self.assertEqual(made.returncode, 0, made.stderr)
        token = {"Authorization": f"Bearer {made.stdout.strip()}"}
        send = b'{"to": "+15550100001", "text": "hello"}'
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                   "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        typed = {**token, "Content-Type": "application/json"}
        cases = {
            "no token": ("GET", "/v1/chats", {}, None, 401),
            "a bad token": ("GET", "/v1/chats", {"Authorization": "Bearer bw_" + "x" * 40}, None, 401),
            "an odd scheme": ("GET", "/v1/chats", {"Authorization": "Basic YTpi"}, None, 401),
            "a wrong host": ("GET", "/v1/chats", {**token, "Host": "evil.example"}, None, 421),
            "a wrong host without a token": ("GET", "/healthz", {"Host": "evil.example"}, None, 421),
            "a wrong origin": ("POST", "/v1/session", {"Origin": "https://evil.example"}, b'{"token": "x"}', 403),
            "an unknown origin": ("POST", "/v1/session", {"Origin": "null"}, b'{"token": "x"}', 403),
            "a wrong origin with a cookie": (
                "POST", "/v1/messages", {"Cookie": "bluewire_session=bws_x", "Origin": "https://evil.example"}, send, 403),
            "a wrong origin with a WebSocket": (
                "GET", "/v1/events", {**token, **upgrade, "Origin": "https://evil.example"}, None, 403),
            "a bad one-time code": ("POST", "/v1/session", {}, b'{"token": "x"}', 401),
            "an unknown member": ("POST", "/v1/messages", typed, b'{"to": "+15550100001", "txt": "hello"}', 400),
            "a wrong type": ("POST", "/v1/messages", typed, b'{"to": 5, "text": "hello"}', 400),
            "no JSON": ("POST", "/v1/messages", typed, b'{"to": ', 400),
            "no body": ("POST", "/v1/messages", typed, b"", 400),
            "an oversized body": ("POST", "/v1/messages", typed, b'{"text": "' + b"x" * 1_100_000 + b'"}', 413),
            "an unknown chat": ("GET", "/v1/chats/ch_aaaaaaaaaaaaaaaa", token, None, 404),
            "an unknown route": ("GET", "/v1/nothing", token, None, 404),
            "a bad cursor": ("GET", "/v1/events?cursor=nonsense", token, None, 400),
            "a bad limit": ("GET", "/v1/chats?limit=many", token, None, 400),
        }
        with self.running() as port:
            # The first use of a token is noted; that is not what is looked at here.
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/v1/chats", headers=token)
            self.assertEqual(connection.getresponse().status, 200)
            connection.close()
            self.settle()
            before = self.facts()
            for name, (method, path, headers, body, status) in cases.items():
                with self.subTest(name):
                    self.problem(port, method, path, headers, body, status)
            with self.subTest("an oversized body of unknown length"):
                pieces = (b"x" * 65_536 for _ in range(20))
                self.problem(port, "POST", "/v1/messages", typed, pieces, 413)
            self.assertEqual(self.facts(), before, "the state changed")

    def contents(self) -> dict:
        """The state without SQLite's shared memory, which holds only locks and an index that every reader touches."""
        return {name: content for name, content in tree(self.state).items() if not name.endswith("-shm")}

    def facts(self) -> dict:
        """Every row of the state but those of the audit trail, where refusals are written down, and every other file."""
        found = {}
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(self.state, copy, dirs_exist_ok=True, ignore=lambda folder, names: [
                name for name in names if stat.S_ISSOCK(os.lstat(os.path.join(folder, name)).st_mode)])
            for path in sorted(pathlib.Path(copy).rglob("*")):
                if path.suffix == ".db":
                    with contextlib.closing(sqlite3.connect(path)) as connection:
                        found[path.name] = [row for row in connection.iterdump() if 'INSERT INTO "audit' not in row
                                            and "sqlite_sequence" not in row]
                elif path.is_file() and not path.name.endswith(("-wal", "-shm")):
                    found[str(path.relative_to(copy))] = path.read_bytes()
        return found

    def problem(self, port: int, method: str, path: str, headers: dict, body, status: int):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        self.assertEqual(response.status, status, text)
        self.assertEqual(response.getheader("Content-Type"), "application/problem+json", text)
        answer = json.loads(text)
        self.assertEqual(answer["status"], status)
        for key in ("type", "title", "detail", "code", "remedy"):
            self.assertTrue(answer.get(key), f"{key} is missing in {answer}")


if __name__ == "__main__":
    unittest.main()
