"""The pages of a contract's money: told by one side, answered by the other."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from marketplace.domain.words import ContractState
from marketplace.domain.words_delivery import EntryKind, EntryState
from models.settlements import AccountEntry, Invoice
from tests.acting import Acted
from tests.crawler import form_to
from tests.doors import enter
from tests.factories import NOW
from tests.printed import Printed

PAYMENT = {"kind": "payment", "amount": "5.000.000", "on": "02/03/2026"}


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def acted(session, make):
    return Acted(session, make)


def page_of(acted, rest=""):
    return f"/hop-dong/{acted.contract.public_id}/tien{rest}"


def entries(session):
    return session.scalars(select(AccountEntry).order_by(AccountEntry.id)).all()


def test_a_payment_goes_from_the_payers_form_to_the_payees_tap(client, session, acted):
    acted.delivered(1_000)
    enter(client, session, acted.buyer)
    form = client.get(page_of(acted, "/ghi"))

    told = client.post(page_of(acted, "/ghi"), data=PAYMENT | {"method": "transfer"})
    (entry,) = entries(session)
    enter(client, session, acted.seller)
    asked = client.get(page_of(acted))
    done = client.post(page_of(acted, f"/{entry.public_id}/xac-nhan"))
    after = client.get(page_of(acted))

    assert 'value="14.500.000"' in form.text  # all that is due stands there already
    assert (told.status_code, done.status_code) == (302, 302)
    assert "có đúng không?" in asked.text
    assert entries(session)[0].state is EntryState.CONFIRMED
    assert "9.500.000" in after.text
    assert "có đúng không?" not in after.text


def test_a_payment_is_refused_with_its_reason_or_withdrawn(client, session, acted):
    first = acted.recorded(EntryKind.PAYMENT, 1_000_000)
    second = acted.recorded(EntryKind.PAYMENT, 2_000_000)
    enter(client, session, acted.seller)
    refusal = page_of(acted, f"/{first.public_id}/tu-choi")

    silent = client.post(refusal, data={"text": ""})
    client.post(refusal, data={"text": "Chưa về tài khoản"})
    enter(client, session, acted.buyer)
    client.post(page_of(acted, f"/{second.public_id}/rut"))

    assert silent.status_code == 422
    assert [entry.state for entry in entries(session)] == [
        EntryState.REFUSED,
        EntryState.WITHDRAWN,
    ]
    assert "Chưa về tài khoản" in client.get(page_of(acted)).text


def test_the_payer_cannot_confirm_his_own_payment(client, session, acted):
    entry = acted.recorded(EntryKind.PAYMENT, 1_000_000)
    enter(client, session, acted.buyer)

    client.post(page_of(acted, f"/{entry.public_id}/xac-nhan"))

    assert entries(session)[0].state is EntryState.RECORDED
    assert "Việc này là của bên kia" in client.get(page_of(acted)).text


def test_the_seller_may_ask_only_for_a_penalty(client, session, acted):
    enter(client, session, acted.seller)
    penalty = {"kind": "penalty", "text": "Nhận hàng chậm"}

    payment = client.post(page_of(acted, "/ghi"), data=PAYMENT | {"method": "cash"})
    asked = client.post(page_of(acted, "/ghi"), data=PAYMENT | penalty)

    assert (payment.status_code, asked.status_code) == (422, 302)
    assert [entry.kind for entry in entries(session)] == [EntryKind.PENALTY]


def test_inputs_need_no_method_but_words(client, session, acted):
    enter(client, session, acted.buyer)
    inputs = PAYMENT | {"kind": "input", "method": "transfer"}

    silent = client.post(page_of(acted, "/ghi"), data=inputs)
    told = client.post(page_of(acted, "/ghi"), data=inputs | {"text": "Phân bón"})

    assert (silent.status_code, told.status_code) == (422, 302)
    assert entries(session)[0].method is None


def test_every_line_shows_its_arithmetic_and_they_add_up(client, session, acted):
    acted.delivered(1_000)
    acted.paid(500_000)
    enter(client, session, acted.seller)

    text = client.get(page_of(acted)).text

    assert "1.000 kg × 14.500 đ/kg" in text
    assert "−500.000" in text
    assert "14.000.000" in text


def test_what_is_late_is_told_to_both(client, session, acted):
    acted.delivered(1_000)
    with time_machine.travel(NOW + timedelta(days=80), tick=False):
        for who in (acted.seller, acted.buyer):
            enter(client, session, who)
            text = client.get(page_of(acted)).text

            assert "Lãi chậm trả của khoản đến hạn ngày" in text
            assert "Trong đó quá hạn" in text


def test_an_invoice_is_kept_as_it_was_issued(client, session, acted):
    told = {
        "symbol": "1C26TSM",
        "number": "0000123",
        "issued_on": "02/03/2026",
        "amount": "14.500.000",
    }
    enter(client, session, acted.buyer)
    not_his = client.post(page_of(acted, "/hoa-don"), data=told)
    enter(client, session, acted.seller)

    kept = client.post(page_of(acted, "/hoa-don"), data=told)
    again = client.post(page_of(acted, "/hoa-don"), data=told)

    assert [one.status_code for one in (not_his, kept, again)] == [422, 302, 422]
    (invoice,) = session.scalars(select(Invoice)).all()
    assert (invoice.symbol, invoice.amount_vnd) == ("1C26TSM", 14_500_000)
    assert "1C26TSM 0000123" in client.get(page_of(acted)).text


@pytest.mark.parametrize("over", [{"amount": "0"}, {"issued_on": "01/01/1900"}])
def test_an_invoice_over_nothing_or_before_the_contract_is_refused(
    client, session, acted, over
):
    told = {
        "symbol": "1C26TSM",
        "number": "0000123",
        "issued_on": "02/03/2026",
        "amount": "14.500.000",
    }
    enter(client, session, acted.seller)

    refused = client.post(page_of(acted, "/hoa-don"), data=told | over)

    assert refused.status_code == 422
    assert not session.scalars(select(Invoice)).all()


def test_the_payer_gets_a_code_to_scan_or_the_reason_why_not(client, session, acted):
    acted.delivered(1_000)
    seller = acted.contract.seller
    enter(client, session, acted.buyer)

    without = client.get(page_of(acted, "/ghi")).text
    seller.bank_account = f"{seller.bank_account} Agribank Sông Mã"
    session.flush()
    code = client.get(page_of(acted, "/ghi")).text
    enter(client, session, acted.seller)
    not_his = client.get(page_of(acted, "/ghi")).text

    assert 'class="qr"' not in without
    assert "không ghi rõ ngân hàng nào" in without
    assert 'class="qr"' in code
    assert "Agribank" in code
    assert "HD 01 2026 HDLK" in code
    assert 'class="qr"' not in not_his


def test_both_sides_close_a_contract_on_its_page(client, session, acted):
    acted.delivered(12_000)
    acted.paid(12_000 * 14_500, day=2)
    page = f"/hop-dong/{acted.contract.public_id}/thanh-ly"
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        for who in (acted.seller, acted.buyer):
            enter(client, session, who)
            text = client.get(page).text
            form = form_to(f"{page}/xac-nhan", text, page)

            answer = client.post(form.path, data=dict(form.values))

            assert "Số cuối có đúng không?" in text
            assert answer.status_code == 302
        closed = client.get(page).text

    assert acted.contract.state is ContractState.CLOSED
    assert "Hai bên đã thanh lý hợp đồng này." in closed
    assert "Số cuối có đúng không?" not in closed


def test_before_it_ended_the_page_says_what_is_left(client, session, acted):
    acted.delivered(12_000)
    enter(client, session, acted.seller)

    text = client.get(f"/hop-dong/{acted.contract.public_id}/thanh-ly").text

    assert "Chưa thanh lý được" in text
    assert "Còn 174.000.000 đ chưa trả" in text
    assert "chưa giao hoặc" not in text


def test_the_page_names_the_kilograms_and_the_rule_for_a_rest(client, session, acted):
    page = f"/hop-dong/{acted.contract.public_id}/thanh-ly"
    acted.delivered(11_000)
    acted.paid(11_000 * 14_500, day=8)
    with time_machine.travel(NOW + timedelta(days=9), tick=False):
        enter(client, session, acted.seller)
        text = client.get(page).text

    assert "Còn 1.000 kg chưa giao" in text
    assert "lãi chậm trả. Hai bên được bỏ phần lẻ không quá" in text


def test_a_day_that_is_past_is_not_told_as_the_next_one(client, session, acted):
    acted.delivered(1_000)
    texts = []
    for day in (1, 9):
        with time_machine.travel(NOW + timedelta(days=day), tick=False):
            enter(client, session, acted.buyer)
            texts.append(client.get(page_of(acted)).text)

    assert ["Hạn gần nhất" in one for one in texts] == [True, False]
    assert ["Quá hạn từ" in one for one in texts] == [False, True]


def test_what_was_paid_too_much_goes_back_and_the_buyer_confirms(
    client, session, acted
):
    acted.paid(6_000_000)
    enter(client, session, acted.seller)
    asked = client.get(page_of(acted))
    form = client.get(page_of(acted, "/ghi?loai=refund"))
    refund = PAYMENT | {"kind": "refund", "method": "transfer", "amount": "6.000.000"}

    told = client.post(page_of(acted, "/ghi"), data=refund)
    enter(client, session, acted.buyer)
    waits = client.get(page_of(acted))
    entry = entries(session)[-1]
    done = client.post(page_of(acted, f"/{entry.public_id}/xac-nhan"))
    after = client.get(page_of(acted))

    assert "Bên mua trả thừa 6.000.000 đ" in asked.text
    assert 'value="6.000.000"' in form.text
    assert (told.status_code, done.status_code) == (302, 302)
    assert "Hoàn tiền trả thừa 6.000.000 đ: có đúng không?" in waits.text
    assert "Bên bán hoàn lại tiền trả thừa" in after.text
    assert "Đã trả thừa" not in after.text


def test_a_penalty_of_the_seller_is_owed_and_not_what_the_buyer_paid(
    client, session, acted
):
    acted.paid(2_000_000, kind=EntryKind.PENALTY)
    pages = {}
    for who in (acted.seller, acted.buyer):
        enter(client, session, who)
        pages[who] = client.get(page_of(acted)).text

    assert "Còn phải trả tiền phạt 2.000.000 đ" in pages[acted.seller]
    assert "Bên bán còn nợ tiền phạt 2.000.000 đ." in pages[acted.buyer]
    for text in pages.values():
        assert "trả thừa" not in text
        assert "Hoàn tiền" not in text
        assert "Phạt bên bán" in text


def test_a_statement_is_issued_from_the_page_and_printed_for_both_sides(
    app, client, session, make, acted
):
    acted.delivered(1_000)
    enter(client, session, acted.buyer)

    told = client.post(page_of(acted, "/doi-chieu"), follow_redirects=True)
    enter(client, session, acted.seller)
    page = client.get(page_of(acted))
    paper = Printed(client.get(page_of(acted, "/doi-chieu/1/pdf?lang=en")).data)

    assert "Đã lập biên bản đối chiếu công nợ" in told.text
    assert "/doi-chieu/1/pdf" in page.text
    assert "STATEMENT OF ACCOUNT" in paper.text
    (code,) = paper.codes()
    answer = app.test_client().get(code.removeprefix(app.config["BASE_URL"]))
    assert "Statement of account" in answer.text
    assert "14,500,000" not in answer.text
    enter(client, session, make.member())
    assert client.get(page_of(acted, "/doi-chieu/1/pdf")).status_code == 404


def test_a_closing_is_printed_once_a_side_stands_by_it(client, session, make, acted):
    acted.delivered(12_000)
    acted.paid(12_000 * 14_500, day=2)
    url = f"/hop-dong/{acted.contract.public_id}/thanh-ly"
    enter(client, session, acted.seller)
    before = client.get(f"{url}/pdf").status_code
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        enter(client, session, acted.seller)
        form = form_to(f"{url}/xac-nhan", client.get(url).text, url)
        client.post(form.path, data=dict(form.values))
        page = client.get(url)
        paper = Printed(client.get(f"{url}/pdf").data)
        enter(client, session, make.member())
        stranger = client.get(f"{url}/pdf").status_code

    assert (before, stranger) == (404, 404)
    assert f"{url}/pdf" in page.text
    assert "CHƯA ĐỦ HAI BÊN XÁC NHẬN" in paper.text
