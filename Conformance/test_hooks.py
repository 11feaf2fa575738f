"""Incoming hooks: curl posts what real senders post, and the text is in chat.db, once for each dedupe key."""

import json
import os
import re
import shutil
import socket
import subprocess
import time
import unittest

import harness
from harness import Folder, Gateway, Simulator, run, wait_until
from test_outbox import own_rows

# Realistic payloads, written by hand after the documentation of their senders.
GRAFANA = {
    "receiver": "phone", "status": "firing", "orgId": 1, "groupKey": '{}/{severity="page"}:{alertname="DiskFull"}',
    "groupLabels": {"alertname": "DiskFull"}, "commonLabels": {"alertname": "DiskFull", "severity": "page"},
    "commonAnnotations": {}, "externalURL": "https://grafana.example/", "version": "1", "truncatedAlerts": 0,
    "title": "[FIRING:2] DiskFull (page)", "state": "alerting", "message": "**Firing** ...",
    "alerts": [
        {"status": "firing", "labels": {"alertname": "DiskFull", "instance": "web-1", "severity": "page"},
         "annotations": {"summary": "/ is 97 % full"}, "startsAt": "2026-11-29T08:30:00Z",
         "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "https://grafana.example/a", "fingerprint": "c6eadffa33fcdf37",
         "values": {"A": 97.2}},
        {"status": "firing", "labels": {"alertname": "DiskFull", "instance": "web-2"},
         "annotations": {"description": "/var is 91 % full"}, "startsAt": "2026-11-29T08:31:00Z",
         "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "a1b2c3d4e5f60718", "values": None},
    ],
}
GRAFANA_TEXT = ("[FIRING:2] DiskFull (page)\nfiring: DiskFull web-1\n/ is 97 % full\n"
                "firing: DiskFull web-2\n/var is 91 % full")

REPOSITORY = {"id": 1, "name": "engine", "full_name": "ada/engine", "private": False, "html_url": "https://github.com/ada/engine"}
GITHUB = {
    "push": ({
        "ref": "refs/heads/main", "before": "0" * 40, "after": "f" * 40, "repository": REPOSITORY, "forced": False,
        "pusher": {"name": "ada", "email": "ada@example.com"}, "sender": {"login": "ada", "id": 1},
        "commits": [{"id": "f" * 40, "message": "Add loops\n\nThey go round.", "author": {"name": "Ada"}, "added": ["a"]}],
    }, "ada/engine: ada pushed to refs/heads/main\n• Add loops"),
    "pull_request": ({
        "action": "opened", "number": 7, "repository": REPOSITORY, "sender": {"login": "bob"},
        "pull_request": {"title": "Faster cards", "html_url": "https://github.com/ada/engine/pull/7", "number": 7, "body": None},
    }, "ada/engine: pull request #7 opened by bob\nFaster cards\nhttps://github.com/ada/engine/pull/7"),
    "issues": ({
        "action": "closed", "repository": REPOSITORY, "sender": {"login": "bob"},
        "issue": {"number": 3, "title": "It squeaks", "html_url": "https://github.com/ada/engine/issues/3", "labels": []},
    }, "ada/engine: issue #3 closed by bob\nIt squeaks\nhttps://github.com/ada/engine/issues/3"),
    "workflow_run": ({
        "action": "completed", "repository": REPOSITORY, "sender": {"login": "ada"},
        "workflow_run": {"name": "CI", "conclusion": "failure", "head_branch": "main", "html_url": "https://github.com/ada/engine/actions/9"},
    }, "ada/engine: CI failure on main\nhttps://github.com/ada/engine/actions/9"),
    "star": ({"action": "created", "repository": REPOSITORY, "sender": {"login": "eve"}},
             "ada/engine: star created by eve"),
}
HOME_ASSISTANT = {"title": "Front door", "message": "Somebody rang at 18:04", "data": {"tag": "door", "ttl": 0}}


class HooksCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if shutil.which("curl") is None:
            if os.environ.get("REQUIRE_SHARED") == "1":
                raise AssertionError("curl is required, but absent")
            raise unittest.SkipTest("curl is absent")
        cls.folder = Folder()
        cls.path = cls.folder.path
        cls.simulator = Simulator(cls.path, "--speed", "10")
        cls.gateway = Gateway(cls.path, cls.simulator.database, "--transport", "simulator", "--simulator-socket",
                              cls.simulator.socket).start()
        cls.people = 0
        cls.secrets = []

    @classmethod
    def tearDownClass(cls):
        cls.gateway.stop()
        cls.gateway.log.close()
        cls.simulator.__exit__()
        cls.folder.__exit__()

    def person(self) -> str:
        type(self).people += 1
        address = f"+1555800{self.people:04}"
        status, answer = self.simulator.call("POST", "/say", {"from": address, "text": "hello"})
        assert status == 200, answer
        wait_until(lambda: self.gateway.request("GET", f"/v1/chats/{address.replace('+', '%2B')}")[0] == 200, 15, "the chat is known")
        return address

    def hook(self, **settings) -> dict:
        status, hook = self.gateway.request(
            "POST", "/v1/hooks", {"name": "test", "chat": settings.pop("chat", None) or self.person(), **settings})
        self.assertEqual(status, 201, hook)
        self.secrets.append(hook["secret"])
        return hook

    def post(self, hook: dict, *arguments: str) -> dict:
        done = subprocess.run(
            ["curl", "-sS", "-w", "\n%{http_code}", *arguments, self.gateway.url + hook["url"]],
            capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        body, status = done.stdout.rsplit("\n", 1)
        return {"status": int(status), **json.loads(body)}

    def post_json(self, hook: dict, payload, *arguments: str) -> dict:
        return self.post(hook, "-H", "Content-Type: application/json", "--data-binary", json.dumps(payload), *arguments)

    def rows(self, text: str) -> int:
        return len(own_rows(self.simulator.database, text))

    def arrives(self, text: str, seconds: float = 15):
        wait_until(lambda: self.rows(text), seconds, f"a text of {len(text)} characters is in chat.db")

    def test_curl_becomes_a_text_once_for_each_key(self):
        hook = self.hook(dedupe="{{id}}", template="Backup {{id}}: {{state | default:\"unknown\"}}")
        first = self.post(hook, "-d", "id=1&state=done")
        self.assertEqual((first["status"], first["state"]), (202, "sent"))
        self.arrives("Backup 1: done")
        for _ in range(3):
            again = self.post(hook, "-d", "id=1&state=done")
            self.assertEqual((again["status"], again["state"], again["send"]), (202, "duplicate", first["send"]))
        self.assertEqual(self.post_json(hook, {"id": 2})["state"], "sent")
        self.arrives("Backup 2: unknown")
        self.assertEqual((self.rows("Backup 1: done"), self.rows("Backup 2: unknown")), (1, 1))
        status, send = self.gateway.request("GET", f"/v1/sends/{first['send']}")
        self.assertEqual((status, send["chat"]), (200, hook["chat"]))

    def test_a_burst_of_one_event_is_sent_once(self):
        hook = self.hook(dedupe="{{text}}")
        curls = [subprocess.Popen(["curl", "-sS", "-d", "the burst", self.gateway.url + hook["url"]],
                                  stdout=subprocess.PIPE, text=True) for _ in range(12)]
        states = [json.loads(process.communicate(timeout=30)[0])["state"] for process in curls]
        self.assertEqual(sorted(states), ["duplicate"] * 11 + ["sent"])
        self.arrives("the burst")
        time.sleep(0.5)
        self.assertEqual(self.rows("the burst"), 1)

    def test_grafana(self):
        hook = self.hook(preset="grafana")
        self.assertEqual(self.post_json(hook, GRAFANA)["state"], "sent")
        self.arrives(GRAFANA_TEXT)
        self.assertEqual(self.post_json(hook, GRAFANA)["state"], "duplicate")
        resolved = json.loads(json.dumps(GRAFANA).replace('"firing"', '"resolved"').replace("FIRING:2", "RESOLVED"))
        self.assertEqual(self.post_json(hook, resolved)["state"], "sent")

    def test_github(self):
        hook = self.hook(preset="github")
        for number, (event, (payload, text)) in enumerate(GITHUB.items()):
            headers = ["-H", f"X-GitHub-Event: {event}", "-H", f"X-GitHub-Delivery: 72d3162e-{number}", "-H", "User-Agent: GitHub-Hookshot/abc"]
            with self.subTest(event):
                self.assertEqual(self.post_json(hook, payload, *headers)["state"], "sent")
                self.arrives(text)
                # GitHub can also post a form; a redelivery carries the same id.
                form = self.post(hook, "--data-urlencode", "payload=" + json.dumps(payload), *headers)
                self.assertEqual(form["state"], "duplicate")
                self.assertEqual(self.rows(text), 1)

    def test_home_assistant_and_plain_text(self):
        hook = self.hook(preset="homeassistant")
        self.assertEqual(self.post_json(hook, HOME_ASSISTANT)["state"], "sent")
        self.arrives("Front door\nSomebody rang at 18:04")
        plain = self.hook()
        self.assertEqual(plain["preset"], "text")
        self.assertEqual(self.post(plain, "-d", "The wash is done – 40 °C 🧺")["state"], "sent")
        self.arrives("The wash is done – 40 °C 🧺")
        self.assertEqual(self.post(plain, "-H", "Content-Type: text/plain", "-d", "with\nlines")["state"], "sent")
        keyed = [self.post(plain, "-H", "Idempotency-Key: k", "-d", "keyed")["state"] for _ in range(2)]
        self.assertEqual(keyed, ["sent", "duplicate"])

    def test_a_digest_survives_a_killed_gateway(self):
        hook = self.hook(digestMinutes=1, template="{{text}}")
        for text in ("first", "second"):
            held = self.post(hook, "-d", text)
            self.assertEqual((held["status"], held["state"], held["send"]), (202, "held", None))
        self.assertRegex(held["until"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.gateway.kill()
        self.gateway.start()
        status, shown = self.gateway.request("GET", f"/v1/hooks/{hook['id']}")
        self.assertEqual((status, shown["held"]), (200, 2))
        self.assertNotIn("secret", shown)
        self.arrives("2 events:\n\nfirst\n\nsecond", seconds=90)
        self.assertEqual((self.rows("first"), self.rows("second")), (0, 0))

    def test_a_wrong_secret_is_no_hook(self):
        gateway = self.gateway
        hook = self.hook()
        missing = self.post({"url": "/v1/hooks/bwh_" + "A" * 43}, "-d", "x")
        named = self.post({"url": f"/v1/hooks/{hook['id']}"}, "-d", "x")
        self.assertEqual((missing["status"], named["status"]), (404, 404))
        self.assertEqual(missing, named)
        guesses = [self.post({"url": f"/v1/hooks/bwh_{number}"}, "-d", "x")["status"] for number in range(15)]
        self.assertEqual((guesses[0], guesses[-1]), (404, 429))
        # Who has the secret is not slowed by those who guess.
        self.assertEqual(self.post(hook, "-d", "still here")["status"], 202)
        # The secret opens nothing else.
        status, _ = gateway.request("GET", "/v1/chats", headers={"Authorization": f"Bearer {hook['secret']}"})
        self.assertIn(status, (401, 429))
        self.assertEqual(gateway.request("DELETE", f"/v1/hooks/{hook['id']}")[0], 204)
        self.assertIn(self.post(hook, "-d", "gone")["status"], (404, 429))

    def test_what_is_cut_is_not_sent(self):
        hook = self.hook()
        for head in ("Content-Length: 100", "Transfer-Encoding: chunked"):
            text = f"half a text with {head[:8]}"
            body = text if head.startswith("Content") else f"{len(text):x}\r\n{text}\r\n"
            with socket.create_connection(("127.0.0.1", self.gateway.port)) as connection:
                connection.sendall(f"POST {hook['url']} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                                   f"{head}\r\n\r\n{body}".encode())
            whole = f"whole after {head[:8]}"
            self.assertEqual(self.post(hook, "-d", whole)["state"], "sent")
            self.arrives(whole)
            self.assertEqual(self.rows(text), 0)

    def test_limits(self):
        hook = self.hook(ratePerMinute=3)
        states = [self.post(hook, "-d", f"number {number}")["status"] for number in range(4)]
        self.assertEqual(states, [202, 202, 202, 429])
        large = self.path / "large.txt"
        large.write_text("x" * 262_145)
        hook = self.hook()
        self.assertEqual(self.post(hook, "--data-binary", f"@{large}")["status"], 413)
        self.assertEqual(self.post(hook, "-H", "Content-Type: application/json", "-d", "{")["status"], 400)
        self.assertEqual(self.post_json(hook, {"other": 1})["status"], 422)
        large.write_text("y" * 262_144)
        self.assertEqual(self.post(hook, "-H", "Content-Type: text/plain", "--data-binary", f"@{large}")["status"], 202)
        self.arrives("y" * 3999 + "…")

    def test_the_command_line_makes_lists_and_removes_hooks(self):
        address = self.person()
        state = ["--state", str(self.gateway.state)]
        made = run("hooks", "create", "Door bell", address, "--preset", "homeassistant", "--quiet", "22:00-07:00",
                   "--zone", "Europe/Berlin", *state)
        self.assertEqual(made.returncode, 0, made.stderr)
        url = re.search(r"/v1/hooks/bwh_[A-Za-z0-9_-]{43}", made.stdout).group()
        self.secrets.append(url.rsplit("/", 1)[1])
        listed = run("hooks", "list", "--json", *state)
        hooks = [json.loads(line) for line in listed.stdout.splitlines()]
        hook = next(hook for hook in hooks if hook["name"] == "Door bell")
        self.assertEqual(hook["quietHours"], {"start": "22:00", "end": "07:00", "zone": "Europe/Berlin"})
        self.assertIn(hook["id"], run("hooks", "list", *state).stdout)
        there = {"BLUEWIRE_GATEWAY": self.gateway.url, "BLUEWIRE_TOKEN": self.gateway.token}
        self.assertIn(hook["id"], run("hooks", "list", env=there).stdout)
        rotated = json.loads(run("hooks", "rotate", hook["id"], "--json", env=there).stdout)
        self.secrets.append(rotated["secret"])
        self.assertEqual(self.post({"url": url}, "-d", "{}")["status"] in (404, 429), True)
        url = rotated["url"]
        removed = run("hooks", "delete", hook["id"], *state)
        self.assertEqual(removed.returncode, 0, removed.stderr)
        self.assertEqual(self.post({"url": url}, "-d", "{}")["status"] in (404, 429), True)
        self.assertNotEqual(run("hooks", "delete", hook["id"], *state).returncode, 0)
        bad = run("hooks", "create", "Bad", address, "--template", "{{", *state)
        self.assertEqual((bad.returncode, "template" in bad.stderr), (65, True), bad.stderr)
        self.assertNotEqual(run("hooks", "list", "--state", str(self.path / "nowhere")).returncode, 0)

    def test_secrets_and_texts_are_nowhere_but_in_their_place(self):
        hook = self.hook()
        self.assertEqual(self.post(hook, "-d", "a text only for the chat")["state"], "sent")
        self.arrives("a text only for the chat")
        self.gateway.log.flush()
        log = (self.path / "gateway.log").read_text()
        for secret in self.secrets + ["a text only for the chat"]:
            self.assertNotIn(secret, log)
        for name in ("state.db", "state.db-wal"):
            content = (self.gateway.state / name).read_bytes()
            for secret in self.secrets:
                self.assertNotIn(secret.encode(), content)


if __name__ == "__main__":
    unittest.main()
