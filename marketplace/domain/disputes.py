"""A disputed finding: what can be said of it, and what an agreement makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from marketplace.domain.commands_deliveries import Part
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_number
from marketplace.domain.words_delivery import Outcome


class ClaimWord(StrEnum):
    """What can be said in a claim."""

    RAISE = "raise"
    SAY = "say"
    OFFER = "offer"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    CALL_OFFICER = "call_officer"
    DECIDE = "decide"


@dataclass(frozen=True)
class Offered:
    """What would settle a claim: kilograms accepted of the whole load, and the
    deduction in đồng a kilogram on those that the finding had turned away or
    had taken at less."""

    accepted_kg: int
    deduction_vnd: int = 0


def settle_parts(parts: Sequence[Part], offered: Offered, reason: str) -> list[Part]:
    """The finding anew under an offer; the kilograms of the load stay the same.

    What nobody disputed is accepted first, as it was; of the rest as much as is
    offered, at the offered deduction; what is left is turned away. Refused if
    more is offered than the load weighs.
    """
    total = sum(part.kg for part in parts)
    if not 0 <= offered.accepted_kg <= total or offered.deduction_vnd < 0:
        raise Refused(
            N_("Nhập từ 0 đến %(kg)s kg"), "accepted_kg", kg=format_number(total)
        )
    left = offered.accepted_kg
    settled: list[Part] = []
    for part in sorted(parts, key=_disputed):
        taken = min(part.kg, left)
        left -= taken
        settled += _split(part, taken, offered.deduction_vnd, reason)
    return settled


def _disputed(part: Part) -> bool:
    return part.outcome is Outcome.REJECTED or part.deduction_vnd > 0


def _split(part: Part, taken: int, deduction_vnd: int, reason: str) -> list[Part]:
    found: list[Part] = []
    if taken:
        found.append(
            replace(
                part,
                kg=taken,
                outcome=Outcome.ACCEPTED,
                deduction_vnd=deduction_vnd if _disputed(part) else 0,
                reason=reason if _disputed(part) else part.reason,
            )
        )
    if taken < part.kg:
        found.append(
            replace(
                part,
                kg=part.kg - taken,
                outcome=Outcome.REJECTED,
                deduction_vnd=0,
                reason=part.reason or reason,
            )
        )
    return found
