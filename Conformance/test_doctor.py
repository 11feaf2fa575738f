"""`bluewire doctor`: what is looked at, what is said, and that looking changes nothing."""

import email.utils
import http.server
import json
import os
import stat
import threading
import time
import unittest

from harness import Folder, Gateway, copy_generated, free_port, require_shared, run


class Model(http.server.BaseHTTPRequestHandler):
    """Lists one model for the right key, by a clock that is `ahead` seconds ahead."""

    ahead = 0

    def do_GET(self):
        self.server.asked.append(self.path)
        code = 200 if self.headers["Authorization"] == "Bearer right" else 401
        body = b'{"object":"list","data":[]}'
        self.send_response_only(code)
        self.send_header("Date", email.utils.formatdate(time.time() + self.ahead, usegmt=True))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Doctor(unittest.TestCase):
    def setUp(self):
        require_shared(self)
        folder = Folder()
        self.folder = folder.__enter__()
        self.addCleanup(folder.__exit__)
        self.database = self.folder / "home" / "Library" / "Messages" / "chat.db"
        copy_generated(self.database, "--messages", "400", "--macos", "26")

    def configure(self, text: str):
        path = self.folder / "bluewire.yaml"
        path.write_text(text)
        path.chmod(0o600)
        return path

    def doctor(self, *arguments: str, **env: str) -> dict:
        done = run("doctor", "--json", "--db", str(self.database), "--state", str(self.folder / "state"), *arguments,
                   env=env)
        findings = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 1 if any(f["verdict"] == "bad" for f in findings) else 0)
        return {finding["id"]: finding for finding in findings}

    def serve_models(self, ahead: int = 0) -> int:
        handler = type("Model", (Model,), {"ahead": ahead})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.asked = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.models = server
        return server.server_port

    def agent(self, port: int, allows: bool = True):
        egress = f"egress:\n  model: [127.0.0.1:{port}]\n" if allows else ""
        return self.configure(
            f"{egress}transport: none\nagents:\n  - name: helper\n    provider: openai\n    model: m\n"
            f"    baseURL: http://127.0.0.1:{port}/v1\n    keyVariable: MODEL_KEY\n    allow: [\"+15551234567\"]\n")

    def test_a_model_that_answers(self):
        config = self.agent(self.serve_models())
        findings = self.doctor("--config", str(config), MODEL_KEY="right")
        self.assertEqual(findings["endpoint"]["verdict"], "good")
        self.assertEqual(findings["clock"]["verdict"], "good")
        self.assertEqual(self.models.asked, ["/v1/models"])

    def test_a_model_that_refuses_the_key(self):
        config = self.agent(self.serve_models())
        findings = self.doctor("--config", str(config), MODEL_KEY="wrong")
        self.assertEqual(findings["endpoint"]["verdict"], "bad")
        self.assertNotIn("wrong", json.dumps(findings))

    def test_models_that_cannot_or_may_not_be_reached(self):
        for config in (self.agent(free_port()), self.agent(self.serve_models(), allows=False)):
            findings = self.doctor("--config", str(config), MODEL_KEY="right")
            self.assertEqual(findings["endpoint"]["verdict"], "bad")
            self.assertTrue(findings["endpoint"]["remedy"])
        self.assertEqual(self.models.asked, [])

    def test_offline_asks_nobody(self):
        config = self.agent(self.serve_models())
        findings = self.doctor("--offline", "--config", str(config), MODEL_KEY="right")
        self.assertNotIn("endpoint", findings)
        self.assertEqual(self.models.asked, [])

    def test_a_clock_that_is_off_by_the_servers_date(self):
        config = self.agent(self.serve_models(ahead=3600))
        findings = self.doctor("--config", str(config), MODEL_KEY="right")
        self.assertEqual(findings["clock"]["verdict"], "bad")
        self.assertIn("behind", findings["clock"]["detail"])

    def test_a_certificate_and_its_key(self):
        made = run("tls", "init", "--state", str(self.folder / "other"), "--out", str(self.folder / "tls"))
        self.assertEqual(made.returncode, 0, made.stderr)
        key = self.folder / "tls" / "key.pem"
        config = self.configure(
            f"transport: none\ntls:\n  certificate: {self.folder}/tls/certificate.pem\n  key: {key}\n")
        self.assertEqual(self.doctor("--config", str(config))["certificate"]["verdict"], "good")
        key.chmod(0o604)
        finding = self.doctor("--config", str(config))["certificate"]
        self.assertEqual((finding["verdict"], finding["remedy"]), ("bad", f"Run: chmod 600 {key}"))

    def test_a_running_gateway_is_asked_for_its_tokens(self):
        gateway = Gateway(self.folder, self.database, config="transport: none\n")
        self.assertNotIn("tokens", self.doctor("--config", str(self.folder / "bluewire.yaml")))
        with gateway:
            findings = self.doctor("--config", str(self.folder / "bluewire.yaml"))
            self.assertEqual(findings["gateway"]["verdict"], "good")
            self.assertEqual(findings["readiness"]["verdict"], "good")
            self.assertEqual(findings["tokens"]["detail"], "1 token, the oldest 0 days old.")
            review = self.doctor("--security", "--config", str(self.folder / "bluewire.yaml"))
            self.assertEqual(review["security.tokens"]["verdict"], "note")
            self.assertNotIn(gateway.token, json.dumps([findings, review]))

    def test_looking_changes_nothing(self):
        state = self.folder / "state"
        state.mkdir(mode=0o755)
        self.configure("transport: none\n")
        before = self.files()
        for arguments in ([], ["--security"]):
            self.doctor(*arguments, "--config", str(self.folder / "bluewire.yaml"))
        self.assertEqual(self.files(), before)
        self.assertEqual(stat.S_IMODE(os.stat(state).st_mode), 0o755)

    def files(self) -> list:
        """Everything but the log and index that SQLite puts beside a database it reads."""
        return sorted(str(path) for path in self.folder.rglob("*") if not path.name.endswith(("-wal", "-shm")))

    def test_risky_settings_are_named(self):
        config = self.configure(
            "transport: none\nlisten: 0.0.0.0:8787\nlisten-plain: true\nlimits:\n  failures: off\nagents-send: true\n"
            "egress:\n  webhook: [0.0.0.0/0]\nagents:\n  - name: open\n    allow: [\"*\"]\n")
        config.chmod(0o666)
        findings = self.doctor("--security", "--config", str(config))
        bad = {name for name, finding in findings.items() if finding["verdict"] == "bad"}
        self.assertLessEqual(
            {"security.listen", "security.limits", "security.agents", "security.egress", "security.file"}, bad)
        self.assertEqual(findings["security.clients"]["verdict"], "note")

    def test_people_read_it_in_80_columns(self):
        config = self.agent(self.serve_models(), allows=False)
        for arguments in ([], ["--security"]):
            done = run("doctor", *arguments, "--db", str(self.database), "--state", str(self.folder / "state"),
                       "--config", str(config), env={"MODEL_KEY": "right"})
            lines = done.stdout.splitlines()
            self.assertTrue(lines)
            self.assertLessEqual(max(len(line) for line in lines), 80)
            self.assertRegex(lines[-1], r"^\d+ good, \d+ to know, \d+ to settle$")


if __name__ == "__main__":
    unittest.main()
