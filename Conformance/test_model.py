"""The agent with a model: LiteLLM's proxy for what works, a misbehaving endpoint for what does not; judged in chat.db."""

import contextlib
import json
import os
import sqlite3
import sys
import unittest

from harness import ROOT, Folder, Gateway, Simulator, bodies, free_port, wait_until
from model_fake import CASES, HALF, WHOLE, FakeModel

sys.path.insert(0, str(ROOT / "Conformance" / "litellm"))
import proxy  # noqa: E402

OWNER_APOLOGY = "I cannot answer just now. Please try again in a moment."
SETTINGS_APOLOGY = "I cannot answer: the model's settings or credit need attention."


def litellm_python() -> str:
    """The interpreter of the environment that holds LiteLLM; `Scripts/setup test` makes it."""
    return os.environ.get("BLUEWIRE_LITELLM_PYTHON", str(ROOT / ".venv-litellm" / "bin" / "python"))


class Agent:
    """A simulator, and a gateway whose agent asks `base_url`."""

    def __init__(self, test: unittest.TestCase, base_url: str, model: str, allow: list, owners: list, key: str = "sk-test"):
        folder = Folder()
        test.addCleanup(folder.__exit__)
        self.simulator = Simulator(folder.path, "--seed", "5", "--speed", "50", "--empty")
        test.addCleanup(self.simulator.__exit__)
        config = json.dumps({
            "egress": {"model": "127.0.0.0/8"}, "agents-send": True,
            "agents": [{
                "name": "assistant", "provider": "openai", "baseURL": base_url, "model": model, "keyVariable": "MODEL_KEY",
                "allow": allow, "owners": owners, "debounce": 0.3, "debounceMaximum": 1, "leastTyping": 0, "pause": 0.1,
                "zone": "Europe/Berlin", "stallSeconds": 2,
            }],
        })
        self.gateway = Gateway(folder.path, self.simulator.database, "--transport", "simulator", "--simulator-socket",
                               self.simulator.socket, config=config, env={"MODEL_KEY": key})
        self.gateway.start()
        test.addCleanup(self.close)

    def close(self):
        self.gateway.stop()
        self.gateway.process.stdout.close()
        self.gateway.log.close()

    def say(self, address: str, text: str) -> str:
        status, receipt = self.simulator.call("POST", "/say", {"from": address, "text": text})
        assert status == 200, (status, receipt)
        return receipt["message"]

    def answers(self, address: str) -> list:
        """The texts we sent to a person, in order, by an independent decode of the database."""
        texts = bodies(self.simulator.database)
        with contextlib.closing(sqlite3.connect(f"file:{self.simulator.database}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "SELECT m.guid FROM message m JOIN chat_message_join j ON j.message_id = m.ROWID "
                "JOIN chat c ON c.ROWID = j.chat_id "
                "WHERE c.chat_identifier = ? AND m.is_from_me = 1 AND m.associated_message_type = 0 ORDER BY m.ROWID",
                (address,)).fetchall()
        return [texts[guid] for (guid,) in rows]

    def steps(self, message: str) -> list:
        status, trace = self.gateway.request("GET", f"/v1/trace/{message}")
        assert status == 200, (status, trace)
        return trace["data"]

    def await_end(self, message: str, seconds: float = 40) -> list:
        """The steps of the turn that ended with this message: answered, failed or silent."""
        def ended():
            steps = self.steps(message)
            return steps if any(step["step"].split(":")[-1].strip() == "end" for step in steps) else None
        return wait_until(ended, seconds, f"the turn ended; its steps: {self.steps(message)}", step=0.1)

    def settle(self):
        """Waits until every accepted send has reached the database or has failed."""
        def idle():
            _, answer = self.gateway.request("GET", "/v1/sends?limit=200")
            return all(send["state"] not in ("queued", "accepted", "sending") for send in answer["data"])
        wait_until(idle, 20, "no send is under way", step=0.1)


class LiteLLMTest(unittest.TestCase):
    """A server nobody here wrote, with its own streaming and its own tool call serialiser."""

    PERSON = "+15550100001"

    def setUp(self):
        if not os.access(litellm_python(), os.X_OK):
            if os.environ.get("REQUIRE_SHARED") == "1":
                self.fail("LiteLLM's environment is absent; run Scripts/setup test")
            self.skipTest("LiteLLM's environment is absent")
        folder = Folder()
        self.addCleanup(folder.__exit__)
        running = proxy.running(litellm_python(), free_port(), str(folder.path / "litellm.log"))
        self.url = self.enterContext(running)

    def test_answers_streams_and_tools(self):
        agent = Agent(self, self.url + "/v1", "scripted", [self.PERSON], [])

        with self.subTest("a streamed answer arrives once and whole"):
            message = agent.say(self.PERSON, "good morning, världen 👋")
            agent.await_end(message)
            agent.settle()
            self.assertEqual(agent.answers(self.PERSON), ["You said: good morning, världen 👋"])

        with self.subTest("a streamed tool call runs, and its result is answered"):
            message = agent.say(self.PERSON, "please remind me")
            agent.await_end(message)
            agent.settle()
            answers = agent.answers(self.PERSON)
            self.assertEqual(len(answers), 2, answers)
            self.assertIn("The tool says: ", answers[1])
            self.assertIn("09:00", answers[1])
            _, tasks = agent.gateway.request("GET", "/v1/tasks")
            self.assertEqual([task["text"] for task in tasks["data"]], ["call the dentist"])

        with self.subTest("two tool calls in one answer both run"):
            message = agent.say(self.PERSON, "remind me again and show my tasks")
            agent.await_end(message)
            agent.settle()
            answers = agent.answers(self.PERSON)
            self.assertEqual(len(answers), 3, answers)
            self.assertIn(" / ", answers[2])

    def test_a_wrong_key_is_told_to_the_owner_and_never_shown(self):
        agent = Agent(self, self.url + "/v1", "scripted", [self.PERSON], [self.PERSON], key="sk-wrong-and-secret")
        agent.await_end(agent.say(self.PERSON, "hello?"))
        agent.settle()
        self.assertEqual(agent.answers(self.PERSON), [SETTINGS_APOLOGY])
        kept = b"".join(path.read_bytes() for path in agent.gateway.state.iterdir() if path.is_file())
        self.assertNotIn(b"sk-wrong-and-secret", kept + (agent.gateway.folder / "gateway.log").read_bytes())


class MisbehavingModelTest(unittest.TestCase):
    """Every way to fail at once, each in the chat of its own person."""

    # What the owner reads, and how often the model was asked.
    EXPECTED = {
        "plain": (WHOLE, 1),
        "limited": (WHOLE, 2),
        "recovers": (WHOLE, 3),
        "broken": (OWNER_APOLOGY, 3),
        "quota": (OWNER_APOLOGY, 1),
        "cut": (OWNER_APOLOGY, 3),
        "cut-once": (WHOLE, 2),
        "ended": (OWNER_APOLOGY, 3),
        "stalled": (OWNER_APOLOGY, 3),
        "malformed": (OWNER_APOLOGY, 1),
        "html": (OWNER_APOLOGY, 3),
        "refusal": ("I will not do that.", 1),
        "error": (OWNER_APOLOGY, 3),
        "length": ("The first sentence is whole.", 1),
        "tool-cut": (OWNER_APOLOGY, 3),
    }

    def setUp(self):
        self.fake = FakeModel()
        self.addCleanup(self.fake.stop)

    def people(self, prefix: str) -> dict:
        return {name: f"{prefix}{index:04}" for index, name in enumerate(self.EXPECTED)}

    def test_owners_read_one_sensible_message_each(self):
        people = self.people("+1555020")
        agent = Agent(self, self.fake.url, "fake", list(people.values()), ["*"])
        said = {name: agent.say(address, f"case:{name}") for name, address in people.items()}
        for name in people:
            agent.await_end(said[name])
        agent.settle()
        for name, (text, requests) in self.EXPECTED.items():
            with self.subTest(name):
                self.assertEqual(agent.answers(people[name]), [text])
                self.assertEqual(self.fake.count(name), requests)
        first, second = (request["at"] for request in self.fake.requests["limited"])
        self.assertGreaterEqual(second - first, 0.95, "Retry-After was not obeyed")
        _, tasks = agent.gateway.request("GET", "/v1/tasks")
        self.assertEqual(tasks["data"], [], "half a tool call ran")

    def test_other_people_read_nothing_of_failures(self):
        people = self.people("+1555030")
        agent = Agent(self, self.fake.url, "fake", list(people.values()), [])
        said = {name: agent.say(address, f"case:{name}") for name, address in people.items()}
        for name in people:
            agent.await_end(said[name])
        agent.settle()
        for name, (text, _) in self.EXPECTED.items():
            with self.subTest(name):
                self.assertEqual(agent.answers(people[name]), [] if text == OWNER_APOLOGY else [text])

    def test_a_new_message_interrupts_the_thought(self):
        person = "+15550400001"
        agent = Agent(self, self.fake.url, "fake", [person], ["*"])
        agent.say(person, "first case:slow")
        wait_until(lambda: self.fake.count("slow") == 1, 20, "the model was asked")
        last = agent.say(person, "second case:slow")
        agent.await_end(last)
        agent.settle()
        self.assertEqual(agent.answers(person), [WHOLE])
        self.assertEqual(self.fake.left.get("slow"), 1, "the first request was not given up")
        asked = self.fake.requests["slow"][-1]["user"]
        self.assertIn("first", asked)
        self.assertIn("second", asked)

    def test_a_message_taken_back_is_not_answered(self):
        person = "+15550600001"
        agent = Agent(self, self.fake.url, "fake", [person], ["*"])
        message = agent.say(person, "never mind case:slow")
        wait_until(lambda: self.fake.count("slow") == 1, 20, "the model was asked")
        status, answer = agent.simulator.call("POST", "/unsend", {"message": message})
        self.assertEqual(status, 200, answer)
        wait_until(lambda: self.fake.left.get("slow") == 1, 20, "the request was given up")
        # A later message is answered, and only that one.
        last = agent.say(person, "case:plain")
        agent.await_end(last)
        agent.settle()
        self.assertEqual(agent.answers(person), [WHOLE])
        self.assertEqual(self.fake.count("slow"), 1)

    def test_an_edited_message_is_answered_as_it_reads_now(self):
        person = "+15550700001"
        agent = Agent(self, self.fake.url, "fake", [person], ["*"])
        message = agent.say(person, "case:slow")
        wait_until(lambda: self.fake.count("slow") == 1, 20, "the model was asked")
        status, answer = agent.simulator.call("POST", "/edit", {"message": message, "text": "changed case:plain"})
        self.assertEqual(status, 200, answer)
        agent.await_end(message)
        agent.settle()
        self.assertEqual(agent.answers(person), [WHOLE])
        self.assertEqual(self.fake.count("slow"), 1)
        self.assertIn("changed", self.fake.requests["plain"][-1]["user"])

    def test_a_kill_while_thinking_neither_loses_nor_doubles_the_answer(self):
        person = "+15550500001"
        agent = Agent(self, self.fake.url, "fake", [person], ["*"])
        message = agent.say(person, "case:slow")
        wait_until(lambda: self.fake.count("slow") == 1, 20, "the model was asked")
        agent.gateway.kill()
        agent.gateway.start()
        agent.await_end(message)
        agent.settle()
        self.assertEqual(agent.answers(person), [WHOLE])

    def test_every_case_is_expected(self):
        self.assertEqual(set(CASES) - {"slow"}, set(self.EXPECTED))
        for text, _ in self.EXPECTED.values():
            self.assertNotIn(HALF, text)


if __name__ == "__main__":
    unittest.main()
