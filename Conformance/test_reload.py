"""The configuration is read again without a restart: at SIGHUP, by the API and by the command."""

import base64
import hashlib
import json
import os
import signal
import socket
import ssl
import unittest

from harness import run, wait_until
from test_listener import ListenerTest

GOOD = "log-level: debug\nallowed-hosts: [new.lan]\nlimits:\n  failures: 2\n"


class ReloadTest(ListenerTest):
    """A gateway whose file is rewritten under it."""

    def write(self, text: str):
        # As editors do it: a new file in the place of the old one.
        draft = self.folder / "draft.yaml"
        draft.write_text(text)
        os.replace(draft, self.folder / "bluewire.yaml")

    def log(self) -> str:
        return (self.folder / "gateway.log").read_text()

    def hang_up(self, gateway):
        """Sends the signal and waits until the trail says that it was dealt with."""
        before = self.reloads(gateway)
        gateway.process.send_signal(signal.SIGHUP)
        return wait_until(lambda: self.reloads(gateway)[len(before):], 20, "a reload in the audit trail")[-1]

    def reloads(self, gateway) -> list:
        status, trail = gateway.request("GET", "/v1/audit?limit=200")
        self.assertEqual(status, 200)
        return [entry for entry in reversed(trail["data"]) if entry["action"] == "configuration.reload"]

    def host(self, gateway, name: str) -> int:
        return gateway.request("GET", "/healthz", headers={"Host": name})[0]

    def test_what_can_change_holds_at_once(self):
        with self.gateway("log-level: info\nallowed-hosts: [old.lan]\n") as gateway:
            self.assertEqual((self.host(gateway, "old.lan"), self.host(gateway, "new.lan")), (200, 421))
            self.write(GOOD)
            entry = self.hang_up(gateway)
            self.assertEqual((entry["actor"], entry["outcome"], entry["reason"]), ("system", "allowed", None))
            self.assertEqual((self.host(gateway, "old.lan"), self.host(gateway, "new.lan")), (421, 200))
            wait_until(lambda: "applied=limits.failures,allowed-hosts,log-level" in self.log(), 10, "a line in the log")
            refused = [gateway.request("GET", "/v1/health", headers={"Authorization": "Bearer bw_no"})[0] for _ in range(3)]
            self.assertEqual(refused, [401, 401, 429])

    def test_a_broken_file_changes_nothing_and_says_why(self):
        with self.gateway("allowed-hosts: [old.lan]\n") as gateway:
            for text, named in (("allowed-hosts: [new.lan\n", "YAML"), ("allowed-hosts: [new.lan]\nlisen: x\n", "lisen"),
                                ("allowed-hosts: [new.lan]\negress:\n  webhook: ['not a host']\n", "egress.webhook"),
                                ("allowed-hosts: [new.lan]\nlimits:\n  requests: fast\n", "limits.requests")):
                with self.subTest(named):
                    self.write(text)
                    entry = self.hang_up(gateway)
                    self.assertEqual(entry["outcome"], "failed")
                    self.assertEqual((self.host(gateway, "old.lan"), self.host(gateway, "new.lan")), (200, 421))
                    wait_until(lambda: named in self.log(), 10, f"{named} in the log")
                    status, problem = gateway.request("POST", "/v1/reload")
                    self.assertEqual((status, problem["code"]), (422, "invalid_request"))
                    self.assertIn(named, problem["detail"])
            # Once it is right again, it holds.
            self.write("allowed-hosts: [new.lan]\n")
            self.assertEqual(self.hang_up(gateway)["outcome"], "allowed")
            self.assertEqual(self.host(gateway, "new.lan"), 200)

    def test_what_needs_a_restart_is_named_until_there_was_one(self):
        with self.gateway("poll: true\n") as gateway:
            self.write("poll: false\nline: other\nlimits:\n  sockets: 3\n")
            entry = self.hang_up(gateway)
            self.assertEqual(entry["reason"], "needs a restart: line poll")
            for _ in range(2):
                status, answer = gateway.request("POST", "/v1/reload")
                self.assertEqual(status, 200)
                self.assertEqual((answer["applied"], answer["needsRestart"]), ([], ["line", "poll"]))
            self.assertEqual(gateway.request("GET", "/v1/lines")[1]["data"][0]["id"], "mac")

    def test_the_command_and_who_may(self):
        with self.gateway("poll: true\n") as gateway:
            plain = run("reload", "--state", str(gateway.state), "--config", str(self.folder / "bluewire.yaml"))
            self.assertEqual((plain.returncode, plain.stdout), (0, "No setting has changed.\n"), plain.stderr)
            self.write("poll: true\nbudget:\n  token: 1/1/1\nagents-send: true\n")
            made = run("reload", "--json", "--state", str(gateway.state), "--config", str(self.folder / "bluewire.yaml"))
            self.assertEqual(json.loads(made.stdout), {
                "applied": ["budget.token"], "needsRestart": ["agents-send"], "certificate": "unchanged"})
            self.assertEqual(self.reloads(gateway)[-1]["actor"], "local")
            status, token = gateway.request("POST", "/v1/tokens", {"name": "reader", "scopes": ["read", "send"]})
            self.assertEqual(status, 201)
            status, problem = gateway.request("POST", "/v1/reload", headers={"Authorization": f"Bearer {token['secret']}"})
            self.assertEqual((status, problem["code"]), (403, "missing_scope"))
            self.write("lisen: x\n")
            broken = run("reload", "--state", str(gateway.state))
            self.assertNotEqual(broken.returncode, 0)
            self.assertIn("lisen", broken.stderr)

    def test_webhooks_that_are_added_are_registered(self):
        with self.gateway("poll: true\n") as gateway:
            entry = "webhooks:\n  - name: crm\n    url: https://crm.example/hook\n    events: [%s]\n"
            self.write("poll: true\n" + entry % "message.created")
            self.assertEqual(gateway.request("POST", "/v1/reload")[1]["applied"], ["webhooks"])
            hooks = gateway.request("GET", "/v1/webhooks")[1]["data"]
            self.assertEqual([hook["url"] for hook in hooks], ["https://crm.example/hook"])
            self.write("poll: true\n" + entry % "message.deleted")
            self.assertEqual(gateway.request("POST", "/v1/reload")[1]["applied"], ["webhooks"])
            changed = gateway.request("GET", "/v1/webhooks")[1]["data"]
            self.assertEqual([hook["id"] for hook in changed], [hook["id"] for hook in hooks])
            self.assertIn("message.deleted", json.dumps(changed))
            self.assertNotIn("message.created", json.dumps(changed))

    def test_a_new_certificate_is_shown_after_the_signal(self):
        def make() -> str:
            made = run("tls", "init", "--json", "--out", str(self.folder / "tls"), "--force")
            self.assertEqual(made.returncode, 0, made.stderr)
            return json.loads(made.stdout)["pin"]

        def shown(port: int) -> bytes:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with socket.create_connection(("127.0.0.1", port), timeout=20) as plain:
                with context.wrap_socket(plain, server_hostname="localhost") as connection:
                    return connection.getpeercert(binary_form=True)

        make()
        place = self.folder / "tls"
        config = f"tls:\n  certificate: {place}/certificate.pem\n  key: {place}/key.pem\n"
        with self.gateway(config) as gateway:
            first = shown(gateway.port)
            arguments = ("reload", "--json", "--state", str(gateway.state))
            self.assertEqual(json.loads(run(*arguments).stdout)["certificate"], "unchanged")
            pin = make()
            # The signal brings it at once; without one it would take up to ten seconds, which a command must not need.
            self.assertEqual(json.loads(run(*arguments).stdout)["certificate"], "replaced")
            second = shown(gateway.port)
            self.assertNotEqual(hashlib.sha256(first).digest(), hashlib.sha256(second).digest())
            listener = json.loads(self.local(gateway, "/v1/health"))["listener"]
            self.assertEqual((listener["pin"], listener["tls"], listener["port"]), (pin, True, gateway.port))
            (place / "certificate.pem").write_text("nothing")
            gateway.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "cannot be used" in self.log(), 20, "a warning about the certificate")
            self.assertEqual(shown(gateway.port), second)

    def local(self, gateway, path: str) -> bytes:
        """The answer on the gateway's own socket."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(gateway.greeting["socket"])
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = b""
            while piece := connection.recv(65_536):
                answer += piece
        return answer.partition(b"\r\n\r\n")[2]


if __name__ == "__main__":
    unittest.main()
