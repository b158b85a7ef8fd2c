"""Numbers that may be recorded, but that nobody records without looking twice."""

from __future__ import annotations

from marketplace.domain.commands_accounts import RecordEntry
from marketplace.domain.commands_deliveries import WriteNote
from marketplace.domain.errors import N_
from marketplace.domain.findings import Finding
from marketplace.domain.formats import format_kg, format_vnd
from marketplace.domain.words import Severity
from marketplace.domain.words_delivery import EntryKind

TIMES_THE_LOAD = 2


def doubt_payment(command: RecordEntry, owed_vnd: int, ahead_vnd: int) -> list[Finding]:
    """Money or inputs beyond what is owed now, or may be with goods still to come.

    `owed_vnd` is to be paid today, `ahead_vnd` what the rest of the contract would
    pay at its price. A payment ahead is possible, so it is asked about, not refused.
    """
    if command.kind is EntryKind.PAYMENT:
        most, message = owed_vnd, N_("Nhiều hơn số còn nợ: %(most)s. Vẫn ghi?")
    elif command.kind in (EntryKind.DEPOSIT, EntryKind.INPUT):
        most = owed_vnd + ahead_vnd
        message = N_("Nhiều hơn số còn phải trả cả hợp đồng: %(most)s. Vẫn ghi?")
    else:
        return []  # penalties and refunds have bounds that refuse
    if command.amount_vnd <= most:
        return []
    params = {"most": format_vnd(most)}
    return [Finding("CT-17", Severity.WARNING, message, params, "amount")]


def doubt_weights(command: WriteNote, open_kg: int) -> list[Finding]:
    """A note of more than twice what is left of its planned delivery."""
    if command.net_kg <= TIMES_THE_LOAD * max(open_kg, 1):
        return []
    message = N_("Phiếu ghi %(kg)s, đợt này chỉ còn %(left)s. Vẫn ghi?")
    params = {"kg": format_kg(command.net_kg), "left": format_kg(max(open_kg, 0))}
    return [Finding("CT-18", Severity.WARNING, message, params, "lots")]
