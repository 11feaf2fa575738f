"""The command line as a client: the same command against a database, a gateway on its socket and one behind TLS."""

import json
import os
import pathlib
import queue
import subprocess
import threading
import unittest

from harness import Folder, Gateway, Simulator, binary, copy_generated, environment, free_port, require_shared, run, wait_until

DENIED, UNAVAILABLE, CONFIGURATION, MISSING, BAD_DATA, USAGE = 77, 69, 78, 66, 65, 64


class ClientTest(unittest.TestCase):
    """A database, a certificate, and a gateway behind it."""

    def setUp(self):
        require_shared(self)
        folder = Folder()
        self.addCleanup(folder.__exit__)
        self.folder = folder.path
        made = run("tls", "init", "--json", "--out", str(self.folder / "tls"))
        self.assertEqual(made.returncode, 0, made.stderr)
        self.pin = json.loads(made.stdout)["pin"]
        self.certificate = str(self.folder / "tls" / "certificate.pem")
        self.config = f"tls:\n  certificate: {self.certificate}\n  key: {self.folder}/tls/key.pem\n"

    def serve(self, database: pathlib.Path, *arguments: str) -> Gateway:
        gateway = Gateway(self.folder, database, *arguments, config=self.config)
        gateway.start()
        self.addCleanup(gateway.__exit__)
        return gateway

    def url(self, gateway: Gateway) -> str:
        return f"https://localhost:{gateway.port}"

    def remote(self, gateway: Gateway, **extra: str) -> dict:
        return {"BLUEWIRE_GATEWAY": self.url(gateway), "BLUEWIRE_TOKEN": gateway.token, "BLUEWIRE_PIN": self.pin, **extra}

    def fails(self, code: int, *arguments: str, env: dict | None = None) -> str:
        """What a command says that ends with this code; it says nothing on standard output."""
        done = run(*arguments, env=env or {})
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        self.assertEqual(len(done.stderr.strip().splitlines()) > 1, True, f"no remedy: {done.stderr}")
        return done.stderr


class ReadingTest(ClientTest):
    def setUp(self):
        super().setUp()
        self.database = self.folder / "messages" / "chat.db"
        copy_generated(self.database, "--messages", "300")
        self.gateway = self.serve(self.database, "--transport", "none")

    def test_output_is_the_same_wherever_it_comes_from(self):
        chats = [json.loads(line) for line in run("chats", "--json", "--db", str(self.database)).stdout.splitlines()]
        self.assertGreater(len(chats), 2)
        state = ("--state", str(self.gateway.state))
        commands = [("chats",), ("chats", "--limit", "3"), ("chats", chats[0]["name"][:3])]
        commands += [("history", chat[name], "--limit", "40") for chat in chats[:3] for name in ("id", "guid")]
        for command in commands:
            for form in ([], ["--json"]):
                with self.subTest(command=command, form=form):
                    local = run(*command, *form, "--db", str(self.database))
                    self.assertEqual(local.returncode, 0, local.stderr)
                    self.assertTrue(local.stdout)
                    socket = run(*command, *form, *state)
                    self.assertEqual((socket.returncode, socket.stdout), (0, local.stdout), socket.stderr)
                    pinned = run(*command, *form, env=self.remote(self.gateway))
                    self.assertEqual((pinned.returncode, pinned.stdout), (0, local.stdout), pinned.stderr)
        file = self.folder / "token"
        file.write_text(self.gateway.token + "\n")
        believed = run("chats", "--gateway", self.url(self.gateway), "--token-file", str(file), "--ca", self.certificate)
        self.assertEqual(believed.stdout, run("chats", "--db", str(self.database)).stdout, believed.stderr)

    def test_what_is_wrong_is_said(self):
        url, good = self.url(self.gateway), self.remote(self.gateway)
        unpinned = {name: value for name, value in good.items() if name != "BLUEWIRE_PIN"}
        self.assertIn("--pin", self.fails(UNAVAILABLE, "chats", env=unpinned))
        other = "A8Gua+SjSV1xEzGS9kSS0g89d8LBg51NFUW5p0AWw6Y="
        for command in (["chats"], ["send", "+15550000001", "hello"], ["watch", "--cursor", "a-1"]):
            self.assertIn("another key", self.fails(DENIED, *command, env={**good, "BLUEWIRE_PIN": other}))
        self.fails(UNAVAILABLE, "chats", env={**good, "BLUEWIRE_GATEWAY": f"https://localhost:{free_port()}"})
        refused = self.fails(DENIED, "chats", env={**good, "BLUEWIRE_TOKEN": "bw_unknown"})
        self.assertIn("token create", refused)
        self.assertNotIn("bw_unknown", refused)
        self.fails(MISSING, "history", "ch_aaaaaaaaaaaaaaaa", env=good)
        self.fails(CONFIGURATION, "chats", "--gateway", url)
        self.fails(CONFIGURATION, "chats", env={**good, "BLUEWIRE_GATEWAY": "http://192.0.2.1:8787"})
        self.fails(CONFIGURATION, "chats", env={**good, "BLUEWIRE_PIN": "short"})
        self.fails(MISSING, "chats", env={**unpinned, "BLUEWIRE_CA": str(self.folder / "none.pem")})
        self.fails(USAGE, "chats", "--gateway", url, "--db", str(self.database))
        self.fails(USAGE, "chats", "--token", "bw_x")

    def test_a_flag_of_this_machine_wins_over_the_environment(self):
        nowhere = {"BLUEWIRE_GATEWAY": f"https://localhost:{free_port()}", "BLUEWIRE_TOKEN": "bw_x"}
        self.assertEqual(run("chats", "--db", str(self.database), env=nowhere).returncode, 0)
        self.fails(UNAVAILABLE, "chats", env=nowhere)


class SendingTest(ClientTest):
    def test_a_file_of_this_machine_is_uploaded_to_a_gateway_elsewhere(self):
        with Simulator(self.folder) as simulator:
            gateway = self.serve(simulator.database, "--transport", "simulator", "--simulator-socket", simulator.socket)
            note = self.folder / "from afar.txt"
            note.write_text("a file of this machine")
            sent = run("send", "--json", "+15550000001", "--file", str(note), env=self.remote(gateway))
            self.assertEqual(sent.returncode, 0, sent.stderr)
            send = json.loads(sent.stdout)
            self.assertEqual(send["action"]["files"], ["from afar.txt"])
            copies = [path.read_text() for path in (self.folder / "sim").rglob("from afar.txt")]
            self.assertEqual(copies, ["a file of this machine"])
            missing = self.fails(MISSING, "send", "+15550000001", "--file", str(self.folder / "none"), env=self.remote(gateway))
            self.assertIn("cannot be read", missing)

    def test_sending_and_watching_go_on_after_the_gateway_was_killed(self):
        with Simulator(self.folder) as simulator:
            gateway = self.serve(simulator.database, "--transport", "simulator", "--simulator-socket", simulator.socket)
            watch = subprocess.Popen([binary(), "watch", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                     text=True, env=environment(**self.remote(gateway)))
            lines: queue.Queue = queue.Queue()
            reader = threading.Thread(target=lambda: [lines.put(json.loads(line)) for line in watch.stdout], daemon=True)
            reader.start()
            self.addCleanup(watch.stderr.close)
            self.addCleanup(watch.stdout.close)
            self.addCleanup(reader.join)
            self.addCleanup(watch.wait)
            self.addCleanup(watch.kill)
            wait_until(lambda: gateway_readers(self, gateway) > 0, 20, "the watcher is connected")
            texts = []

            def say(text: str):
                sent = run("send", "+15550000001", text, "--json", "--key", text, env=self.remote(gateway))
                self.assertEqual(sent.returncode, 0, sent.stderr)
                again = run("send", "+15550000001", text, "--json", "--key", text, env=self.remote(gateway))
                self.assertEqual(json.loads(again.stdout)["id"], json.loads(sent.stdout)["id"])

            def seen() -> list:
                while not lines.empty():
                    event = lines.get()
                    if event["kind"] == "message.created" and event["message"]["isFromMe"]:
                        texts.append(event["message"]["text"])
                return texts

            say("before")
            wait_until(lambda: seen() == ["before"], 20, "the first message")
            gateway.kill()
            gateway.start()
            say("after")
            wait_until(lambda: len(seen()) >= 2, 30, "the message after the restart")
            self.assertEqual(texts, ["before", "after"])
            listed = run("sends", "list", "--json", env=self.remote(gateway)).stdout.splitlines()
            self.assertEqual([json.loads(line)["action"]["text"] for line in listed], ["after", "before"])
            send = json.loads(listed[0])["id"]
            shown = run("sends", "show", send, "--json", env=self.remote(gateway)).stdout.splitlines()
            self.assertEqual([json.loads(shown[0])["id"], json.loads(shown[1])["outcome"]], [send, "accepted"])
            self.fails(BAD_DATA, "sends", "cancel", send, env=self.remote(gateway))
            self.assertIsNone(watch.poll())


class AdministrationTest(ClientTest):
    def setUp(self):
        super().setUp()
        self.database = self.folder / "messages" / "chat.db"
        copy_generated(self.database, "--messages", "50")
        self.gateway = self.serve(self.database, "--transport", "none")
        self.state = ("--state", str(self.gateway.state))

    def rows(self, *arguments: str, env: dict | None = None) -> list:
        done = run(*arguments, "--json", env=env or {})
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_a_token_opens_what_its_scopes_say_until_it_is_revoked(self):
        for place, env in ((self.state, {}), ((), self.remote(self.gateway))):
            with self.subTest(place=place):
                token = self.rows("token", "create", "--scope", "chats:read", "--name", "laptop", *place, env=env)[0]
                holder = self.remote(self.gateway, BLUEWIRE_TOKEN=token["secret"])
                chat = self.rows("chats", "--limit", "1", env=holder)[0]["id"]
                self.assertIn("token create --scope messages:read", self.fails(DENIED, "history", chat, env=holder))
                self.assertIn("admin", self.fails(DENIED, "token", "list", env=holder))
                listed = run("token", "list", *place, env=env).stdout
                self.assertIn("laptop", listed)
                self.assertNotIn(token["secret"], listed)
                self.assertLessEqual(max(map(len, listed.splitlines())), 80)
                self.assertEqual(run("token", "revoke", token["id"], *place, env=env).returncode, 0)
                self.fails(DENIED, "chats", env=holder)
                self.fails(MISSING, "token", "revoke", token["id"], *place, env=env)
        self.fails(BAD_DATA, "token", "create", "--scope", "everything", *self.state)

    def test_tokens_work_on_the_state_when_no_gateway_runs(self):
        self.gateway.stop()
        chat = json.loads(run("chats", "--json", "--db", str(self.database)).stdout.splitlines()[0])
        database = ("--db", str(self.database))
        token = self.rows("token", "create", "--scope", "read", "--chat", chat["guid"], *self.state, *database)[0]
        ended = self.rows("token", "create", "--scope", "read", *self.state)[0]
        self.assertEqual(run("token", "revoke", ended["id"], *self.state).returncode, 0)
        self.fails(MISSING, "token", "revoke", ended["id"], *self.state)
        self.fails(BAD_DATA, "token", "create", "--scope", "everything", *self.state)
        self.fails(UNAVAILABLE, "token", "link", *self.state)
        self.fails(UNAVAILABLE, "sends", "list", *self.state)
        self.gateway.start()
        seen = self.rows("chats", env=self.remote(self.gateway, BLUEWIRE_TOKEN=token["secret"]))
        self.assertEqual([one["id"] for one in seen], [chat["id"]])
        self.fails(DENIED, "chats", env=self.remote(self.gateway, BLUEWIRE_TOKEN=ended["secret"]))
        names = [one["id"] for one in self.rows("token", "list", *self.state)]
        self.assertTrue({token["id"], ended["id"]} <= set(names))

    def test_a_link_opens_one_session(self):
        # The gateway says itself where it listens and how.
        own = run("token", "link", *self.state).stdout.strip()
        self.assertTrue(own.startswith(f"https://127.0.0.1:{self.gateway.port}/#token="), own)
        link = run("token", "link", "--host", "localhost", *self.state).stdout.strip()
        self.assertTrue(link.startswith(f"{self.url(self.gateway)}/#token="), link)
        body = json.dumps({"token": link.split("=")[1]})
        statuses = [subprocess.run(
            ["curl", "-sS", "--cacert", self.certificate, "-o", os.devnull, "-w", "%{http_code}", "-H",
             "Content-Type: application/json", "-d", body, f"{self.url(self.gateway)}/v1/session"],
            capture_output=True, text=True, timeout=30).stdout for _ in range(2)]
        self.assertEqual(statuses, ["204", "401"])

    def test_webhooks_sends_lines_and_contacts(self):
        env = self.remote(self.gateway)
        made = self.rows("webhooks", "create", "https://example.com/hook", "--type", "message.created", env=env)[0]
        self.assertTrue(made["secret"].startswith("whsec_"))
        hook = made["id"]
        self.assertTrue(self.rows("webhooks", "pause", hook, env=env)[0]["isPaused"])
        self.assertFalse(self.rows("webhooks", "resume", hook, env=env)[0]["isPaused"])
        self.assertNotEqual(self.rows("webhooks", "rotate", hook, env=env)[0]["secret"], made["secret"])
        self.assertEqual(self.rows("webhooks", "deliveries", hook, env=env), [])
        self.fails(BAD_DATA, "webhooks", "replay", hook, "--after", "nonsense", env=env)
        commands = [("webhooks", "list"), ("lines",), ("contacts",), ("sends", "list"), ("token", "list")]
        for command in commands:
            for form in ([], ["--json"]):
                local, away = run(*command, *form, *self.state), run(*command, *form, env=env)
                self.assertEqual((away.returncode, away.stdout), (0, local.stdout), away.stderr)
                if not form:
                    self.assertLessEqual(max(map(len, local.stdout.splitlines()), default=0), 80, command)
        self.assertEqual(run("webhooks", "delete", hook, env=env).returncode, 0)
        self.fails(MISSING, "webhooks", "pause", hook, env=env)
        self.fails(MISSING, "sends", "show", "snd_none", env=env)
        self.assertEqual(self.rows("lines", env=env)[0]["id"], "mac")


def gateway_readers(test: ClientTest, gateway: Gateway) -> int:
    answer = subprocess.run(
        ["curl", "-sS", "--cacert", test.certificate, "-H", f"Authorization: Bearer {gateway.token}",
         f"{test.url(gateway)}/v1/health"], capture_output=True, text=True, timeout=30)
    return json.loads(answer.stdout)["readers"]


if __name__ == "__main__":
    unittest.main()
