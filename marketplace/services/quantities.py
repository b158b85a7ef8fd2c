"""Kilograms promised of a harvest or a tranche, and given back.

Each is one conditional UPDATE with a CHECK behind it, so that no interleaving of
transactions promises a kilogram twice. Lock harvests before tranches, and each
kind by ascending id.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CursorResult, Update, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from marketplace.domain.errors import N_, Conflict
from marketplace.domain.formats import format_number
from marketplace.domain.words import HarvestState
from models.harvests import Harvest
from models.offers import Tranche

TOO_LITTLE = N_("Vụ thu hoạch không còn đủ %(kg)s kg")
TOO_MUCH = N_("Đợt giao không còn cần đủ %(kg)s kg")
NOT_PROMISED = N_("Số kg trả lại nhiều hơn số đã hứa")


def promise_kg(session: Session, harvest_id: int, kg: int) -> None:
    """Promise kilograms of an open harvest.

    Conflict if less is left, or if a revision fell below what is promised.
    """
    _check_positive(kg)
    changed = _change(
        session,
        update(Harvest)
        .where(
            Harvest.id == harvest_id,
            Harvest.state == HarvestState.OPEN,
            Harvest.over_promised.is_(False),
            Harvest.promised_kg + kg <= Harvest.limit_kg,
        )
        .values(promised_kg=Harvest.promised_kg + kg),
    )
    if not changed:
        raise Conflict(TOO_LITTLE, kg=format_number(kg))
    _forget(session, Harvest, harvest_id, ["promised_kg"])


def release_harvest(session: Session, harvest_id: int, kg: int) -> None:
    """Give kilograms back to a harvest, whatever its state is by now."""
    _check_positive(kg)
    left = Harvest.promised_kg - kg
    changed = _change(
        session,
        update(Harvest)
        .where(Harvest.id == harvest_id, left >= 0)
        .values(promised_kg=left, over_promised=left > Harvest.limit_kg),
    )
    if not changed:
        raise Conflict(NOT_PROMISED)
    _forget(session, Harvest, harvest_id, ["promised_kg", "over_promised"])


def promise_tranche(session: Session, tranche_id: int, kg: int) -> None:
    """Promise kilograms to a delivery; Conflict if it needs less than that."""
    _check_positive(kg)
    changed = _change(
        session,
        update(Tranche)
        .where(
            Tranche.id == tranche_id,
            Tranche.dropped.is_(False),
            Tranche.promised_kg + kg <= Tranche.kg,
        )
        .values(promised_kg=Tranche.promised_kg + kg),
    )
    if not changed:
        raise Conflict(TOO_MUCH, kg=format_number(kg))
    _forget(session, Tranche, tranche_id, ["promised_kg"])


def release_tranche(session: Session, tranche_id: int, kg: int) -> None:
    """Give kilograms back to a delivery, also to one dropped since."""
    _check_positive(kg)
    left = Tranche.promised_kg - kg
    changed = _change(
        session,
        update(Tranche)
        .where(Tranche.id == tranche_id, left >= 0)
        .values(promised_kg=left),
    )
    if not changed:
        raise Conflict(NOT_PROMISED)
    _forget(session, Tranche, tranche_id, ["promised_kg"])


def _check_positive(kg: int) -> None:
    if kg <= 0:
        raise ValueError(f"{kg} kg can be neither promised nor given back")


def _change(session: Session, statement: Update) -> bool:
    """Whether the one row met the condition at the moment of writing."""
    result: Any = session.execute(
        statement, execution_options={"synchronize_session": False}
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _forget(session: Session, table: type[Any], id_: int, columns: list[str]) -> None:
    """What the session remembers of these columns is older than the row."""
    known = session.identity_map.get(identity_key(table, id_))
    if known is not None:
        session.expire(known, columns)
