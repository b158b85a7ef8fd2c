"""The closing record as a court would read it, and what its digest tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from marketplace.domain.authenticity import RecordKind, Standing
from marketplace.domain.canonical import digest_of_text
from marketplace.domain.commands_accounts import RecordEntry
from marketplace.domain.commands_deliveries import Part
from marketplace.domain.majeure import Hindered
from marketplace.domain.words import ContractState, Side
from marketplace.domain.words_delivery import (
    EntryKind,
    EntryMethod,
    EntryState,
    Outcome,
)
from marketplace.services.accounts import answer_entry, record_entry
from marketplace.services.authenticity import find_genuine
from marketplace.services.closing_pdf import closing_pdf
from marketplace.services.closings import closing_of, closing_paper, confirm_closing
from marketplace.services.contract_endings import end_over
from marketplace.services.invariants_contracts import CHECKS_OF_CONTRACTS
from marketplace.services.majeure_answers import acknowledge_notice
from models.contracts import Contract
from models.guards import drop_statements
from tests.acting import Acted
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.majeure_rows import told
from tests.printed import Printed

SPOILT = Part(360, Outcome.REJECTED, reason="Dập")
LATE = 300


@pytest.fixture
def acted(session, make):
    """Delivered with 3 % turned away, partly paid, and past its last day."""
    acted = Acted(session, make)
    acted.delivered(12_000, Part(11_640), SPOILT)
    acted.paid(100_000_000, day=2)
    acted.paid(20_000_000, day=2, kind=EntryKind.DEPOSIT)
    end_over(session, **at((acted.contract.effective_to - TODAY).days))
    return acted


def at(day):
    return {"today": TODAY + timedelta(days=day), "now": NOW + timedelta(days=day)}


def confirm(acted, who, day=LATE):
    today = at(day)["today"]
    digest = closing_of(acted.session, acted.contract, today=today).digest
    confirm_closing(acted.session, who, acted.contract.public_id, digest, **at(day))


def printed(acted, lang="vi"):
    rows = closing_paper(acted.session, acted.contract)
    address = f"https://cho.example.vn/xac-thuc/{rows[0].digest}"
    return Printed(closing_pdf(rows, lang, address)), rows


def missing(paper, *wanted):
    return [words for words in wanted if words not in paper.text]


@pytest.mark.databases("sqlite")
def test_it_says_how_the_contract_ended_in_kilograms_and_dong(acted):
    confirm(acted, acted.seller)
    confirm(acted, acted.buyer)

    paper, rows = printed(acted)

    contract = acted.contract
    assert not missing(
        paper,
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "BIÊN BẢN THANH LÝ HỢP ĐỒNG",
        f"Hợp đồng số {contract.number}",
        contract.seller.name,
        contract.buyer.name,
        "Kết quả: Hết hạn",
        "Đã giao: 12.000 kg",
        "Bị loại: 360 kg",
        "Thực hiện: 97%",
        "Tiền hàng 168.780.000 đ",
        "Đã trả -100.000.000 đ",
        "Trả tiền hàng Bên mua 100.000.000 đ",
        "Đặt cọc, tạm ứng Bên mua 20.000.000 đ",
        "Bên mua còn phải trả bên bán",
        "Đã xác nhận điện tử",
        "Trang 1/",
    )
    assert all(row.user.name in paper.text for row in rows)
    assert "CHƯA ĐỦ" not in paper.text
    assert paper.codes() == [f"https://cho.example.vn/xac-thuc/{rows[0].digest}"]
    assert digest_of_text(paper.attached("closing.json")) == rows[0].digest
    assert printed(acted)[0].pdf == paper.pdf


@pytest.mark.databases("sqlite")
def test_force_majeure_and_a_refund_stand_on_the_paper(session, make):
    acted = Acted(session, make)
    public_id = acted.contract.public_id
    told(session, acted.seller, acted.contract, Hindered(1, 2_000))
    acknowledge_notice(session, acted.buyer, public_id, 1, now=NOW)
    acted.delivered(10_000)
    acted.paid(150_000_000)
    refund = RecordEntry(EntryKind.REFUND, 5_000_000, TODAY, EntryMethod.CASH)
    entry = record_entry(session, acted.seller, public_id, refund, **at(0)).public_id
    confirmed = EntryState.CONFIRMED
    answer_entry(session, acted.buyer, public_id, entry, confirmed, now=NOW)
    end_over(session, **at((acted.contract.effective_to - TODAY).days))
    confirm(acted, acted.seller)
    confirm(acted, acted.buyer)

    paper, _rows = printed(acted)

    assert acted.contract.state is ContractState.CLOSED
    assert not missing(
        paper,
        "BẤT KHẢ KHÁNG",
        "Mưa lũ, ngập, sạt lở",
        "2.000 kg",
        "Bên kia ghi nhận",
        "Bên bán hoàn lại",
        "Hoàn tiền trả thừa",
    )


@pytest.mark.databases("sqlite")
def test_it_reads_in_english_too(acted):
    confirm(acted, acted.seller)
    confirm(acted, acted.buyer)

    paper, _ = printed(acted, "en")

    wanted = ("RECORD OF CONTRACT CLOSING", "Outcome: Expired", "12,000 kg")
    assert not missing(paper, *wanted, "The buyer still owes the seller")


@pytest.mark.databases("sqlite")
def test_before_the_second_confirmation_it_says_so_and_binds_nobody(acted):
    assert closing_paper(acted.session, acted.contract) == []
    confirm(acted, acted.seller)

    paper, rows = printed(acted)

    assert "CHƯA ĐỦ HAI BÊN XÁC NHẬN" in paper.text
    record = find_genuine(acted.session, rows[0].digest)
    assert (record.kind, record.standing) == (RecordKind.CLOSING, Standing.PENDING)
    assert record.final_at is None


def test_what_both_confirmed_is_in_force_and_what_was_overtaken_is_void(acted):
    session = acted.session
    confirm(acted, acted.seller)
    (first,) = closing_paper(session, acted.contract)
    acted.paid(1_000_000, day=LATE)
    confirm(acted, acted.buyer, day=LATE + 1)
    confirm(acted, acted.seller, day=LATE + 2)

    last = closing_paper(session, acted.contract)[0]

    assert find_genuine(session, first.digest).standing is Standing.VOID
    record = find_genuine(session, last.digest)
    assert record.standing is Standing.IN_FORCE
    assert record.final_at == at(LATE + 2)["now"]


def closed_by_hand(session, contract):
    session.execute(
        sa.update(Contract).where(Contract.id == contract.id).values(state="closed")
    )


def test_the_database_closes_nothing_without_both_over_the_same_words(session, make):
    deals = Deals(session, make)
    contract = deals.in_force()
    moved = sa.update(Contract).where(Contract.id == contract.id)
    session.execute(moved.values(state="fulfilled"))
    for side in Side:
        guard = pytest.raises(DBAPIError, match="tr_contracts_both_closed")
        with guard, session.begin_nested():
            closed_by_hand(session, contract)
        deals.closing(contract, side)

    closed_by_hand(session, contract)
    session.refresh(contract)

    assert contract.state is ContractState.CLOSED


def test_the_nightly_check_finds_a_closing_without_its_confirmations(session, make):
    contract = Deals(session, make).in_force()
    for guard in drop_statements(session.get_bind().dialect.name, ["contracts"]):
        session.connection().exec_driver_sql(guard)
    closed_by_hand(session, contract)

    found = [one for check in CHECKS_OF_CONTRACTS for one in check(session)]

    wanted = "a closed contract has both confirmations over one digest"
    assert [one.subject for one in found if one.rule == wanted] == [contract.public_id]
