"""Try, write or take back an import that is too long for a page to wait for."""

from __future__ import annotations

from marketplace.domain.errors import N_
from marketplace.domain.register_rows import ReadRecord
from marketplace.domain.register_sheets import ImportWork
from marketplace.services.failpoints import failpoint
from marketplace.services.register_asking import KIND
from marketplace.services.register_trials import Outcome, Table, read_lines
from marketplace.services.register_work import do_work, look_over, work_on
from models.bulk import chunks
from models.database import db_now, transaction
from tasks.handlers import JobRun, handles

BATCH = 1_000
PARTS, READ = 10, 4  # of ten parts of the work reading is four
READING, COMPARING = N_("Đang đọc từng dòng"), N_("Đang đối chiếu với sổ")


@handles(KIND)
def run(job: JobRun) -> None:
    """Read the rows outside of any transaction; all that is written is one."""
    import_id = int(job.payload["import"])
    with transaction(read_only=True) as session:
        work, table = work_on(session, import_id)
    records = _read(job, table) if table else []
    job.progress(READ, PARTS, COMPARING)
    found: Outcome | list[ReadRecord] = records
    if work is ImportWork.TRIAL:
        with transaction(read_only=True) as session:
            found = look_over(session, import_id, records, now=db_now(session))
    with transaction() as session:
        do_work(session, import_id, work, found, now=db_now(session))
        failpoint("registers.before_commit")
        job.finish(session, None)


def _read(job: JobRun, table: Table) -> list[ReadRecord]:
    records: list[ReadRecord] = []
    total = len(table.cells) or 1
    for done, lines in enumerate(chunks(table.lines(), BATCH)):
        job.progress(done * BATCH * READ // total, PARTS, READING)
        records += read_lines(table, lines)
    return records
