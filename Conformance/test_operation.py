"""Operation: backup and restore under load, the audit trail judged by another program, downgrade refusal, and no content in what is logged."""

import contextlib
import hashlib
import http.client
import json
import pathlib
import sqlite3
import subprocess
import threading
import time
import unittest
import urllib.error
import urllib.parse

import harness
from harness import (Folder, Gateway, Simulator, WebhookReceiver, Writer, copy_generated, require_shared, run,
                     wait_until)
from test_outbox import ARRIVED, Sending


def rows(database: pathlib.Path, sql: str) -> list:
    with contextlib.closing(sqlite3.connect(f"file:{urllib.parse.quote(str(database))}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


def digests(folder: pathlib.Path) -> dict:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.iterdir() if path.is_file() and not path.name.endswith("-shm")}


class Poster:
    """Posts sends to a few people, as many as the budget of a token lets through, and keeps those that were accepted."""

    def __init__(self, gateway: Gateway):
        self.gateway = gateway
        self.accepted: dict = {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        number = 0
        while not self.stopping.is_set():
            number += 1
            text = f"under load {number}"
            try:
                status, send = self.gateway.request(
                    "POST", "/v1/messages", {"to": f"+1555300{number % 5:04}", "text": text}, {"Idempotency-Key": text})
            except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError):
                continue
            if status == 202:
                self.accepted[send["id"]] = text
            time.sleep(0.4)

    def stop(self):
        self.stopping.set()
        self.thread.join(timeout=35)


class BackupTest(unittest.TestCase):
    """A backup while messages arrive and sends are posted; then the gateway is killed and the backup restored."""

    def setUp(self):
        require_shared(self)
        self.folder = Folder()
        self.addCleanup(self.folder.__exit__)
        self.path = self.folder.path

    def test_nothing_acknowledged_is_lost_and_nothing_is_sent_again(self):
        simulator = Simulator(self.path, "--speed", "10")
        self.addCleanup(simulator.__exit__)
        database = self.path / "messages" / "chat.db"
        copy_generated(database, "--messages", "3000", "--attachments", "0")
        gateway = Gateway(self.path, database, "--transport", "simulator", "--simulator-socket", simulator.socket)
        gateway.start()
        self.addCleanup(gateway.log.close)
        self.addCleanup(gateway.stop)
        wait_until(lambda: gateway.request("GET", "/readyz")[0] == 200, 20, "the gateway is ready")
        old_cursor = gateway.request("GET", "/v1/health")[1]["cursor"]
        journal = gateway.state / "journal.db"

        def journalled():
            return {guid for (guid,) in rows(journal, "SELECT subject FROM event WHERE kind = 'message.created'")}

        writer = Writer(database, "--live", "60", "--live-count", "900")
        poster = Poster(gateway)
        wait_until(lambda: len(journalled()) > 200 and len(poster.accepted) > 12, 60, "the load runs")
        events, sends = journalled(), dict(poster.accepted)
        backup = self.path / "backup.tar"
        made = run("backup", "--json", "--out", str(backup), "--state", str(gateway.state))
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        during = len(poster.accepted)
        wait_until(lambda: len(poster.accepted) > during + 8, 60, "the load goes on after the backup")
        poster.stop()
        writer.finish()
        gateway.kill()

        refused = run("restore", str(self.path / "none.tar"), "--state", str(gateway.state))
        self.assertEqual(refused.returncode, 66, refused.stderr)
        restored = run("restore", "--json", str(backup), "--state", str(gateway.state))
        self.assertEqual(restored.returncode, 0, restored.stderr)
        report = json.loads(restored.stdout)
        self.assertTrue(pathlib.Path(report["replaced"], "state.db").exists())
        self.assertEqual(events - journalled(), set(), "events that were journalled before the backup began")
        in_flight = [name for (name,) in rows(
            gateway.state / "state.db", "SELECT id FROM outboxSend WHERE state IN ('queued', 'dispatched')")]
        self.assertEqual(in_flight, [])

        gateway.start()
        for send in sends:
            status, answer = gateway.request("GET", f"/v1/sends/{send}")
            self.assertEqual(status, 200, answer)
            self.assertNotIn(answer["state"], ("queued", "dispatched"))
        # What came in the meantime is read from the database; every message is there once.
        wait_until(lambda: set(writer.created) <= journalled(), 60, "every written message is journalled")
        counts = rows(journal, "SELECT count(*), count(DISTINCT subject) FROM event WHERE kind = 'message.created'")
        self.assertEqual(counts[0][0], counts[0][1])
        status, problem = gateway.request("GET", f"/v1/events?cursor={old_cursor}")
        self.assertEqual((status, problem["code"]), (410, "cursor_expired"))
        # Nobody gets a text twice: the simulator's own rows say so.
        gateway.stop()
        sent: dict = {}
        for text, count in self.sent(simulator.database).items():
            if text.startswith("under load"):
                sent[text] = count
        self.assertEqual({text: count for text, count in sent.items() if count > 1}, {})
        self.assertGreater(len(sent), 12)
        verified = run("audit", "verify", "--state", str(gateway.state))
        self.assertEqual(verified.returncode, 0, verified.stdout)

    @staticmethod
    def sent(database: pathlib.Path) -> dict:
        counts: dict = {}
        mine = {guid for (guid,) in rows(database, "SELECT guid FROM message WHERE is_from_me = 1")}
        for text in harness.bodies(database, mine).values():
            counts[text] = counts.get(text, 0) + 1
        return counts


class RestoreTest(unittest.TestCase):
    """What a restore refuses, and what it keeps quiet."""

    @classmethod
    def setUpClass(cls):
        cls.sending = Sending()
        cls.backup = cls.sending.path / "backup.tar"

    @classmethod
    def tearDownClass(cls):
        cls.sending.close()

    def restore(self, file=None):
        return run("restore", str(file or self.backup), "--state", str(self.sending.gateway.state))

    def test_agents_do_not_answer_again_after_a_restore(self):
        folder = Folder()
        self.addCleanup(folder.__exit__)
        simulator = Simulator(folder.path, "--speed", "10")
        self.addCleanup(simulator.__exit__)
        gateway = Gateway(
            folder.path, simulator.database, "--transport", "simulator", "--simulator-socket", simulator.socket,
            "--agents-send",
            config="agents:\n  - name: concierge\n    provider: concierge\n    allow: [\"*\"]\n    ack: off\n")
        gateway.start()
        self.addCleanup(gateway.log.close)
        self.addCleanup(gateway.stop)
        address = "+15552009999"
        simulator.call("POST", "/people", {"name": "Pat", "address": address})

        def answers():
            return len(rows(simulator.database, "SELECT 1 FROM message WHERE is_from_me = 1"))

        def say(text):
            before = answers()
            status, answer = simulator.call("POST", "/say", {"from": address, "text": text})
            self.assertEqual(status, 200, answer)
            wait_until(lambda: answers() > before, 30, f"the agent answers “{text}”")

        say("add milk to my list")
        backup = folder.path / "backup.tar"
        self.assertEqual(run("backup", "--out", str(backup), "--state", str(gateway.state)).returncode, 0)
        # Answered after the backup: the restored state does not know of it.
        say("add bread to my list")
        gateway.stop()
        count = answers()
        restored = run("restore", str(backup), "--state", str(gateway.state))
        self.assertEqual(restored.returncode, 0, restored.stderr)
        gateway.start()
        say("add eggs to my list")
        self.assertEqual(answers() - count, 1)
        # The turns say which messages were answered: in this state the first and the last, not the one between.
        said = [guid for (guid,) in rows(
            simulator.database, "SELECT message.guid FROM message JOIN handle ON handle.ROWID = handle_id "
            f"WHERE is_from_me = 0 AND handle.id = '{address}' ORDER BY message.ROWID")]
        self.assertEqual(len(said), 3)
        answered = {guid for (guid,) in rows(gateway.state / "state.db", "SELECT message FROM turnMessage")}
        self.assertEqual(answered, {said[0], said[2]})

    def test_send_that_waited_in_the_backup_is_found_and_not_sent_again(self):
        sending, gateway = self.sending, self.sending.gateway
        gateway.start()
        sent, never = sending.person(), sending.person()
        sending.faults(failBefore=True)
        identifiers = {}
        for address, text in ((sent, "waiting, then sent"), (never, "waiting, then cancelled")):
            status, send = sending.post(address, text, text)
            self.assertEqual(status, 202, send)
            identifiers[text] = send["id"]
        backup = sending.path / "waiting.tar"
        self.assertEqual(run("backup", "--out", str(backup), "--state", str(gateway.state)).returncode, 0)
        self.assertEqual({sending.send(name)["state"] for name in identifiers.values()}, {"queued"})
        status, answer = gateway.request("POST", f"/v1/sends/{identifiers['waiting, then cancelled']}/cancel")
        self.assertEqual(status, 200, answer)
        sending.no_faults()
        sending.await_state(identifiers["waiting, then sent"], ARRIVED, 30)
        gateway.kill()
        restored = self.restore(backup)
        self.assertEqual(restored.returncode, 0, restored.stderr)
        gateway.start()
        # The one is found in the store; of the other nobody can say, and it stays where it is.
        sending.await_state(identifiers["waiting, then sent"], ARRIVED, 30)
        other = sending.send(identifiers["waiting, then cancelled"])
        self.assertEqual((other["state"], other["failure"]["code"]), ("unknown", "restored"))
        self.assertEqual(len(sending.rows("waiting, then sent")), 1)
        self.assertEqual(len(sending.rows("waiting, then cancelled")), 0)
        gateway.stop()

    def test_refusals(self):
        gateway = self.sending.gateway
        gateway.start()
        made = run("backup", "--out", str(self.backup), "--state", str(gateway.state))
        self.assertEqual(made.returncode, 0, made.stderr)
        again = run("backup", "--out", str(self.backup), "--state", str(gateway.state))
        self.assertEqual(again.returncode, 73, again.stderr)
        running = self.restore()
        self.assertEqual(running.returncode, 75, running.stderr)
        gateway.stop()
        before = digests(gateway.state)
        data = bytearray(self.backup.read_bytes())
        data[len(data) // 2] ^= 1
        damaged = self.sending.path / "damaged.tar"
        damaged.write_bytes(data)
        refused = self.restore(damaged)
        self.assertEqual(refused.returncode, 65, refused.stderr)
        self.assertEqual(digests(gateway.state), before)

    def test_archive_is_a_plain_tar_with_right_checksums(self):
        gateway = self.sending.gateway
        if not (gateway.state / "journal.db").exists():
            gateway.start()
            gateway.stop()
        file = self.sending.path / "plain.tar"
        self.assertEqual(run("backup", "--out", str(file), "--state", str(gateway.state)).returncode, 0)
        target = self.sending.path / "plain"
        target.mkdir()
        subprocess.run(["tar", "-xf", str(file), "-C", str(target)], check=True)
        manifest = json.loads((target / "manifest.json").read_text())
        for entry in manifest["files"]:
            content = (target / entry["name"]).read_bytes()
            self.assertEqual(len(content), entry["bytes"])
            self.assertEqual(hashlib.sha256(content).hexdigest(), entry["sha256"])
            self.assertEqual((target / entry["name"]).stat().st_mode & 0o077, 0)
        self.assertEqual({entry["name"] for entry in manifest["files"]}, {"audit.key", "journal.db", "state.db"})
        self.assertEqual(rows(target / "state.db", "PRAGMA integrity_check"), [("ok",)])

    def test_backup_over_the_api(self):
        sending, gateway = self.sending, self.sending.gateway
        gateway.start()
        status, send = sending.post(sending.person(), "sent before the backup over the API", "api-backup")
        self.assertEqual(status, 202, send)
        there = {"BLUEWIRE_GATEWAY": gateway.url, "BLUEWIRE_TOKEN": gateway.token}
        file = sending.path / "remote.tar"
        made = run("backup", "--json", "--out", str(file), env=there)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(json.loads(made.stdout)["bytes"], file.stat().st_size)
        self.assertEqual(file.stat().st_mode & 0o077, 0)
        self.assertEqual(run("backup", "--out", str(file), env=there).returncode, 73)
        self.assertEqual(run("backup", env=there).returncode, 64)
        reader = run("token", "create", "--name", "reader", "--scope", "read", "--json", "--state", str(gateway.state))
        refused = run("backup", "--out", str(sending.path / "no.tar"),
                      env={**there, "BLUEWIRE_TOKEN": json.loads(reader.stdout)["secret"]})
        self.assertNotEqual(refused.returncode, 0)
        self.assertFalse((sending.path / "no.tar").exists())
        self.assertEqual([path.name for path in gateway.state.iterdir() if path.name.startswith("backup.")], [])
        gateway.stop()
        restored = run("restore", str(file), "--state", str(sending.path / "elsewhere"))
        self.assertEqual(restored.returncode, 0, restored.stderr)
        self.assertTrue(rows(sending.path / "elsewhere" / "state.db",
                             "SELECT 1 FROM outboxSend WHERE CAST(record AS TEXT) LIKE '%before the backup over%'"))

    def test_newer_database_is_refused_and_left_as_it_was(self):
        for name in ("state.db", "journal.db"):
            with self.subTest(database=name), Folder() as folder:
                database = folder / "chat.db"
                copy_generated(database, "--messages", "500", "--attachments", "0")
                gateway = Gateway(folder, database, "--transport", "none")
                gateway.start()
                gateway.kill()
                gateway.log.close()
                with contextlib.closing(sqlite3.connect(gateway.state / name)) as db:
                    db.execute("INSERT INTO grdb_migrations (identifier) VALUES ('99-later')")
                    db.commit()
                before = digests(gateway.state)
                started = run("serve", "--state", str(gateway.state), "--db", str(database), "--transport", "none",
                              "--listen", "127.0.0.1:0")
                self.assertEqual(started.returncode, 65, started.stderr)
                self.assertIn("newer version", started.stderr)
                after = digests(gateway.state)
                self.assertEqual({k: v for k, v in after.items() if k != "gateway.lock"},
                                 {k: v for k, v in before.items() if k != "gateway.lock"})


class AuditTest(unittest.TestCase):
    """The exported trail, verified by a program that knows the documented format only."""

    @classmethod
    def setUpClass(cls):
        cls.sending = Sending()
        cls.sending.gateway.start()

    @classmethod
    def tearDownClass(cls):
        cls.sending.close()

    def state(self):
        return ["--state", str(self.sending.gateway.state)]

    def test_trail_says_who_did_what_and_can_be_verified_elsewhere(self):
        sending = self.sending
        address = sending.person()
        status, send = sending.post(address, "audited words", "audit-key")
        self.assertEqual(status, 202, send)
        sending.post(address, "audited words", "audit-key")
        exported = run("audit", "export", *self.state())
        self.assertEqual(exported.returncode, 0, exported.stderr)
        previous = bytes(32)
        entries = []
        for number, line in enumerate(exported.stdout.splitlines(), start=1):
            entry = json.loads(line)
            stated = entry.pop("hash")
            canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            self.assertEqual(entry["prev"], previous.hex())
            self.assertEqual(hashlib.sha256(previous + canonical).hexdigest(), stated)
            self.assertEqual(entry["sequence"], number)
            previous = bytes.fromhex(stated)
            entries.append(entry)
        sends = [entry for entry in entries if entry["action"] == "send"]
        self.assertEqual(len(sends), 1, "a repeated request is one send")
        self.assertRegex(sends[0]["object"], "^h_[0-9a-f]{24}$")
        self.assertEqual(sends[0]["reason"], f"{send['id']} 13 characters")
        self.assertRegex(sends[0]["actor"], "^tok_")
        self.assertIn("token.create", [entry["action"] for entry in entries])
        for secret in (address, address[1:], "audited", sending.gateway.token):
            self.assertNotIn(secret, exported.stdout)
        whole = run("audit", "verify", *self.state())
        self.assertEqual(whole.returncode, 0, whole.stdout)

    def test_trail_of_a_gateway_elsewhere(self):
        there = {"BLUEWIRE_GATEWAY": self.sending.gateway.url, "BLUEWIRE_TOKEN": self.sending.gateway.token}
        here = run("audit", "list", "--json", *self.state())
        listed = run("audit", "list", "--json", "--since", "1h", env=there)
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertTrue(here.stdout)
        self.assertEqual(listed.stdout[:len(here.stdout)], here.stdout)
        self.assertEqual(run("audit", "list", "--since", "2099-01-01T00:00:00Z", env=there).stdout, "")

    def test_change_is_found_and_named(self):
        database = self.sending.gateway.state / "state.db"
        run("audit", "export", *self.state())
        with contextlib.closing(sqlite3.connect(database, timeout=10)) as db:
            (number, actor) = db.execute("SELECT sequence, actor FROM audit ORDER BY sequence LIMIT 1").fetchone()
            db.execute("UPDATE audit SET actor = 'nobody' WHERE sequence = ?", (number,))
            db.commit()
            found = run("audit", "verify", "--json", *self.state())
            db.execute("UPDATE audit SET actor = ? WHERE sequence = ?", (actor, number))
            db.commit()
        self.assertEqual(found.returncode, 1)
        self.assertEqual(json.loads(found.stdout)["brokenAt"], number)
        self.assertEqual(run("audit", "verify", *self.state()).returncode, 0)


class SilenceTest(unittest.TestCase):
    """A busy gateway at its most talkative; nothing that names or quotes anybody is in its log or its trail."""

    MARKERS = ("Zephyrina Quillfeather", "Zephyrina", "Quillfeather", "5559871234", "xylophonic secret words",
               "xylophonic", "marmalade answer", "brimstone", "wh1sperhook")

    def test_no_content_in_log_trail_or_metrics(self):
        folder = Folder()
        self.addCleanup(folder.__exit__)
        simulator = Simulator(folder.path, "--speed", "10")
        self.addCleanup(simulator.__exit__)
        receiver = WebhookReceiver()
        self.addCleanup(receiver.stop)
        gateway = Gateway(
            folder.path, simulator.database, "--transport", "simulator", "--simulator-socket", simulator.socket,
            "--agents-send", env={"BLUEWIRE_LOG_LEVEL": "trace", "BLUEWIRE_LOG_FORMAT": "json"},
            config="egress:\n  webhook: 127.0.0.0/8\nagents:\n  - name: concierge\n    provider: concierge\n"
                   "    allow: [\"*\"]\n")
        gateway.start()
        self.addCleanup(gateway.log.close)
        self.addCleanup(gateway.stop)
        receiver.register(gateway)
        address = "+15559871234"
        simulator.call("POST", "/people", {"name": "Zephyrina Quillfeather", "address": address})
        simulator.call("POST", "/say", {"from": address, "text": "remind me tomorrow of the xylophonic secret words"})
        wait_until(lambda: receiver.seen.created, 20, "the webhook got the message")
        for text in ("marmalade answer", "marmalade answer"):
            gateway.request("POST", "/v1/messages", {"to": address, "text": text}, {"Idempotency-Key": "k"})
        for path in (f"/v1/chats/{urllib.parse.quote(address)}", f"/v1/chats?q=Zephyrina",
                     f"/v1/chats/{urllib.parse.quote(address)}/messages", "/v1/messages/brimstone",
                     f"/v1/tasks?chat={urllib.parse.quote(address)}", "/nowhere/brimstone"):
            gateway.request("GET", path)
        bogus = "bw_brimstone" + "0" * 32
        for _ in range(30):
            gateway.request("GET", "/v1/chats", headers={"Authorization": f"Bearer {bogus}"})
        receiver.down.set()
        simulator.call("POST", "/say", {"from": address, "text": "more xylophonic secret words"})
        gateway.request("POST", "/v1/webhooks", {"url": "https://10.1.2.3/wh1sperhook"})
        gateway.request("POST", "/v1/messages", {"chat": "brimstone", "text": "xylophonic"})
        wait_until(lambda: rows(gateway.state / "state.db", "SELECT 1 FROM delivery WHERE state = 'retrying'"), 30,
                   "a delivery failed")
        status, metrics = self.raw(gateway, "/metrics")
        self.assertEqual(status, 200)
        for line in ('bluewire_http_requests_total{route="/v1/chats/{chat}",method="GET",status="2xx"} ',
                     'bluewire_http_requests_total{route="/v1/messages",method="POST",status="2xx"} 2',
                     'bluewire_http_requests_total{route="other",method="GET",status="4xx"} 1'):
            self.assertIn(line, metrics)
        self.assertNotRegex(metrics, r"bluewire_http_request_seconds_count 0\b")
        gateway.stop()
        log = (folder.path / "gateway.log").read_text()
        lines = [json.loads(line) for line in log.splitlines()]
        self.assertGreater(len(lines), 3)
        for line in lines:
            self.assertLessEqual({"time", "level", "message"}, set(line))
            self.assertTrue(all(isinstance(value, str) for value in line.values()))
        trail = run("audit", "export", "--state", str(gateway.state)).stdout
        self.assertIn('"action":"send"', trail)
        secrets = [gateway.token, receiver.secret, receiver.secret[6:], bogus]
        for name, text in (("log", log), ("trail", trail), ("metrics", metrics)):
            for marker in [*self.MARKERS, *secrets]:
                self.assertNotIn(marker.lower(), text.lower(), f"{marker} in the {name}")

    @staticmethod
    def raw(gateway: Gateway, path: str):
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
        connection.request("GET", path, headers={"Authorization": f"Bearer {gateway.token}"})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text


if __name__ == "__main__":
    unittest.main()
