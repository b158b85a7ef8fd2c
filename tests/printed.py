"""A printed paper as a reader meets it: its text, its picture, its QR codes."""

from __future__ import annotations

import io
import unicodedata

import pypdfium2
import zxingcpp
from pypdf import PdfReader

PIXELS_PER_POINT = 2  # 144 dpi, less than any printer and any phone's camera


class Printed:
    """What a PDF shows."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self.reader = PdfReader(io.BytesIO(pdf))
        self.pages = [_one_spelling(page.extract_text()) for page in self.reader.pages]

    @property
    def text(self) -> str:
        """All words, one space between two, composed letters."""
        return " ".join(self.pages)

    def attached(self, name: str) -> str:
        return self.reader.attachments[name][0].decode()

    def codes(self, scale: int = PIXELS_PER_POINT) -> list[str]:
        """What a camera reads from each page's picture of so many pixels a point."""
        pdf = pypdfium2.PdfDocument(self.pdf)
        try:
            return [code for page in pdf for code in _codes_on(page, scale)]
        finally:
            pdf.close()


def _codes_on(page: pypdfium2.PdfPage, scale: int) -> list[str]:
    picture = page.render(scale=scale, grayscale=True)
    return [found.text for found in zxingcpp.read_barcodes(picture.to_numpy())]


def _one_spelling(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
