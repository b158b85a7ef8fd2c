"""The board finds new and endangered contracts, and papers that end, and lists chains, by index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

SIGNED, BREACHED = "ix_contracts_signed_on", "ix_contracts_breached"
AT_RISK, ENDING = "ix_contracts_at_risk", "ix_certificates_expires_on"
LISTED = "ix_chains_listed"


def upgrade() -> None:
    breached, at_risk = sa.text("ended_for_breach"), sa.text("at_risk")
    op.create_index(SIGNED, "contracts", ["signed_on"])
    op.create_index(
        BREACHED,
        "contracts",
        ["ended_on"],
        postgresql_where=breached,
        sqlite_where=breached,
    )
    op.create_index(
        AT_RISK,
        "contracts",
        ["seller_id"],
        postgresql_where=at_risk,
        sqlite_where=at_risk,
    )
    op.create_index(ENDING, "certificates", ["expires_on"])
    op.create_index(LISTED, "chains", ["kind", "name", "id"])


def downgrade() -> None:
    op.drop_index(LISTED, "chains")
    op.drop_index(ENDING, "certificates")
    for name in (AT_RISK, BREACHED, SIGNED):
        op.drop_index(name, "contracts")
