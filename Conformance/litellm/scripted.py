"""A deterministic model behind LiteLLM's own serialisers.

What the last user text contains decides: "remind" asks for create_reminder, "tasks" for list_tasks, both at once ask for
both in one answer; after tool results the answer quotes them; anything else is echoed. Streams are cut into small
pieces, arguments in the middle of words.
"""

import json
import re

import litellm
from litellm import Choices, CustomLLM, Message

USAGE = {"prompt_tokens": 23, "completion_tokens": 9, "total_tokens": 32}
# Marks that Bluewire puts around the words of other people.
FENCE = re.compile(r"<</?[0-9a-z]+[^>]*>>")


def text_of(message):
    content = message.get("content") or ""
    if isinstance(content, list):
        content = " ".join(part.get("text", "") for part in content)
    return FENCE.sub("", content).strip()


def decide(messages):
    """The answer's text, or the tools it asks for."""
    results = []
    for message in reversed(messages):
        if message["role"] != "tool":
            break
        results.insert(0, text_of(message))
    if results:
        return "The tool says: " + " / ".join(results), []
    asked = next((text_of(m) for m in reversed(messages) if m["role"] == "user"), "")
    calls = []
    if "remind" in asked.lower():
        calls.append(("create_reminder", {"text": "call the dentist", "when": "tomorrow at 9"}))
    if "tasks" in asked.lower():
        calls.append(("list_tasks", {}))
    return ("", calls) if calls else (f"You said: {asked}", [])


def tool_call(index, name, arguments):
    return {
        "id": f"call_{index}",
        "type": "function",
        "index": index,
        "function": {"name": name, "arguments": arguments},
    }


class Scripted(CustomLLM):
    def completion(self, *args, **kwargs):
        text, calls = decide(kwargs["messages"])
        response = kwargs["model_response"]
        made = [tool_call(i, name, json.dumps(arguments)) for i, (name, arguments) in enumerate(calls)]
        message = Message(role="assistant", content=text or None, tool_calls=made or None)
        response.choices = [Choices(index=0, finish_reason="tool_calls" if made else "stop", message=message)]
        response.usage = litellm.Usage(**USAGE)
        return response

    async def acompletion(self, *args, **kwargs):
        return self.completion(*args, **kwargs)

    def pieces(self, messages):
        text, calls = decide(messages)

        def piece(words="", tool=None, reason=""):
            return {
                "text": words,
                "tool_use": tool,
                "is_finished": bool(reason),
                "finish_reason": reason,
                "index": 0,
                "usage": USAGE if reason else None,
            }

        for index, (name, arguments) in enumerate(calls):
            yield piece(tool=tool_call(index, name, ""))
            encoded = json.dumps(arguments)
            for start in range(0, len(encoded), 5):
                part = tool_call(index, None, encoded[start : start + 5])
                part["id"] = None
                yield piece(tool=part)
        for start in range(0, len(text), 7):
            yield piece(text[start : start + 7])
        yield piece(reason="tool_calls" if calls else "stop")

    def streaming(self, *args, **kwargs):
        yield from self.pieces(kwargs["messages"])

    async def astreaming(self, *args, **kwargs):
        for piece in self.pieces(kwargs["messages"]):
            yield piece


handler = Scripted()
