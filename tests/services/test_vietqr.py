"""The code of a transfer: the right account, amount and words, or no code at all."""

from __future__ import annotations

import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vietnam_qr_pay import QRPay

from marketplace.domain.errors import Refused
from marketplace.services.vietqr import (
    LONGEST_TEXT,
    read_account,
    transfer_for,
    transfer_text,
)
from tests.acting import Acted


@pytest.mark.parametrize(
    ("typed", "bank_bin", "number"),
    [
        ("7910201001234 Agribank Sông Mã", "970405", "7910201001234"),
        ("Vietcombank 0123 456 789", "970436", "0123456789"),
        ("0123.456.789, VCB Sơn La", "970436", "0123456789"),
        ("STK 19031234567890 Techcombank", "970407", "19031234567890"),
        ("MB Bank: 0912345678", "970422", "0912345678"),
        ("Ngân hàng TMCP Đầu tư và Phát triển Việt Nam 41310000123", "970418",
         "41310000123"),
        ("CAKE by VPBank 0912345678", "546034", "0912345678"),
        ("970405 7910201001234", "970405", "7910201001234"),
    ],
)  # fmt: skip
def test_bank_and_number_are_read_from_what_people_type(typed, bank_bin, number):
    account = read_account(typed)

    assert (account.bank_bin, account.number) == (bank_bin, number)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "chưa ghi tài khoản"),
        ("   ", "chưa ghi tài khoản"),
        ("5599 0000 0001", "ngân hàng nào"),
        ("Agribank Sông Mã", "số tài khoản"),
        ("0123456789 và 9876543210 Agribank", "số tài khoản"),
        ("0123456789 Agribank hoặc BIDV", "ngân hàng nào"),
        ("0123456789 Quỹ tín dụng Chiềng Khoong", "ngân hàng nào"),
    ],
)
def test_where_one_of_them_is_not_clear_there_is_no_code(typed, why):
    with pytest.raises(Refused, match=why):
        read_account(typed)


def fields_of(payload):
    """Tag, length, value, as EMVCo lays them out."""
    found = {}
    while payload:
        tag, size = payload[:2], int(payload[2:4])
        found[tag], payload = payload[4 : 4 + size], payload[4 + size :]
    return found


@pytest.fixture
def acted(session, make):
    acted = Acted(session, make)
    signed = acted.contract.seller.bank_account
    acted.contract.seller.bank_account = f"{signed} Agribank Sông Mã"
    return acted


def test_the_payload_says_whom_how_much_and_for_what(session, acted):
    transfer = transfer_for(session, acted.contract, 14_500_000)

    fields = fields_of(transfer.payload)
    to = fields_of(fields["38"])
    account = acted.contract.seller.bank_account.split()[0]
    assert (fields["00"], fields["01"]) == ("01", "12")
    assert (to["00"], to["02"]) == ("A000000727", "QRIBFTTA")
    assert fields_of(to["01"]) == {"00": "970405", "01": account}
    assert (fields["53"], fields["54"], fields["58"]) == ("704", "14500000", "VN")
    assert fields_of(fields["62"])["08"] == transfer.text
    assert transfer.text.startswith("HD 01 2026 HDLK")


def test_the_check_sum_is_that_of_the_standard(session, acted):
    payload = transfer_for(session, acted.contract, 1).payload

    told, check = payload[:-4], payload[-4:]
    assert told.endswith("6304")
    assert f"{binascii.crc_hqx(told.encode(), 0xFFFF):04X}" == check
    assert QRPay(payload).is_valid
    assert not QRPay(payload.replace("970405", "970436")).is_valid


def test_money_does_not_follow_an_account_that_changed_since_the_signature(
    session, acted
):
    acted.contract.seller.bank_account = "0999999999999 Agribank"

    with pytest.raises(Refused, match="khác trong hợp đồng đã ký"):
        transfer_for(session, acted.contract, 1)


@given(st.text(max_size=64))
def test_the_words_of_a_transfer_fit_every_bank(number):
    text = transfer_text(number)

    assert len(text) <= LONGEST_TEXT
    assert all(c.isascii() and (c.isalnum() or c == " ") for c in text)
