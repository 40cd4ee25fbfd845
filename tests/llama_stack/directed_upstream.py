"""A model server that does what the last message of the user's says in `[[…]]`.

`[[tokens=3]]` and `[[delay=50]]` (milliseconds before each), `[[tool=name]]`, `[[args={…}]]` and `[[tools=2]]`, after
whose answers it says what they were, `[[error=400]]`, `[[length]]`, `[[echo]]` (what it was given); `[[react]]` answers
as ReAct agents want it.
"""

import asyncio
import json
import re
from typing import Any

from tests.fakes.upstream import DONE, Wire, answers, chunk, sse, stop, text, usage

DIRECTIVE = re.compile(r"\[\[(\w+)(?:=(.*?))?\]\]")
THOUGHT = {"thought": "I look.", "answer": None}
ACTION = {"tool_name": "get_weather", "tool_params": [{"name": "city", "value": "Paris"}]}


async def directed(wire: Wire) -> None:
    if wire.request.method == "GET":
        await answers(200, {"object": "list", "data": [{"id": "fake-model", "object": "model"}]})(wire)
        return
    messages: list[dict[str, Any]] = wire.request.json["messages"]
    place = max(place for place, message in enumerate(messages) if message["role"] == "user")
    orders = dict(DIRECTIVE.findall(_text(messages[place])))
    results = [message["content"] for message in messages[place:] if message["role"] == "tool"]
    if "error" in orders:
        await answers(int(orders["error"]), {"error": {"message": "the model is broken"}})(wire)
        return
    await wire.head()
    for part in _parts(orders, results, messages):
        await asyncio.sleep(float(orders.get("delay") or 0) / 1000)
        await wire.send(sse(part))
    await wire.send(sse(usage(prompt_tokens=10, completion_tokens=5)), DONE)
    await wire.end()


def _parts(orders: dict[str, str], results: list[str], messages: list[dict[str, Any]]) -> list[Any]:
    if "react" in orders:
        said = (
            {**THOUGHT, "action": None, "answer": f"It is {results[-1]}"} if results else {**THOUGHT, "action": ACTION}
        )
        return [text(json.dumps(said)), stop()]
    if results:
        return [text("Results: "), text(", ".join(results)), stop()]
    if "tool" in orders:
        calls = [_call(number, orders) for number in range(int(orders.get("tools") or 1))]
        return [*(chunk({"tool_calls": [call]}) for call in calls), stop("tool_calls")]
    if "echo" in orders:
        return [text(json.dumps(messages)), stop()]
    words = [text(f"tok{number} ") for number in range(int(orders.get("tokens") or 3))]
    return [*words, stop("length" if "length" in orders else "stop")]


def _call(number: int, orders: dict[str, str]) -> dict[str, Any]:
    function = {"name": orders["tool"], "arguments": orders.get("args") or "{}"}
    return {"index": number, "id": f"call_{number}", "type": "function", "function": function}


def _text(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else " ".join(part.get("text", "") for part in content)
