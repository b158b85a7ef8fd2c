"""Forms of plots: corners typed or drawn, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FileField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from forms.said import said
from forms.typed_fields import HectaresField, page_lang
from marketplace.domain.commands_plots import DescribePlot, SavePlot
from marketplace.domain.errors import Refused
from marketplace.domain.plot_text import MOST_TEXT, parse_corners, show_corners
from marketplace.domain.plots import Point, Shape, closed
from marketplace.domain.words_plots import PlotSource

Pairs = Sequence[tuple[str, str]]
BY_HAND = {PlotSource.TYPED.value, PlotSource.DRAWN.value, PlotSource.WALKED.value}


class DescribeForm(FlaskForm):
    """Name, household, declared hectares and codes of a plot."""

    name = StringField(
        _l("Tên hoặc số thửa"),
        [
            InputRequired(_l("Đặt tên thửa, ví dụ Thửa 12 bản Mo")),
            Length(max=200, message=_l("Viết ngắn hơn 200 chữ")),
        ],
    )
    household = SelectField(_l("Hộ trồng"), [Optional()])
    declared = HectaresField(_l("Diện tích khai"), [Optional()])
    codes = SelectMultipleField(_l("Mã vùng trồng của thửa"), [Optional()])

    def __init__(
        self, *args: Any, households: Pairs, known_codes: Pairs, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        nobody = SelectChoice("", _l("Chưa rõ hộ"))
        self.household.choices = [nobody, *_choices(households)]
        self.codes.choices = _choices(known_codes)

    def description(self) -> DescribePlot:
        """What may change without another outline."""
        return DescribePlot(
            name=self.name.data or "",
            declared_ha=self.declared.data,
            household=self.household.data or "",
            codes=tuple(self.codes.data or ()),
        )


class PlotForm(DescribeForm):
    """A plot with its corners; the map writes them into the same field."""

    corners = TextAreaField(
        _l("Các góc, đi quanh thửa"),
        [
            InputRequired(_l("Chạm bản đồ hoặc nhập ít nhất 3 góc")),
            Length(max=MOST_TEXT, message=_l("Quá nhiều góc, nhập bằng tệp")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    source = HiddenField()

    def read_corners(self) -> tuple[Point, ...]:
        """What was typed, as points; a message at the field where it cannot be read."""
        try:
            return parse_corners(self.corners.data or "")
        except Refused as refusal:
            told = said(refusal.message, refusal.params)
            self.corners.errors = [*self.corners.errors, told]
            return ()

    def swap(self) -> None:
        """Put each latitude in the place of its longitude."""
        points = [(north, east) for east, north in self.read_corners()]
        if points:
            self.show(Shape(closed(points)))

    def show(self, shape: Shape) -> None:
        """Write these corners into the field."""
        self.corners.data = show_corners(shape.outer, page_lang())

    def command(self) -> SavePlot:
        source = self.source.data if self.source.data in BY_HAND else "typed"
        return SavePlot(
            name=self.name.data or "",
            shape=Shape(closed(self.read_corners())),
            declared_ha=self.declared.data,
            household=self.household.data or "",
            codes=tuple(self.codes.data or ()),
            source=PlotSource(source),
        )


class PlotFileForm(FlaskForm):
    """A file of plots for one growing area."""

    file = FileField(_l("Tệp GeoJSON, KML, KMZ hoặc CSV"))


class SettleForm(FlaskForm):
    """What an officer concludes about an overlap."""

    note = TextAreaField(
        _l("Kết luận"),
        [
            InputRequired(_l("Ghi kết luận")),
            Length(max=2000, message=_l("Viết ngắn hơn 2000 chữ")),
        ],
    )


def _choices(pairs: Pairs) -> list[SelectChoice]:
    return [SelectChoice(value, text) for value, text in pairs]
