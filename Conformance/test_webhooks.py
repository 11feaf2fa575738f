"""Webhooks: the `standardwebhooks` package verifies every delivery, whatever the receiver does to it."""

import http.server
import json
import socket
import struct
import threading
import time
import unittest

from harness import Folder, Gateway, Writer, copy_generated, require_shared, wait_until


class Delivery:
    """One request as the receiver got it."""

    def __init__(self, headers: dict, body: bytes, at: float):
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body, self.at = body, at
        self.event = json.loads(body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def chat(self):
        return self.event.get("chat")

    def is_signed_with(self, secret: str) -> bool:
        from standardwebhooks.webhooks import Webhook, WebhookVerificationError
        try:
            Webhook(secret).verify(self.body.decode(), self.headers)
            return True
        except WebhookVerificationError:
            return False


class Receiver:
    """An endpoint whose next answers a test decides: a status, headers, or a way to break the connection."""

    def __init__(self):
        self.lock = threading.Lock()
        self.requests: list = []
        self.taken: list = []
        self.answer = lambda number, delivery: 204
        self.elsewhere = 0
        self.released = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.serve(self)

            def do_GET(self):
                receiver.elsewhere += 1
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, handler):
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        if handler.path != "/hook":
            self.elsewhere += 1
        delivery = Delivery(dict(handler.headers.items()), body, time.monotonic())
        with self.lock:
            self.requests.append(delivery)
            number = len(self.requests)
        answer = self.answer(number, delivery)
        if answer == "hang":
            self.released.wait(60)
            handler.close_connection = True
            return
        if answer == "close":
            # A reset instead of an answer.
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
            handler.connection.close()
            return
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        if 200 <= status < 300:
            with self.lock:
                self.taken.append(delivery)
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def stop(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


class WebhookTest(unittest.TestCase):
    def setUp(self):
        require_shared(self)
        folder = Folder()
        self.path = folder.path
        self.addCleanup(folder.__exit__)
        self.database = self.path / "messages" / "chat.db"
        copy_generated(self.database, "--messages", "2000")
        self.gateway = Gateway(self.path, self.database, "--transport", "none", config="egress:\n  webhook: 127.0.0.0/8\n")
        self.gateway.start()
        self.addCleanup(self.gateway.stop)
        self.receiver = Receiver()
        self.addCleanup(self.receiver.stop)
        status, health = self.gateway.request("GET", "/v1/health")
        self.assertEqual(status, 200)
        self.start = health["cursor"]
        status, self.webhook = self.gateway.request(
            "POST", "/v1/webhooks", {"url": self.receiver.url, "types": ["message.created"]})
        self.assertEqual(status, 201)
        self.secrets = [self.webhook["secret"]]
        self.written: dict = {}

    @property
    def place(self) -> str:
        return f"/v1/webhooks/{self.webhook['id']}"

    def write(self, count: int, rate: int = 50):
        writer = Writer(self.database, "--live", str(rate), "--live-count", str(count), "--live-random")
        writer.finish()
        self.written.update(writer.created)

    def post(self, path: str, body=None, wanted: int = 200):
        status, answer = self.gateway.request("POST", self.place + path, body)
        self.assertEqual(status, wanted, answer)
        return answer

    def change(self, **fields):
        status, answer = self.gateway.request("PATCH", self.place, fields)
        self.assertEqual(status, 200, answer)
        return answer

    def deliveries(self, state: str) -> list:
        status, answer = self.gateway.request("GET", f"{self.place}/deliveries?limit=1000&state={state}")
        self.assertEqual(status, 200, answer)
        return answer["data"]

    def wait_for(self, count: int, seconds: float = 60):
        wait_until(lambda: len(self.receiver.taken) >= count, seconds,
                   f"{count} deliveries were taken; {len(self.receiver.taken)} were")

    def wait_for_all(self, seconds: float = 60):
        wait_until(lambda: set(self.written) <= {taken.event["message"]["id"] for taken in self.receiver.taken}, seconds,
                   "every message was taken")

    def judge(self, taken=None):
        """Every request verifies, repeats keep their id, nothing is missing, and each chat keeps its order."""
        for delivery in self.receiver.requests:
            self.assertTrue(any(delivery.is_signed_with(secret) for secret in self.secrets), delivery.headers)
        ids: dict = {}
        for delivery in self.receiver.requests:
            self.assertEqual(ids.setdefault(delivery.event["id"], delivery.id), delivery.id)
        self.assertEqual(len(set(ids.values())), len(ids))
        first = []
        for delivery in self.receiver.taken if taken is None else taken:
            if delivery.event["id"] not in [other.event["id"] for other in first]:
                first.append(delivery)
        self.assertEqual({delivery.event["message"]["id"] for delivery in first}, set(self.written))
        for chat in {delivery.chat for delivery in first}:
            places = [int(delivery.event["cursor"].split("-")[1]) for delivery in first if delivery.chat == chat]
            self.assertEqual(places, sorted(places), f"chat {chat} lost its order")

    def tries(self, delivery: Delivery) -> list:
        """The times of the tries of one event."""
        return [request.at for request in self.receiver.requests if request.id == delivery.id]

    def grow(self, times: list):
        """Each pause is longer than the one before, roughly as 1, 2, 4 s: never much shorter, loosely bounded above."""
        pauses = [after - before for before, after in zip(times, times[1:])]
        for number, pause in enumerate(pauses):
            self.assertGreater(pause, 0.8 * 2 ** number, pauses)
            self.assertLess(pause, 2 ** number + 20, pauses)

    def test_a_plain_receiver_gets_everything_once(self):
        self.write(100)
        self.wait_for_all()
        self.judge()
        self.assertEqual(len(self.receiver.requests), 100)
        wait_until(lambda: len(self.deliveries("delivered")) == 100, 20, "every delivery is in the log")
        self.assertEqual(self.deliveries("retrying"), [])

    def test_a_receiver_that_answers_500_is_asked_again_and_other_chats_go_on(self):
        chats: dict = {}

        def answer(number, delivery):
            # The first chat's events fail three times each before the first is taken.
            chats.setdefault("first", delivery.chat)
            if delivery.chat == chats["first"] and number_of_tries(delivery) <= 3 and delivery.id == first_id(delivery):
                return 500
            return 204

        def number_of_tries(delivery):
            return sum(1 for request in self.receiver.requests if request.id == delivery.id)

        def first_id(delivery):
            return next(request.id for request in self.receiver.requests if request.chat == delivery.chat)

        self.receiver.answer = answer
        self.write(60)
        self.wait_for_all()
        self.judge()
        failed = self.receiver.requests[0]
        times = self.tries(failed)
        self.assertEqual(len(times), 4)
        # An event refused by a receiver that is alive waits as long as it is old already, at least a second.
        for number, at in enumerate(times[1:]):
            self.assertGreater(at - times[0], 0.8 * 2 ** number)
            self.assertLess(at - times[0], 2 ** number + 20)
        # The chats beside it did not wait for it.
        others = [taken for taken in self.receiver.taken if taken.chat != failed.chat and taken.at < times[-1]]
        self.assertTrue(others)
        self.assertEqual([], [taken for taken in self.receiver.taken if taken.chat == failed.chat and taken.at < times[-1]])

    def test_a_receiver_that_closes_early_opens_the_breaker(self):
        self.receiver.answer = lambda number, delivery: "close" if number <= 4 else 204
        self.write(1)
        self.wait_for_all()
        self.judge()
        times = self.tries(self.receiver.requests[0])
        self.assertEqual(len(times), 5)
        self.grow(times)

    def test_a_receiver_that_hangs_loses_nothing(self):
        self.receiver.answer = lambda number, delivery: "hang" if number == 1 else 204
        self.write(1)
        self.wait_for_all(90)
        self.write(30)
        self.wait_for_all()
        self.judge()
        self.assertEqual(len(self.tries(self.receiver.requests[0])), 2)

    def test_a_redirect_is_not_followed(self):
        target = f"{self.receiver.url.removesuffix('/hook')}/elsewhere"
        self.receiver.answer = lambda number, delivery: (307 if number % 2 else 302, {"Location": target}) if number <= 3 else 204
        self.write(1)
        self.wait_for_all()
        self.judge()
        self.assertEqual(self.receiver.elsewhere, 0)
        self.assertEqual(len(self.receiver.requests), 4)

    def test_a_receiver_that_asks_for_a_pause_gets_it(self):
        self.receiver.answer = lambda number, delivery: (429, {"Retry-After": "5"}) if number == 1 else 204
        self.write(1)
        self.wait_for_all()
        self.judge()
        first, second = self.tries(self.receiver.requests[0])
        self.assertGreater(second - first, 4)
        self.assertLess(second - first, 30)

    def test_a_receiver_that_is_gone_is_paused_and_can_be_resumed(self):
        self.receiver.answer = lambda number, delivery: 410
        self.write(20)
        wait_until(lambda: self.gateway.request("GET", self.place)[1]["isPaused"], 20, "the webhook is paused")
        self.assertEqual(self.gateway.request("GET", self.place)[1]["reason"], "gone")
        asked = len(self.receiver.requests)
        # At most one try for each chat in flight.
        self.assertLessEqual(asked, 4)
        self.write(20)
        self.assertEqual(len(self.receiver.requests), asked)
        self.receiver.answer = lambda number, delivery: 204
        self.change(isPaused=False)
        self.wait_for_all()
        self.judge()

    def test_a_pause_loses_nothing(self):
        self.write(20)
        self.wait_for_all()
        self.change(isPaused=True)
        wait_until(lambda: self.gateway.request("GET", self.place)[1]["isPaused"], 10, "the webhook is paused")
        self.write(30)
        self.change(isPaused=False)
        self.wait_for_all()
        self.judge()

    def test_both_secrets_sign_until_the_next_rotation(self):
        self.write(5)
        self.wait_for_all()
        old = self.secrets[0]
        new = self.post("/secret")["secret"]
        self.assertNotEqual(new, old)
        before = len(self.receiver.requests)
        self.write(10)
        self.wait_for_all()
        overlap = self.receiver.requests[before:]
        self.assertTrue(overlap)
        for delivery in overlap:
            self.assertTrue(delivery.is_signed_with(old) and delivery.is_signed_with(new))
        third = self.post("/secret")["secret"]
        after = len(self.receiver.requests)
        self.write(10)
        self.wait_for_all()
        for delivery in self.receiver.requests[after:]:
            self.assertTrue(delivery.is_signed_with(new) and delivery.is_signed_with(third))
            self.assertFalse(delivery.is_signed_with(old))
        self.secrets += [new, third]
        self.judge()

    def replayed(self, before: int):
        """What was delivered again: everything, in order, under the ids of the first time."""
        wait_until(lambda: {again.event["id"] for again in self.receiver.taken[before:]}
                   == {taken.event["id"] for taken in self.receiver.taken[:before]}, 60, "everything was delivered again")
        self.judge(self.receiver.taken[:before])
        self.judge(self.receiver.taken[before:])

    def test_a_replay_delivers_again_in_order_under_the_same_ids(self):
        self.write(40)
        self.wait_for_all()
        before = len(self.receiver.taken)
        self.post("/replay", {"cursor": self.start}, 202)
        self.replayed(before)
        self.assertEqual(len(self.receiver.taken), 2 * before)

    def test_a_replay_survives_a_kill(self):
        self.write(40)
        self.wait_for_all()
        wait_until(lambda: len(self.deliveries("delivered")) == 40, 20, "every delivery is in the log")
        before = len(self.receiver.taken)
        # The replay has begun, and nobody has taken anything of it when the gateway dies.
        self.receiver.answer = lambda number, delivery: 503
        self.post("/replay", {"cursor": self.start}, 202)
        wait_until(lambda: len(self.receiver.requests) > before, 20, "the replay has begun")
        self.gateway.kill()
        self.receiver.answer = lambda number, delivery: 204
        self.gateway.start()
        self.replayed(before)

    def test_a_kill_loses_nothing_and_repeats_carry_the_same_id(self):
        self.write(40)
        self.gateway.kill()
        self.write(20)
        self.gateway.start()
        self.wait_for_all()
        self.judge()
