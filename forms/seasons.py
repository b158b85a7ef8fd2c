"""Forms of a contract of several seasons: its plan, the answer, the refusal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FormField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
)
from wtforms.validators import InputRequired, Length

from forms.amendment_rows import DeliveryForm
from forms.rows import RowList
from marketplace.domain.amendments import MOST_DELIVERIES
from marketplace.domain.renewals import PlanLine
from marketplace.domain.season_plans import ProposeSeasons

SAME, MARKET = "same", "market"


class SeasonsForm(FlaskForm):
    """How many seasons, what is delivered in the later ones, and at which price."""

    digest = HiddenField(validators=[InputRequired(), Length(max=64)])
    lines = RowList(FormField(DeliveryForm), max_entries=MOST_DELIVERIES)
    pricing = RadioField(
        _l("Giá của các vụ sau"),
        [InputRequired(_l("Chọn cách tính giá"))],
        choices=[
            SelectChoice(SAME, _l("Giữ cách tính giá của vụ đầu")),
            SelectChoice(MARKET, _l("Theo giá chợ, không chốt trước")),
        ],
    )
    market = SelectField(_l("Lấy giá tham chiếu ở"), default="")

    def __init__(
        self, *args: Any, markets: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        none = SelectChoice("", _("Không theo giá chợ"))
        self.market.choices = [none, *(SelectChoice(*one) for one in markets)]

    def command(self, seasons: int) -> ProposeSeasons:
        """What is proposed, for so many seasons."""
        planned = [entry.form.delivery() for entry in self.lines]
        return ProposeSeasons(
            digest=self.digest.data or "",
            seasons=seasons,
            lines=tuple(PlanLine(o.first_day, o.last_day, o.kg) for o in planned),
            keeps_price=self.pricing.data == SAME,
            market=self.market.data or "",
        )


class AgreeForm(FlaskForm):
    """Yes to several seasons; a fixed price holds on only where it is wanted too."""

    keeps = BooleanField(_l("Đồng ý giữ giá chốt cho các vụ sau"))
