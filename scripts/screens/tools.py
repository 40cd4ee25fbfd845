"""What the agents of the play can use, beside the tools that the end-to-end tests have for people to watch."""

import json
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from scripts.screens.clock import StageClock
from tertulia.domain.agents import ToolDef
from tertulia.domain.tools import ToolPolicy
from tertulia.tools.base import ToolContext, ToolFile, ToolResult

ALMANAC = "functions::almanac"
MONTHS = {"November": (10, 3), "December": (9, 27), "January": (9, 46), "February": (10, 43), "March": (11, 58)}
"""The daylight of Lisbon in hours and minutes, in the middle of each."""
INK, BAR, LEAST = (70, 90, 84), (42, 122, 109), (133, 85, 8)


class Daylight:
    """Tells how long the days are, and draws it."""

    toolgroup = ALMANAC
    policy = ToolPolicy(is_idempotent=True)
    definition = ToolDef(
        name="daylight",
        description="How long the days of the coming months are at a place.",
        input_schema={
            "type": "object",
            "properties": {"place": {"type": "string"}, "months": {"type": "integer", "minimum": 1, "maximum": 12}},
            "required": ["place"],
        },
    )

    def __init__(self, clock: StageClock) -> None:
        self._clock = clock

    async def call(self, arguments: dict[str, Any], context: ToolContext) -> ToolResult:
        self._clock.take(0.31)
        rows = [{"month": month, "daylight": f"{h} h {m:02} min"} for month, (h, m) in MONTHS.items()]
        chart = ToolFile(name="daylight-lisbon.png", type="image/png", data=drawn())
        return ToolResult(content=json.dumps(rows), files=[chart])


def drawn() -> bytes:
    """The daylight as bars, the least of it in another colour."""
    image = Image.new("RGB", (640, 400), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    for place, (month, (hours, minutes)) in enumerate(MONTHS.items()):
        x, height = 46 + 116 * place, (hours * 60 + minutes) * 7 // 16
        draw.rounded_rectangle((x, 352 - height, x + 76, 352), 8, fill=LEAST if month == "December" else BAR)
        draw.text((x + 38, 364), month, fill=INK, font_size=16, anchor="ma")
        draw.text((x + 38, 344 - height), f"{hours}:{minutes:02}", fill=INK, font_size=16, anchor="md")
    return png(image)


TOWERS = (240, 720)
RUST = (150, 50, 40)


def bridge() -> bytes:
    """Draw a bridge in the evening."""
    image = Image.new("RGB", (960, 600))
    draw = ImageDraw.Draw(image)
    for y in range(600):
        sky = (255 - y // 5, 190 - y // 5, 130 + y // 8)
        draw.line((0, y, 960, y), fill=sky if y < 430 else (60 - y // 20, 90 - y // 20, 120 - y // 20))
    for x in range(0, 960, 16):  # cables hang in parabolas between the towers
        draw.line((x, cable(x), x, 370), fill=RUST, width=1)
        draw.line((x, cable(x), x + 16, cable(x + 16)), fill=RUST, width=5)
    draw.rectangle((0, 366, 960, 380), fill=RUST)
    for tower in TOWERS:
        for leg in (tower - 16, tower + 8):
            draw.rectangle((leg, 140, leg + 8, 450), fill=RUST)
        for beam in range(150, 360, 50):
            draw.rectangle((tower - 16, beam, tower + 16, beam + 6), fill=RUST)
    return png(image)


def cable(x: int) -> int:
    """How far from the top the cable is."""
    nearest = min(abs(x - tower) for tower in TOWERS)
    return 150 + nearest * (480 - nearest) * 190 // (240 * 240)


def png(image: Image.Image) -> bytes:
    """Write a picture."""
    written = BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
