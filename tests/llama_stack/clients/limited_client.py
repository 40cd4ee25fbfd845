"""What Llama Stack's own Python client does at a server that lets an owner have one turn at a time.

It runs in an environment that has that client alone: `python limited_client.py URL` prints, as a JSON object, with
which code it is refused when it is in a hurry, and how its turn ends when it waits as it is told.
"""

# The client is in the environment that this runs in, not in ours.
# pyright: reportMissingImports=false

import json
import sys
from typing import Any

import llama_stack_client
from llama_stack_client import LlamaStackClient, RateLimitError

VERSION = tuple(int(part) for part in llama_stack_client.__version__.split("."))
client = LlamaStackClient(base_url=sys.argv[1])


def api(client: Any) -> Any:
    return client.alpha.agents if VERSION >= (0, 3) else client.agents


def user(words: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": words}]


def main() -> None:
    agents = api(client)
    agent_id = agents.create(agent_config={"model": "fake/fake-model", "instructions": "Be brief."}).agent_id
    places = [
        {"agent_id": agent_id, "session_id": agents.session.create(agent_id=agent_id, session_name=name).session_id}
        for name in ("one", "other")
    ]
    slow = agents.turn.create(**places[0], messages=user("Hi [[tokens=1]] [[delay=1500]]"), stream=True)
    found: dict[str, str] = {}
    try:
        api(client.with_options(max_retries=0)).turn.create(**places[1], messages=user("Hi"), stream=True)
    except RateLimitError as error:
        assert error.response.headers["retry-after"] == "1"
        found["refused"] = error.body["error"]["code"]
    patient = api(client.with_options(max_retries=9))
    stream = patient.turn.create(**places[1], messages=user("Hi"), stream=True)
    found["at_last"] = list(stream)[-1].event.payload.event_type
    list(slow)
    print(json.dumps(found))


main()
