"""Privacy: a busy gateway at its most talkative names nobody and quotes nothing in its logs and its audit trail."""

import json
import threading
import unittest
import urllib.error
import urllib.request

from harness import EventStreamReader, Folder, Gateway, Simulator, WebhookReceiver, WebSocketReader, run, wait_until

# Texts and names that occur nowhere else, so that a search for them finds nothing by chance.
PEOPLE = [("Zarquon Vexley", "+12025557391"), ("Quillian Brozz", "quillian.brozz@vexley.example")]
INBOUND, OUTBOUND = "xylograph-inbound-marker", "xylograph-outbound-marker"
GROUP, SUBJECT = "Frobnitz Quorum", "zymurgy-subject-marker"
# The transport takes a message and then breaks off.
FAULTS = {"failAfterAccept": True}
GUESS, KEY, TOKEN_NAME = "bw_guessedTokenMarker0123456789", "idempotency-marker-5521", "flumadiddle token"


class PrivacyTest(unittest.TestCase):
    def setUp(self):
        folder = Folder()
        self.path = folder.path
        self.addCleanup(folder.__exit__)
        self.simulator = Simulator(self.path, "--speed", "10")
        self.addCleanup(self.simulator.__exit__)
        self.gateway = Gateway(
            self.path, self.simulator.database, "--transport", "simulator", "--simulator-socket", self.simulator.socket,
            env={"BLUEWIRE_LOG_LEVEL": "trace"}, config="egress:\n  webhook: 127.0.0.0/8\n").start()
        self.addCleanup(self.gateway.stop)
        # The pipe is read all along, so that the gateway never waits for it.
        self.output: list = []
        self.drain = threading.Thread(target=lambda: self.output.extend(self.gateway.process.stdout), daemon=True)
        self.drain.start()

    def simulate(self, path: str, body: dict):
        status, answer = self.simulator.call("POST", path, body)
        self.assertEqual(status, 200, answer)
        return answer

    def api(self, method: str, path: str, body=None, *wanted: int, **headers: str):
        status, answer = self.gateway.request(method, path, body, headers)
        self.assertIn(status, wanted or (200, 201, 202, 204), f"{method} {path}: {answer}")
        return answer

    def refused(self, token: str, path: str = "/v1/chats"):
        request = urllib.request.Request(self.gateway.url + path, headers={"Authorization": f"Bearer {token}"})
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=30)
        caught.exception.close()
        return caught.exception.code

    def be_busy(self) -> list:
        """Does a little of everything that touches people, texts and secrets; returns the secrets."""
        readers = [WebSocketReader(self.gateway), EventStreamReader(self.gateway)]
        for reader in readers:
            self.addCleanup(reader.stop)
            wait_until(reader.connected.is_set, 20, f"{reader.seen.name} is connected")
        receiver = WebhookReceiver()
        self.addCleanup(receiver.stop)
        receiver.register(self.gateway)
        webhook = self.api("GET", "/v1/webhooks")["data"][0]["id"]
        rotated = self.api("POST", f"/v1/webhooks/{webhook}/secret")["secret"]
        secrets = [self.gateway.token, receiver.secret, rotated]
        # One that nobody answers, and one the guard refuses.
        for url in ("http://127.0.0.1:9/dead", "http://10.255.255.1/inside"):
            secrets.append(self.api("POST", "/v1/webhooks", {"url": url})["secret"])

        for name, address in PEOPLE:
            self.simulate("/people", {"name": name, "address": address})
        for number in range(10):
            for name, address in PEOPLE:
                self.simulate("/say", {"from": address, "text": f"{INBOUND} {number}", "subject": SUBJECT})
        group = self.simulate("/chats", {"participants": [address for _, address in PEOPLE], "name": GROUP, "isGroup": True})["chat"]
        asked = self.simulate("/say", {"chat": group, "as": PEOPLE[0][1], "text": f"{INBOUND} to all"})["message"]
        self.simulate("/tapback", {"message": asked, "from": PEOPLE[1][1], "kind": "love"})
        self.simulate("/typing", {"from": PEOPLE[0][1], "on": True})
        wait_until(lambda: not any(reader.seen.missing([asked]) for reader in readers), 30, "the readers saw the messages")

        sends = []
        for number in range(5):
            for _, address in PEOPLE:
                sends.append(self.api("POST", "/v1/messages", {"to": address, "text": f"{OUTBOUND} {number}"},
                                      **{"Idempotency-Key": f"{KEY}-{number}-{address}"})["id"])
        # A transport that fails is what logs like to be loud about.
        self.assertEqual(self.simulator.call("PUT", "/faults", FAULTS)[0], 200)
        self.api("POST", "/v1/messages", {"to": PEOPLE[0][1], "text": f"{OUTBOUND} doomed"})
        self.api("POST", f"/v1/messages/{asked}/tapbacks", {"kind": "like"})
        self.api("GET", "/v1/chats?q=Zarquon")
        self.api("GET", "/v1/chats/%2B12025557391/messages")
        self.api("GET", f"/v1/trace/{asked}")

        # What is refused: bodies, paths, tokens.
        self.api("POST", "/v1/messages", {"to": PEOPLE[0][1], "text": OUTBOUND, "typo": OUTBOUND}, 400)
        self.api("POST", "/v1/messages", {"chat": GROUP + " nobody", "text": OUTBOUND}, 404)
        self.api("GET", "/v1/chats/%2B12025557391/nothing", None, 404)
        self.assertEqual(self.refused(GUESS), 401)
        made = self.api("POST", "/v1/tokens", {"name": TOKEN_NAME, "scopes": ["chats:read"], "chats": [PEOPLE[0][1]]})
        secrets.append(made["secret"])
        self.assertEqual(self.refused(made["secret"], "/v1/audit"), 403)
        self.assertEqual(self.refused(made["secret"], "/v1/chats/quillian.brozz%40vexley.example"), 404)
        self.api("DELETE", f"/v1/tokens/{made['id']}")
        self.assertEqual(self.refused(made["secret"]), 401)

        def is_over():
            states = [self.api("GET", f"/v1/sends/{send}")["state"] for send in sends]
            return all(state not in ("queued", "dispatched") for state in states)
        wait_until(is_over, 60, "the sends are over")
        wait_until(lambda: not receiver.seen.missing([asked]), 30, "the webhook saw the messages")
        return secrets

    def test_logs_and_audit_hold_no_text_name_number_or_secret(self):
        secrets = self.be_busy()
        self.gateway.process.terminate()
        self.gateway.process.wait(timeout=20)
        self.drain.join(timeout=10)
        exported = self.path / "audit.jsonl"
        done = run("audit", "export", "--out", str(exported), "--state", str(self.gateway.state))
        self.assertEqual(done.returncode, 0, done.stderr)
        logs = (self.path / "gateway.log").read_text(errors="replace")
        places = {"stdout": "".join(self.output), "stderr": logs, "audit": exported.read_text()}

        # There is something to search, and the search finds what is there.
        self.assertGreater(places["stderr"].count("\n"), 20, "the log says next to nothing")
        self.assertTrue(any(level in logs.lower() for level in ("trace", "debug")), "the log is not at its most talkative")
        actions = {json.loads(line)["action"] for line in places["audit"].splitlines()}
        self.assertGreater(len(actions), 4, actions)
        self.assertTrue(self.lines(places["audit"], "tok_"))

        markers = [INBOUND, OUTBOUND, SUBJECT, GROUP, KEY, GUESS, TOKEN_NAME, "xylograph", *secrets]
        for name, address in PEOPLE:
            markers += [name, *name.split(), address, address.lstrip("+"), address.replace("+", "%2B").replace("@", "%40")]
        markers += [secret.removeprefix("whsec_").removeprefix("bw_") for secret in secrets]
        markers += ["2025557391", "(202) 555"]
        for place, text in places.items():
            for marker in markers:
                self.assertEqual(self.lines(text, marker), [], f"{marker} in {place}")

    @staticmethod
    def lines(text: str, marker: str) -> list:
        return [line[:300] for line in text.splitlines() if marker.lower() in line.lower()][:3]
