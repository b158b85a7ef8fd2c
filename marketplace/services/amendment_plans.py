"""The plan of deliveries under an amendment: what may change, and how it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.errors import N_, Refused
from marketplace.domain.formats import format_number
from marketplace.services.amendment_loads import check_loads
from marketplace.services.deliveries import Planned, planned_deliveries
from marketplace.services.majeure_effects import hindrance_of
from marketplace.services.matching_asking import ask_for_matching
from marketplace.services.quantities import (
    promise_kg,
    promise_tranche,
    release_harvest,
    release_tranche,
)
from models.contracts import Contract, ContractLine, ContractVersion
from models.deliveries import DeliverySaid

Rows = Mapping[int, Mapping[str, Any]]


def may_change(planned: Planned) -> bool:
    """Whether an amendment may still touch it: some of it is still to come."""
    return planned.is_open


def settled_kg(planned: Planned) -> int:
    """What no amendment takes out of the plan: handed over, lost, or given back."""
    return planned.noted_kg + planned.gone_kg


def rows_of(content: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
    """The planned deliveries of a content by their numbers."""
    return {row["number"]: row for row in content["delivery"]["tranches"]}


def check_plan(
    session: Session,
    contract: Contract,
    rows: Rows,
    *,
    proposed_on: date,
    today: date,
    until: date,
) -> None:
    """Refused where the plan contradicts what was handed over by now, or the days.

    Asked when the amendment is proposed and at each signature: deliveries go on
    while it waits. A delivery that begins anew does so on `proposed_on` at the
    earliest.
    """
    planned = planned_deliveries(session, contract)
    told = hindrance_of(session, contract).kg
    for one in planned:
        row = rows.get(one.line.number)
        if _is_changed(one.line, row):
            _check_kg(one, row, told.get(one.line.number, 0))
            if row:
                begun = one.line.deliver_from
                _check_begin(row, one.line.number, proposed_on, begun)
                _check_days(row, one.line.number, today, until)
        elif one.line.kg and one.line.deliver_to >= until:
            raise Refused(N_("Hợp đồng phải dài hơn đợt giao cuối"), "until")
    known = {one.line.number for one in planned}
    for number, row in rows.items():
        if number not in known:
            _check_begin(row, number, proposed_on)
            _check_days(row, number, today, until)
    check_loads(session, contract, rows)


def _is_changed(line: ContractLine, row: Mapping[str, Any] | None) -> bool:
    if row is None:
        return line.kg > 0
    days = line.deliver_from.isoformat(), line.deliver_to.isoformat()
    return (line.kg, *days) != (row["kg"], row["first_day"], row["last_day"])


def _check_kg(one: Planned, row: Mapping[str, Any] | None, told_kg: int) -> None:
    """`told_kg` is what notices of force majeure that wait say of the delivery."""
    number, kg = one.line.number, row["kg"] if row else 0
    if not may_change(one):
        raise Refused(
            N_("Đợt %(number)s đã giao đủ hoặc đã bỏ, không sửa được"),
            "lines",
            number=number,
        )
    if one.noted_kg > kg:
        raise Refused(
            N_("Đợt %(number)s đã giao %(kg)s kg, không giảm xuống dưới số đó"),
            "lines",
            number=number,
            kg=format_number(one.noted_kg),
        )
    least_kg = settled_kg(one) + told_kg
    if kg < min(least_kg, one.line.kg):
        raise Refused(
            N_(
                "Đợt %(number)s: ít nhất %(kg)s kg, gồm phần đã giao, phần đã trả lại"
                " và phần báo bất khả kháng"
            ),
            "lines",
            number=number,
            kg=format_number(least_kg),
        )


def _check_begin(
    row: Mapping[str, Any], number: int, proposed_on: date, begun: date | None = None
) -> None:
    """A delivery whose days have begun may keep its first day."""
    first = date.fromisoformat(row["first_day"])
    if first < proposed_on and first != begun:
        raise Refused(N_("Đợt %(number)s: ngày đã qua"), "lines", number=number)


def _check_days(row: Mapping[str, Any], number: int, today: date, until: date) -> None:
    first, last = (date.fromisoformat(row[name]) for name in ("first_day", "last_day"))
    if first > last:
        raise Refused(
            N_("Đợt %(number)s: ngày cuối trước ngày đầu"), "lines", number=number
        )
    if last < today:
        raise Refused(N_("Đợt %(number)s: ngày đã qua"), "lines", number=number)
    if last >= until:
        raise Refused(
            N_("Đợt %(number)s: ngày giao ngoài thời hạn hợp đồng"),
            "lines",
            number=number,
        )


def apply_plan(
    session: Session,
    contract: Contract,
    version: ContractVersion,
    rows: Rows,
    *,
    now: datetime,
) -> None:
    """Make the plan that of the version, and promise or give back the kilograms.

    The caller holds the locks of harvest, contract and tranches, and has checked the
    plan. Conflict if harvest or tranche has too little left for what is added.
    """
    harvest_kg, tranches = 0, []
    for planned in planned_deliveries(session, contract):
        line, row = planned.line, rows.get(planned.line.number)
        if not _is_changed(line, row):
            continue
        more = (row["kg"] if row else 0) - line.kg
        harvest_kg += 0 if line.season else more
        tranches.append((line.tranche_id, more))
        _replan(line, row, version)
        _say_amended(session, planned, row is None, now)
    harvest_kg += sum(_add_lines(session, contract, version, rows))
    session.flush()  # the sums below are compared with the lines
    _settle(session, contract, harvest_kg, tranches)


def _replan(
    line: ContractLine, row: Mapping[str, Any] | None, version: ContractVersion
) -> None:
    line.kg = row["kg"] if row else 0
    if row:
        line.deliver_from = date.fromisoformat(row["first_day"])
        line.deliver_to = date.fromisoformat(row["last_day"])
    line.version = version.version


def _say_amended(
    session: Session, planned: Planned, dropped: bool, now: datetime
) -> None:
    """What the sides said of the former plan holds no more."""
    if not planned.words and not dropped:
        return
    position = len(planned.words)
    session.add(
        DeliverySaid(
            contract_id=planned.line.contract_id,
            line=planned.line.number,
            position=position,
            previous=position - 1 if position else None,
            word=DeliveryWord.CANCEL if dropped else DeliveryWord.AMEND,
            at=now,
        )
    )


def _add_lines(
    session: Session, contract: Contract, version: ContractVersion, rows: Rows
) -> Iterable[int]:
    """New deliveries; the kilograms that each takes of the contract's harvest."""
    known = {line.number for line in contract.lines}
    for number in sorted(set(rows) - known):
        row = rows[number]
        season = str(row.get("season", ""))
        session.add(
            ContractLine(
                contract_id=contract.id,
                number=number,
                kg=row["kg"],
                deliver_from=date.fromisoformat(row["first_day"]),
                deliver_to=date.fromisoformat(row["last_day"]),
                version=version.version,
                season=season,
            )
        )
        yield 0 if season else row["kg"]


def _settle(
    session: Session,
    contract: Contract,
    harvest_kg: int,
    tranches: Sequence[tuple[int | None, int]],
) -> None:
    if contract.harvest_id is not None and harvest_kg > 0:
        promise_kg(session, contract.harvest_id, harvest_kg)
    elif contract.harvest_id is not None and harvest_kg < 0:
        release_harvest(session, contract.harvest_id, -harvest_kg)
    for tranche_id, more in sorted(tranches, key=lambda pair: pair[0] or 0):
        if tranche_id is not None and more > 0:
            promise_tranche(session, tranche_id, more)
        elif tranche_id is not None and more < 0:
            release_tranche(session, tranche_id, -more)
    if any(more < 0 for _, more in tranches):
        ask_for_matching(session, harvest_id=contract.harvest_id)
        ask_for_matching(session, offer_id=contract.offer_id)
