"""The shape of what a notice and its letter say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """Title and text with `%(name)s` places, the words of the button, an icon."""

    title: str
    text: str
    button: str
    icon: str = "bell"
