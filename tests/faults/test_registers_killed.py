"""A worker killed while it writes a long register: the next writes it whole, once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from marketplace.domain.register_sheets import QUICK_RECORDS, ImportState, Register
from marketplace.services.days import day_of
from marketplace.services.register_imports import begin_import, confirm_import
from models.database import transaction
from models.organisations import Organisation
from models.register_imports import ImportedRecord, RegisterImport
from tests.factories import Make

pytestmark = pytest.mark.timeout(200)
GROUPS = QUICK_RECORDS + 1


def a_register_that_is_confirmed():
    """More groups than a page would wait for; nobody has written them yet."""
    heading = "Tên tổ hợp tác;Loại hình;Xã\n"
    rows = (f"Tổ hợp tác Bản {n:04};Tổ hợp tác;Huổi Một\n" for n in range(GROUPS))
    now = datetime.now(UTC)
    when = {"today": day_of(now), "now": now}
    with transaction() as session:
        make = Make(session)
        authority = make.authority()
        maker, second = (make.officer(organisation=authority) for _ in range(2))
        data = (heading + "".join(rows)).encode()
        row = begin_import(
            *(session, maker, Register.ORGANISATIONS, "so.csv", data),
            lang="vi",
            titles={"name": "Tên tổ hợp tác"},
            **when,
        )
        row.work = row.work_by_id = None  # the trial is no matter of this test
        row.state = ImportState.PROPOSED
        confirm_import(session, second, row.public_id, **when)


def is_written():
    with transaction() as session:
        state = session.scalar(sa.select(RegisterImport.state))
        return state is ImportState.APPLIED


@pytest.mark.databases("postgres")
def test_killed_before_its_commit_a_register_is_written_once(stack, broker):
    market = stack(**({"REDIS_URL": broker} if broker else {}))
    with market.context():
        a_register_that_is_confirmed()
        market.start_beat()
        market.start_worker(FAILPOINT="registers.before_commit")
        log = market.folder / "worker.log"
        market.wait(lambda: "SIGKILL" in log.read_text(), "a death before the commit")
        market.kill("worker")
        assert not is_written()

        market.start_worker()
        market.wait(is_written, "the register to be written")

        with transaction() as session:
            groups = Organisation.name.startswith("Tổ hợp tác Bản ")
            counted = sa.select(sa.func.count(Organisation.id)).where(groups)
            assert session.scalar(counted) == GROUPS
            assert len(session.scalars(sa.select(ImportedRecord.id)).all()) == GROUPS
