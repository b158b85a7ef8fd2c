"""Every page over a weak network: what a first visit has to load, and the HTML."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta

import pytest
import time_machine

from config import ROOT
from tests.doors import enter
from tests.estate import Estate, addresses, routes
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.databases("sqlite")

KB = 1024
MOST_HTML = 12 * KB
MOST_FIRST_LOAD = 100 * KB
STATIC = re.compile(r"/static/([\w./-]+)")


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def estate(session, make):
    """A busy season: more posts than a page shows, by many organisations."""
    own = Estate(session, make)
    for number in range(25):
        make.harvest(own.owner if number % 2 else None, product="longan")
        first = TODAY + timedelta(days=150 + number)
        days = [(first + timedelta(days=7 * n), 12_000) for n in range(4)]
        make.offer(own.owner if number % 2 else None, tranches=days)
    for _ in range(8):
        make.proposal(make.harvest(own.owner))
        own.make.certificate(own.owner)
        own.make.area(own.owner)
    return own


def pages(app, client, estate):
    """Every HTML page that this person may open, with its text."""
    for route in routes(app):
        if "GET" not in route.methods or route.endpoint == "static":
            continue
        for target in addresses(app, route, estate):
            answer = client.get(target)
            if answer.mimetype == "text/html" and answer.status_code == 200:
                yield target, answer.text


def packed(body: bytes) -> int:
    return len(gzip.compress(body, 9))


def loaded_with(html: str) -> set[str]:
    """Static files that a browser fetches for the page, fonts of the style too."""
    head = re.sub(r'<link rel="(manifest|icon|apple-touch-icon)"[^>]*>', "", html)
    files = set(STATIC.findall(head))
    for style in [name for name in files if name.endswith(".css")]:
        text = (ROOT / "static" / style).read_text()
        files |= {
            f"fonts/{name}" for name in re.findall(r"fonts/([\w.-]+\.woff2)", text)
        }
    return files


def weight_of(name: str) -> int:
    body = (ROOT / "static" / name).read_bytes()
    return len(body) if name.endswith(".woff2") else packed(body)


@pytest.mark.parametrize("viewer", ["anonymous", "director", "officer"])
def test_every_page_is_light(app, client, session, make, estate, viewer):
    if viewer != "anonymous":
        who = estate.director if viewer == "director" else make.officer()
        enter(client, session, who)

    html, first = {}, {}
    for target, text in pages(app, client, estate):
        files = loaded_with(text)
        assert "css/tokens.css" in files
        # The page of a box draws its few signs itself, for one request less.
        assert "icons/sprite.svg" in files or target.startswith(("/q/", "/d/")), target
        html[target] = packed(text.encode())
        first[target] = html[target] + sum(map(weight_of, files))

    assert {t: size for t, size in html.items() if size > MOST_HTML} == {}
    assert {t: size for t, size in first.items() if size > MOST_FIRST_LOAD} == {}
