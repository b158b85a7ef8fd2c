"""The form of packing what was just picked, which may not have reached us yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FormField, SelectField
from wtforms.validators import InputRequired, Length

from forms.lots import SOME_KG, CaptureForm, MadeForm, offer
from forms.rows import RowList
from forms.typed_fields import KilogramsField
from marketplace.domain.commands_lots import Made, TransformLots, Used
from marketplace.domain.words_trace import LotStep


class PickedForm(CaptureForm):
    """Packing by the id of the event of picking, which a phone draws by itself."""

    places = MappingProxyType({"at": "hour", "used": "kg", "code": "made"})

    # A phone adds what it has picked and not sent yet: no list of ours knows those.
    picked = SelectField(
        _l("Lần hái"),
        [InputRequired(_l("Chọn lần hái")), Length(max=22)],
        validate_choice=False,
    )
    kg = KilogramsField(_l("Lấy bao nhiêu"), [InputRequired(SOME_KG)])
    made = RowList(
        FormField(MadeForm), description=_l("Lô ra"), min_entries=1, max_entries=50
    )

    def __init__(self, *args: Any, picked: Sequence[tuple[str, str]], **kw: Any):
        super().__init__(*args, **kw)
        offer(self.picked, picked, None if picked else _l("Chưa có lần hái nào"))
        self.offer_made()

    def offer_made(self) -> None:
        """Rows that were added need their choices too; here there are none."""
        for row in self.made:
            offer(row.form.grade, (), "–")

    def command(self, lot: str, at: datetime) -> TransformLots:
        """What was made of so many kilograms of the lot that was picked."""
        event_id = self.event_id.data or ""
        made = tuple(
            Made(row.form.kg.data, code=row.form.own_code(event_id))
            for row in self.made
            if row.form.kg.data is not None
        )
        used = (Used(lot, self.kg.data or 0),)
        return TransformLots(event_id, LotStep.PACK, at, used, made, self.where())
