"""Inbound: every message exactly once on every surface, judged by GUID, whatever happens to the writer, the file or the gateway."""

import collections
import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import sys
import time
import unittest

import harness
from harness import (EventStreamReader, Folder, Gateway, Simulator, WatchReader, WebhookReceiver, WebSocketReader,
                     Writer, bodies, copy_generated, require_shared, wait_until)


class Watched:
    """A gateway over a generated database with one reader of each kind."""

    def __init__(self, folder: pathlib.Path, *arguments: str, messages: int = 20_000):
        self.folder = folder
        self.database = folder / "messages" / "chat.db"
        copy_generated(self.database, "--messages", str(messages), "--attachments", "0.02")
        self.gateway = Gateway(folder, self.database, "--transport", "none", *arguments,
                               config="egress:\n  webhook: 127.0.0.0/8\n").start()
        self.webhook = WebhookReceiver()
        self.webhook.register(self.gateway)
        self.websocket = WebSocketReader(self.gateway)
        self.stream = EventStreamReader(self.gateway)
        self.watch = WatchReader("--state", str(self.gateway.state))
        wait_until(self.websocket.connected.is_set, 20, "the WebSocket is open")
        wait_until(self.stream.connected.is_set, 20, "the event stream is open")
        wait_until(lambda: self.watch.process is not None, 10, "watch runs")
        self.await_watch()

    def await_watch(self):
        """`watch` prints nothing until something happens; its connection shows in the gateway's health."""
        def readers():
            status, health = self.gateway.request("GET", "/v1/health")
            return status == 200 and health.get("readers", 0) >= 3
        wait_until(readers, 20, "three event readers are connected")

    @property
    def seen(self):
        return [self.websocket.seen, self.stream.seen, self.webhook.seen, self.watch.seen]

    def settle(self, guids, seconds: float = 60):
        for seen in self.seen:
            try:
                wait_until(lambda: not seen.missing(guids), seconds, f"{seen.name} saw all {len(guids)} messages")
            except AssertionError as error:
                missing = seen.missing(guids)
                raise AssertionError(f"{error}; {len(missing)} are missing, such as {missing[:3]}") from None

    def stop(self):
        for part in (self.websocket, self.stream, self.watch, self.webhook):
            part.stop()
        self.gateway.stop()


class InboundTest(unittest.TestCase):
    def setUp(self):
        require_shared(self)
        self.folder = Folder()
        self.path = self.folder.path
        self.addCleanup(self.folder.__exit__)

    def watched(self, *arguments: str, messages: int = 20_000) -> Watched:
        watched = Watched(self.path, *arguments, messages=messages)
        self.addCleanup(watched.stop)
        return watched

    def judge(self, watched: Watched, created: dict, gone=frozenset()):
        """Exactly one creation each, no others, and the last snapshots equal an independent decode.

        `gone` names messages that the file may have lost since they were reported.
        """
        guids = set(created)
        watched.settle(guids)
        texts = {guid for guid, record in created.items() if record["kind"] != "tapback"}
        for seen in watched.seen:
            if seen is not watched.webhook.seen:
                self.assertEqual(seen.repeats, 0, f"{seen.name}: an event came again although the cursor was after it")
            twice = {guid: count for guid, count in seen.created.items() if count > 1}
            self.assertFalse(twice, f"{seen.name}: created more than once")
            self.assertEqual(set(seen.created) - guids, set(), f"{seen.name}: messages nobody wrote")
            self.assertLessEqual(texts, set(seen.snapshots()), f"{seen.name}: messages without a snapshot")
            withheld = {guid: seen.arrivals[guid] for guid in texts if seen.arrivals[guid] not in ("new", "late")}
            self.assertFalse(withheld, f"{seen.name}: genuine messages an agent would not get")
            truth = bodies(watched.database, set(seen.snapshots()))
            self.assertLessEqual(set(seen.snapshots()) - set(truth), set(gone), f"{seen.name}: not in the database")

            def wrong():
                return {guid: (message["text"], truth[guid]) for guid, message in seen.snapshots().items()
                        if guid in truth and message["text"] != truth[guid]}
            try:
                wait_until(lambda: not wrong(), 15, f"{seen.name}: last snapshots equal the database")
            except AssertionError as error:
                raise AssertionError(f"{error}: {list(wrong().items())[:3]}") from None
        self.assertEqual(watched.webhook.bad_signatures, 0)
        self.assertEqual(watched.webhook.changed_ids, 0, "a webhook repeat carried another webhook-id")

    def live(self, watched: Watched, *arguments: str, rate: int = 50, count: int = 500) -> Writer:
        return Writer(watched.database, "--live", str(rate), "--live-count", str(count), "--live-random", *arguments)

    def test_a_new_webhook_hears_the_next_message(self):
        watched = self.watched(messages=3000)
        writer = self.live(watched, count=1)
        writer.finish()
        watched.settle(set(writer.created), seconds=5)

    def test_steady_stream(self):
        watched = self.watched()
        writer = self.live(watched)
        writer.finish()
        self.judge(watched, writer.created)

    def test_bursts_whose_join_comes_late(self):
        watched = self.watched()
        writer = self.live(watched, "--live-burst", "5", "--live-late-join-ms", "40", count=300)
        writer.finish()
        self.judge(watched, writer.created)

    def test_bodies_that_come_late(self):
        watched = self.watched()
        writer = self.live(watched, "--live-late-body-ms", "60", count=300)
        writer.finish()
        self.judge(watched, writer.created)

    def test_updates_of_older_rows(self):
        watched = self.watched()
        writer = self.live(watched, "--live-updates", "--live-kinds", "mix", count=300)
        writer.finish()
        self.judge(watched, writer.created)
        changed = {record["guid"] for record in writer.updates}
        self.assertGreater(len(changed), 0)
        for seen in watched.seen:
            wait_until(lambda: changed <= set(seen.snapshots()), 20, f"{seen.name} saw every update")

    def test_the_gateway_killed_three_times(self):
        watched = self.watched()
        writer = self.live(watched)
        for _ in range(3):
            time.sleep(2)
            watched.gateway.kill()
            time.sleep(0.5)
            watched.gateway.start()
        writer.finish()
        self.judge(watched, writer.created)

    def test_the_receiver_down_for_twenty_seconds(self):
        watched = self.watched()
        writer = self.live(watched, count=500)
        time.sleep(1)
        watched.webhook.down.set()
        time.sleep(20)
        watched.webhook.down.clear()
        writer.finish()
        watched.settle(set(writer.created), seconds=120)
        self.judge(watched, writer.created)

    def test_a_writer_that_comes_and_goes(self):
        watched = self.watched()
        created = {}
        for round in range(20):
            writer = self.live(watched, rate=100, count=10)
            writer.finish()
            created.update(writer.created)
        self.judge(watched, created)
        watched.gateway.stop()
        for round in range(20):
            writer = self.live(watched, rate=100, count=5)
            writer.finish()
            created.update(writer.created)
        watched.gateway.start()
        self.judge(watched, created)

    def test_sidecars_deleted_under_a_stopped_writer(self):
        watched = self.watched()
        created = {}
        for _ in range(2):
            writer = self.live(watched, count=50)
            writer.finish()
            created.update(writer.created)
            with contextlib.closing(sqlite3.connect(watched.database)) as connection:
                busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self.assertEqual(busy, 0, "a reader holds the log for ever")
            self.delete_sidecars(watched)
        writer = self.live(watched, count=50)
        writer.finish()
        self.judge(watched, {**created, **writer.created})

    def test_sidecars_deleted_with_rows_only_they_held(self):
        watched = self.watched()
        first = self.live(watched, count=50)
        first.finish()
        watched.settle(set(first.created))
        # Reported messages are lost with the log, and the next writer gives their row numbers to others.
        self.delete_sidecars(watched)
        second = self.live(watched, count=50)
        second.finish()
        first_rows = {record["rowid"] for record in first.created.values()}
        self.assertTrue(first_rows & {record["rowid"] for record in second.created.values()}, "no number was used again")
        self.judge(watched, {**first.created, **second.created}, gone=set(first.created))

    def delete_sidecars(self, watched: Watched):
        for suffix in ("-wal", "-shm"):
            pathlib.Path(f"{watched.database}{suffix}").unlink(missing_ok=True)

    def test_a_storm_of_checkpoints(self):
        watched = self.watched()
        writer = self.live(watched, "--live-checkpoint", "3", count=300)
        writer.finish()
        self.judge(watched, writer.created)

    def replaced(self, watched: Watched, make):
        """Writes, replaces the file while the writer is stopped, writes again; returns every guid written."""
        before = self.live(watched, count=40)
        before.finish()
        watched.settle(set(before.created))
        copy = watched.folder / "copy.db"
        make(watched.database, copy)
        self.delete_sidecars(watched)
        os.replace(copy, watched.database)
        after = self.live(watched, count=40)
        after.finish()
        return before.created, after.created

    def test_replaced_by_a_vacuumed_copy(self):
        watched = self.watched(messages=3000)

        def vacuum(database, copy):
            with contextlib.closing(sqlite3.connect(database)) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
        before, after = self.replaced(watched, vacuum)
        self.judge(watched, {**before, **after}, gone=before)

    def test_replaced_by_an_older_snapshot_whose_rows_are_reused(self):
        watched = self.watched(messages=3000)
        snapshot = watched.folder / "older.db"
        with contextlib.closing(sqlite3.connect(watched.database)) as connection:
            connection.execute("VACUUM INTO ?", (str(snapshot),))
        before, after = self.replaced(watched, lambda _, copy: shutil.copy(snapshot, copy))
        rows = {record["rowid"] for record in before.values()}
        self.assertTrue(rows & {record["rowid"] for record in after.values()}, "no row number was used again")
        self.judge(watched, {**before, **after}, gone=before)

    def test_replaced_by_renumbered_rows(self):
        watched = self.watched(messages=3000)

        def renumber(database, copy):
            with contextlib.closing(sqlite3.connect(database)) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
            renumber_rows(copy)
        before, after = self.replaced(watched, renumber)
        with contextlib.closing(sqlite3.connect(watched.database)) as connection:
            now = dict(connection.execute("SELECT guid, ROWID FROM message"))
        self.assertTrue(any(now[guid] != record["rowid"] for guid, record in before.items()), "no row was renumbered")
        self.judge(watched, {**before, **after}, gone=before)

    def latency(self, watched: Watched, count: int = 60) -> list:
        """Seconds from commit to arrival at a WebSocket, per message."""
        writer = self.live(watched, rate=20, count=count)
        writer.finish()
        self.judge(watched, writer.created)
        arrived = watched.websocket.seen.arrived
        return sorted((arrived[guid] - record["commit_mono_ns"]) / 1e9 for guid, record in writer.created.items())

    def test_without_file_events_the_poll_finds_everything(self):
        values = self.latency(self.watched("--no-file-events", messages=3000))
        self.assertLess(values[-1], 1.5, f"seconds: median {values[len(values) // 2]:.3f}, last {values[-1]:.3f}")

    def test_without_the_poll_nothing_gets_slower(self):
        def median(*options: str) -> float:
            with Folder() as folder:
                watched = Watched(folder, *options, messages=3000)
                try:
                    values = self.latency(watched)
                finally:
                    watched.stop()
            return values[len(values) // 2]
        # With the poll before and after, so that a machine that is busy for a while is no verdict.
        polling = [median()]
        without = median("--no-poll")
        polling.append(median())
        figures = f"median seconds: with the poll {polling[0]:.4f} and {polling[1]:.4f}, without {without:.4f}"
        # The poll looks once a second: events that did not wake the watcher would wait 500 ms on average, or for ever.
        self.assertLess(without, 3 * max(polling) + 0.005, figures)
        self.assertLess(max(polling), 0.25, figures)

    @unittest.skipUnless(os.path.exists("/proc/locks"), "needs Linux's /proc")
    def test_nobody_opens_the_database_outside_sqlite(self):
        watched = self.watched(messages=3000)
        writer = self.live(watched, rate=50, count=150)
        inode = os.stat(watched.database).st_ino
        index = os.stat(f"{watched.database}-shm").st_ino
        pid = watched.gateway.process.pid
        highest = 0
        while writer.process.poll() is None:
            descriptors = [os.stat(f"/proc/{pid}/fd/{name}").st_ino for name in os.listdir(f"/proc/{pid}/fd")
                           if os.path.exists(f"/proc/{pid}/fd/{name}")]
            highest = max(highest, descriptors.count(inode))
            self.assertLessEqual(descriptors.count(index), 1, "SQLite shares one -shm descriptor per process")
            time.sleep(0.1)
        locks = [line for line in open("/proc/locks") if f":{index} " in line and f" {pid} " in line]
        self.assertTrue(locks, "SQLite's shared-memory lock of the gateway is gone: its reader is blind")
        self.assertLessEqual(highest, 6, "more descriptors on chat.db than SQLite connections")
        writer.finish()
        self.judge(watched, writer.created)


class ArrivalTest(unittest.TestCase):
    """The simulator labels every row it writes; the gateway must agree about what may reach an agent."""

    def test_the_confusion_matrix_has_no_wrong_side(self):
        with Folder() as folder, Simulator(folder, "--seed", "11", "--speed", "20") as simulator:
            gateway = Gateway(folder, simulator.database, "--transport", "simulator", "--simulator-socket", simulator.socket)
            with gateway:
                reader = WebSocketReader(gateway)
                self.addCleanup(reader.stop)
                wait_until(reader.connected.is_set, 20, "the WebSocket is open")
                _, start = simulator.call("GET", "/labels?after=0")
                first = max((label["row"] for label in start["labels"]), default=0)
                people = simulator.call("GET", "/state")[1]["people"]
                choose = random.Random(11)
                newest = None
                for round in range(40):
                    person = choose.choice(people)["address"]
                    status, newest = simulator.call("POST", "/say", {"from": person, "text": f"message {round}"})
                    self.assertLess(status, 300)
                    if round % 8 == 3:
                        self.mischief(simulator, "backfill", {"count": choose.choice([3, 12, 60])})
                    if round % 10 == 5:
                        # Never two within two seconds: the same words from the same person are one message then.
                        self.mischief(simulator, "lateMessage", {"ms": (11 + 17 * round) * 60_000})
                    if round % 10 == 7:
                        self.mischief(simulator, "duplicateSelf", {"chat": newest["chat"]})
                    if round == 25:
                        # What comes while the gateway is down is judged by the same rules at its next start.
                        gateway.stop()
                        self.mischief(simulator, "backfill", {"count": 40})
                        self.mischief(simulator, "lateMessage", {"ms": 40 * 60_000})
                        gateway.start()
                    time.sleep(0.05)
                labels = simulator.call("GET", f"/labels?after={first}")[1]["labels"]
                wait_until(lambda: not reader.seen.missing([label["guid"] for label in labels]), 40,
                           "every labelled row was seen")
                matrix = collections.Counter((label["label"], reader.seen.arrivals[label["guid"]]) for label in labels)
                print(dict(matrix), file=sys.stderr)
                reaching = {"new", "late"}
                wrong = [(label, reader.seen.arrivals[label["guid"]]) for label in labels
                         if (label["label"] in reaching) != (reader.seen.arrivals[label["guid"]] in reaching)]
                self.assertEqual(wrong, [], f"{len(wrong)} rows on the wrong side; the matrix is {dict(matrix)}")
                for label, least in (("new", 40), ("late", 3), ("backfill", 100), ("duplicate", 3)):
                    self.assertGreaterEqual(sum(count for (is_, _), count in matrix.items() if is_ == label), least, label)

    AGENT = """agents:
  - name: answering
    allow: ["*"]
    groups: true
    shadow: false
    debounce: 0.2
    debounceMaximum: 1
    leastTyping: 0.1
    pause: 0.1
"""

    def test_nothing_restored_or_mirrored_is_answered(self):
        """What the labels promise, end to end: an agent answers each new message once, and never history, copies or itself."""
        with Folder() as folder, Simulator(folder, "--seed", "5", "--speed", "20") as simulator:
            with Gateway(folder, simulator.database, "--transport", "simulator", "--simulator-socket", simulator.socket,
                         config=self.AGENT) as gateway:
                wait_until(lambda: gateway.request("GET", "/readyz")[0] == 200, 20, "the gateway is ready")
                state = simulator.call("GET", "/state")[1]
                person = state["people"][0]["address"]
                own = next(chat["guid"] for chat in state["chats"] if chat["isSelf"])
                _, start = simulator.call("GET", "/labels?after=0")
                first = max((label["row"] for label in start["labels"]), default=0)

                def sent() -> list:
                    labels = simulator.call("GET", f"/labels?after={first}")[1]["labels"]
                    return [label["guid"] for label in labels if label["kind"] == "send"]
                for _ in range(6):
                    # Up to seven rows there is no genuine late one among them.
                    self.mischief(simulator, "backfill", {"count": 7})
                status, _ = simulator.call("POST", "/say", {"from": person, "text": "help"})
                self.assertLess(status, 300)
                wait_until(lambda: len(sent()) >= 1, 20, "the message is answered")
                self.settled(sent)
                to_person = len(sent())
                # A note to oneself is two rows, and so is its answer: the four rows make one answer.
                status, _ = simulator.call("POST", "/say", {"chat": own, "text": "help"})
                self.assertLess(status, 300)
                wait_until(lambda: len(sent()) > to_person, 20, "the note to self is answered")
                self.settled(sent)
                self.assertEqual(len(sent()), 2 * to_person, "the same question got another number of bubbles")
                kinds = [label["kind"] for label in simulator.call("GET", f"/labels?after={first}")[1]["labels"]]
                self.assertEqual(kinds.count("mirror"), 1 + to_person, "the note and each bubble of its answer are mirrored")
                chats = [self.chat_of(simulator.database, guid) for guid in sent()]
                self.assertEqual(len(set(chats)), 2, f"answers went to {set(chats)}")

    def settled(self, sent):
        """Waits until nothing was sent for three seconds: longer than debounce, thinking and pauses together."""
        count, since = len(sent()), time.monotonic()
        while time.monotonic() - since < 3:
            time.sleep(0.1)
            if len(sent()) != count:
                count, since = len(sent()), time.monotonic()

    def chat_of(self, database: pathlib.Path, guid: str) -> str:
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT c.guid FROM chat c JOIN chat_message_join j ON j.chat_id = c.ROWID "
                                      "JOIN message m ON m.ROWID = j.message_id WHERE m.guid = ?", (guid,)).fetchone()[0]

    def mischief(self, simulator: Simulator, name: str, options: dict):
        self.assertLess(simulator.call("POST", f"/mischief/{name}", options)[0], 300)


def renumber_rows(database: pathlib.Path) -> None:
    """Gives every message another ROWID, as a rebuild does: newest first."""
    connection = sqlite3.connect(database)
    connection.executescript("PRAGMA foreign_keys=OFF;")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    rows = [row for (row,) in connection.execute("SELECT ROWID FROM message ORDER BY date DESC")]
    shift = 10_000_000
    for table, column in (("message", "ROWID"), ("chat_message_join", "message_id"), ("message_attachment_join", "message_id"),
                          ("chat_recoverable_message_join", "message_id")):
        connection.execute(f"UPDATE {table} SET {column} = {column} + {shift}")
    for new, old in enumerate(rows, start=1):
        for table, column in (("message", "ROWID"), ("chat_message_join", "message_id"),
                              ("message_attachment_join", "message_id"), ("chat_recoverable_message_join", "message_id")):
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (new, old + shift))
    connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'message'", (len(rows),))
    for _, sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


if __name__ == "__main__":
    unittest.main()
