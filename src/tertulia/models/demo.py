"""The demo model `demo/script`: a script and no AI, which is the first thing that it says.

It is there so that everything can be tried without a model: streaming, markdown, reasoning, a tool call, a long
answer, an error. It never pretends to understand: what it does not know by word, it repeats.
"""

import re
from collections.abc import Callable

from tertulia.domain.errors import ModelUnavailable
from tertulia.domain.messages import AssistantMessage, ToolMessage, UserMessage, text_of
from tertulia.models.base import ModelRequest
from tertulia.models.clock import Clock
from tertulia.models.scripted import MODEL_NAME, Beat, Call, Reply, ScriptedModel, Think
from tertulia.models.server_spec import DEMO_NAME

DEMO_MODEL = f"{DEMO_NAME}/{MODEL_NAME}"
WORD_DELAY_S = 0.025
MAX_ECHO_CHARS = 500

INTRODUCTION = """\
I am the demo model: **a script and no AI**. I know a few words, so that you can try everything here without a model.

To talk with a real one, start [Ollama](https://ollama.com) and restart Tertulia, or name any OpenAI-compatible server:

```sh
tertulia serve --model-server http://127.0.0.1:11434/v1
```

"""

HELLO = "Hello! Say **help** to see what I can do.\n"

HELP = """\
Say one of these:

- **markdown**: headings, a table, a list and code
- **time**: I call the tool `clock`, if this agent has it
- **think**: reasoning before the answer
- **long**: an answer that takes a while; stop it, or reload the page in the middle
- **error**: a model server that breaks off

Whatever else you say, I repeat.
"""

MARKDOWN = """\
## A sample of markdown

Text can be *emphasised*, **strong**, ~~struck out~~ or `code`, and [link](https://commonmark.org) somewhere.

| Step | What happens | Who does it |
|---:|---|---|
| 1 | A message is sent | you |
| 2 | It is stored, then answered | the server |
| 3 | The answer is streamed | the model |

1. First things first
2. Then the others
   - with details
   - and more of them

> A session is a talk that can go on tomorrow.

```python
def fold(events):
    turn = None
    for event in events:
        turn = evolve(turn, event)
    return turn
```
"""

THOUGHTS = (
    "I was asked to think. I am a script, so these thoughts were written long ago, but they stream like real ones."
)
THOUGHT_OUT = "That was my reasoning. It folds away; this is the answer.\n"

NO_CLOCK = "I would call the tool `clock`, but this agent does not have it. Give it the tool, and ask again.\n"

PARAGRAPH = (
    "This is paragraph {number} of {count}. It says nothing new, and takes its time to do so: every word comes on its "
    "own, as the words of a model do. You can stop me at any point, and what was said until then stays. You can close "
    "this page, and the answer goes on without you; when you come back, it is all here.\n\n"
)
PARAGRAPHS = 8

BREAK_OFF = "I begin to answer, as you asked, and in the middle of the"


def demo_server(*, delay: float = WORD_DELAY_S, clock: Clock | None = None) -> ScriptedModel:
    """Make the demo model server; `delay` is the pause before each word, in seconds."""
    return ScriptedModel(demo_script, name=DEMO_NAME, delay=delay, is_demo=True, clock=clock)


def demo_script(request: ModelRequest) -> Reply:
    """Answer by the last message; in the first answer of a session, say first what this is."""
    is_first = not any(isinstance(message, AssistantMessage) for message in request.messages)
    return Reply(*([INTRODUCTION] if is_first else []), *_beats(request))


def _beats(request: ModelRequest) -> list[Beat]:
    last = request.messages[-1] if request.messages else None
    if isinstance(last, ToolMessage):
        verb = "failed and says" if last.is_error else "says"
        return [f"The tool `{last.tool_name}` {verb}: {last.content}\n"]
    users = [message for message in request.messages if isinstance(message, UserMessage)]
    if not users:
        return [HELLO]
    words = set(re.findall(r"[a-z]+", text_of(users[-1].content).lower()))
    for known, answer in TOPICS:
        if words & known:
            return answer(request)
    return [_echo(users[-1])]


def _time(request: ModelRequest) -> list[Beat]:
    has_clock = request.tool_choice != "none" and any(tool.name == "clock" for tool in request.tools)
    return ["Let me look at the clock.\n", Call("clock")] if has_clock else [NO_CLOCK]


def _long(_request: ModelRequest) -> list[Beat]:
    numbers = range(1, PARAGRAPHS + 1)
    return ["".join(PARAGRAPH.format(number=number, count=PARAGRAPHS) for number in numbers)]


def _error(_request: ModelRequest) -> list[Beat]:
    return [BREAK_OFF, ModelUnavailable("The demo model broke off, because you asked it for an error.")]


def _echo(message: UserMessage) -> str:
    said = text_of(message.content).strip()
    shown = said if len(said) <= MAX_ECHO_CHARS else said[:MAX_ECHO_CHARS] + "…"
    quoted = "\n".join(f"> {line}" for line in shown.splitlines()) or "> "
    attached = f"\n\nYou sent the file `{message.file.name}`, too." if message.file else ""
    return (
        f"You said:\n\n{quoted}{attached}\n\nI am a script and can only repeat it. Say **help** to see what I know.\n"
    )


TOPICS: list[tuple[set[str], Callable[[ModelRequest], list[Beat]]]] = [
    ({"help"}, lambda _: [HELP]),
    ({"markdown", "table", "list", "code", "sample"}, lambda _: [MARKDOWN]),
    ({"time", "clock", "date", "today"}, _time),
    ({"think", "reason", "reasoning"}, lambda _: [Think(THOUGHTS), THOUGHT_OUT]),
    ({"long", "story"}, _long),
    ({"error", "fail", "failure"}, _error),
    ({"hello", "hi", "hey", "hola"}, lambda _: [HELLO]),
]
"""Words, and what they are answered with; the first that fits counts."""
