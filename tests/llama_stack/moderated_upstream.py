"""A model server that has a moderation model beside the directed one: it answers as Llama Guard does.

What it calls unsafe is a last message with the word "bomb" in it. A text it completes with "!"; of one that is to be
embedded it tells the length.
"""

from tests.fakes.upstream import DONE, Wire, answers, chunk, sse, stop, streams, text
from tests.llama_stack.directed_upstream import directed

GUARD = "llama-guard3"
MODELS = [{"id": name, "object": "model"} for name in ("fake-model", GUARD)]


async def moderated(wire: Wire) -> None:
    """Answer as the model does that is asked."""
    if wire.request.method == "GET":
        await answers(200, {"object": "list", "data": MODELS})(wire)
    elif wire.request.path == "/v1/embeddings":
        vectors = [{"index": n, "embedding": [len(words)]} for n, words in enumerate(wire.request.json["input"])]
        await answers(200, {"object": "list", "data": vectors})(wire)
    elif wire.request.path == "/v1/completions":
        await _completes(wire)
    elif wire.request.json["model"] == GUARD:
        is_unsafe = "bomb" in wire.request.json["messages"][-1]["content"]
        await wire.head()
        await wire.send(sse(text("\n\nunsafe\nS9" if is_unsafe else "safe")), sse(stop()), DONE)
        await wire.end()
    elif not wire.request.json.get("stream"):
        message = {"role": "assistant", "content": "tok0 tok1 tok2 "}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        await answers(200, {**chunk(), "object": "chat.completion", "created": 1, "choices": [choice]})(wire)
    else:
        await directed(wire)


async def _completes(wire: Wire) -> None:
    parts = [{"choices": [{"text": f"{wire.request.json['prompt']}!", "finish_reason": "stop"}]}]
    await (streams(*parts, DONE) if wire.request.json.get("stream") else answers(200, parts[0]))(wire)
