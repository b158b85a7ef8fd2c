"""What the deliveries of a standing agreement hold now, and how it adds up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.domain.call_offs import CallOffState
from marketplace.services.call_off_frames import source_of, waiting_kg
from marketplace.services.deliveries import planned_deliveries
from models.call_offs import CallOffFrame


@dataclass(frozen=True)
class FrameSums:
    """Kilograms of the frame's delivery and of those that its calls made of it.

    `called_kg` is what the called deliveries hold after amendments and losses,
    `total_kg` what the plan in force has of all of them.
    """

    called_kg: int
    waiting_kg: int
    left_kg: int
    total_kg: int

    @property
    def other_kg(self) -> int:
        """Lost, given back, or handed over without a call."""
        return max(0, self.total_kg - self.called_kg - self.waiting_kg - self.left_kg)


def sums_of_frame(session: Session, frame: CallOffFrame, today: date) -> FrameSums:
    """What was called, what waits, what is left, and what they are part of."""
    called = {
        call.delivery_line
        for call in frame.calls
        if call.state is CallOffState.CONFIRMED
    }
    planned = [
        one
        for one in planned_deliveries(session, frame.contract)
        if one.line.number in called | {frame.line}
    ]
    return FrameSums(
        sum(
            max(0, one.line.kg - one.gone_kg)
            for one in planned
            if one.line.number in called
        ),
        waiting_kg(frame),
        source_of(session, frame, today).left_kg,
        sum(one.line.kg for one in planned),
    )
