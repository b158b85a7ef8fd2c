"""What an issued statement of account says: sums and lines, in one spelling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.settlement import Statement
from marketplace.domain.settlement_debts import SettledDebt
from marketplace.domain.settlement_lines import LineKind
from marketplace.services.season_papers import told_by_season
from marketplace.services.signing import current_version
from models.contracts import Contract

LANGS = ("vi", "en")
KILOGRAMS = ("promised_kg", "delivered_kg", "accepted_kg", "rejected_kg", "unpriced_kg")
SUMS = ("owed_vnd", "covered_vnd", "overdue_vnd")
# A message of the domain, what fills it, and the language to say it in.
Say = Callable[[str, Mapping[str, object], str], str]


def statement_content(
    session: Session, contract: Contract, statements: Mapping[str, Statement], say: Say
) -> dict[str, Any]:
    """The account in whole đồng; `statements` are one account, by language.

    A line keeps its words in both languages, so that neither a new wording nor a
    later delivery changes what was issued.
    """
    one = statements["vi"]
    totals = one.totals
    return {
        "contract": contract.number,
        "contract_id": contract.public_id,
        "signed_digest": current_version(session, contract).digest,
        "as_of": one.today,
        "provisional": one.provisional,
        "kg": {name: getattr(totals, name) for name in KILOGRAMS},
        "vnd": {
            **{name: getattr(totals, name) for name in SUMS},
            "balance_vnd": one.balance_vnd,
        },
        "lines": _lines(statements, say),
        "debts": [_debt(debt) for debt in one.debts],
        **told_by_season(session, contract, as_of=one.today),
    }


def _lines(statements: Mapping[str, Statement], say: Say) -> list[dict[str, Any]]:
    spoken = [
        [say(line.message, line.params, lang) for line in statements[lang].lines]
        for lang in LANGS
    ]
    return [
        {
            "day": line.day,
            "kind": line.kind,
            "vi": vi,
            "en": en,
            "vnd": None if line.kind is LineKind.UNPRICED else line.signed_vnd,
        }
        for line, vi, en in zip(statements["vi"].lines, *spoken, strict=True)
    ]


def _debt(one: SettledDebt) -> dict[str, Any]:
    return {
        "due_on": one.debt.due_on,
        "principal_vnd": one.debt.principal_vnd,
        "open_vnd": one.open_principal_vnd,
        "interest_vnd": one.open_interest_vnd,
    }
