"""A bank transfer as a VietQR payload, from a bank account that was typed freely."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session
from vietnam_qr_pay import QRPay
from vietnam_qr_pay.constants.banks import Bank, BanksObject, VietQRStatus

from marketplace.domain.errors import N_, Refused
from marketplace.domain.text import fold
from marketplace.domain.words import Side
from marketplace.services.contract_content import content_of
from marketplace.services.signing import current_version
from models.contracts import Contract

LONGEST_TEXT = 25
"""Signs of the purpose of a transaction in an EMVCo payload."""

_NUMBER = re.compile(r"\d(?:[ .\-]?\d){5,18}")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")
_BANKS: tuple[Bank, ...] = tuple(
    bank
    for bank in BanksObject.values()
    if bank.bin and bank.viet_qr_status is not VietQRStatus.NOT_SUPPORTED
)


@dataclass(frozen=True)
class BankAccount:
    """An account that money can be sent to."""

    bank: str
    bank_bin: str
    number: str


@dataclass(frozen=True)
class Transfer:
    """What a banking app reads from the code: to whom, how much, and for what."""

    account: BankAccount
    amount_vnd: int
    text: str
    payload: str


def transfer_for(session: Session, contract: Contract, amount_vnd: int) -> Transfer:
    """The transfer of an amount to the seller of a contract.

    Refused with the reason if no bank and number can be read from the seller's
    account, or if it is another one than that of the signed words: money must not
    follow an account that changed since without the payer noticing.
    """
    typed = contract.seller.bank_account
    account = read_account(typed)
    signed = _signed_account(session, contract)
    if signed and account.number not in _numbers(signed):
        raise Refused(
            N_(
                "Tài khoản bên bán ghi bây giờ khác trong hợp đồng đã ký. Gọi hỏi bên "
                "bán trước khi chuyển"
            )
        )
    text = transfer_text(contract.number)
    code = QRPay.init_viet_qr(
        account.bank_bin, account.number, amount=str(amount_vnd), purpose=text
    )
    return Transfer(account, amount_vnd, text, code.build())


def read_account(typed: str) -> BankAccount:
    """The bank and the number in words such as "0123 456 789, Agribank Sông Mã".

    Refused where there is not exactly one of each: a guess could pay a stranger.
    """
    if not typed.strip():
        raise Refused(N_("Bên bán chưa ghi tài khoản ngân hàng"))
    banks, rest = _banks_in(_NUMBER.sub(" ", typed)), typed
    if not banks:  # the bank may stand there as its number at Napas
        banks = [bank for bank in _BANKS if re.search(rf"\b{bank.bin}\b", typed)]
        rest = re.sub(rf"\b{banks[0].bin}\b", " ", typed) if banks else typed
    numbers = _numbers(rest)
    if len(numbers) != 1:
        raise Refused(N_("Không đọc được số tài khoản của bên bán"))
    if len({bank.bin for bank in banks}) != 1:
        raise Refused(N_("Tài khoản của bên bán không ghi rõ ngân hàng nào"))
    return BankAccount(banks[0].short_name, banks[0].bin, numbers[0])


def transfer_text(number: str) -> str:
    """Words on the transfer that name the contract, in signs every bank takes."""
    plain = _NOT_PLAIN.sub(" ", fold(number)).upper()
    return f"HD {plain}"[:LONGEST_TEXT].strip()


def _numbers(typed: str) -> list[str]:
    return [re.sub(r"\D", "", found) for found in _NUMBER.findall(typed)]


def _banks_in(typed: str) -> list[Bank]:
    """The banks that are named; a name within a longer one is not one of its own."""
    text = f" {_plain(typed)} "
    found = {
        spelling: bank
        for bank in _BANKS
        for spelling in _spellings(bank)
        if f" {spelling} " in text
    }
    return [
        bank
        for spelling, bank in found.items()
        if not any(spelling != other and spelling in other for other in found)
    ]


def _spellings(bank: Bank) -> set[str]:
    names = (bank.key.value, bank.code.value, bank.short_name, bank.name)
    spelled = {_plain(name) for name in names}
    spelled.add(_plain(bank.short_name).replace(" ", ""))
    return {one for one in spelled if len(one) > 2}


def _plain(text: str) -> str:
    return _NOT_PLAIN.sub(" ", fold(text)).strip()


def _signed_account(session: Session, contract: Contract) -> str:
    """The seller's account in the words that both sides signed."""
    parties = content_of(current_version(session, contract))["parties"]
    return "".join(
        str(one.get("account") or "") for one in parties if one["side"] == Side.SELLER
    )
