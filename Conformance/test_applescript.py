"""The AppleScript transport against a stand-in for `osascript` that refuses what the real one refuses."""

import json
import os
import pathlib
import shutil
import time
import unittest

import harness
from harness import Folder, Gateway, Simulator, run, wait_until
from test_outbox import Traced, check_durable, own_rows, require_strace

STAND_IN = pathlib.Path(__file__).resolve().parent / "stand_ins" / "osascript"

TEXTS = {
    "double quotes": 'He said "hello", then "bye"',
    "single quotes and backquotes": "it's `whoami` $(id) ${HOME} 'really'",
    "newlines": "first\nsecond\n\nfourth",
    "tabs and carriage returns": "a\tb\rc",
    "emoji": "👩🏽‍🚀🏳️‍🌈 family 👨‍👩‍👧‍👦 flag 🇩🇪",
    "backslashes": "C:\\new\\table \\\\server \\u0041 \\",
    "script": '" & (do shell script "touch /tmp/owned") & "',
    "scripts of the world": "日本語 العربية עברית ไทย e\u0301 é",
    "guillemets and ligatures": "«class utf8» ¬ continued ﬁ",
    "leading dash": "-e display dialog",
    "10 kB": "".join(f"{number:05} äß " for number in range(1000)),
}


class Messages:
    """A simulator, the stand-in before it, and a gateway that sends with AppleScript."""

    def __init__(self, folder: pathlib.Path, gateway=Gateway):
        self.folder = folder
        self.simulator = Simulator(folder, "--speed", "10")
        self.home = folder / "home"
        self.home.mkdir()
        self.stand_in = folder / "stand in"
        self.stand_in.mkdir()
        (self.stand_in / "socket").symlink_to(self.simulator.socket)
        self.modes = {}
        self.mode("*", "send")
        # A path with a space, as users have.
        self.interpreter = self.stand_in / "osascript"
        shutil.copy(STAND_IN, self.interpreter)
        self.environment = {"HOME": str(self.home), "STAND_IN": str(self.stand_in)}
        self.gateway = gateway(folder, self.simulator.database, env=self.environment,
                               config=f'transport: applescript\nosascript: "{self.interpreter}"\n')
        self.people = 0

    def close(self):
        self.gateway.stop()
        self.gateway.log.close()
        self.simulator.__exit__()

    def mode(self, address: str, mode: str):
        self.modes[address] = mode
        path = self.stand_in / "modes.json"
        path.with_suffix(".new").write_text(json.dumps(self.modes))
        os.replace(path.with_suffix(".new"), path)

    def person(self, mode: str = "send") -> str:
        self.people += 1
        address = f"+1555300{self.people:04}"
        self.mode(address, mode)
        status, answer = self.simulator.call("POST", "/say", {"from": address, "text": "hello"})
        assert status == 200, answer
        return address

    def notes(self, address: str | None = None) -> list:
        path = self.stand_in / "notes"
        notes = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [note for note in notes if address is None or note.get("name", "").endswith(address)]

    def submit(self, address: str, text: str) -> str:
        status, send = self.gateway.request("POST", "/v1/messages", {"to": address, "text": text})
        assert status == 202, send
        return send["id"]

    def send(self, identifier: str) -> dict:
        return self.gateway.request("GET", f"/v1/sends/{identifier}")[1]

    def await_state(self, identifier: str, *states: str, seconds: float = 20) -> dict:
        last = {}

        def reached():
            last.update(self.send(identifier))
            return last["state"] in states
        try:
            wait_until(reached, seconds, f"one of {states}", step=0.05)
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {last.get('state')}, {last.get('failure')}") from None
        return dict(last)

    def rows(self, text: str) -> list:
        return own_rows(self.simulator.database, text)


class AppleScriptTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.messages = Messages(cls.folder.path)
        cls.messages.gateway.start()
        # What ends by a time limit runs beside the other tests.
        cls.hung_person = cls.messages.person("hang")
        cls.hung_since = time.monotonic()
        cls.hung = cls.messages.submit(cls.hung_person, "the script hangs")
        cls.silent_person = cls.messages.person("silent")
        cls.silent = cls.messages.submit(cls.silent_person, "it ends well and sends nothing")

    @classmethod
    def tearDownClass(cls):
        cls.messages.close()
        cls.folder.__exit__()

    def test_texts_arrive_unchanged_and_are_in_no_arguments(self):
        messages = self.messages
        for name, text in TEXTS.items():
            with self.subTest(name):
                address = messages.person()
                send = messages.submit(address, text)
                final = messages.await_state(send, "delivered", "read")
                rows = messages.rows(text)
                self.assertEqual(len(rows), 1, "not exactly one row with exactly this text")
                self.assertEqual(final["message"], rows[0][0])
                notes = messages.notes(address)
                self.assertEqual(len(notes), 1)
                self.assertTrue(notes[0]["looked"], "the look at /proc/*/cmdline sees nothing at all")
                self.assertFalse(notes[0]["leaked"], "the text is in a process's arguments")
                self.assertFalse(notes[0]["leakedName"], "the address is in a process's arguments")
                self.assertEqual(notes[0]["size"], len(text.encode()))
        scripts = {note["script"] for note in messages.notes() if "script" in note}
        self.assertEqual(len(scripts), 1, "the script depends on what is sent")
        self.assertFalse(os.path.exists("/tmp/owned"))

    def test_files_are_staged_where_messages_may_read_them(self):
        messages = self.messages
        source = messages.folder / "my files" / "a photo (1) 'quoted' \"twice\" 🏝️.png"
        source.parent.mkdir()
        content = os.urandom(5000)
        source.write_bytes(content)
        source.chmod(0o644)
        address = messages.person()
        sent = run("send", "--json", "--state", str(messages.gateway.state), "--db", str(messages.simulator.database),
                   "--file", str(source), address, "with a file", env=messages.environment)
        self.assertEqual(sent.returncode, 0, sent.stdout + sent.stderr)
        text, file = messages.notes(address)
        self.assertEqual((text["kind"], file["kind"]), ("text", "file"))
        staged = pathlib.Path(file["path"])
        place = messages.home / "Library" / "Messages" / "Attachments" / "Bluewire"
        self.assertTrue(staged.is_relative_to(place), staged)
        self.assertEqual(staged.name, source.name)
        self.assertEqual(staged.read_bytes(), content)
        self.assertEqual(staged.stat().st_mode & 0o077, 0, "others can read the staged file")
        # The command of this test has the address and the text in its arguments; the staged path is nobody's.
        self.assertFalse(file["leaked"])
        self.assertEqual(source.read_bytes(), content)
        send = json.loads(sent.stdout.splitlines()[-1])["id"]
        messages.await_state(send, "sent", "delivered", "read")

    def test_a_new_person_is_addressed_without_a_chat(self):
        send = self.messages.submit("+15553990001", "nice to meet you")
        self.messages.await_state(send, "delivered", "read")
        self.assertEqual([note["place"] for note in self.messages.notes("+15553990001")], ["participant"])
        self.assertEqual(len(self.messages.rows("nice to meet you")), 1)

    def test_a_group_is_addressed_by_its_chat(self):
        status, chat = self.messages.simulator.call(
            "POST", "/chats", {"participants": [self.messages.person(), self.messages.person()], "name": "Two", "isGroup": True})
        self.assertEqual(status, 200, chat)
        self.messages.simulator.call("POST", "/say", {"chat": chat["chat"], "text": "hello"})
        status, send = self.messages.gateway.request("POST", "/v1/messages", {"chat": chat["chat"], "text": "to you both"})
        self.assertEqual(status, 202, send)
        final = self.messages.await_state(send["id"], "sent")
        self.assertEqual(len(self.messages.rows("to you both")), 1)
        self.assertIsNone(final.get("failure"))
        self.assertEqual(self.messages.notes()[-1]["place"], "chat")

    def refused(self, mode: str, state: str, code: str):
        """A refusal ends in one state with a code and a remedy, nothing arrives, and it is not repeated."""
        text = f"refused with {mode}"
        address = self.messages.person(mode)
        send = self.messages.submit(address, text)
        final = self.messages.await_state(send, "failed", "unknown", "delivered", "read")
        self.assertEqual((final["state"], final["failure"]["code"]), (state, code))
        self.assertTrue(final["failure"]["remedy"])
        self.assertNotIn(address, json.dumps(final["failure"]), "the address is in the error")
        self.assertEqual(self.messages.rows(text), [])
        starts = len(self.messages.notes(address))
        self.messages.mode(address, "send")
        time.sleep(2.5)
        self.assertEqual(len(self.messages.notes(address)), starts, "it was tried again")
        self.assertEqual(self.messages.send(send)["attempts"], 1)
        self.assertEqual(self.messages.rows(text), [])

    def test_automation_denied(self):
        self.refused("-1743", "failed", "automation_denied")

    def test_unknown_chat(self):
        self.refused("-1728", "failed", "chat_not_found")

    def test_wrong_type(self):
        self.refused("-1700", "failed", "wrong_type")

    def test_event_timeout(self):
        self.refused("-1712", "unknown", "event_timeout")

    def test_messages_not_running_is_tried_again_and_sent_once(self):
        text = "Messages is opened later"
        address = self.messages.person("-600")
        send = self.messages.submit(address, text)
        waiting = {}

        def refused_twice():
            waiting.update(self.messages.send(send))
            return waiting["attempts"] >= 2 and waiting["state"] == "queued"
        wait_until(refused_twice, 15, "two refusals")
        self.assertEqual(waiting["failure"]["code"], "messages_not_running")
        self.assertTrue(waiting["failure"]["remedy"])
        self.assertEqual(self.messages.rows(text), [])
        self.messages.mode(address, "send")
        self.messages.await_state(send, "delivered", "read")
        self.assertEqual(len(self.messages.rows(text)), 1)

    def test_exit_zero_without_a_row_is_unknown(self):
        final = self.messages.await_state(self.silent, "unknown", "failed", "landed", "sent", seconds=30)
        self.assertEqual((final["state"], final["failure"]["code"]), ("unknown", "not_seen"))
        self.assertTrue(final["failure"]["remedy"])
        self.assertEqual(len(self.messages.notes(self.silent_person)), 1)

    def test_hanging_script_is_ended_and_unknown(self):
        def pids():
            return [note["pid"] for note in self.messages.notes() if note["mode"] == "hang"]
        wait_until(lambda: len(pids()) == 2, 20, "the script and its child run")
        final = self.messages.await_state(self.hung, "unknown", "failed", seconds=50)
        self.assertEqual((final["state"], final["failure"]["code"]), ("unknown", "timeout"))
        self.assertTrue(final["failure"]["remedy"])
        self.assertGreater(time.monotonic() - self.hung_since, 20, "it was not given its time")

        def running(pid):
            try:
                return ") Z " not in pathlib.Path(f"/proc/{pid}/stat").read_text()
            except OSError:
                return False
        wait_until(lambda: not any(running(pid) for pid in pids()), 5, "the script and its child are gone")
        self.assertEqual(final["attempts"], 1)

    def test_no_job_is_left(self):
        wait_until(lambda: self.messages.send(self.hung)["state"] == "unknown", 50, "the hanging script is ended")
        wait_until(lambda: os.listdir(self.messages.gateway.state / "jobs") == [], 20, "jobs are removed")


class AppleScriptDurabilityTest(unittest.TestCase):
    def test_it_is_on_the_disk_before_osascript_starts(self):
        require_strace(self)
        with Folder() as folder:
            messages = Messages(folder, Traced)
            messages.gateway.start()
            try:
                messages.submit(messages.person(), "on the disk first")
                wait_until(lambda: messages.rows("on the disk first"), 30, "the row")
            finally:
                messages.close()
            check_durable(self, messages.gateway.trace, f'execve("{messages.interpreter}"')


if __name__ == "__main__":
    unittest.main()
