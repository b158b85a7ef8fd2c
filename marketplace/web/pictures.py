"""Icons, pictures and charts as Jinja globals, drawn on the server.

The only place that makes Markup: everything that comes in is escaped here. All
geometry stands in SVG attributes, in per cent across, so that text keeps its
size and no inline style is needed under the strict content policy.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import segno
from flask import Flask, current_app, g
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace.web import box_map as box_maps
from marketplace.web import chain_map as chain_maps
from marketplace.web import charts, history_plots, lot_charts, plots
from marketplace.web.plumbing import static_url

# The pictures go by the crop's code; the reference data names some in Vietnamese.
PICTURES_OF_CROPS = {
    "nhan": "longan",
    "xoai": "mango",
    "buoi": "pomelo",
    "rau": "vegetables",
    "vegetable": "vegetables",
    "mat": "honey",
    "xoaisay": "mango_dried",
    "long_nhan": "longan_pulp_dried",
    "longan_dried": "longan_pulp_dried",
    "san": "cassava",
    "cassava_starch": "cassava",
    "ngo": "maize",
}
SYMBOL = re.compile(r'<symbol id="f-([a-z0-9_]+)"')


def sprite_url() -> str:
    """Where the file with all icons is; its name changes with its content.

    A page draws dozens of icons, so the file is looked at once a request.
    """
    if "sprite_url" not in g:
        g.sprite_url = static_url("icons/sprite.svg")
    return str(g.sprite_url)


def icon(name: str, classes: str = "") -> Markup:
    """A line icon beside a word; it is decoration, so readers skip it."""
    return Markup(
        '<svg class="i {}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        '<use href="{}#i-{}"/></svg>'
    ).format(classes, sprite_url(), name)


def fruit(crop: str, classes: str = "") -> Markup:
    """The picture of a crop by its code; a seedling where none is drawn."""
    name = PICTURES_OF_CROPS.get(crop, crop)
    if name not in _drawn(str(current_app.static_folder)):
        name = "crop"
    return Markup(
        '<svg class="fruit {}" viewBox="0 0 48 48" aria-hidden="true"'
        ' focusable="false"><use href="{}#f-{}"/></svg>'
    ).format(classes, sprite_url(), name)


@lru_cache(maxsize=4)
def _drawn(folder: str) -> frozenset[str]:
    text = (Path(folder) / "icons" / "sprite.svg").read_text(encoding="utf-8")
    return frozenset(SYMBOL.findall(text))


def qr(text: str, label: str | None = None) -> Markup:
    """A QR code (level M) of at least 20 mm in print when the page lets it."""
    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        border=2,
        omitsize=True,
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    drawn = re.sub(r"^<svg[^>]*>|</svg>\s*$", "", out.getvalue().decode())
    body = Markup(drawn)  # noqa: S704 # nosec B704 - paths of segno, none of the text
    side = code.symbol_size(border=2)[0]
    return Markup(
        '<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="{}"'
        ' shape-rendering="crispEdges">{}</svg>'
    ).format(side, side, label or _("Mã QR %(text)s", text=text), body)


def _picture(draw: Callable[..., str]) -> Callable[..., Markup]:
    """The same drawing as Markup; `charts` escapes every word it is given."""

    def drawn(*args: object, **options: object) -> Markup:
        return Markup(draw(*args, **options))  # noqa: S704 # nosec B704 - escaped in charts

    drawn.__name__ = draw.__name__
    drawn.__doc__ = draw.__doc__
    return drawn


spark = _picture(charts.spark)
meter = _picture(charts.meter)
cal = _picture(charts.cal)
rng = _picture(charts.rng)
cols = _picture(plots.cols)
line = _picture(plots.line)
bullet = _picture(plots.bullet)
span = _picture(plots.span)
chain_map = _picture(chain_maps.chain_map)
box_map = _picture(box_maps.box_map)
beside = _picture(history_plots.beside)
wide_graph = _picture(lot_charts.wide_graph)
tall_graph = _picture(lot_charts.tall_graph)


def heat(value: int) -> str:
    """The class of a cell in a heat table: h0 for none up to h4."""
    return f"h{max(0, min(value, 4))}"


def init_app(app: Flask) -> None:
    """Give the drawings to all templates of `app`."""
    drawings: Sequence[Callable[..., object]] = (
        icon,
        fruit,
        qr,
        spark,
        meter,
        cal,
        rng,
        cols,
        line,
        bullet,
        span,
        chain_map,
        box_map,
        beside,
        heat,
    )
    app.jinja_env.globals.update({draw.__name__: draw for draw in drawings})
    app.jinja_env.globals["far_of"] = box_maps.far
    for name in ("logo", "hills"):
        drawing = Markup(_drawing(app, name))  # noqa: S704 # nosec B704 - a file of ours
        app.jinja_env.globals[name.upper()] = drawing


def _drawing(app: Flask, name: str) -> str:
    folder = Path(app.root_path, str(app.template_folder), "pictures")
    return (folder / f"{name}.svg").read_text(encoding="utf-8").strip()
