"""Bodies and counts: an independent decoder reads what the simulator writes, and readers agree with a generator's manifest."""

import collections
import contextlib
import json
import os
import pathlib
import plistlib
import sqlite3
import time
import unittest

import typedstream
from harness import Folder, Simulator, decoded_body, generate, require_shared, run, wait_until


def runs_length(body: bytes) -> int:
    """The sum of the run lengths of an archived attributed string, in UTF-16 units."""
    groups = typedstream.unarchive_from_data(body).contents
    total = 0
    for group in groups[1:]:
        kinds = [encoding.decode() for encoding in group.encodings]
        if kinds == ["i", "I"]:
            total += group.values[1]
    return total


def archived_string(body: bytes) -> str:
    """The string of an archived attributed string, with the attachment placeholders."""
    for group in typedstream.unarchive_from_data(body).contents:
        for value in group.values:
            if isinstance(getattr(value, "value", None), str):
                return value.value
    raise AssertionError("no string in the archive")


class SimulatedBodiesTest(unittest.TestCase):
    """pytypedstream reads every body the simulator writes, edits and their history included."""

    TEXTS = ["plain", "caf\u00e9 \u2615\ufe0f", "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 family", "two\nlines\tand a tab",
             "see https://example.com/a?b=1&c=%20 now", "call +1 555 123 4567", "\u6f22\u5b57\u304b\u306a\ud55c\uad6d\uc5b4", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
             "NSString streamtyped \u0086\u0084", "x" * 127, "x" * 128, "x" * 129, "\u00e9" * 32_767, "y" * 40_000, " outer space "]

    def test_every_body_is_read_by_an_independent_decoder(self):
        with Folder() as folder, Simulator(folder, "--seed", "7", "--speed", "50") as simulator:
            said, history = {}, {}
            person = simulator.call("GET", "/state")[1]["people"][0]["address"]
            chat = None
            for text in self.TEXTS:
                said[self.call(simulator, "/say", {"from": person, "text": text})["message"]] = text
                receipt = self.call(simulator, "/transport/send", {"address": person, "text": text})
                said[receipt["message"]] = text
                chat = receipt["chat"]
            photo = self.call(simulator, "/photo", {"from": person, "text": "look"})["message"]
            voice = self.call(simulator, "/voice", {"from": person})["message"]
            for is_ours in (False, True):
                versions = ["first words", "second words \U0001f389", "third words https://example.com/x"]
                place = "/transport/send" if is_ours else "/say"
                who = {"address": person} if is_ours else {"from": person}
                guid = self.call(simulator, place, {**who, "text": versions[0]})["message"]
                for text in versions[1:]:
                    self.call(simulator, "/transport/edit" if is_ours else "/edit", {"message": guid, "text": text})
                said[guid], history[guid] = versions[-1], versions
            gone = self.call(simulator, "/say", {"from": person, "text": "never mind"})["message"]
            self.call(simulator, "/unsend", {"message": gone})
            self.call(simulator, "/tapback", {"message": next(iter(said)), "from": person, "kind": "love"})
            # Data detection rewrites bodies a moment later: both forms are read.
            for _ in range(2):
                found = self.read(simulator.database)
                for guid, text in said.items():
                    self.assertEqual(found[guid], text)
                self.assertNotIn(gone, found, "an unsent message keeps no body")
                self.assertIn("\ufffc", found[photo])
                self.assertTrue(found[photo].endswith("look"))
                self.assertEqual(found[voice], "\ufffc")
                self.assertGreater(len(found), len(said) + 20, "the seeded conversations are read too")
                wait_until(lambda: simulator.call("GET", "/state")[1]["pending"] == 0, 20, "the simulation is at rest")
            self.check_history(simulator.database, history)
            shown = {message["id"]: message for message in self.history(simulator.database)}
            for guid, text in {**said}.items():
                self.assertEqual(shown[guid]["text"], text)

    def call(self, simulator, path, body):
        status, answer = simulator.call("POST", path, body)
        self.assertLess(status, 300, answer)
        return answer

    def read(self, database) -> dict:
        """GUID → archived string, of every row with a body; the runs cover the string exactly."""
        found = {}
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            for guid, body in connection.execute("SELECT guid, attributedBody FROM message WHERE attributedBody IS NOT NULL"):
                found[guid] = archived_string(body)
                self.assertEqual(runs_length(body), len(found[guid].encode("utf-16-le")) // 2, f"runs of {found[guid][:40]!r}")
        return found

    def check_history(self, database, history: dict):
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            rows = dict(connection.execute("SELECT guid, message_summary_info FROM message WHERE message_summary_info IS NOT NULL"))
        for guid, versions in history.items():
            parts = plistlib.loads(rows[guid])["ec"]
            self.assertEqual([archived_string(bytes(entry["t"])) for entry in parts["0"]], versions)

    def history(self, database):
        shown = run("history", "--all", "--json", "--db", str(database))
        self.assertEqual(shown.returncode, 0, shown.stderr)
        return [json.loads(line) for line in shown.stdout.splitlines()]


class ManifestTest(unittest.TestCase):
    """`inspect database` and `history` equal what the generator says it wrote, for every generation of the schema."""

    MESSAGES = int(os.environ.get("BLUEWIRE_CONFORMANCE_MESSAGES", "5000"))
    # What the manifest says about the generator itself, and what `history` is compared with below.
    NOT_COUNTS = {"generator", "options", "schema", "samples", "contacts", "attachment_files_written", "needles"}

    def setUp(self):
        require_shared(self)

    def test_macos_13(self): self.check("--macos", "13")
    def test_macos_14(self): self.check("--macos", "14")
    def test_macos_15(self): self.check("--macos", "15")
    def test_macos_26(self): self.check("--macos", "26")
    def test_an_upgraded_database(self): self.check("--macos", "15", "--upgraded")
    def test_dates_in_seconds(self): self.check("--macos", "14", "--old-dates")

    def check(self, *options: str):
        with Folder() as folder:
            database, path = folder / "chat.db", folder / "manifest.json"
            generate(database, "--messages", str(self.MESSAGES), "--manifest", str(path), *options)
            manifest = json.loads(path.read_text())
            started = time.monotonic()
            report = run("inspect", "database", "--json", "--identifiers", "--db", str(database), timeout=600)
            self.assertEqual(report.returncode, 0, report.stderr)
            inspected = time.monotonic()
            counts = json.loads(report.stdout)
            expected = set(manifest) - self.NOT_COUNTS
            self.assertLessEqual(expected, set(counts), "counts of the manifest the report lacks")
            for key in sorted(expected):
                with self.subTest(count=key):
                    self.assertEqual(counts[key], manifest[key])
            self.check_history(database, manifest)
            if os.environ.get("BLUEWIRE_CONFORMANCE_MESSAGES"):
                print(f"{options}: inspect {inspected - started:.1f} s, history {time.monotonic() - inspected:.1f} s, "
                      f"{len(expected)} counts, {len(manifest['samples'])} samples", flush=True)

    def check_history(self, database: pathlib.Path, manifest: dict):
        shown = run("history", "--all", "--json", "--db", str(database), timeout=900)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        messages = [json.loads(line) for line in shown.stdout.splitlines()]
        shown_as = collections.defaultdict(list)
        for message in messages:
            shown_as[message["id"]].append(message)
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            names = {row[1] for row in connection.execute("PRAGMA table_info(message)")}
            waiting = "schedule_type = 2" if "schedule_type" in names else "0"
            # iMessage;-;X and SMS;-;X are one conversation with X.
            joins = dict(connection.execute(
                "SELECT m.guid, COUNT(DISTINCT substr(c.guid, instr(c.guid, ';'))) FROM message m "
                "JOIN chat_message_join j ON j.message_id = m.ROWID JOIN chat c ON c.ROWID = j.chat_id "
                f"WHERE NOT ({waiting}) GROUP BY m.guid"))
            # Files that Messages itself does not show, such as the pictures of link previews.
            hidden = {guid for (guid,) in connection.execute("SELECT guid FROM attachment WHERE hide_attachment = 1")}
        wrong = {guid: (joins.get(guid, 0), len(shown_as.get(guid, []))) for guid in {*joins, *shown_as}
                 if joins.get(guid, 0) != len(shown_as.get(guid, []))}
        self.assertEqual(wrong, {}, "every message is shown once in each of its conversations, and nothing else")
        checked = 0
        for sample in manifest["samples"]:
            if sample["chat_guid"] is None or sample["kind"] == "scheduled":
                self.assertNotIn(sample["guid"], shown_as, f"{sample['kind']} is in no history")
                continue
            with self.subTest(guid=sample["guid"], kind=sample["kind"]):
                self.check_sample(sample, shown_as[sample["guid"]], hidden)
            checked += 1
        self.assertGreater(checked, 150)

    def check_sample(self, sample: dict, shown: list, hidden: set):
        message = shown[0]
        self.assertEqual(message["text"], sample["text"] or "")
        self.assertEqual(message["isFromMe"], sample["is_from_me"])
        self.assertEqual(message["sentAt"][:19], sample["date_iso"][:19])
        self.assertEqual(message["subject"], sample["subject"])
        is_business = ";-;urn:biz:" in sample["chat_guid"]
        self.assertEqual(message["channel"], "Business" if is_business else sample["service"])
        sender = message["sender"]["address"] if message["sender"] else None
        self.assertEqual(sender, sample["sender"])
        self.assertEqual([(file["guid"], file["mimeType"]) for file in message["attachments"]],
                         [(file["guid"], file["mime"]) for file in sample["attachments"] if file["guid"] not in hidden])
        versions = [version["text"] for edit in message["edits"] for version in edit["versions"]]
        self.assertEqual(versions, sample["edit_history"] or [])


if __name__ == "__main__":
    unittest.main()
