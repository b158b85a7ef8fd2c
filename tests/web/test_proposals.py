"""Proposals through the browser's eyes; on both databases."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from marketplace.domain.words import CertificateScheme, ProposalState, Side
from marketplace.services.matching import run_matching
from marketplace.services.proposals import contract_of
from models.notices import Notice
from models.proposals import Proposal
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.pages import problems_of

DAY = date(2026, 7, 28)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


class Table:
    """A proposal on the table, and the browsers of its two sides."""

    def __init__(self, client, session, make, **over):
        self.client, self.session, self.make = client, session, make
        self.seller = make.organisation(name="HTX Bảo Minh", short_name="Bảo Minh")
        self.buyer = make.buyer(name="Siêu thị Sao Xanh", short_name="Sao Xanh")
        papers = [make.certificate(self.seller, expires_on=date(2026, 8, 6))]
        self.harvest = make.harvest(self.seller, papers=papers, **over)
        self.offer = make.offer(
            self.buyer,
            tranches=[(DAY + timedelta(days=7 * n), 12_000) for n in range(3)],
            schemes=[CertificateScheme.VIETGAP],
            deposit_pct=10,
        )
        make.quote(13_500, 15_000)
        run_matching(session, today=TODAY, now=NOW)
        self.proposal = session.scalars(select(Proposal)).one()
        self.url = f"/de-xuat/{self.proposal.public_id}"
        self.people = {
            Side.SELLER: make.member(self.seller),
            Side.BUYER: make.member(self.buyer),
        }

    def as_(self, side):
        return enter(self.client, self.session, self.people[side])

    def form(self, **over):
        lines = sorted(self.proposal.terms[-1].lines, key=lambda one: one.deliver_from)
        values = {"round": self.proposal.round, "price": "14.250", "message": ""}
        for place, line in enumerate(lines):
            values |= {
                f"lines-{place}-tranche": line.tranche_id,
                f"lines-{place}-amount": str(line.kg // 1000),
                f"lines-{place}-first": line.deliver_from.isoformat(),
                f"lines-{place}-last": line.deliver_to.isoformat(),
            }
        return values | over


@pytest.fixture
def table(client, session, make):
    return Table(client, session, make)


@pytest.mark.parametrize("side", list(Side), ids=str)
@pytest.mark.parametrize("page", ["", "/dong-y", "/de-nghi-lai", "/tu-choi"])
def test_every_page_of_a_proposal_is_whole(table, side, page):
    answer = table.as_(side).get(table.url + page)

    assert answer.status_code == 200
    assert problems_of(answer.text) == []


def test_the_page_says_what_is_proposed_and_why(table):
    text = table.as_(Side.SELLER).get(table.url).text

    for words in (
        "24 tấn nhãn, 14.300 đ/kg",
        "Sao Xanh",
        "VietGAP chưa đủ cho đợt 3",
        "Số lượng: đợt 3 thiếu 12 tấn",
        "4/6 điều khớp",
        "Đồng ý chưa phải là ký",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("side", "own", "others"),
    [
        (Side.SELLER, "Ít nhất 14.000", ("15.500", "Tối đa")),
        (Side.BUYER, "Tối đa 14.", ("14.000", "Ít nhất")),
    ],
    ids=str,
)
def test_only_ones_own_limit_is_on_the_page(table, side, own, others):
    text = table.as_(side).get(table.url).text

    assert own in text
    assert not any(words in text for words in others)


def test_strangers_find_nothing(table):
    stranger = enter(table.client, table.session, table.make.member())

    answers = [
        stranger.get(table.url + page) for page in ("", "/dong-y", "/de-nghi-lai")
    ]
    answers.append(stranger.post(table.url + "/dong-y", data={"round": 0}))

    assert [answer.status_code for answer in answers] == [404] * 4


def test_counter_once_accept_and_the_contract_is_there(table):
    told = table.as_(Side.SELLER).post(
        table.url + "/de-nghi-lai",
        data=table.form(**{"lines-0-amount": "10", "message": "Đầu vụ chín chưa đều"}),
    )
    shown = table.as_(Side.BUYER).get(table.url).text
    done = table.as_(Side.BUYER).post(table.url + "/dong-y", data={"round": 1})

    assert told.status_code == 302
    assert "Đầu vụ chín chưa đều" in shown
    assert re.search(r"<del.*12 tấn</del>", shown)
    assert re.search(r"<ins.*10 tấn</ins>", shown)
    contract = contract_of(table.session, table.proposal)
    assert done.location == f"/hop-dong/{contract.public_id}"
    assert (contract.total_kg, contract.price_vnd) == (22_000, 14_250)


def test_a_refused_counter_keeps_what_was_typed(table):
    answer = table.as_(Side.SELLER).post(
        table.url + "/de-nghi-lai",
        data=table.form(**{"lines-0-amount": "13,5", "message": "Xin thêm"}),
    )

    assert answer.status_code == 422
    assert 'value="13,5"' in answer.text
    assert "Xin thêm" in answer.text
    assert "Đợt 1 chỉ còn cần 12.000 kg" in answer.text
    assert problems_of(answer.text) == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [("price", "rẻ"), ("price", ""), ("lines-0-amount", "mười"), ("lines-0-first", "")],
)
def test_what_cannot_be_read_is_said_beside_its_field(table, field, typed):
    answer = table.as_(Side.SELLER).post(
        table.url + "/de-nghi-lai", data=table.form(**{field: typed})
    )

    assert answer.status_code == 422
    assert problems_of(answer.text) == []
    assert table.proposal.round == 0


def test_the_suggestion_fills_the_form(table):
    page = table.as_(Side.BUYER).get(table.url + "/de-nghi-lai?goi-y=1").text

    assert "Đã điền gợi ý" not in page
    table.harvest.promised_kg = 45_000
    page = table.as_(Side.BUYER).get(table.url + "/de-nghi-lai?goi-y=1").text
    assert "Đã điền gợi ý" in page
    assert re.search(r'name="lines-1-amount"[^>]*value="3"', page)


def test_a_no_is_read_by_the_other_side(table):
    empty = table.as_(Side.BUYER).post(table.url + "/tu-choi", data={"reason": " "})
    table.as_(Side.BUYER).post(table.url + "/tu-choi", data={"reason": "Đủ hàng rồi"})

    seen = table.as_(Side.SELLER).get(table.url).text

    assert empty.status_code == 422
    assert table.proposal.state is ProposalState.DECLINED
    assert "Đủ hàng rồi" in seen


def test_a_double_tap_agrees_once(table):
    data = {"round": 0, "idempotency_key": "hai-lan-bam"}
    first = table.as_(Side.SELLER).post(table.url + "/dong-y", data=data)
    second = table.as_(Side.SELLER).post(table.url + "/dong-y", data=data)

    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    table.session.refresh(table.harvest)
    assert table.harvest.promised_kg == 0


def test_lapsed_terms_are_not_agreed_on(table):
    with time_machine.travel(NOW + timedelta(days=4), tick=False):
        answer = table.as_(Side.SELLER).post(table.url + "/dong-y", data={"round": 0})

    assert answer.status_code == 422
    assert table.proposal.terms[0].seller_accepted_at is None


@pytest.mark.parametrize("shelf", ["", "cho-tra-loi", "cho-ben-kia", "da-xong"])
def test_the_list_has_its_shelves(table, shelf):
    answer = table.as_(Side.SELLER).get("/de-xuat", query_string={"loai": shelf})

    assert problems_of(answer.text) == []
    assert ("24 tấn nhãn" in answer.text) == (shelf in ("", "cho-tra-loi"))


def test_the_english_page_is_whole_too(table):
    answer = table.as_(Side.BUYER).get(table.url + "?lang=en")

    assert problems_of(answer.text) == []


@pytest.mark.parametrize(
    ("side", "secret", "value"),
    [
        (Side.SELLER, "ceiling", 17_400),
        (Side.SELLER, "rival", 11_100),
        (Side.BUYER, "floor", 12_300),
        (Side.BUYER, "rival", 11_100),
    ],
    ids=str,
)
def test_two_worlds_that_differ_in_a_secret_look_the_same(
    table, make, session, side, secret, value
):
    """The price rule allows it: the week's reference lies in every zone here."""
    rival = make.offer(tranches=[(DAY, 40_000)], ceiling_price_vnd=10_000)
    here = _world(table)

    if secret == "floor":
        table.harvest.floor_price_vnd = value
    elif secret == "ceiling":
        for tranche in table.offer.tranches:
            tranche.ceiling_price_vnd = value
    else:
        rival.tranches[0].ceiling_price_vnd = value
    there = _world(table)

    assert "24 tấn nhãn" in here[side]
    assert here[side] == there[side]


def _world(table):
    """What each side sees once the matcher has run, less what is random."""
    session = table.session
    session.flush()
    run_matching(session, today=TODAY, now=NOW)
    live = session.scalars(
        select(Proposal).where(Proposal.state == ProposalState.PROPOSED)
    ).one()
    session.execute(delete(Notice))
    pages = {
        side: table.as_(side).get(f"/de-xuat/{live.public_id}").text for side in Side
    }
    return {side: re.sub(r"[\w-]{22}", "", text) for side, text in pages.items()}
