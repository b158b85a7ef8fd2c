"""A statement of account on paper says what the statement says."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import pytest

from forms.said import said
from marketplace.domain.price_rules import NotKnownYet, price_part
from marketplace.domain.price_terms import AcceptedPart, PriceRule
from marketplace.domain.settlement import settle
from marketplace.domain.settlement_facts import (
    AcceptedLine,
    Advance,
    ContractFacts,
    Delivery,
    LateRate,
    Payment,
    PromisedTranche,
)
from marketplace.domain.words import PriceMode
from marketplace.services.statement_pdf import Sealed, statement_pdf
from tests.deals import Deals
from tests.printed import Printed

pytestmark = pytest.mark.databases("sqlite")
START = date(2026, 7, 1)
RULE = PriceRule(PriceMode.FIXED, 10_000)


def statement_of(*, days=3, paid=0, parts=None, deducted=0):
    """1,000 kg at 10,000 đ, due in 7 days, with an advance of 2 million."""
    priced = price_part(RULE, AcceptedPart(1_000))
    part = AcceptedLine(1_000, priced, grade="Loại 1", deduction_vnd=deducted)
    arrived = Delivery("d", START, START, 1_100, parts or (part,), 1)
    facts = ContractFacts(
        payment_term_days=7,
        rates=(LateRate(Decimal(10), date(2018, 1, 1)),),
        tranches=(PromisedTranche(1, 1_200, START, START),),
        deliveries=(arrived,),
        advances=(Advance("a", START, 2_000_000),),
        payments=(Payment("p", START, paid, True),) if paid else (),
    )
    return settle(facts, START + timedelta(days=days))


@pytest.fixture
def contract(session, make):
    return Deals(session, make).in_force()


@pytest.fixture
def printed(app, contract):
    """The statement as a reader meets it; the words are those of a request."""

    def show(statement, lang="vi", **more):
        with app.test_request_context(f"/?lang={lang}"):
            return Printed(statement_pdf(contract, statement, lang, said, **more))

    return show


def test_it_names_the_parties_every_entry_and_the_balance(contract, printed):
    paper = printed(statement_of(deducted=500_000))

    wanted = (
        "BIÊN BẢN ĐỐI CHIẾU CÔNG NỢ",
        "Số liệu đến hết ngày 04/07/2026",
        f"Căn cứ hợp đồng số {contract.number}",
        contract.seller.name,
        contract.buyer.name,
        "Đã giao: 1.100 kg",
        "Bị loại: 100 kg",
        "1.000 kg Loại 1 10.000.000 đ",
        "-500.000 đ",
        "-2.000.000 đ",
        "Bên mua còn phải trả bên bán 7.500.000 đ, trong đó quá hạn 0 đ.",
        "(Ký, ghi rõ họ tên)",
        "Trang 1/",
    )
    assert [words for words in wanted if words not in paper.text] == []


def test_late_money_is_told_with_its_interest(printed):
    paper = printed(statement_of(days=37))

    # 8,000,000 đ late for 30 days at 10 %: 8,000,000 × 0.1 × 30 / 365 = 65,753.4 đ
    assert "08/07/2026 10.000.000 đ 8.000.000 đ 65.753 đ" in paper.text
    assert "trả bên bán 8.065.753 đ, trong đó quá hạn 8.000.000 đ" in paper.text


def test_the_signatures_stand_beside_the_balance_that_is_signed(printed):
    paper = printed(statement_of(days=37, deducted=500_000, paid=1_000_000))

    (signed,) = [page for page in paper.pages if "(Ký, ghi rõ họ tên)" in page]
    assert "Bên mua còn phải trả" in signed


@pytest.mark.parametrize(
    ("paid", "conclusion"),
    [
        (8_000_000, "Hai bên không còn nợ nhau."),
        (9_000_000, "Bên mua đã trả thừa 1.000.000 đ"),
    ],
)
def test_nothing_owed_and_too_much_paid_are_said_plainly(printed, paid, conclusion):
    assert conclusion in printed(statement_of(paid=paid)).text


def test_it_reads_in_english_too(printed):
    paper = printed(statement_of(), "en")

    assert "STATEMENT OF ACCOUNT" in paper.text
    assert "10,000,000 VND" in paper.text
    assert "The buyer still owes the seller 8,000,000 VND" in paper.text


def test_goods_without_a_price_are_not_called_free(printed):
    unknown = AcceptedLine(1_000, NotKnownYet("Chưa có giá tham chiếu"))

    paper = printed(statement_of(parts=(unknown,)))

    assert "chưa có giá" in paper.text
    assert "Chưa có giá: 1.000 kg" in paper.text


def test_only_a_stored_statement_carries_a_digest_and_a_code(printed):
    content = '{"schema":1}'
    digest = hashlib.sha256(content.encode()).hexdigest()
    address = f"https://cho.example.vn/xac-thuc/{digest}"

    bare = printed(statement_of())
    sealed = printed(statement_of(), sealed=Sealed(content, digest, address))

    assert bare.codes() == []
    assert sealed.codes() == [address]
    assert sealed.attached("statement.json") == content
