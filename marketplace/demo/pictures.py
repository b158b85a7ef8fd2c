"""Pictures for the demo market: crates of fruit, drawn by code."""

from __future__ import annotations

import io
from functools import lru_cache
from random import Random

from PIL import Image, ImageDraw, ImageFilter

from marketplace.services.pictures import Picture, prepare_picture

SIZE = (960, 720)
WOOD, SHADE, LEAF = (150, 106, 62), (88, 60, 36), (58, 110, 60)
RIPE, SPOILT = (196, 150, 84), (96, 72, 48)


@lru_cache
def crate(number: int, *, spoilt: bool = False) -> Picture:
    """An open crate seen from above; of the spoilt ones a part is dark."""
    rng = Random(number)  # noqa: S311 - fruit, not secrets
    image = Image.new("RGB", SIZE, LEAF)
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 900, 660), fill=SHADE, outline=WOOD, width=28)
    for _ in range(190):
        x, y, size = rng.randrange(96, 820), rng.randrange(96, 590), 56
        dark = spoilt and rng.random() < 0.3
        colour = tuple(part + rng.randrange(-14, 15) for part in _skin(dark=dark))
        draw.ellipse((x, y, x + size, y + size), fill=colour, outline=SHADE, width=2)
        draw.ellipse((x + 14, y + 10, x + 26, y + 20), fill=(228, 200, 150))
    for x in (60, 340, 620, 872):
        draw.rectangle((x, 60, x + 28, 660), outline=WOOD, width=3)
    return prepare_picture(jpeg(image.filter(ImageFilter.GaussianBlur(1))))


def _skin(*, dark: bool) -> tuple[int, int, int]:
    return SPOILT if dark else RIPE


def jpeg(image: Image.Image) -> bytes:
    """The picture as a phone would send it."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()
