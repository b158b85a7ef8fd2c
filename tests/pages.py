"""Pages without a database: the frame alone, and what is wrong with a page's HTML."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import html5lib
from flask import Flask
from flask_login import LoginManager
from flask_wtf import CSRFProtect

from config import ROOT, Testing
from marketplace.web import (
    addresses,
    errors,
    fields,
    locale,
    pictures,
    plumbing,
    shell,
    style,
    words,
)

XHTML = "{http://www.w3.org/1999/xhtml}"
CONTROLS = ("input", "select", "textarea")
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls")


def frame_app(folder: Path) -> Flask:
    """The frame and the page of components, as an application of their own."""
    settings = Testing.from_environment({"LIENKET_INSTANCE": str(folder)})
    app = Flask(
        "frame",
        root_path=str(ROOT),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(settings.flask())
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "translations")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    LoginManager(app).user_loader(lambda _id: None)
    plumbing.init_plumbing(app)
    errors.init_errors(app)
    locale.init_locale(app)
    for module in (pictures, words, fields, addresses, shell):
        module.init_app(app)
    app.register_blueprint(shell.bp)
    app.register_blueprint(style.bp)
    return app


@lru_cache(maxsize=1)  # who asks for one page in several ways does so at once
def read(html: str) -> tuple[Any, list[Any]]:
    """The elements of a page, and what is wrong in how they are written."""
    parser = html5lib.HTMLParser()
    return parser.parse(html), parser.errors


def problems_of(html: str) -> list[str]:
    """Everything that keeps a page from being valid, linked and strict."""
    tree, errors = read(html)
    lines = html.split("\n")
    wrong = [
        f"{code}: {lines[min(place[0], len(lines)) - 1][:120]}"
        for place, code, _ in errors
    ]
    elements = [one for one in tree.iter() if isinstance(one.tag, str)]
    return [*wrong, *_ids(elements), *_labels(elements), *_strict(elements, html)]


def _ids(elements: list) -> Iterator[str]:
    ids = Counter(one.get("id") for one in elements if one.get("id") is not None)
    yield from (f"id twice: {name}" for name, count in ids.items() if count > 1)
    for one in elements:
        for name in REFERENCES:
            for target in (one.get(name) or "").split():
                if target not in ids:
                    yield f"{name} names nothing: {target}"
        if one.tag == f"{XHTML}label" and one.get("for", next(iter(ids))) not in ids:
            yield f"label for nothing: {one.get('for')}"


def _labels(elements: list) -> Iterator[str]:
    named = {one.get("for") for one in elements if one.tag == f"{XHTML}label"}
    inside = {
        control
        for label in elements
        if label.tag == f"{XHTML}label"
        for control in label.iter()
    }
    for one in elements:
        if one.tag.removeprefix(XHTML) not in CONTROLS or one.get("type") == "hidden":
            continue
        if one.get("id") in named or one in inside or one.get("aria-label"):
            continue
        yield f"no label: {one.get('name')}"
    if not any(one.tag == f"{XHTML}title" and one.text for one in elements):
        yield "no title"
    if sum(one.tag == f"{XHTML}h1" for one in elements) != 1:
        yield "not exactly one h1"


def _strict(elements: list, html: str) -> Iterator[str]:
    for one in elements:
        yield from (
            f"{name} on {one.tag}"
            for name in one.attrib
            if name == "style" or re.match(r"on[a-z]+$", str(name))
        )
        if one.tag == f"{XHTML}style":
            yield "inline style sheet"
        if one.tag == f"{XHTML}script" and not one.get("src"):
            yield "inline script"
    # In English it is a word; the same page in Vietnamese has no use for it.
    if '<html lang="en"' not in html and "None" in re.sub(r"<[^>]*>", " ", html):
        yield "says None"
