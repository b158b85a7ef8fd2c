"""The calendar of deliveries: who may read it, and what a calendar program finds."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.words import MembershipState, Side
from marketplace.services.calendars import make_address, revoke_address
from marketplace.services.deliveries import say_of_delivery
from models.calendars import CalendarAddress
from models.deliveries import DeliverySaid
from models.organisations import Membership, User
from tests.acting import Acted
from tests.deals import Deals
from tests.doors import enter
from tests.factories import NOW, TODAY


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def deals(session, make):
    return Deals(session, make)


@pytest.fixture
def deal(deals):
    return deals.in_force()


@pytest.fixture
def seller(deals, deal):
    return deals.actor(deal, Side.SELLER)


@pytest.fixture
def buyer(deals, deal):
    return deals.actor(deal, Side.BUYER)


def address_of(session, who):
    return f"/lich/{make_address(session, who, now=NOW)}.ics"


def events(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.data).walk("VEVENT")


def say(session, who, deal, word, **more):
    say_of_delivery(session, who, deal.public_id, 1, word, now=NOW, today=TODAY, **more)


def test_each_side_finds_the_delivery_as_a_whole_day(
    client, session, deal, seller, buyer
):
    [sold] = events(client, address_of(session, seller))
    [bought] = events(client, address_of(session, buyer))

    day = deal.lines[0].deliver_from
    for event in (sold, bought):
        assert (event.start, event.end) == (day, day + timedelta(days=1))
        assert type(event.start) is date
        assert event["uid"] == f"{deal.public_id}-1@lienket"
        assert (event["sequence"], event["status"]) == (0, "CONFIRMED")
        assert event["location"] == deal.offer.place
    assert sold["summary"] == f"Giao 12 tấn nhãn cho {deal.buyer.short_name}"
    assert bought["summary"] == f"Nhận 12 tấn nhãn từ {deal.seller.short_name}"


def test_a_calendar_names_no_price(client, session, deal, seller):
    text = client.get(address_of(session, seller)).text.replace("\r\n ", "")
    price = deal.price_vnd

    assert deal.number in text
    for told in (f"{price}", f"{price:,}", f"{price:,}".replace(",", "."), "đ/kg"):
        assert told not in text


def test_every_word_raises_the_sequence_and_a_new_day_moves_the_event(
    client, session, deal, seller, buyer
):
    address = address_of(session, buyer)
    day = deal.lines[0].deliver_from + timedelta(days=2)
    told = [events(client, address)[0]]

    say(session, seller, deal, DeliveryWord.PROPOSE_DAY, day=day)
    told += events(client, address)
    say(session, buyer, deal, DeliveryWord.ACCEPT_DAY)
    told += events(client, address)

    assert [event["sequence"] for event in told] == [0, 1, 2]
    assert [event["status"] for event in told] == [
        "CONFIRMED",
        "TENTATIVE",
        "CONFIRMED",
    ]
    assert len({event["uid"] for event in told}) == 1
    assert (told[1].start, told[2].start) == (deal.lines[0].deliver_from, day)
    assert f"{day:%d/%m/%Y}" in told[1]["description"]


def test_what_was_handed_over_is_no_longer_expected(client, session, make):
    acted = Acted(session, make)
    address = address_of(session, acted.buyer)
    [before] = events(client, address)

    acted.delivered(acted.contract.lines[0].kg)
    [after] = events(client, address)

    assert "Dự kiến" in before["DESCRIPTION"]
    assert "Đã giao đủ" in after["DESCRIPTION"]
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_a_cancelled_delivery_stays_and_says_so(client, session, deal, buyer):
    session.add(
        DeliverySaid(
            contract_id=deal.id,
            line=1,
            position=0,
            word=DeliveryWord.CANCEL,
            at=NOW,
        )
    )
    [event] = events(client, address_of(session, buyer))

    assert (event["status"], event["sequence"]) == ("CANCELLED", 1)
    assert event["summary"].startswith("Đã hủy: ")


def test_a_calendar_speaks_the_language_of_its_reader(client, session, deal, seller):
    seat = session.scalars(
        select(Membership).where(Membership.user_id == seller.user_id)
    ).one()
    seat.user.locale = "en"
    [event] = events(client, address_of(session, seller))

    assert event["summary"].startswith("Deliver 12 t of longan to")


def test_others_deliveries_are_never_inside(client, session, make, deals, deal, seller):
    other = deals.in_force()
    mine = events(client, address_of(session, seller))
    nobody = events(client, address_of(session, make.member()))

    assert [event["uid"] for event in mine] == [f"{deal.public_id}-1@lienket"]
    assert other.seller_id != deal.seller_id
    assert nobody == []


def test_a_contract_that_does_not_bind_yet_is_not_inside(client, session, deals):
    drawn = deals.drawn()
    signed = deals.signed()

    for contract in (drawn, signed):
        who = deals.actor(contract, Side.SELLER)
        assert events(client, address_of(session, who)) == []


def test_a_new_address_makes_the_old_one_void(client, session, seller, buyer):
    old, others = address_of(session, seller), address_of(session, buyer)
    new = address_of(session, seller)

    assert client.get(old).status_code == 404
    assert client.get(new).status_code == client.get(others).status_code == 200


def test_an_address_that_was_taken_back_or_never_given_opens_nothing(
    client, session, seller
):
    address = address_of(session, seller)
    revoke_address(session, seller, now=NOW)
    revoke_address(session, seller, now=NOW)

    assert client.get(address).status_code == 404
    assert client.get(f"/lich/{'x' * 43}.ics").status_code == 404
    versions = session.scalars(select(CalendarAddress)).all()
    assert [bool(one.token_digest) for one in versions] == [True, False]


def test_an_address_ends_with_the_seat(client, session, seller):
    address = address_of(session, seller)
    seat = session.scalars(
        select(Membership).where(Membership.user_id == seller.user_id)
    ).one()
    seat.state, seat.ended_at = MembershipState.ENDED, NOW

    assert client.get(address).status_code == 404


def test_the_table_does_not_hold_the_address(client, session, seller):
    token = make_address(session, seller, now=NOW)
    row = session.scalars(select(CalendarAddress)).one()

    assert token not in repr([getattr(row, c.key) for c in row.__table__.columns])


def test_an_address_belongs_to_one_seat_of_a_person(
    client, session, make, deal, seller
):
    person = session.get_one(User, seller.user_id)
    first = address_of(session, seller)
    address_of(session, make.member(user=person))

    assert len(events(client, first)) == 1


def test_the_page_makes_shows_once_and_withdraws_an_address(
    client, session, deal, seller
):
    enter(client, session, seller)
    shown = re.compile(r"http://localhost(/lich/[\w-]{43}\.ics)")

    client.post("/lich-giao/dia-chi")
    address = shown.search(client.get("/lich-giao").text)[1]
    again = client.get("/lich-giao").text
    assert len(events(client, address)) == 1
    assert not shown.search(again)
    assert "Thu hồi" in again
    client.post("/lich-giao/thu-hoi")

    assert client.get(address).status_code == 404
    assert "Chưa bật" in client.get("/lich-giao").text
