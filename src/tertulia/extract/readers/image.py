"""An image as models take it: upright, no larger than they look at, its first frame, and without what cameras write
into it (places, names, dates)."""

from io import BytesIO
from typing import cast

from PIL import Image, ImageOps, UnidentifiedImageError

from tertulia.extract.base import Extract, ImageExtract, Job, NoExtract

MAX_PIXELS = 50_000_000
"""Of an image that must be decoded whole; a JPEG is decoded smaller where it is larger."""
MAX_PNG_BYTES = 1_500_000
"""From here on an image is sent as JPEG: photographs as PNG are several times as long."""
QUALITY = 88


def read(content: bytes, job: Job) -> Extract:
    """Return the image as PNG or JPEG."""
    Image.MAX_IMAGE_PIXELS = None  # which warns only; the size is looked at below
    try:
        image = Image.open(BytesIO(content))
    except UnidentifiedImageError:
        return NoExtract(reason="it is no image, or of a format that cannot be read: PNG and JPEG can")
    with image:
        width, height = image.size
        frames = getattr(image, "n_frames", 1) if image.format != "MPO" else 1
        image.draft("RGB", (job.max_image_side, job.max_image_side))
        if image.size[0] * image.size[1] > MAX_PIXELS:
            return NoExtract(reason=f"it is {width:,} × {height:,} pixels large, and at most {MAX_PIXELS:,} are read")
        if not width or not height:
            return NoExtract(reason="it has no pixels")
        is_photo = image.format in ("JPEG", "MPO")
        image.seek(0)
        # Scaled before it is turned, so that only one large copy is in memory.
        plain = _plain(image)
        turned = _upright(image, plain, job.max_image_side)
    media_type, data = _encoded(turned, is_photo=is_photo)
    notes = [
        *([f"scaled down from {width} × {height}"] if max(width, height) > job.max_image_side else []),
        *([f"the first of {frames} frames"] if frames > 1 else []),
    ]
    return ImageExtract(
        media_type=media_type, data=data, width=turned.width, height=turned.height, note=", ".join(notes)
    )


def _plain(image: Image.Image) -> Image.Image:
    """Return the image in plain colours, transparent only if it is."""
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if image.mode.startswith(("I", "F")):  # depths that no converter scales by itself
        return _eight_bits(image).convert("RGB")
    return image.convert("RGBA" if has_alpha else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return the greys of a deep image from its darkest to its brightest: most of the range is often unused."""
    deep = image.convert("F")
    low, high = cast("tuple[float, float]", deep.getextrema())
    scale = 255 / ((high - low) or 1)
    scaled: Image.Image = deep.point(lambda value: value * scale - low * scale)  # pyright: ignore[reportUnknownMemberType] - untyped there
    return scaled.convert("L")


def _upright(image: Image.Image, plain: Image.Image, side: int) -> Image.Image:
    """Return the image scaled down and turned as its camera says it was held, on white where it is transparent."""
    orientation = image.getexif().get(0x0112, 1)
    plain.thumbnail((side, side), Image.Resampling.LANCZOS)
    plain.info.clear()
    plain.getexif()[0x0112] = orientation
    return ImageOps.exif_transpose(plain)


def _encoded(image: Image.Image, *, is_photo: bool) -> tuple[str, bytes]:
    if not is_photo:
        data = _saved(image, "PNG", optimize=False)
        if len(data) <= MAX_PNG_BYTES:
            return "image/png", data
    if image.mode == "RGBA":
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    return "image/jpeg", _saved(image, "JPEG", quality=QUALITY)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    clean = Image.new(image.mode, image.size)
    clean.paste(image)  # pixels only: nothing of the file's metadata comes along
    out = BytesIO()
    clean.save(out, kind, **options)
    return out.getvalue()
