"""Outbound: every send once or honestly unknown, whatever dies or lies on the way; judged by the rows of the database."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.parse

import harness
from harness import Folder, Gateway, Simulator, binary, decoded_body, environment, wait_until

ARRIVED = ("landed", "sent", "delivered", "read")
SOURCE = harness.ROOT / "Sources" / "BluewireEvents" / "Outbox" / "OutboxCrashPoint.swift"


def crash_points() -> list:
    """The cases of the enumeration, from its source."""
    body = SOURCE.read_text().split("enum OutboxCrashPoint", 1)[1]
    return re.findall(r"^    case (\w+)$", body, re.MULTILINE)


def own_rows(database: pathlib.Path, text: str) -> list:
    """(GUID, error, date_delivered) of every own row with that text, by an independent decode of the bodies."""
    import typedstream
    connection = sqlite3.connect(f"file:{urllib.parse.quote(str(database))}?mode=ro", uri=True)
    try:
        rows = connection.execute(
            "SELECT guid, error, date_delivered, text, attributedBody FROM message WHERE is_from_me = 1").fetchall()
    finally:
        connection.close()
    return [(guid, error, delivered) for guid, error, delivered, plain, body in rows
            if (decoded_body(typedstream, body) if body else plain) == text]


class Sending:
    """A simulator and a gateway that sends through it.

    With `behind_applescript` the line asks AppleScript first, whose stand-in always says that Messages is not running.
    """

    def __init__(self, behind_applescript: bool = False):
        self.folder = Folder()
        self.path = self.folder.path
        self.simulator = Simulator(self.path, "--speed", "10")
        transports, env = "simulator", {}
        if behind_applescript:
            transports = "applescript,simulator"
            interpreter = self.path / "osascript"
            shutil.copy(harness.ROOT / "Conformance" / "stand_ins" / "osascript", interpreter)
            (self.path / "modes.json").write_text(json.dumps({"*": "-600"}))
            env = {"BLUEWIRE_OSASCRIPT": str(interpreter), "STAND_IN": str(self.path), "HOME": str(self.path)}
        self.line = ["--transport", transports, "--simulator-socket", self.simulator.socket]
        self.gateway = Gateway(self.path, self.simulator.database, *self.line, env=env)
        self.people = 0

    def refused_by_applescript(self) -> int:
        """How often the stand-in was asked."""
        notes = self.path / "notes"
        return len(notes.read_text().splitlines()) if notes.exists() else 0

    def close(self):
        if self.gateway.process:
            self.gateway.stop()
        self.gateway.log.close()
        self.simulator.__exit__()
        self.folder.__exit__()

    def person(self) -> str:
        """The address of somebody new with whom there is a chat: sends to one chat wait for each other."""
        self.people += 1
        address = f"+1555200{self.people:04}"
        status, answer = self.simulator.call("POST", "/people", {"name": f"Person {self.people}", "address": address})
        assert status == 200, answer
        status, answer = self.simulator.call("POST", "/say", {"from": address, "text": "hello"})
        assert status == 200, answer
        return address

    def post(self, address: str, text: str, key: str):
        return self.gateway.request("POST", "/v1/messages", {"to": address, "text": text}, {"Idempotency-Key": key})

    def send(self, identifier: str) -> dict:
        status, send = self.gateway.request("GET", f"/v1/sends/{identifier}")
        assert status == 200, send
        return send

    def await_state(self, identifier: str, states, seconds: float = 15) -> dict:
        wanted = (states,) if isinstance(states, str) else states
        last = {}

        def reached():
            last.update(self.send(identifier))
            return last["state"] in wanted
        try:
            wait_until(reached, seconds, f"{identifier} is one of {wanted}", step=0.05)
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {last.get('state')}, {last.get('failure')}") from None
        return dict(last)

    def rows(self, text: str) -> list:
        return own_rows(self.simulator.database, text)

    def faults(self, **faults):
        status, answer = self.simulator.call("PUT", "/faults", faults)
        assert status == 200, answer

    def no_faults(self):
        self.simulator.call("DELETE", "/faults")


class OutboxCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sending = Sending()

    @classmethod
    def tearDownClass(cls):
        cls.sending.close()


class CrashTest(OutboxCase):
    """The process is really killed between two effects, and started again; its line has two transports."""

    @classmethod
    def setUpClass(cls):
        cls.sending = Sending(behind_applescript=True)

    def test_the_list_of_points_is_read(self):
        points = crash_points()
        self.assertGreaterEqual(len(points), 11)
        self.assertEqual(len(points), len(set(points)))

    def test_killed_at_every_point(self):
        for point in crash_points():
            with self.subTest(point=point):
                self.killed_at(point)

    def killed_at(self, point: str):
        sending, text, key = self.sending, f"killed at {point}", f"key-{point}"
        gateway, address, refused = sending.gateway, sending.person(), sending.refused_by_applescript()
        gateway.env["BLUEWIRE_CRASH_AT"] = point
        gateway.start()
        told = None
        try:
            status, told = sending.post(address, text, key)
            self.assertEqual(status, 202, told)
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError):
            told = None
        self.assertEqual(gateway.process.wait(timeout=20), -9, "the process did not die at the point")
        if point == "betweenTransports":
            self.assertEqual(sending.refused_by_applescript(), refused + 1, "it did not die behind the first transport")
            self.assertEqual(sending.rows(text), [], "the second transport was asked")
        gateway.stop()
        del gateway.env["BLUEWIRE_CRASH_AT"]

        gateway.start()
        try:
            status, again = sending.post(address, text, key)
            self.assertEqual(status, 202, again)
            if told:
                self.assertEqual(again["id"], told["id"], "the key led to another send")
            final = sending.await_state(again["id"], (*ARRIVED, "unknown"))
            if final["state"] == "unknown" and not sending.rows(text):
                self.honestly_unknown(again["id"], text, address, key)
            # Nothing follows "read", so nothing of this send is left for the next life to report.
            self.assertEqual(final["attempts"], 1)
            sending.await_state(again["id"], "read")
            self.assertEqual(len(sending.rows(text)), 1)
            self.assertGreater(sending.refused_by_applescript(), refused, "the first transport was never asked")
        finally:
            gateway.stop()

    def honestly_unknown(self, identifier: str, text: str, address: str, key: str):
        """Nothing was handed over, which nobody can know: it stays unknown until the caller says otherwise."""
        sending = self.sending
        end = time.monotonic() + 3
        while time.monotonic() < end:
            self.assertEqual(sending.rows(text), [])
            send = sending.send(identifier)
            self.assertEqual((send["state"], send["attempts"]), ("unknown", 1))
            time.sleep(0.1)
        self.assertEqual(send["failure"]["code"], "interrupted")
        self.assertTrue(send["failure"]["remedy"])
        status, repeated = sending.post(address, text, key)
        self.assertEqual((status, repeated["state"]), (202, "unknown"), "a repeated request resent it")
        status, _ = sending.gateway.request("POST", f"/v1/sends/{identifier}/retry")
        self.assertIn(status, (200, 202))
        sending.await_state(identifier, ("delivered", "read"))


class KeyTest(OutboxCase):
    """One key, one message: from two requests, two processes, two lives of the gateway."""

    def command(self, address: str, text: str, key: str) -> subprocess.Popen:
        return subprocess.Popen(
            [binary(), "send", "--json", "--state", str(self.sending.gateway.state), "--db",
             str(self.sending.simulator.database), "--key", key, address, text],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(
                BLUEWIRE_TRANSPORT="simulator", BLUEWIRE_SIMULATOR_SOCKET=self.sending.simulator.socket))

    def twice_at_once(self, text: str) -> str:
        address = self.sending.person()
        commands = [self.command(address, text, text) for _ in range(2)]
        identifiers = set()
        for command in commands:
            out, err = command.communicate(timeout=60)
            self.assertEqual(command.returncode, 0, out + err)
            identifiers.update(re.findall(r"snd_[a-z2-7]+", out))
        self.assertEqual(len(identifiers), 1, identifiers)
        self.assertEqual(len(self.sending.rows(text)), 1)
        return address

    def test_two_processes_without_a_gateway(self):
        self.twice_at_once("two commands alone")

    def test_two_processes_with_a_gateway(self):
        self.sending.gateway.start()
        try:
            self.twice_at_once("two commands beside a gateway")
        finally:
            self.sending.gateway.stop()

    def test_one_key_alone_then_with_a_gateway_that_is_killed_then_alone(self):
        text = "alone, through the gateway, alone"
        address = self.twice_at_once(text)
        self.sending.gateway.start()
        for kill in (False, True):
            if kill:
                self.sending.gateway.kill()
            out, err = self.command(address, text, text).communicate(timeout=60)
            self.assertIn("snd_", out, err)
        self.assertEqual(len(self.sending.rows(text)), 1)

    def test_same_key_and_body_is_the_first_result_and_another_body_is_refused(self):
        sending = self.sending
        sending.gateway.start()
        try:
            known, stranger = sending.person(), "+15552990001"
            for address in (known, stranger):
                text = f"once to {address}"
                status, first = sending.post(address, text, text)
                self.assertEqual(status, 202, first)
                sending.await_state(first["id"], ("sent", "delivered", "read"))
                # To the stranger there is a chat by now; the request is the same all the same.
                status, second = sending.post(address, text, text)
                self.assertEqual((status, second.get("id")), (202, first["id"]))
                status, problem = sending.post(address, text + "!", text)
                self.assertEqual(status, 422, problem)
                self.assertTrue(problem["remedy"])
                status, problem = sending.post(sending.person(), text, text)
                self.assertEqual(status, 422, problem)
                self.assertEqual(len(sending.rows(text)), 1)
                self.assertEqual(sending.rows(text + "!"), [])
        finally:
            sending.gateway.stop()

    def test_many_requests_at_once_with_one_key(self):
        sending = self.sending
        sending.gateway.start()
        try:
            address, text, answers = sending.person(), "eight requests at once", []
            threads = [threading.Thread(target=lambda: answers.append(sending.post(address, text, "eight")))
                       for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual({status for status, _ in answers}, {202})
            self.assertEqual(len({send["id"] for _, send in answers}), 1)
            sending.await_state(answers[0][1]["id"], ("sent", "delivered", "read"))
            self.assertEqual(len(sending.rows(text)), 1)
        finally:
            sending.gateway.stop()


class FaultTest(OutboxCase):
    """What Messages may do to a send, played by the simulator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sending.gateway.start()

    def tearDown(self):
        self.sending.no_faults()

    def submit(self, text: str) -> str:
        status, send = self.sending.post(self.sending.person(), text, text)
        self.assertEqual(status, 202, send)
        return send["id"]

    def test_refused_before_anything_happened_is_retried_and_sent_once(self):
        self.sending.faults(failBefore=True)
        send = self.submit("refused at first")

        def refused_twice():
            answer = self.sending.send(send)
            return answer["attempts"] >= 2 and answer["state"] == "queued" and answer["failure"]["remedy"]
        wait_until(refused_twice, 15, "two refusals")
        self.assertEqual(self.sending.rows("refused at first"), [])
        self.sending.no_faults()
        self.sending.await_state(send, ("delivered", "read"), 20)
        self.assertEqual(len(self.sending.rows("refused at first")), 1)

    def test_lost_answer_is_found_by_looking_and_not_resent(self):
        self.sending.faults(failAfterAccept=True)
        send = self.submit("the answer gets lost")
        final = self.sending.await_state(send, ("delivered", "read"))
        self.assertEqual(final["attempts"], 1)
        self.assertEqual(len(self.sending.rows("the answer gets lost")), 1)
        self.assertEqual(final["message"], self.sending.rows("the answer gets lost")[0][0])

    def test_lost_message_is_unknown_and_stays_so(self):
        self.sending.faults(loseAfterAccept=True)
        send = self.submit("everything gets lost")
        self.sending.await_state(send, "unknown")
        self.sending.no_faults()
        end = time.monotonic() + 6
        while time.monotonic() < end:
            answer = self.sending.send(send)
            self.assertEqual((answer["state"], answer["attempts"]), ("unknown", 1))
            time.sleep(0.2)
        self.assertTrue(answer["failure"]["remedy"])
        self.assertEqual(self.sending.rows("everything gets lost"), [])

    def test_error_after_landing_is_a_failure_with_a_remedy(self):
        self.sending.faults(error22AfterMs=3000)
        send = self.submit("nobody is there")
        early = self.sending.await_state(send, ("landed", "sent"))
        self.assertIsNone(early.get("failure"))
        final = self.sending.await_state(send, "failed")
        self.assertEqual(final["failure"]["code"], "recipient_unreachable")
        self.assertTrue(final["failure"]["remedy"])
        self.assertEqual([row[1] for row in self.sending.rows("nobody is there")], [22])
        self.assertEqual(final["attempts"], 1)

    def test_ghost_is_a_failure(self):
        self.sending.faults(ghost=True)
        send = self.submit("into thin air")
        final = self.sending.await_state(send, "failed", 25)
        self.assertEqual(final["failure"]["code"], "ghost")
        self.assertTrue(final["failure"]["remedy"])
        self.assertEqual(final["attempts"], 1)

    def test_delivery_is_said_only_when_it_is_written(self):
        self.sending.faults(slowDeliveryMs=2500)
        send = self.submit("slow post")
        self.sending.await_state(send, "sent")
        seen_sent = 0
        while self.sending.send(send)["state"] == "sent":
            seen_sent += 1
            time.sleep(0.05)
        final = self.sending.send(send)
        self.assertIn(final["state"], ("delivered", "read"))
        self.assertGreater(seen_sent, 10)
        rows = self.sending.rows("slow post")
        self.assertEqual(len(rows), 1)
        self.assertGreater(rows[0][2], 0, "delivered without a date_delivered")

    def test_sends_to_one_chat_keep_their_order(self):
        address = self.sending.person()
        texts = [f"ordered {index}" for index in range(6)]
        sends = [self.sending.post(address, text, text)[1]["id"] for text in texts]
        for send in sends:
            self.sending.await_state(send, ("sent", "delivered", "read"))
        with sqlite3.connect(f"file:{self.sending.simulator.database}?mode=ro", uri=True) as connection:
            order = dict(connection.execute("SELECT guid, ROWID FROM message"))
        numbers = [order[self.sending.rows(text)[0][0]] for text in texts]
        self.assertEqual(numbers, sorted(numbers))


def require_strace(test: unittest.TestCase):
    """Linux has `strace` (`Scripts/setup test` installs it); elsewhere there is none."""
    if sys.platform != "linux":
        test.skipTest("strace exists on Linux only")
    test.assertTrue(shutil.which("strace"), "strace is missing: run Scripts/setup test")


class Traced(Gateway):
    """A gateway under `strace`."""

    def start(self):
        self.trace = self.folder / "trace"
        serve = [binary(), "serve", "--json", "--listen", f"127.0.0.1:{self.port}", "--state", str(self.state), "--db",
                 str(self.database), *self.arguments]
        calls = "fdatasync,fsync,sendto,sendmsg,write,writev,read,readv,recvfrom,recvmsg,execve"
        self.process = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "80", "-e", f"trace={calls}", "-e", "signal=none", "-o", str(self.trace), *serve],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment(**self.env))
        assert self.process.stdout.readline(), "the traced gateway did not start"
        # strace keeps signals from itself while it writes to a file; the gateway is its only child.
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        self.traced = int(children[0])
        return self

    def kill(self):
        os.kill(self.traced, signal.SIGKILL)
        super().kill()

    def stop(self):
        if self.process and self.process.poll() is None:
            os.kill(self.traced, signal.SIGTERM)
        super().stop()


def durable_before(trace: pathlib.Path, handed_over: str):
    """Where a traced POST arrived, was answered with 202 and was handed over, and when state.db-wal was synced.

    Positions are lines of the trace. A sync counts when it has ended; an answer or a hand-over when it begins.
    """
    arrived = answered = handed = None
    syncs, open_syncs = [], set()
    for number, line in enumerate(trace.read_text(errors="replace").splitlines()):
        process = line.split(None, 1)[0]
        if "state.db-wal>" in line and re.search(r"\b(fdatasync|fsync)\(", line):
            if "unfinished" in line:
                open_syncs.add(process)
            elif line.rstrip().endswith("= 0"):
                syncs.append(number)
        elif re.search(r"<\.\.\. f(data)?sync resumed>", line) and process in open_syncs:
            open_syncs.discard(process)
            syncs.append(number)
        elif "POST /v1/messages" in line and arrived is None:
            arrived = number
        elif arrived is not None and answered is None and "HTTP/1.1 202" in line:
            answered = number
        elif arrived is not None and handed is None and handed_over in line:
            handed = number
    return arrived, answered, handed, syncs


def check_durable(test: unittest.TestCase, trace: pathlib.Path, handed_over: str):
    test.assertTrue(trace.exists())
    arrived, answered, handed, syncs = durable_before(trace, handed_over)
    test.assertIsNotNone(arrived, "the request is not in the trace")
    test.assertIsNotNone(answered, "the answer is not in the trace")
    test.assertIsNotNone(handed, "the hand-over is not in the trace")
    test.assertGreaterEqual(len([s for s in syncs if arrived < s < answered]), 1, "202 before it was on the disk")
    # Once for the request, once more for the step to "dispatched".
    test.assertGreaterEqual(len([s for s in syncs if arrived < s < handed]), 2, "handed over before that was on the disk")


class DurabilityTest(unittest.TestCase):
    def test_it_is_on_the_disk_before_the_answer_and_before_the_transport(self):
        require_strace(self)
        with Folder() as folder, Simulator(folder, "--speed", "10") as simulator:
            simulator.call("POST", "/say", {"from": "+15552000001", "text": "hello"})
            with Traced(folder, simulator.database, "--transport", "simulator", "--simulator-socket",
                        simulator.socket) as gateway:
                status, send = gateway.request("POST", "/v1/messages", {"to": "+15552000001", "text": "on the disk"})
                self.assertEqual(status, 202, send)
                wait_until(lambda: own_rows(simulator.database, "on the disk"), 20, "the row")
            check_durable(self, gateway.trace, "POST /transport/send")


if __name__ == "__main__":
    unittest.main()
