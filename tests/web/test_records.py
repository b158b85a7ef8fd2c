"""Track records on the pages: who sees what, and how a fact is contested."""

from __future__ import annotations

import pytest
import time_machine

from marketplace.domain.track_record import FactKind, FactStanding
from marketplace.services.track_records import track_record
from tests import record_rows
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.pages import problems_of


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def market(session, make):
    """A seller with four contracts, one payment of each, the last one late."""
    seller = make.organisation(name="HTX Bảo Minh", short_name="Bảo Minh")
    deals = Deals(session, make)
    contracts = [deals.in_force(make.proposal(make.harvest(seller))) for _ in range(4)]
    for contract in contracts[:3]:
        record_rows.fact(session, contract, seller)
    late = record_rows.fact(session, contracts[3], seller, good=0, days_late=4)
    session.commit()
    return seller, contracts, late


def seen(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert problems_of(answer.text) == []
    return answer.text


def test_a_partner_reads_sums_and_nothing_behind_them(client, session, make, market):
    seller, contracts, _late = market
    enter(client, session, make.member(contracts[0].buyer))

    page = seen(client, f"/uy-tin/{seller.public_id}")
    whole = seen(client, f"/to-chuc/{seller.public_id}")

    assert "75% trong 4 khoản trả đúng hạn" in page
    assert "75% trong 4 khoản trả đúng hạn" in whole
    for contract in contracts:
        assert contract.number not in page + whole or contract is contracts[0]
    assert client.get(f"/uy-tin/{seller.public_id}/can-cu").status_code == 404


def test_a_stranger_sees_no_record(client, session, make, market):
    seller, _contracts, _late = market
    enter(client, session, make.member(make.buyer()))

    assert "Uy tín" not in seen(client, f"/to-chuc/{seller.public_id}")
    assert client.get(f"/uy-tin/{seller.public_id}").status_code == 404


def test_the_public_sees_no_record(client, market):
    seller, _contracts, _late = market

    assert "Uy tín" not in seen(client, f"/to-chuc/{seller.public_id}")


def test_a_fact_is_contested_and_answered(app, session, make, market):
    seller, _contracts, late = market
    director, officer = make.member(seller), make.officer()
    own = enter(app.test_client(), session, director)
    authority = enter(app.test_client(), session, officer)
    list_of_facts = f"/uy-tin/{seller.public_id}/can-cu?muc=payment"

    assert "Phản đối" in seen(own, list_of_facts)
    path = f"/uy-tin/phan-doi/{late.public_id}"
    seen(own, path)
    assert own.post(path, data={"reason": " "}).status_code == 422
    assert own.post(path, data={"reason": "Ngân hàng nghỉ"}).status_code == 302
    assert "Đang phản đối" in seen(own, list_of_facts)
    assert "1 phản đối số liệu uy tín" in seen(authority, "/hom-nay")
    assert "Ngân hàng nghỉ" in seen(authority, "/uy-tin/")
    answer = f"/uy-tin/tra-loi/{late.contest.public_id}"
    assert "Chậm 4 ngày" in seen(authority, answer)
    assert authority.post(answer, data={"reason": "Đúng"}).status_code == 422
    data = {"answer": "exclude", "reason": "Có giấy của ngân hàng"}
    assert authority.post(answer, data=data).status_code == 302
    assert "Có giấy của ngân hàng" in seen(own, list_of_facts)
    seen(authority, answer)

    session.expire_all()
    assert late.standing is FactStanding.EXCLUDED
    figures = track_record(session, director, seller, today=TODAY).figures
    assert figures[FactKind.PAYMENT].good_pct == 100


def test_a_record_reads_in_english(client, session, make, market):
    seller, contracts, _late = market
    enter(client, session, make.member(contracts[0].buyer))

    page = seen(client, f"/uy-tin/{seller.public_id}?lang=en")

    assert "75% of 4 payments on time." in page
    assert "Average delay in days, counting those on time: 1." in page
