"""A list cut into pages; the page number lives in the query string."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from flask import request

T = TypeVar("T")
PAGE = 20
MOST_PAGES = 100_000


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; `number` counts from 1."""

    items: Sequence[T]
    number: int
    total: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1 if self.items else 0


def page_number() -> int:
    """The page that the address asks for; anything odd is the first."""
    text = request.args.get("trang", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
    return min(max(number, 1), MOST_PAGES)


def page_of(found: Sequence[T], size: int = PAGE) -> Page[T]:
    """The asked page of a list that is in memory; past the end is the last."""
    pages = max(1, -(-len(found) // size))
    number = min(page_number(), pages)
    start = (number - 1) * size
    return Page(found[start : start + size], number, len(found), size)
