"""The tile and the page of what changed; looking alone changes nothing."""

from __future__ import annotations

import pytest
import time_machine

from models.board_looks import BoardLook
from tests.doors import enter
from tests.estate import Estate
from tests.factories import NOW
from tests.pages import problems_of


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_each_change_leads_to_its_page_and_a_look_is_remembered(
    client, session, make, lang
):
    with time_machine.travel(NOW):
        estate = Estate(session, make)
        assert all((estate.deal, estate.case))
        who = make.officer()
        enter(client, session, who)
        page = client.get(f"/tong-quan/thay-doi?lang={lang}")
        board = client.get(f"/tong-quan/?lang={lang}")
        assert problems_of(page.text) == problems_of(board.text) == []
        assert f"/hop-dong/{estate.deal.public_id}" in page.text
        assert f"/xac-minh/{estate.case.public_id}" in page.text
        assert session.get(BoardLook, (who.user_id, who.organisation_id)) is None

        client.post("/tong-quan/thay-doi/da-xem", data={"idempotency_key": "k" * 20})

        seen = session.get(BoardLook, (who.user_id, who.organisation_id))
        assert seen is not None
        later = client.get(f"/tong-quan/thay-doi?lang={lang}").text
        assert f"/xac-minh/{estate.case.public_id}" not in later
        past = client.get(f"/tong-quan/thay-doi?lang={lang}&ngay-qua=30").text
        assert f"/xac-minh/{estate.case.public_id}" in past
