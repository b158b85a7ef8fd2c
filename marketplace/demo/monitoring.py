"""How chains were monitored: visits, samples, faults that were mended, and cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from marketplace.demo.chain_plan import NO_BUYER
from marketplace.demo.cooperatives import BAO_MINH, TOAN_THANG
from marketplace.demo.diary import Diary, World
from marketplace.demo.monitoring_words import ABOUT, LABORATORY, MENDED
from marketplace.demo.people import OFFICER, SECOND_OFFICER
from marketplace.domain.monitoring import (
    CheckPoint,
    DoCheck,
    FindingSeverity,
    Measured,
    PlanAction,
    PointAnswer,
    SampleAnalysed,
    Seen,
    TakeSample,
)
from marketplace.domain.monitoring_cases import CaseGround, Conclude, OpenCase
from marketplace.domain.words import ChainKind
from marketplace.services.corrective_actions import plan_action
from marketplace.services.monitoring_cases import (
    activate_case,
    answer_case,
    open_case,
)
from marketplace.services.monitoring_checks import do_check, plan_check
from marketplace.services.monitoring_decisions import (
    close_case,
    conclude_case,
    decide_case,
)
from marketplace.services.monitoring_findings import (
    accept_correction,
    answer_finding,
)
from marketplace.services.monitoring_samples import record_analysis, take_sample
from models.chains import Chain
from models.monitoring import Nonconformity, SampleTest

AGAIN = timedelta(days=350)
FAULT = {CheckPoint.RECORDS: "Sổ ghi phun thuốc thiếu ba tuần cuối"}


def look_at(world: World, chain_id: str, kinds: Sequence[str], day: date) -> None:
    """A sample is taken and analysed, or the chain is visited; all is well."""
    if "sample" in kinds:
        _analyse(world, chain_id, _take(world, chain_id, day), "0.05", day)
    if "post_check" in kinds:
        _visit(world, chain_id, {}, day)


def note_monitoring(world: World, diary: Diary) -> None:
    """What officers looked into in the last weeks, and what still waits."""

    def note(ago: int, lead: str, deed: Callable[..., object]) -> None:
        def live(day: date) -> None:
            deed(world, _chain(world, lead), day)

        diary.note(world.day(ago), live)

    note(40, BAO_MINH, _faulty)
    note(30, BAO_MINH, _mend)
    note(28, BAO_MINH, _close_fault)
    note(16, "Nhãn Vàng", _take_from)
    note(12, NO_BUYER.lead, _fail)
    note(6, TOAN_THANG, _faulty)
    note(5, TOAN_THANG, _promise)
    note(4, NO_BUYER.lead, _mend)
    note(2, "Bờ Sông", _plan)
    for lead, ground, first, story in CASES:
        note(first, lead, partial(_open, ground=ground))
        for ago, deed in story:
            note(ago, lead, deed)


def _chain(world: World, lead: str) -> Chain:
    """The safe chain that a lead was the first to apply for."""
    found = world.session.scalars(
        select(Chain)
        .where(
            Chain.kind == ChainKind.SAFE_SUPPLY,
            Chain.lead_id == world.organisations[lead].id,
        )
        .order_by(Chain.id)
    ).first()
    assert found is not None, lead
    return found


def _faulty(world: World, chain: Chain, day: date) -> None:
    _visit(world, chain.public_id, FAULT, day)


def _visit(
    world: World, chain_id: str, faults: dict[CheckPoint, str], day: date
) -> None:
    session, who, now = world.session, world.actors[OFFICER.email], world.at(day)
    check = plan_check(session, who, chain_id, day, today=day, now=now)
    seen = tuple(
        Seen(
            point,
            PointAnswer.MINOR if point in faults else PointAnswer.FINE,
            faults.get(point, ""),
        )
        for point in CheckPoint
    )
    said = "Kiểm tra tại vườn và nơi sơ chế: đạt"
    if faults:
        said = "Đạt, còn một lỗi nhẹ về sổ ghi chép"
    command = DoCheck(seen, said, day + AGAIN)
    do_check(session, who, chain_id, check.number, command, today=day, now=now)


def _take(world: World, chain_id: str, day: date) -> int:
    session, who, now = world.session, world.actors[OFFICER.email], world.at(day)
    chain = session.scalars(select(Chain).where(Chain.public_id == chain_id)).one()
    product = chain.contracts[0].contract.product_id
    command = TakeSample(
        f"SM-{day:%y%m%d}", product, f"Lô thu ngày {day:%d/%m}", LABORATORY
    )
    return take_sample(session, who, chain_id, command, today=day, now=now).number


def _take_from(world: World, chain: Chain, day: date) -> None:
    _take(world, chain.public_id, day)


def _analyse(
    world: World, chain_id: str, number: int, carbendazim: str, day: date
) -> SampleTest:
    session, who, now = world.session, world.actors[OFFICER.email], world.at(day)
    measured = (
        Measured("Carbendazim", Decimal(carbendazim), Decimal("0.5")),
        Measured("Cypermethrin", Decimal("0.1"), Decimal(2)),
    )
    answer = SampleAnalysed(measured, f"PKN {day:%y}/{day:%m%d}")
    return record_analysis(session, who, chain_id, number, answer, today=day, now=now)


def _fail(world: World, chain: Chain, day: date) -> None:
    _analyse(world, chain.public_id, _take(world, chain.public_id, day), "0.8", day)


def _plan(world: World, chain: Chain, day: date) -> None:
    session, who, now = world.session, world.actors[OFFICER.email], world.at(day)
    ahead, words = day + timedelta(days=5), "Chuẩn bị sổ ghi chép và giấy tờ lô hàng"
    plan_check(session, who, chain.public_id, ahead, words, today=day, now=now)


def _last_fault(world: World, chain: Chain) -> int:
    wanted = select(Nonconformity.number).where(Nonconformity.chain_id == chain.id)
    number = world.session.scalars(wanted.order_by(Nonconformity.id.desc())).first()
    assert number is not None
    return number


def _mend(world: World, chain: Chain, day: date) -> None:
    said = MENDED[chain.lead.short_name == NO_BUYER.lead]
    who, number = world.actors[chain.lead.short_name], _last_fault(world, chain)
    session, now = world.session, world.at(day)
    answer_finding(session, who, chain.public_id, number, said, now=now)


def _promise(world: World, chain: Chain, day: date) -> None:
    """What the lead would do within three days, and has not done."""
    said = "Cử một người ghi sổ mỗi tối, gửi ảnh sổ cho cán bộ"
    command = PlanAction(said, "Tổ trưởng tổ ghi chép", day + timedelta(days=3))
    who, number = world.actors[chain.lead.short_name], _last_fault(world, chain)
    session, now = world.session, world.at(day)
    plan_action(session, who, chain.public_id, number, command, today=day, now=now)


def _close_fault(world: World, chain: Chain, day: date) -> None:
    session, who = world.session, world.actors[SECOND_OFFICER.email]
    number, now = _last_fault(world, chain), world.at(day)
    accept_correction(session, who, chain.public_id, number, today=day, now=now)


def _open(world: World, chain: Chain, day: date, *, ground: CaseGround) -> None:
    session, who, now = world.session, world.actors[OFFICER.email], world.at(day)
    command = OpenCase(ground, *ABOUT[ground])
    open_case(session, who, chain.public_id, command, today=day, now=now)


def _ask(world: World, chain: Chain, day: date) -> None:
    session, who, now = world.session, world.actors[OFFICER.email], world.at(day)
    activate_case(session, who, chain.public_id, 1, today=day, now=now)


def _answer(world: World, chain: Chain, day: date) -> None:
    session, who, now = (
        world.session,
        world.actors[chain.lead.short_name],
        world.at(day),
    )
    said = "Hàng ngoài hợp đồng là của hộ không tham gia chuỗi, có danh sách kèm theo"
    answer_case(session, who, chain.public_id, 1, said, today=day, now=now)


def _conclude(
    world: World, chain: Chain, day: date, *, severity: FindingSeverity | None
) -> None:
    session, who, now = world.session, world.actors[OFFICER.email], world.at(day)
    command = Conclude(None, "Đã đối chiếu danh sách hộ, không có lỗi của chuỗi")
    if severity:
        said, do = "Hai hộ trong chuỗi có bán ngoài", "Nhắc hai hộ và báo lại sản lượng"
        command = Conclude(severity, said, do)
    conclude_case(session, who, chain.public_id, 1, command, today=day, now=now)


def _decide(world: World, chain: Chain, day: date) -> None:
    session, who = world.session, world.actors[SECOND_OFFICER.email]
    decide_case(session, who, chain.public_id, 1, today=day, now=world.at(day))


def _close_case(world: World, chain: Chain, day: date) -> None:
    session, who = world.session, world.actors[SECOND_OFFICER.email]
    close_case(session, who, chain.public_id, 1, today=day, now=world.at(day))


_NOTHING = partial(_conclude, severity=None)
_MINOR = partial(_conclude, severity=FindingSeverity.MINOR)
# Lead, ground, when it was opened, and what followed so many days ago.
CASES: tuple[
    tuple[str, CaseGround, int, tuple[tuple[int, Callable[..., object]], ...]], ...
] = (
    (
        "Biên Xanh",
        CaseGround.REPORT,
        20,
        ((19, _ask), (15, _answer), (12, _NOTHING), (11, _decide), (10, _close_case)),
    ),
    ("Đồi Thơm", CaseGround.REPORT, 15, ((14, _ask), (9, _answer), (3, _MINOR))),
    (BAO_MINH, CaseGround.REPORT, 3, ((2, _ask),)),
    ("Hoa Mận", CaseGround.EXPIRY, 1, ()),
)
