"""The API description is true: property tests made from it, and a client generated from it."""

import json
import os
import pathlib
import subprocess
import textwrap
import unittest

import harness
from harness import Folder, Gateway, Simulator

BIN = harness.ROOT / ".venv-contract" / "bin"
# Seconds each run of property tests may take.
BUDGET = int(os.environ.get("BLUEWIRE_CONTRACT_SECONDS", "100"))

# A request that is well formed may still name what is not there, not possible, or over a budget of sends: the
# description lists these statuses for each operation, and the status check holds answers to that list.
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 403, 404, 409, 410, 413, 415, 422, 429]
"""


class ContractTests(unittest.TestCase):
    def setUp(self):
        if not (BIN / "schemathesis").exists():
            self.fail("run `Scripts/setup test` first")
        self.folder = Folder()
        self.addCleanup(self.folder.__exit__)
        self.simulator = Simulator(self.folder.path, "--seed", "3", "--speed", "20")
        self.addCleanup(self.simulator.__exit__)
        self.gateway = Gateway(
            self.folder.path, self.simulator.database, "--transport", "simulator", "--simulator-socket",
            self.simulator.socket, env={"BLUEWIRE_LIMITS_FAILURES": "off"})
        self.gateway.start()
        self.addCleanup(self.gateway.__exit__)

    def schemathesis(self, name: str, *arguments: str, configuration: str = "") -> str:
        path = self.folder.path / f"{name}.toml"
        path.write_text(CONFIGURATION + configuration)
        done = subprocess.run(
            [str(BIN / "schemathesis"), "--config-file", str(path), "run", self.gateway.url + "/openapi.json",
             "--max-time", str(BUDGET), "--request-timeout", "20", "--continue-on-failure", "--no-color",
             "--generation-database", "none", *arguments],
            capture_output=True, text=True, timeout=BUDGET * 3 + 120, cwd=self.folder.path,
            env=harness.environment(
                SCHEMATHESIS_HOOKS="schemathesis_hooks", PYTHONPATH=str(pathlib.Path(__file__).parent)))
        log = harness.ROOT / "artifacts" / f"contract-{name}.log"
        log.parent.mkdir(exist_ok=True)
        log.write_text(done.stdout + done.stderr)
        self.assertEqual(done.returncode, 0, f"see {log}\n" + done.stdout[-3000:] + done.stderr[-2000:])
        self.assertIn("passed", done.stdout)
        return done.stdout

    def assert_was_let_in(self, output: str):
        """The token was believed: listing chats is not among what was only refused."""
        refused = output.partition("401 Unauthorized (")[2].partition("\n\n")[0]
        self.assertNotIn("  - GET /v1/chats\n", refused)
        self.assertIn("POST /v1/session", refused)

    def ids(self) -> dict:
        """Ids of things that are there, so that requests reach more than 404."""
        _, chats = self.gateway.request("GET", "/v1/chats?limit=5")
        chat = next(chat for chat in chats["data"] if not chat["isGroup"])
        _, messages = self.gateway.request("GET", f"/v1/chats/{chat['id']}/messages?limit=50")
        own = next(message for message in messages["data"] if message["isFromMe"])
        _, webhook = self.gateway.request("POST", "/v1/webhooks", {"url": "https://example.com/hook"})
        _, send = self.gateway.request("POST", "/v1/messages", {"chat": chat["id"], "text": "hello"})
        _, lines = self.gateway.request("GET", "/v1/lines")
        return {"chat": chat["id"], "message": own["id"], "webhook": webhook["id"], "send": send["id"],
                "line": lines["data"][0]["id"]}

    def test_anything_the_description_allows_is_answered_as_it_says(self):
        output = self.schemathesis("authorised", "--header", f"Authorization: Bearer {self.gateway.token}")
        self.assert_was_let_in(output)

    def test_things_that_are_there_are_answered_as_described(self):
        wanted = self.ids()
        names = sorted(wanted)
        values = "\n".join(f'"path.{name}" = {json.dumps(wanted[name])}' for name in names)
        output = self.schemathesis(
            "present", "--header", f"Authorization: Bearer {self.gateway.token}", "--phases", "examples,coverage,fuzzing",
            configuration=f"\n[parameters]\n{values}\n")
        self.assert_was_let_in(output)
        self.assertEqual(self.gateway.request("GET", "/healthz")[0], 200)

    def test_without_a_token_nothing_but_refusals(self):
        self.schemathesis("anonymous", "--phases", "examples,coverage")

    def test_every_operation_has_an_example_and_every_object_its_required_members(self):
        _, document = self.gateway.request("GET", "/openapi.json")
        self.assertEqual(document["openapi"], "3.1.0")
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                where = f"{method} {path}"
                for parameter in operation.get("parameters", []):
                    self.assertIn("example", parameter, where)
                body = operation.get("requestBody", {}).get("content", {})
                self.assertTrue(all("example" in media for media in body.values()), where)
                answers = [answer for status, answer in operation["responses"].items() if status < "300"]
                self.assertTrue(answers, where)
                for answer in answers:
                    for media, content in answer.get("content", {}).items():
                        if media == "application/json" and "$ref" in content["schema"]:
                            self.assertIn("example", content, where)
        for name, schema in document["components"]["schemas"].items():
            if schema.get("type") == "object":
                self.assertTrue(schema["properties"], name)

    def test_a_generated_client_runs_the_main_flow(self):
        document = self.folder.path / "openapi.json"
        _, description = self.gateway.request("GET", "/openapi.json")
        document.write_text(json.dumps(description))
        made = subprocess.run(
            [str(BIN / "openapi-python-client"), "generate", "--path", str(document), "--meta", "none",
             "--output-path", str(self.folder.path / "bluewire_client")],
            capture_output=True, text=True, timeout=300,
            env=harness.environment(PATH=f"{BIN}:{os.environ['PATH']}"))
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        # Files of any type and event streams are all it cannot express.
        warnings = [line for line in made.stdout.splitlines() if line.startswith("WARNING")]
        self.assertTrue(all("/v1/attachments/" in line or "/v1/events" in line for line in warnings), made.stdout)
        script = self.folder.path / "flow.py"
        script.write_text(textwrap.dedent("""
            import sys, time
            from bluewire_client import AuthenticatedClient
            from bluewire_client.api.chats import list_chats, list_messages
            from bluewire_client.api.messages import add_tapback, send_message
            from bluewire_client.api.sends import get_send
            from bluewire_client.models import SendRequest, TapbackRequest, TapbackRequestKind

            client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2], raise_on_unexpected_status=True)
            chats = list_chats.sync(client=client, limit=20)
            chat = next(chat for chat in chats.data if not chat.is_group)
            send = send_message.sync(
                client=client, body=SendRequest(chat=chat.id, text="from a generated client"), idempotency_key="flow-1")
            again = send_message.sync(
                client=client, body=SendRequest(chat=chat.id, text="from a generated client"), idempotency_key="flow-1")
            assert again.id == send.id
            for _ in range(200):
                now = get_send.sync(send.id, client=client)
                if now.state in ("landed", "sent", "delivered", "read"):
                    break
                time.sleep(0.1)
            else:
                raise SystemExit(f"the send stays {now.state}")
            page = list_messages.sync(chat.id, client=client, limit=5)
            mine = next(message for message in page.data if message.text == "from a generated client")
            incoming = next(
                message for message in list_messages.sync(chat.id, client=client, limit=100).data
                if not message.is_from_me)
            tapback = add_tapback.sync(
                incoming.id, client=client, body=TapbackRequest(kind=TapbackRequestKind.LIKE))
            assert tapback.action.type_ == "tapback"
            print(mine.id)
        """))
        flow = subprocess.run(
            [str(BIN / "python"), str(script), self.gateway.url, self.gateway.token], capture_output=True, text=True,
            timeout=120, cwd=self.folder.path, env=harness.environment())
        self.assertEqual(flow.returncode, 0, flow.stdout + flow.stderr)
        guid = flow.stdout.strip()
        texts = harness.bodies(self.simulator.database, {guid})
        self.assertEqual(texts[guid], "from a generated client")


if __name__ == "__main__":
    unittest.main()
