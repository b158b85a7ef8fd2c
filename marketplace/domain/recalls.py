"""Holds, recalls and drills of them: words, states, and what a holder answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_number


class RecallKind(StrEnum):
    """A hold keeps goods where they are until it is known more; a recall takes them back."""

    HOLD = "hold"
    RECALL = "recall"


class RecallState(StrEnum):
    """`lifting`: an officer proposed to lift it, and another one has to agree."""

    OPEN = "open"
    LIFTING = "lifting"
    CLOSED = "closed"


RECALL_STEPS = """
open    -> lifting, closed
lifting -> open, closed
closed  ->
"""
STANDING = (RecallState.OPEN, RecallState.LIFTING)


@dataclass(frozen=True)
class OpenRecall:
    """What is opened over which lots, and why; a drill blocks and moves nothing."""

    lots: tuple[str, ...]
    kind: RecallKind
    reason: str
    drill: bool = False


@dataclass(frozen=True)
class AnswerRecall:
    """What a holder found, and did with it; `note` says what else there is to know.

    `after_kg` is what had been destroyed and returned by the answer that this one
    follows, None for the first: nobody adds to an answer that has not been read.
    """

    isolated_kg: int = 0
    destroyed_kg: int = 0
    returned_kg: int = 0
    note: str = ""
    after_kg: int | None = None

    @property
    def accounted_kg(self) -> int:
        """All kilograms that were found."""
        return self.isolated_kg + self.destroyed_kg + self.returned_kg


def check_answer(command: AnswerRecall, stock_kg: int) -> None:
    """Refused: kilograms below nought, or more than the holder has in stock."""
    told = (command.isolated_kg, command.destroyed_kg, command.returned_kg)
    if min(told) < 0:
        raise Refused(N_("Số kg từ 0 trở lên"), "isolated")
    if command.accounted_kg > stock_kg:
        raise Refused(
            N_("Trong kho chỉ có %(kg)s kg hàng này"),
            "isolated",
            kg=format_number(stock_kg),
        )


def check_said(command: AnswerRecall, stock_kg: int, outside: str, note: str) -> None:
    """Refused without a note where goods in stock are not told of, or went outside.

    `outside` names who got some and keeps no lots here; `note` is what was written.
    """
    if note:
        return
    left = stock_kg - command.accounted_kg
    if left > 0:
        raise Refused(
            N_("Còn %(kg)s kg trong sổ chưa nói đến. Ghi rõ đang ở đâu."),
            "note",
            kg=format_number(left),
        )
    if outside:
        raise Refused(
            N_("Ghi đã báo %(who)s lúc nào, còn bao nhiêu kg."), "note", who=outside
        )


def share(stock: Mapping[int, int], kg: int) -> dict[int, int]:
    """Take kilograms from lots in their order, as much of each as there is.

    The caller has checked that there is enough.
    """
    taken: dict[int, int] = {}
    for lot, there in sorted(stock.items()):
        some = min(there, kg)
        if some:
            taken[lot] = some
        kg -= some
    return taken
