"""`bluewire setup` with a person at a pseudo-terminal, against the simulator."""

import contextlib
import http.client
import json
import os
import pty
import re
import select
import socket
import sqlite3
import stat
import subprocess
import time
import unittest

from harness import Folder, Gateway, binary, environment, run

OWN = "+12025550100"
UNAVAILABLE, FAILED = 69, 1

# Refuses the first question as macOS does when the person says no, and grants the second.
OSASCRIPT = """#!/bin/sh
echo "$@" >>"$BW_TEST_CALLS"
[ "$1" = -e ] || exit 1
[ "$(wc -l <"$BW_TEST_CALLS")" -gt 1 ] && { echo 2; exit 0; }
echo "37:51: execution error: Not authorized to send Apple events to Messages. (-1743)" >&2
exit 1
"""


class Person:
    """Somebody at a terminal of 80 columns: reads what is printed and types lines."""

    def __init__(self, *arguments: str, env: dict | None = None):
        self.terminal, other = pty.openpty()
        self.process = subprocess.Popen(
            [binary(), "setup", *arguments], stdin=other, stdout=other, stderr=other, start_new_session=True,
            env=environment(TERM="dumb", COLUMNS="80", **(env or {})))
        os.close(other)
        self.text = ""

    def read(self, seconds: float = 0.2) -> bool:
        """Takes what has come; whether more can come."""
        if not select.select([self.terminal], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.text += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)

    def sees(self, pattern: str, seconds: float = 60):
        """Waits until what was printed since the last typed line matches."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            more = self.read()
            if time.monotonic() > end or (not more and not re.search(pattern, self.text)):
                raise AssertionError(f"“{pattern}” was never printed, but: {self.text}")

    def types(self, line: str):
        self.text = ""
        os.write(self.terminal, (line + "\n").encode())

    def leaves(self) -> int:
        """Waits for the end; its exit code."""
        end = time.monotonic() + 60
        while self.read():
            if time.monotonic() > end:
                raise AssertionError(f"it did not end: {self.text}")
        return self.process.wait(timeout=20)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.terminal)


class Simulator:
    """`bluewire simulate` as a child process."""

    def __init__(self, folder):
        self.home = folder / "home"
        self.socket = folder / "simulator.sock"
        self.process = subprocess.Popen(
            [binary(), "simulate", "--json", "--home", str(self.home), "--socket", str(self.socket)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment())
        self.database = json.loads(self.process.stdout.readline())["database"]

    def call(self, method: str, path: str, body=None):
        connection = http.client.HTTPConnection("localhost", timeout=20)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.connect(str(self.socket))
        connection.request(method, path, body=None if body is None else json.dumps(body),
                           headers={"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=15)
        self.process.stdout.close()


class Setup(unittest.TestCase):
    def setUp(self):
        folder = Folder()
        self.folder = folder.__enter__()
        self.addCleanup(folder.__exit__)
        self.state = self.folder / "state"
        self.config = self.folder / "bluewire.yaml"
        self.database = self.folder / "home" / "Library" / "Messages" / "chat.db"

    def simulate(self) -> Simulator:
        simulator = Simulator(self.folder)
        self.addCleanup(simulator.close)
        self.assertEqual(simulator.database, str(self.database))
        return simulator

    def person(self, *arguments: str, transport: str = "simulator", env: dict | None = None) -> Person:
        self.config.write_text(
            f"transport: {transport}\nsimulator-socket: {self.folder}/simulator.sock\ndatabase: {self.database}\n"
            f"osascript: {self.folder}/osascript\n")
        person = Person("--config", str(self.config), "--state", str(self.state), *arguments, env=env)
        self.addCleanup(person.close)
        return person

    def progress(self) -> dict:
        done = run("setup", "--json", "--config", str(self.config), "--state", str(self.state))
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["steps"]

    def own_rows(self) -> list:
        """What the account itself has written since the history was made, by chat."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(
                "SELECT h.id, m.text FROM message m LEFT JOIN handle h ON h.ROWID = m.handle_id "
                "WHERE m.is_from_me = 1 AND m.ROWID > ?", (self.floor,)).fetchall()

    def note_floor(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            self.floor = connection.execute("SELECT MAX(ROWID) FROM message").fetchone()[0]

    def test_from_nothing_to_an_answered_text(self):
        person = self.person()
        person.sees("Waiting for it")
        simulator = self.simulate()
        person.sees("Your own address")
        self.note_floor()
        self.assertIn("The last ones:", person.text)
        self.assertNotIn(None, [self.progress()["diskAccess"], self.progress()["signedIn"]])
        # An address that nobody proves gets nothing.
        person.types("+15557654321")
        person.sees("does not prove(.|\n)*Your own address")
        person.types(OWN)
        person.sees("Type yes to send it: $")
        self.assertEqual(self.own_rows(), [])
        person.types("yes")
        person.sees("this would have been the answer:\n(.|\n)*remind me")
        self.assertEqual(person.leaves(), 0)
        self.assertIn("bluewire service install", person.text)
        self.assertNotIn(" error ", person.text)
        self.assertEqual(self.own_rows(), [(OWN, "Hello there")])
        self.assertTrue(self.progress()["textToOneself"])
        self.assertEqual([path.name for path in self.state.glob("setup-*")], [])
        self.assertEqual(stat.S_IMODE((self.state / "setup.json").stat().st_mode), 0o600)
        # The next run knows all this and asks nothing.
        again = self.person()
        self.assertEqual(again.leaves(), 0)
        self.assertIn("sent and answered before", again.text)
        self.assertEqual(len(self.own_rows()), 1)
        self.assertGreater(len(simulator.call("GET", "/state")["chats"]), 0)

    def test_only_yes_sends(self):
        self.simulate()
        self.note_floor()
        for number, answer in enumerate(["", "y", "Yes", "no", "yes please"]):
            person = self.person()
            if number == 0:
                person.sees("Your own address")
                person.types(OWN)
            person.sees("Type yes to send it: $")
            person.types(answer)
            self.assertEqual(person.leaves(), 0)
            self.assertIn("Nothing was sent.", person.text)
        self.assertEqual(self.own_rows(), [])
        self.assertIsNone(self.progress()["textToOneself"])

    def test_it_goes_on_where_it_was_stopped(self):
        self.simulate()
        self.note_floor()
        person = self.person()
        person.sees("Your own address")
        person.types(OWN)
        person.sees("Type yes to send it: $")
        person.process.kill()
        person.process.wait()
        person = self.person()
        person.sees("Type yes to send it: $")
        self.assertNotIn("Your own address", person.text)
        # The end of the input is a stop, not a yes.
        os.write(person.terminal, b"\x04")
        self.assertEqual(person.leaves(), FAILED)
        self.assertEqual(self.own_rows(), [])

    def test_beside_a_running_gateway_nothing_is_sent(self):
        self.simulate()
        self.note_floor()
        gateway = Gateway(self.folder, self.database, "--transport", "none")
        with gateway:
            person = self.person()
            self.assertEqual(person.leaves(), 0)
            self.assertIn("a gateway runs", person.text)
        self.assertEqual(self.own_rows(), [])

    def test_where_sending_is_switched_off_nothing_is_sent(self):
        self.simulate()
        self.note_floor()
        made = run("serve", "--print-token", "--state", str(self.state), "--db", str(self.database))
        self.assertEqual(made.returncode, 0, made.stderr)
        with contextlib.closing(sqlite3.connect(self.state / "state.db")) as connection, connection:
            connection.execute("INSERT INTO outboxSetting (name, value) VALUES ('stop', '1 enough')")
        person = self.person()
        person.sees("Your own address")
        person.types(OWN)
        person.sees("Type yes to send it: $")
        person.types("yes")
        self.assertNotEqual(person.leaves(), 0)
        self.assertEqual(self.own_rows(), [])
        self.assertIsNone(self.progress()["textToOneself"])

    def test_a_refused_permission_is_asked_for_again(self):
        self.simulate()
        script = self.folder / "osascript"
        script.write_text(OSASCRIPT)
        script.chmod(0o755)
        calls = self.folder / "calls"
        env = {"BW_TEST_CALLS": str(calls)}
        person = self.person(transport="applescript", env=env)
        person.sees("Let macOS ask now")
        person.types("")
        self.assertEqual(person.leaves(), 0)
        self.assertIn("only reads", person.text)
        self.assertFalse(calls.exists())
        self.assertIsNone(self.progress()["automation"])

        person = self.person(transport="applescript", env=env)
        person.sees("Let macOS ask now")
        person.types("y")
        person.sees(r"Refused \(-1743\)(.|\n)*Press Return")
        person.types("")
        person.sees("Your own address")
        self.assertTrue(self.progress()["automation"])
        person.types("")
        self.assertEqual(person.leaves(), 0)
        self.assertEqual(len(calls.read_text().splitlines()), 2)

    def test_a_gateway_that_only_reads_sends_nothing(self):
        self.simulate()
        person = self.person(transport="none")
        self.assertEqual(person.leaves(), 0)
        self.assertIn("only reads", person.text)

    def test_without_a_terminal_it_asks_nothing(self):
        done = run("setup", "--state", str(self.state), stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, UNAVAILABLE)
        self.assertIn("bluewire doctor", done.stderr)
        self.assertFalse(self.state.exists())


if __name__ == "__main__":
    unittest.main()
