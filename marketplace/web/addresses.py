"""Addresses of this page in another language, at another page, in another order."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Flask, request


def here() -> str:
    """This page as a path, to come back to after a choice."""
    if request.method != "GET":
        return request.path
    kept = [
        (name, value)
        for name, value in request.args.items(multi=True)
        if name != "lang"
    ]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def in_language(code: str) -> str:
    """This page in another language."""
    path = here()
    return f"{path}{'&' if '?' in path else '?'}lang={code}"


def page_url(page: int) -> str:
    """This list at another page, with the same filters."""
    return _with("trang", str(page))


def sort_url(key: str) -> str:
    """This list from its first page, in another order."""
    return _with("xep", key)


def _with(name: str, value: str) -> str:
    kept = [
        pair
        for pair in request.args.items(multi=True)
        if pair[0] not in (name, "trang", "lang")
    ]
    return f"{request.path}?{urlencode([*kept, (name, value)])}"


def page_numbers(page: int, pages: int) -> list[int]:
    """First, last and those around `page`; nought stands for a gap."""
    near = {1, pages, *range(page - 1, page + 2)}
    shown = sorted(number for number in near if 1 <= number <= pages)
    numbers: list[int] = []
    for number in shown:
        if numbers and number - numbers[-1] > 1:
            numbers.append(0)
        numbers.append(number)
    return numbers


def safe_path(target: str | None) -> str:
    """`target` if it is a path of ours, else the home page: no open redirect."""
    text = target or ""
    try:
        parts = urlsplit(text)
    except ValueError:  # "//[": no address at all
        return "/"
    strange = "\\" in text or any(ord(character) < 32 for character in text)
    if strange or parts.scheme or parts.netloc:
        return "/"
    return text if text.startswith("/") and not text.startswith("//") else "/"


def init_app(app: Flask) -> None:
    """Give the addresses to all templates of `app`."""
    app.jinja_env.globals.update(
        in_language=in_language,
        page_numbers=page_numbers,
        page_url=page_url,
        sort_url=sort_url,
    )
