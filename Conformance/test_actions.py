"""Everything Messages can do, from the command line and by the people of the simulation; judged by the rows and the events."""

import base64
import contextlib
import http.client
import json
import sqlite3
import subprocess
import threading
import time
import unittest
import urllib.parse

import typedstream
from harness import Folder, Gateway, Simulator, binary, environment, wait_until

ANA, BEN, MARIA, TOM = "+12025550101", "+12025550102", "+12025550103", "tom@morgan.example"


def runs(body: bytes) -> list:
    """[(text, {attribute: value})] of an archived attributed string, by an independent decoder."""
    groups = typedstream.unarchive_from_data(body).contents
    string, found, sets, position = None, [], {}, 0
    for group in groups:
        kinds = [encoding.decode() for encoding in group.encodings]
        if kinds == ["i", "I"]:
            number, length = group.values
            units = string.encode("utf-16-le")[2 * position:2 * (position + length)]
            found.append([units.decode("utf-16-le"), number])
            position += length
        else:
            value = group.values[0]
            if string is None:
                string = value.value
            else:
                sets[len(sets) + 1] = attributes(value)
    return [(text, sets[number]) for text, number in found]


def attributes(dictionary) -> dict:
    found = {}
    for key, value in dictionary.contents.items():
        found[key.value] = getattr(value, "value", None)
    return found


class Events:
    """What `bluewire watch --json` prints."""

    def __init__(self, gateway: Gateway):
        self.events = []
        self.process = subprocess.Popen(
            [binary(), "watch", "--json", "--state", str(gateway.state), "--db", str(gateway.database)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment())
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)
        self.thread.join(timeout=10)
        self.process.stdout.close()


class Actions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        cls.path = cls.folder.path
        cls.simulator = Simulator(cls.path, "--speed", "20")
        cls.line = ["--transport", "simulator", "--simulator-socket", cls.simulator.socket]
        cls.gateway = Gateway(cls.path, cls.simulator.database, *cls.line)

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.gateway.log.close()
        cls.simulator.__exit__()
        cls.folder.__exit__()

    def command(self, *arguments: str, expecting: int = 0):
        """The send that `bluewire send --json` prints; what it says on standard error when it is refused."""
        done = subprocess.run(
            [binary(), "send", "--json", "--state", str(self.gateway.state), "--db", str(self.simulator.database),
             *arguments],
            capture_output=True, text=True, timeout=120, env=environment(
                BLUEWIRE_TRANSPORT="simulator", BLUEWIRE_SIMULATOR_SOCKET=self.simulator.socket))
        self.assertEqual(done.returncode, expecting, done.stdout + done.stderr)
        return json.loads(done.stdout) if expecting == 0 else done.stderr

    def call(self, path: str, body: dict) -> dict:
        status, answer = self.simulator.call("POST", path, body)
        self.assertEqual(status, 200, answer)
        return answer

    def rows(self, query: str, *arguments) -> list:
        with contextlib.closing(sqlite3.connect(f"file:{self.simulator.database}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(query, arguments).fetchall()

    def row(self, send: dict) -> sqlite3.Row:
        self.assertIn(send["state"], ("landed", "sent", "delivered", "read"), send)
        return self.rows("SELECT * FROM message WHERE guid = ?", send["message"])[0]

    def file(self, name: str, content: bytes = b"x") -> str:
        path = self.path / name
        path.write_bytes(content)
        return str(path)


class SendTest(Actions):
    """`bluewire send` with everything it knows, without a gateway."""

    def test_a_reply_with_an_effect_and_a_subject(self):
        asked = self.call("/say", {"from": ANA, "text": "Are you coming?"})["message"]
        row = self.row(self.command("--reply-to", asked, "--effect", "confetti", "--subject", "Plans", ANA, "Yes"))
        self.assertEqual(row["thread_originator_guid"], asked)
        self.assertEqual(row["expressive_send_style_id"], "com.apple.messages.effect.CKConfettiEffect")
        self.assertEqual(row["subject"], "Plans")

    def test_a_mention_is_an_attribute_of_its_name(self):
        row = self.row(self.command("--mention", f"{ANA}=Ana", ANA, "\U0001f389 Hello Ana, hello"))
        found = runs(row["attributedBody"])
        self.assertEqual("".join(text for text, _ in found), "\U0001f389 Hello Ana, hello")
        mentioned = {text: values["__kIMMentionConfirmedMention"] for text, values in found
                     if "__kIMMentionConfirmedMention" in values}
        self.assertEqual(mentioned, {"Ana": ANA})

    def test_a_mention_of_somebody_else_is_refused(self):
        error = self.command("--mention", f"{BEN}=Ben", ANA, "Hello Ben", expecting=65)
        self.assertIn("mentioned", json.loads(error)["error"]["message"])

    def test_a_voice_note(self):
        row = self.row(self.command("--voice", "--file", self.file("note.m4a"), ANA))
        self.assertEqual((row["is_audio_message"], row["cache_has_attachments"]), (1, 1))
        plain = self.row(self.command("--file", self.file("plain.m4a"), ANA))
        self.assertEqual(plain["is_audio_message"], 0)

    def test_choices_are_numbered_lines(self):
        send = self.command("--choice", "Here", "--choice", "There", ANA, "Where shall we eat?")
        wanted = "Where shall we eat?\n\n1. Here\n2. There"
        self.assertEqual(send["action"]["text"], wanted)
        self.assertEqual(runs(self.row(send)["attributedBody"])[0][0], wanted)

    def test_several_addresses_are_one_group(self):
        people = ["--to", ANA, "--to", BEN, "--to", "+1 (202) 555-0142"]
        first = self.row(self.command(*people, "--name", "Trip", "Welcome"))
        again = self.row(self.command("--to", "+12025550142", "--to", BEN, "--to", ANA, "Second"))
        chats = [self.rows("SELECT c.* FROM chat c JOIN chat_message_join j ON j.chat_id = c.ROWID "
                           "WHERE j.message_id = ?", row["ROWID"])[0] for row in (first, again)]
        self.assertEqual(chats[0]["guid"], chats[1]["guid"])
        self.assertEqual((chats[0]["style"], chats[0]["display_name"]), (43, "Trip"))
        members = self.rows("SELECT h.id FROM chat_handle_join j JOIN handle h ON h.ROWID = j.handle_id "
                            "WHERE j.chat_id = ?", chats[0]["ROWID"])
        self.assertEqual({member["id"] for member in members}, {ANA, BEN, "+12025550142"})

    def test_wrong_usage_is_explained_and_sends_nothing(self):
        before = len(self.rows("SELECT 1 FROM message WHERE is_from_me = 1"))
        for arguments in (["--voice", ANA, "text"], ["--at", "tomorrow", ANA, "x"], ["--effect", "sparkle", ANA, "x"],
                          ["--name", "x", ANA, "x"], [ANA, "two", "words"], ["--to", ANA, "--to", BEN, "a", "b"], []):
            with self.subTest(arguments):
                self.command(*arguments, expecting=64)
        for arguments in (["--mention", f"{ANA}=Tom", ANA, "Hello"], ["--to", ANA, "--to", "nonsense", "x"],
                          ["--choice", "only one", ANA, "x"], ["--at", "2020-01-01T00:00:00Z", ANA, "x"],
                          ["--voice", "--file", self.file("note.txt"), ANA]):
            with self.subTest(arguments):
                error = json.loads(self.command(*arguments, expecting=65))["error"]
                self.assertTrue(error["message"] and error["remedy"])
        self.assertEqual(len(self.rows("SELECT 1 FROM message WHERE is_from_me = 1")), before)


class SendThroughGatewayTest(SendTest):
    """The same through a running gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gateway.start()


class ScheduleTest(Actions):
    """A message for later waits in the state, over restarts, and goes out at its time."""

    def test_it_is_sent_by_the_gateway_that_runs_then(self):
        due = time.time() + 12
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(due))
        later = self.command("--at", stamp, ANA, "for later")
        self.assertEqual(later["state"], "queued")
        self.gateway.start()
        now = self.command(ANA, "for now")
        self.assertIn(now["state"], ("landed", "sent", "delivered", "read"))
        self.assertEqual(self.found("for later"), 0)
        self.gateway.stop()
        self.gateway.start()
        wait_until(lambda: self.found("for later") == 1, 40, "the scheduled message", step=0.1)
        self.assertGreaterEqual(time.time(), int(due))
        self.assertEqual(self.gateway.request("GET", f"/v1/sends/{later['id']}")[1]["attempts"], 1)

    def test_it_can_be_cancelled_while_it_waits(self):
        self.gateway.start()
        send = self.command("--at", "in 1h", ANA, "never")
        status, cancelled = self.gateway.request("POST", f"/v1/sends/{send['id']}/cancel")
        self.assertEqual((status, cancelled["state"]), (200, "cancelled"))

    def tearDown(self):
        self.gateway.stop()

    def found(self, text: str) -> int:
        return len(self.rows("SELECT 1 FROM message WHERE is_from_me = 1 AND text = ?", text))


class GroupEventTest(Actions):
    """What people do to a group arrives as messages about the group and as `chat.updated` with the group as it is then."""

    def test_a_group_changes_before_the_eyes_of_a_watcher(self):
        chat = self.call("/chats", {"participants": [ANA, BEN, MARIA], "name": "Trip", "isGroup": True})["chat"]
        self.call("/say", {"chat": chat, "as": ANA, "text": "Hello everybody"})
        self.gateway.start()
        events = Events(self.gateway)
        try:
            self.changes(chat, events)
        finally:
            events.stop()

    def changes(self, chat: str, events: Events):
        self.watching(events)
        steps = [
            ({"change": "rename", "name": "Lisbon"}, "renamed", lambda group: group["displayName"] == "Lisbon"),
            ({"change": "add", "address": TOM}, "participantAdded", lambda group: len(group["participants"]) == 4),
            ({"change": "icon", "base64": "iVBORw0KGgo="}, "photoSet", None),
            ({"change": "remove", "address": TOM}, "participantRemoved", lambda group: len(group["participants"]) == 3),
            ({"change": "icon"}, "photoRemoved", None),
            ({"change": "leave"}, "participantLeft", lambda group: len(group["participants"]) == 2),
        ]
        for change, kind, holds in steps:
            before = len(self.updates(events, chat))
            guid = self.call("/group", {"chat": chat, "as": ANA, **change})["message"]
            with self.subTest(kind):
                wait_until(lambda: self.kind(events, guid) == kind, 20, f"the message about {kind}")
                wait_until(lambda: len(self.updates(events, chat)) > before, 20, f"chat.updated after {kind}")
                if holds:
                    wait_until(lambda: holds(self.updates(events, chat)[-1]), 20, f"the group as {kind} left it")

    def watching(self, events: Events):
        """Until the first event arrives, nobody knows whether the command follows already."""
        end = time.monotonic() + 20
        while not events.events and time.monotonic() < end:
            self.call("/say", {"from": BEN, "text": "knock"})
            with contextlib.suppress(AssertionError):
                wait_until(lambda: events.events, 1, "an event")
        self.assertTrue(events.events, "the command follows")

    def kind(self, events: Events, guid: str):
        for event in list(events.events):
            if event["kind"] == "message.created" and event["message"]["id"] == guid:
                return (event["message"].get("event") or {}).get("kind")
        return None

    def updates(self, events: Events, guid: str) -> list:
        return [event["chatInfo"] for event in list(events.events)
                if event["kind"] == "chat.updated" and event["chatInfo"]["guid"] == guid]


class UploadedTest(Actions):
    """What is sent with uploads: files between the words of a message, and the photo of a group."""

    def setUp(self):
        if self.gateway.process is None or self.gateway.process.poll() is not None:
            self.gateway.start()

    def upload(self, name: str, content: bytes, kind: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=20)
        self.addCleanup(connection.close)
        connection.request("POST", f"/v1/uploads?name={name}", body=content, headers={
            "Authorization": f"Bearer {self.gateway.token}", "Content-Type": kind})
        answer = connection.getresponse()
        upload = json.loads(answer.read())
        self.assertEqual(answer.status, 201, upload)
        return upload["id"]

    def landed(self, answer) -> dict:
        status, send = answer
        self.assertEqual(status, 202, send)
        last = {}

        def has_landed():
            last.update(self.gateway.request("GET", f"/v1/sends/{send['id']}")[1])
            return last["state"] in ("landed", "sent", "delivered", "read")
        wait_until(has_landed, 20, "the send landed")
        return last

    def test_files_stand_between_the_words(self):
        self.call("/say", {"from": ANA, "text": "hello"})
        first, second = (self.upload(f"{name}.txt", name.encode(), "text/plain") for name in ("first", "second"))
        send = self.landed(self.gateway.request("POST", "/v1/messages", {"to": ANA, "parts": [
            {"text": "One \U0001f98a "}, {"attachment": first}, {"text": "Ana", "mention": ANA}, {"attachment": second},
            {"text": " end"}]}))
        found = runs(self.row(send)["attributedBody"])
        self.assertEqual([text for text, _ in found],
                         ["One \U0001f98a ", "\ufffc", "Ana", "\ufffc", " end"])
        self.assertEqual(found[2][1]["__kIMMentionConfirmedMention"], ANA)
        names = [row["transfer_name"] for row in self.rows(
            "SELECT transfer_name FROM attachment JOIN message_attachment_join ON attachment.ROWID = attachment_id "
            "JOIN message ON message.ROWID = message_id WHERE message.guid = ? ORDER BY attachment.ROWID",
            send["message"])]
        self.assertEqual(names, ["first.txt", "second.txt"])
        for parts in ([{"text": "a", "attachment": first}], [{}], [{"file": "/etc/hostname"}], []):
            status, problem = self.gateway.request("POST", "/v1/messages", {"to": ANA, "parts": parts})
            self.assertIn(status, (403, 422), problem)

    def test_a_group_gets_a_photo_and_loses_it(self):
        chat = self.call("/chats", {"participants": [ANA, BEN], "name": "Trip", "isGroup": True})["chat"]
        self.call("/say", {"chat": chat, "as": ANA, "text": "Hello everybody"})
        place = f"/v1/chats/{urllib.parse.quote(chat, safe='')}/icon"
        wait_until(lambda: self.gateway.request("GET", place[:-5])[0] == 200, 20, "the group is known")
        text = self.upload("a.txt", b"x", "text/plain")
        status, problem = self.gateway.request("PUT", place, {"upload": text})
        self.assertEqual(status, 422, problem)
        photo = self.upload("a.png", base64.b64decode("iVBORw0KGgo="), "image/png")
        key = {"Idempotency-Key": "photo"}
        self.landed(self.gateway.request("PUT", place, {"upload": photo}, key))
        self.landed(self.gateway.request("PUT", place, {"upload": photo}, key))
        self.landed(self.gateway.request("DELETE", place))
        kinds = [row["group_action_type"] for row in self.rows(
            "SELECT group_action_type FROM message JOIN chat_message_join ON message.ROWID = message_id "
            "JOIN chat ON chat.ROWID = chat_id WHERE chat.guid = ? AND item_type = 3 ORDER BY message.ROWID", chat)]
        self.assertEqual(kinds, [1, 2])


class ScriptTest(Actions):
    """The scripted people play a group from its first member to the last, in Apple's schema."""

    def test_the_group_script(self):
        self.call("/script", {"name": "group"})
        wait_until(lambda: self.simulator.call("GET", "/state")[1]["pending"] == 0, 60, "the script is over", step=0.2)
        kinds = [(row["item_type"], row["group_action_type"]) for row in self.rows(
            "SELECT item_type, group_action_type FROM message WHERE item_type <> 0 ORDER BY ROWID")]
        self.assertEqual(kinds, [(1, 0), (2, 0), (3, 1), (3, 0), (3, 2)])
        self.assertEqual(len(self.rows("SELECT 1 FROM message WHERE is_audio_message = 1")), 1)
        for row in self.rows("SELECT attributedBody FROM message WHERE attributedBody IS NOT NULL"):
            self.assertTrue(runs(row["attributedBody"]))


if __name__ == "__main__":
    unittest.main()
