"""A first page over a weak network stays within its budget."""

from __future__ import annotations

import gzip
import re

from config import ROOT
from tests.pages import frame_app

STATIC = ROOT / "static"
KB = 1024


def zipped(*names):
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def fonts():
    return sum(path.stat().st_size for path in (STATIC / "fonts").glob("*.woff2"))


def test_style_sheets_fit():
    assert zipped("css/tokens.css", "css/components.css") <= 18 * KB


def test_scripts_fit():
    assert zipped("js/app.js") <= 5 * KB
    assert zipped("vendor/htmx.min.js") <= 17 * KB


def test_scripts_for_notes_without_a_network_fit():
    assert zipped("js/outbox.js", "js/offline.js") <= 5.5 * KB
    assert zipped("js/worker.js") <= 2.1 * KB


def test_fonts_fit():
    assert fonts() <= 30 * KB


def test_a_first_page_fits_with_all_it_loads(tmp_path):
    page = frame_app(tmp_path).test_client().get("/thanh-phan/trang-dau").data
    named = set(re.findall(rb"/static/([a-z/._-]+)\?", page))
    loaded = {name.decode() for name in named} - {"manifest.webmanifest"}
    text = [name for name in loaded if not name.endswith(".woff2")]

    weight = len(gzip.compress(page)) + zipped(*text) + fonts()

    assert {"css/tokens.css", "css/components.css", "icons/sprite.svg"} <= loaded
    assert len(gzip.compress(page)) <= 12 * KB
    assert weight <= 100 * KB


def test_fonts_are_asked_for_under_the_address_that_is_preloaded(tmp_path):
    page = frame_app(tmp_path).test_client().get("/them").text
    style = (STATIC / "css/tokens.css").read_text()

    preloaded = re.search(r'rel="preload" href="/static/([^"]+)"', page)[1]

    assert f"../{preloaded}" in style
    for name in re.findall(r"\.\./(fonts/[^?)]+)", style):
        assert (STATIC / name).is_file()
