"""The files of `bluewire service`, driven with a stand-in for systemctl and read by systemd's own checker."""

import json
import shutil
import stat
import subprocess
import sys
import unittest

from harness import Folder, binary, environment

UNAVAILABLE, CANNOT_CREATE, DENIED, CONFIGURATION = 69, 73, 77, 78

# Answers like systemctl on a system whose user manager runs, and keeps what it was asked.
SYSTEMCTL = """#!/bin/sh
echo "$@" >>"$BW_TEST_CALLS"
case "$2" in show) printf 'LoadState=loaded\\nActiveState=active\\nUnitFileState=enabled\\nMainPID=4711\\n';; esac
"""


@unittest.skipUnless(sys.platform == "linux", "the systemd unit is written on Linux")
class SystemdService(unittest.TestCase):
    def setUp(self):
        folder = Folder()
        self.folder = folder.__enter__()
        self.addCleanup(folder.__exit__)
        self.home = self.folder / "home of a person"
        self.home.mkdir()
        self.unit = self.home / ".config" / "systemd" / "user" / "bluewire.service"
        self.calls = self.folder / "calls"
        self.tools = self.folder / "tools"
        self.tools.mkdir()

    def service(self, *arguments: str, code: int = 0) -> dict:
        env = environment(HOME=str(self.home), PATH=str(self.tools), BW_TEST_CALLS=str(self.calls))
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "SUDO_UID"):
            env.pop(name, None)
        done = subprocess.run([binary(), "service", *arguments, "--json"], capture_output=True, text=True, env=env,
                              timeout=60)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout or done.stderr)

    def put_systemctl(self):
        path = self.tools / "systemctl"
        path.write_text(SYSTEMCTL)
        path.chmod(0o755)

    def test_a_program_in_a_build_folder_is_refused(self):
        answer = self.service("install", code=DENIED)
        self.assertIn("--allow-build-path", answer["error"]["remedy"])
        self.assertEqual(list(self.home.iterdir()), [])

    def test_a_dry_run_changes_nothing(self):
        report = self.service("install", "--allow-build-path", "--dry-run")
        self.assertIn("ExecStart=", report["contents"])
        self.assertEqual(list(self.home.iterdir()), [])

    def test_without_systemctl_the_unit_is_written_and_the_rest_is_said(self):
        report = self.service("install", "--allow-build-path", code=UNAVAILABLE)
        self.assertEqual(report["left"][0], "systemctl --user daemon-reload")
        self.assertTrue(self.unit.is_file())
        self.assertEqual(stat.S_IMODE(self.unit.stat().st_mode), 0o600)
        report = self.service("uninstall", code=UNAVAILABLE)
        self.assertFalse(self.unit.exists())
        self.assertIn("systemctl --user daemon-reload", report["left"])

    def test_a_configuration_that_cannot_start_is_not_installed(self):
        config = self.folder / "bluewire.yaml"
        config.write_text("listen: 0.0.0.0:8787\n")
        self.service("install", "--allow-build-path", "--config", str(config), code=CONFIGURATION)
        self.assertEqual(list(self.home.iterdir()), [])

    def test_what_a_dry_run_prints_for_people(self):
        env = environment(HOME=str(self.home), PATH=str(self.tools))
        done = subprocess.run([binary(), "service", "install", "--dry-run", "--allow-build-path"], text=True, env=env,
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Would    systemctl --user daemon-reload\n", done.stdout)
        self.assertNotIn("\t", done.stdout)
        self.assertNotIn("Did ", done.stdout)

    def test_install_status_and_uninstall(self):
        self.put_systemctl()
        report = self.service("install", "--allow-build-path")
        self.assertEqual((report["file"], report["isRunning"], report["process"]), ("current", True, 4711))
        self.assertEqual(self.service("status")["file"], "current")
        self.service("install", "--allow-build-path")
        report = self.service("uninstall")
        self.assertEqual(report["file"], "absent")
        self.assertFalse(self.unit.exists())
        asked = [line for line in self.calls.read_text().splitlines() if " show " not in line]
        install = ["--user daemon-reload", "--user enable bluewire.service", "--user restart bluewire.service"]
        self.assertEqual(
            asked, install * 2 + ["--user disable --now bluewire.service", "--user daemon-reload"])

    def test_a_unit_of_somebody_else_is_neither_overwritten_nor_removed(self):
        self.put_systemctl()
        self.unit.parent.mkdir(parents=True)
        self.unit.write_text("[Service]\nExecStart=/bin/true\n")
        self.service("install", "--allow-build-path", code=CANNOT_CREATE)
        self.service("uninstall", code=CANNOT_CREATE)
        self.assertEqual(self.unit.read_text(), "[Service]\nExecStart=/bin/true\n")
        self.assertFalse(self.calls.exists())

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is absent")
    def test_systemd_finds_nothing_to_complain_about(self):
        self.put_systemctl()
        self.service("install", "--allow-build-path")
        done = subprocess.run(
            ["systemd-analyze", "--user", "verify", "--man=no", "--recursive-errors=yes", str(self.unit)],
            capture_output=True, text=True, timeout=60,
            env=environment(HOME=str(self.home), XDG_RUNTIME_DIR=str(self.folder)))
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is absent")
    def test_systemd_would_notice_a_wrong_line(self):
        self.put_systemctl()
        self.service("install", "--allow-build-path")
        wrong = self.folder / "wrong.service"
        wrong.write_text(self.unit.read_text().replace("UMask=0077", "UMaks=0077"))
        done = subprocess.run(
            ["systemd-analyze", "--user", "verify", "--man=no", "--recursive-errors=yes", str(wrong)],
            capture_output=True, text=True, timeout=60,
            env=environment(HOME=str(self.home), XDG_RUNTIME_DIR=str(self.folder)))
        self.assertNotEqual((done.returncode, done.stdout + done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
