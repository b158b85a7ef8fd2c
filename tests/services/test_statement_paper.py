"""A statement of account on paper says what the statement says."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from marketplace.domain.authenticity import RecordKind, Standing
from marketplace.domain.canonical import canonical_bytes, digest_of, digest_of_text
from marketplace.domain.errors import NotFound, Refused
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
from marketplace.domain.words import PriceMode, Side
from marketplace.services.authenticity import find_genuine
from marketplace.services.issued_statements import (
    get_issued,
    issue_statement,
    list_issued,
)
from marketplace.services.statement_content import statement_content
from marketplace.services.statement_pdf import statement_pdf
from marketplace.web.statement_papers import said_in
from models.statements import IssuedStatement
from tests.acting import Acted
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.printed import Printed

pytestmark = pytest.mark.databases("sqlite")
ADDRESS = "https://cho.example.vn/xac-thuc/" + "ab" * 32
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
def printed(app, session, contract):
    """The statement as a reader meets it; the words are those of a request."""

    def show(statement, lang="vi", **more):
        said = dict.fromkeys(("vi", "en"), statement)
        with app.test_request_context():
            content = statement_content(session, contract, said, said_in)
        content |= {"issued_by": "seller", "number": 3, "at": NOW}
        issued = IssuedStatement(
            contract=contract,
            number=3,
            side=Side.SELLER,
            as_of=statement.today,
            content=canonical_bytes(content).decode(),
            digest=digest_of(content),
            at=NOW,
        )
        return Printed(statement_pdf(issued, lang, ADDRESS, **more))

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


def test_a_newer_paper_is_told_on_the_old_one(printed):
    assert "MỚI HƠN" in printed(statement_of(), replaced=True).text
    assert "MỚI HƠN" not in printed(statement_of()).text


# --- issued ----------------------------------------------------------------------


@pytest.fixture
def acted(session, make):
    """A contract under which 4,000 kg were delivered."""
    acted = Acted(session, make)
    acted.delivered(4_000)
    return acted


@pytest.fixture
def issue(app, acted):
    def act(who, day=3):
        at = {"today": TODAY + timedelta(days=day), "now": NOW + timedelta(days=day)}
        with app.test_request_context():
            number = acted.contract.public_id
            return issue_statement(acted.session, who, number, said_in, **at)

    return act


def test_what_was_issued_is_printed_again_whatever_has_happened_since(acted, issue):
    issued = issue(acted.seller)
    before = statement_pdf(issued, "vi", ADDRESS)
    acted.paid(1_000_000, day=4)

    found = get_issued(acted.session, acted.contract, 1)
    paper = Printed(statement_pdf(found, "vi", ADDRESS))

    assert paper.pdf == before
    assert paper.attached("statement.json") == issued.content
    assert paper.codes() == [ADDRESS]
    wanted = ("Số: 01/ĐCCN", acted.contract.seller.name.upper(), "58.000.000 đ")
    assert [words for words in wanted if words not in paper.text] == []


def test_each_side_issues_its_own_and_the_same_again_is_the_same_paper(acted, issue):
    first, again, other = issue(acted.seller), issue(acted.seller), issue(acted.buyer)
    acted.paid(1_000_000, day=3)
    changed = issue(acted.seller)

    assert again is first
    issued = list_issued(acted.session, acted.contract)
    assert issued == [changed, other, first]
    assert [one.side for one in issued] == [Side.SELLER, Side.BUYER, Side.SELLER]
    assert len({one.digest for one in issued}) == 3
    assert all(digest_of_text(one.content) == one.digest for one in issued)


def test_the_digest_alone_tells_that_it_is_genuine_and_whether_it_is_the_newest(
    acted, issue
):
    first = issue(acted.seller)
    record = find_genuine(acted.session, first.digest)

    assert (record.kind, record.standing) == (RecordKind.STATEMENT, Standing.ISSUED)
    assert record.final_at == NOW + timedelta(days=3)
    issue(acted.buyer)
    assert find_genuine(acted.session, first.digest).standing is Standing.REPLACED


def test_nothing_is_issued_by_strangers_or_before_the_signatures(
    session, make, acted, issue
):
    with pytest.raises(NotFound):
        issue(make.member())
    with pytest.raises(NotFound):
        get_issued(session, acted.contract, 1)

    drawn = Deals(session, make).drawn()
    who = Deals(session, make).actor(drawn, Side.SELLER)
    with pytest.raises(Refused, match="chưa ký"):
        issue_statement(session, who, drawn.public_id, said_in, today=TODAY, now=NOW)
