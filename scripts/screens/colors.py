"""Pictures in 256 colours: a third of the bytes.

The rule it keeps: what is there most has its very colour, and nothing one that is far from its own. (Pillow's own way
takes colours that are near each other for one: paper turns grey, and a red dot brown.)
"""

from collections import Counter

from PIL import Image

MOST, EXACT = 256, 192

Color = tuple[int, int, int]


def in_few_colors(drawn: Image.Image) -> Image.Image:
    """Draw a picture anew in as many colours as a palette has."""
    pixels = memoryview(drawn.convert("RGBX").tobytes()).cast("I")
    places, palette = _places([pixel for pixel, _ in Counter(pixels).most_common()])
    few = Image.frombytes("P", drawn.size, bytes(map(places.__getitem__, pixels)))
    few.putpalette(bytes(part for color in palette for part in color))
    return few


def _places(pixels: list[int]) -> tuple[dict[int, int], list[Color]]:
    """Which place of which palette each stands for; the first ones, and then always the one that lies farthest off."""
    colors = {pixel: _color(pixel) for pixel in pixels}
    palette = [colors[pixel] for pixel in pixels[:EXACT]]
    nearest = {
        pixel: min((_far(color, each), at) for at, each in enumerate(palette)) for pixel, color in colors.items()
    }
    while len(palette) < MOST:
        new = colors[max(nearest, key=nearest.__getitem__)]
        for pixel, color in colors.items():
            nearest[pixel] = min(nearest[pixel], (_far(color, new), len(palette)))
        palette.append(new)
    return {pixel: at for pixel, (_, at) in nearest.items()}, palette


def _far(one: Color, other: Color) -> int:
    return (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2


def _color(pixel: int) -> Color:
    red, green, blue, _ = pixel.to_bytes(4, "little")
    return red, green, blue
