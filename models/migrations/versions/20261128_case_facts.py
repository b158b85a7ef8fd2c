"""A serious fault that a monitoring case finds is a fact of its own, no post-check"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0070"
branch_labels = None
depends_on = None

TABLE = "chain_facts"
KINDS = "kind IN ('post_check', 'sample', %s'stop', 'resume')"
RESULTS = "(kind IN ('post_check', 'sample'%s)) = (passed IS NOT NULL)"
NEW = {
    "a_case_finds_a_fault": "kind <> 'case' OR NOT passed",
    "recorded_afterwards": 'recorded_on >= "on"',
}
# What decisions of cases wrote as if somebody had visited the chain.
MOVE = """
    UPDATE chain_facts SET kind = 'case'
    WHERE kind = 'post_check'
    AND id IN (SELECT n.fact_id FROM nonconformities n
               JOIN monitoring_cases c ON c.finding_id = n.id)
    AND id NOT IN (SELECT fact_id FROM post_checks WHERE fact_id IS NOT NULL)
"""
# The next night looks at these chains; the days until then stay as they were told.
LOOK = """
    UPDATE chains SET next_change_on = :day
    WHERE id IN (SELECT chain_id FROM chain_facts WHERE kind = 'case')
    AND (next_change_on IS NULL OR next_change_on > :day)
"""
facts = sa.table(TABLE, sa.column("kind", sa.String))
chains = sa.table("chains", sa.column("evaluated_on", sa.Date))
runs = sa.table("chain_runs", sa.column("day", sa.Date), sa.column("finished_at"))


def upgrade() -> None:
    _reword("'case', ", ", 'case'")
    with op.batch_alter_table(TABLE) as batch_op:
        for name, rule in NEW.items():
            batch_op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), sa.text(rule))
    op.execute(MOVE)
    connection = op.get_bind()
    ended = sa.select(sa.func.max(runs.c.day)).where(runs.c.finished_at.is_not(None))
    last = connection.scalar(ended)
    last = last or connection.scalar(sa.select(sa.func.max(chains.c.evaluated_on)))
    if last is not None:
        day = sa.bindparam("day", last + timedelta(days=1), sa.Date)
        op.execute(sa.text(LOOK).bindparams(day))


def downgrade() -> None:
    op.execute(sa.update(facts).where(facts.c.kind == "case").values(kind="post_check"))
    with op.batch_alter_table(TABLE) as batch_op:
        for name in NEW:
            batch_op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), type_="check")
    _reword("", "")


def _reword(kind: str, result: str) -> None:
    rules = {"known_kind": KINDS % kind, "a_check_has_a_result": RESULTS % result}
    with op.batch_alter_table(TABLE) as batch_op:
        for name, rule in rules.items():
            batch_op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), sa.text(rule))
