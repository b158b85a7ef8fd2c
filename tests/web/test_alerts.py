"""Early warnings on the pages: tasks of a contract, an officer's list, today's card."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.early_warning_facts import AlertCode, AlertStage
from marketplace.domain.words import Severity, Side
from marketplace.services.alert_history import view_alerts
from marketplace.services.deliveries import say_of_delivery
from marketplace.services.early_warning import watch_contract
from marketplace.services.spreadsheets import XLSX, read_xlsx
from models.alerts import ContractAlert
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.pages import problems_of


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def deal(session, make):
    """A contract of which the seller said that it cannot be delivered."""
    deals = Deals(session, make)
    contract = deals.in_force()
    seller, buyer = (deals.actor(contract, side) for side in Side)
    word, number = DeliveryWord.BLOCKED, contract.public_id
    say_of_delivery(
        session, seller, number, 1, word, now=NOW, today=TODAY, text="Mưa đá"
    )
    [alert] = watch_contract(session, contract.id, today=TODAY, now=NOW)
    return contract, seller, buyer, alert


def seen(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert problems_of(answer.text) == []
    return answer.text


def stored(session, alert):
    session.expire_all()
    wanted = select(ContractAlert).where(ContractAlert.id == alert)
    return session.scalars(wanted).one()


def test_a_side_sees_why_and_what_to_do_and_takes_note(client, session, deal):
    contract, _, buyer, alert = deal
    path, mine, key = f"/hop-dong/{contract.public_id}", alert.public_id, alert.id
    enter(client, session, buyer)

    page = seen(client, path)
    today = seen(client, "/hom-nay")
    client.post(f"/canh-bao/{mine}/da-biet")

    assert "Bên bán báo không giao được đợt giao ngày" in page
    assert "Trả lời sớm" in page
    assert "1 cảnh báo hợp đồng" in today
    assert stored(session, key).stage is AlertStage.KNOWN
    assert "cảnh báo hợp đồng" not in seen(client, "/hom-nay")
    assert f"/canh-bao/{mine}/da-biet" not in seen(client, path)


def test_a_side_calls_and_an_officer_answers(client, session, make, deal):
    _, seller, _, alert = deal
    path, key = f"/canh-bao/{alert.public_id}", alert.id
    officer = make.officer()
    enter(client, session, seller)

    empty = client.post(f"{path}/chuyen-can-bo", data={"text": ""})
    client.post(f"{path}/chuyen-can-bo", data={"text": "Cần người phân xử"})
    enter(client, session, officer)
    listed = seen(client, "/canh-bao/")
    shown = seen(client, path)
    client.post(f"{path}/da-lam", data={"text": "Đã gọi hai bên"})

    assert empty.status_code == 422
    assert "Chờ cán bộ" in listed
    assert "Cần người phân xử" in shown
    assert stored(session, key).stage is AlertStage.ACTED
    assert "Đã gọi hai bên" in seen(client, path)


def test_the_list_is_narrowed_by_severity_and_commune(client, session, make, deal):
    contract, *_ = deal
    number, unit = contract.number, contract.seller.unit_id
    enter(client, session, make.officer())

    assert number in seen(client, "/canh-bao/?muc=E")
    assert number not in seen(client, "/canh-bao/?muc=W")
    assert number in seen(client, f"/canh-bao/?xa={unit}")
    assert number not in seen(client, f"/canh-bao/?xa={unit + 1}")
    assert number in seen(client, "/canh-bao/?muc=x&xa=-1&trang=0")
    assert "Cảnh báo hợp đồng" in seen(client, "/tong-quan/")


def test_the_buyer_lets_go_and_reads_that_another_is_looked_for(client, session, deal):
    contract, _, buyer, _ = deal
    path = f"/hop-dong/{contract.public_id}/giao"
    enter(client, session, buyer)

    seen(client, f"{path}/1/tim-nguon-khac")
    page = seen(client, path)
    client.post(f"{path}/1/tim-nguon-khac", data={"text": ""})

    assert "Tìm nguồn khác" in page
    after = seen(client, path)
    assert "về sàn để tìm đối tác khác" in after
    assert "Tìm nguồn khác" not in after


def test_past_alerts_are_found_by_kind_state_and_days(client, session, make, deal):
    contract, seller, _, alert = deal
    number = contract.number
    path = "/canh-bao/lich-su"
    enter(client, session, seller)

    assert number in seen(client, path)
    assert number not in seen(client, f"{path}?tinh-trang=da-khep")
    alert.closed_at = NOW
    session.commit()

    assert number not in seen(client, f"{path}?tinh-trang=dang-mo")
    assert number in seen(client, f"{path}?loai=delivery_blocked&tinh-trang=da-khep")
    assert number not in seen(client, f"{path}?loai=price_below")
    day = TODAY.isoformat()
    assert number in seen(client, f"{path}?tu={day}&den={day}")
    assert number not in seen(client, f"{path}?tu={TODAY + timedelta(days=1)}")
    assert number not in seen(client, f"{path}?den={TODAY - timedelta(days=1)}")
    assert number in seen(client, f"{path}?loai=x&tinh-trang=x&tu=x&den=31/02/2026")


def test_others_do_not_find_past_alerts(client, session, make, deal):
    contract, *_ = deal
    path = "/canh-bao/lich-su"

    enter(client, session, make.member(make.buyer()))
    assert contract.number not in seen(client, path)
    enter(client, session, make.officer())
    assert contract.number in seen(client, path)


def test_an_officer_sees_calls_before_graver_alerts(client, session, make, deal):
    contract, *_ = deal
    deals = Deals(session, make)
    called = ContractAlert(
        contract_id=deals.in_force().id,
        code=AlertCode.ENTRY_WAITING,
        severity=Severity.INFO,
        stage=AlertStage.ESCALATED,
        since=TODAY,
        concerns=["seller"],
        params={"day": TODAY.isoformat()},
        opened_at=NOW,
    )
    session.add(called)
    session.commit()
    enter(client, session, make.officer())

    view = view_alerts(session, make.officer())
    page = seen(client, "/tong-quan/")

    assert (view.escalated, view.of("E"), view.of("I")) == (1, 1, 1)
    assert view.first[0].id == called.id
    assert "Cảnh báo hợp đồng đang mở" in page
    assert page.index(called.public_id) < page.index(f"{contract.number}</a>")


def test_the_history_is_a_spreadsheet_of_real_days_and_numbers(client, session, deal):
    contract, _, buyer, alert = deal
    contract.seller.short_name = "=HYPERLINK(1)"
    session.flush()
    enter(client, session, buyer)
    link = "/canh-bao/lich-su/excel?loai=delivery_blocked"
    page = seen(client, "/canh-bao/lich-su?loai=delivery_blocked&endpoint=x")
    assert f'href="{link}"' in page

    answer = client.get(link)

    assert answer.mimetype == XLSX
    assert "lich-su-canh-bao.xlsx" in answer.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    rows = book.get_sheet_by_index(0).to_python()
    row = next(one for one in rows if contract.number in one)
    kind, reason, _number, seller, _buyer, since, days, *_rest, closed = row
    assert since == alert.since
    assert days == (TODAY - alert.since).days
    assert isinstance(days, float)  # a number, not a text
    assert (seller, closed) == ("=HYPERLINK(1)", "")
    assert "Bên bán báo không giao được" in reason
    assert kind
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
        assert b'quotePrefix="1"' in package.read("xl/styles.xml")


def test_the_spreadsheet_holds_what_its_reader_may_see_and_asked_for(
    client, session, make, deal
):
    contract = deal[0]
    for who, path, there in (
        (make.officer(), "", True),
        (make.officer("D116"), "", False),
        (make.member(), "", False),
        (deal[1], "?tinh-trang=da-khep", False),
    ):
        answer = enter(client, session, who).get(f"/canh-bao/lich-su/excel{path}")
        texts = read_xlsx(answer.data)
        assert any(contract.number in row for row in texts) is there
