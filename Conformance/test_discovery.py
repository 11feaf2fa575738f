"""The gateway is announced through the responder of the system; here a program stands for it."""

import json
import os
import pathlib
import unittest

from harness import Gateway, run, wait_until
from test_listener import ListenerTest, public_pin

CONFIGURATION = 78
# Writes what it was told and who it is, then waits like the real one.
RESPONDER = """#!/bin/sh
echo "$$ $@" >> "%s"
env | grep -c SECRET_KEY >> "%s.leaks"
exec sleep 600
"""


@unittest.skipUnless(os.uname().sysname == "Linux", "the stand-in is found by PATH, which macOS is not asked for")
class DiscoveryTest(ListenerTest):
    def setUp(self):
        super().setUp()
        self.programs = self.folder / "bin"
        self.programs.mkdir()
        self.calls = self.folder / "calls"
        program = self.programs / "avahi-publish"
        program.write_text(RESPONDER % (self.calls, self.calls))
        program.chmod(0o755)
        made = run("tls", "init", "--json", "--out", str(self.folder / "tls"))
        self.assertEqual(made.returncode, 0, made.stderr)
        self.config = (f"discovery: true\ntls:\n  certificate: {self.folder}/tls/certificate.pem\n"
                       f"  key: {self.folder}/tls/key.pem\n")
        self.env = {"PATH": f"{self.programs}:{os.environ['PATH']}", "SECRET_KEY": "x"}

    def seen(self) -> list:
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def announced(self, line: str) -> tuple:
        process, _, arguments = line.partition(" ")
        return int(process), arguments

    def start(self, config: str):
        gateway = Gateway(self.folder, self.database, "--transport", "none", config=config, env=self.env)
        # The harness itself listens on loopback only; what comes later wins.
        gateway.arguments += ["--listen", f"0.0.0.0:{gateway.port}"]
        return gateway

    def test_it_is_announced_again_when_the_program_ends_and_no_longer_than_the_gateway_runs(self):
        with self.start(self.config) as gateway:
            first, told = self.announced(wait_until(self.seen, 20, "an announcement")[0])
            pin = public_pin(self.folder / "tls" / "certificate.pem")
            self.assertEqual(
                told, f"-s Bluewire _bluewire._tcp {gateway.port} v=1 path=/v1 tls=1 pin={pin[:16]}")
            os.kill(first, 15)
            again, told_again = self.announced(wait_until(lambda: self.seen()[1:], 20, "a second announcement")[0])
            self.assertEqual(told_again, told)
            made = run("tls", "init", "--json", "--force", "--out", str(self.folder / "tls"))
            run("reload", "--state", str(gateway.state))
            renewed, told_new = self.announced(wait_until(lambda: self.seen()[2:], 20, "the new pin")[0])
            self.assertIn(f"pin={json.loads(made.stdout)['pin'][:16]}", told_new)
            gateway.stop()
        for process in (first, again, renewed):
            wait_until(lambda: not pathlib.Path(f"/proc/{process}").exists(), 10, f"the end of {process}")
        self.assertEqual(set(pathlib.Path(f"{self.calls}.leaks").read_text().split()), {"0"})
        self.assertIn("gave up", (self.folder / "gateway.log").read_text())
        self.assertNotIn(gateway.token, self.calls.read_text())

    def test_a_program_that_gives_up_is_a_warning_with_the_remedy_and_the_gateway_runs(self):
        (self.programs / "avahi-publish").write_text("#!/bin/sh\nexit 1\n")
        with self.start(self.config) as gateway:
            log = self.folder / "gateway.log"
            wait_until(lambda: "avahi-daemon and avahi-utils" in log.read_text(), 20, "a warning")
            self.assertIsNone(gateway.process.poll())
            gateway.stop()
            self.assertEqual(log.read_text().count("gave up"), 1)

    def test_on_loopback_it_is_refused(self):
        for arguments in (["--discover"], ["--discover", "--listen", "[::1]:0"]):
            with self.subTest(arguments):
                refused = run("serve", *arguments, "--state", str(self.folder / "state"), "--db", str(self.database), timeout=30)
                self.assertEqual(refused.returncode, CONFIGURATION)
                self.assertIn("only this machine reaches", refused.stderr)
                self.assertIn("discovery: false", refused.stderr)

    def test_it_is_off_by_default(self):
        with self.start(self.config.replace("discovery: true\n", "")) as gateway:
            gateway.stop()
        self.assertEqual(self.seen(), [])


if __name__ == "__main__":
    unittest.main()
