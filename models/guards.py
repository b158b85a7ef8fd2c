"""What tables alone cannot forbid: triggers, the same on both databases.

Illegal transitions of a state, changes to what is frozen, and a contract that is
called signed without both signatures over its current version. The legal
transitions are those of `marketplace.domain.lifecycles`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from marketplace.domain.lifecycles import transition_pairs

# Table -> the lifecycle whose transitions its `state` column keeps.
LIFECYCLES = {
    "organisations": "organisation",
    "harvests": "harvest",
    "offers": "offer",
    "proposals": "proposal",
    "contracts": "contract",
    "chains": "chain",
    "delivery_notes": "note",
    "claims": "claim",
    "account_entries": "entry",
    "call_off_frames": "frame",
    "call_offs": "call_off",
}
# Rows that are written once and never changed or removed.
APPEND_ONLY = (
    "harvest_revisions",
    "terms_lines",
    "contract_versions",
    "signatures",
    "contract_events",
    "delivery_words",
    "note_lots",
    "note_confirmations",
    "inspections",
    "inspection_parts",
    "claim_words",
    "invoices",
    "price_quotes",
    "contract_alert_steps",
    "calendar_addresses",
    "closing_confirmations",
    "record_contests",
    "record_decisions",
)
FROZEN_COLUMNS = {
    "terms": ("price_vnd", "expires_at", "made_at", "message", "round"),
    "contract_lines": ("deliver_from", "deliver_to", "tranche_id"),
    "call_off_frames": (
        "contract_id",
        "line",
        "least_kg",
        "most_kg",
        "lead_days",
        "answer_hours",
        "first_week",
        "last_week",
        "proposed_by",
    ),
    "call_offs": ("frame_id", "week", "kg", "first_day", "last_day", "answer_by"),
    "delivery_notes": ("contract_id", "line", "gross_kg", "tare_kg", "digest"),
    "claims": ("note_id", "inspection_id", "raised_by", "reason"),
    "account_entries": ("contract_id", "kind", "amount_vnd", "owed_by", "recorded_by"),
    "contract_alerts": ("contract_id", "code", "opened_at", "closed_at"),
}
UNSIGNED = (
    "NEW.state = 'signed' AND (SELECT count(*) FROM signatures s"
    " WHERE s.contract_id = NEW.id AND s.version = NEW.current_version) < 2"
)
UNCONFIRMED = (
    "NEW.state = 'confirmed' AND (SELECT count(*) FROM note_confirmations c"
    " WHERE c.note_id = NEW.id) < 2"
)
# A planned delivery gives kilograms only to one that a call-off splits off, so that
# the contract's sum is again what both signed.
UNCALLED = (
    "NEW.kg > OLD.kg OR NEW.kg < OLD.kg AND"
    " NEW.kg + (SELECT coalesce(sum(l.kg), 0) FROM contract_lines l"
    " WHERE l.contract_id = NEW.contract_id AND l.number <> NEW.number)"
    " <> (SELECT c.total_kg FROM contracts c WHERE c.id = NEW.contract_id)"
)


def guard_statements(dialect: str, tables: Collection[str]) -> list[str]:
    """The SQL that creates the triggers of these tables, on `sqlite` or `postgresql`."""
    write = _sqlite if dialect == "sqlite" else _postgresql
    return [
        statement
        for table, name, event, condition in _guards()
        if table in tables
        for statement in write(table, name, event, condition)
    ]


def drop_statements(dialect: str, tables: Collection[str]) -> list[str]:
    """The SQL that removes them again, before they are created anew."""
    known = [(table, name) for table, name, _, _ in _guards() if table in tables]
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for _, name in known]
    return [
        statement
        for table, name in known
        for statement in (
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"DROP FUNCTION IF EXISTS {name}()",
        )
    ]


def _guards() -> Iterator[tuple[str, str, str, str]]:
    for table, lifecycle in LIFECYCLES.items():
        legal = ", ".join(
            f"('{old}', '{new}')" for old, new in sorted(transition_pairs(lifecycle))
        )
        yield (
            table,
            f"tr_{table}_legal_transition",
            "UPDATE",
            (
                "NEW.state <> OLD.state"
                f" AND (OLD.state, NEW.state) NOT IN (VALUES {legal})"
            ),
        )
    for table in APPEND_ONLY:
        yield table, f"tr_{table}_no_update", "UPDATE", ""
        yield table, f"tr_{table}_no_delete", "DELETE", ""
    for table, columns in FROZEN_COLUMNS.items():
        yield table, f"tr_{table}_frozen", "UPDATE", _changed(columns)
    yield "contracts", "tr_contracts_both_signed", "UPDATE", UNSIGNED
    yield "contract_lines", "tr_contract_lines_kg_called", "UPDATE", UNCALLED
    yield "delivery_notes", "tr_delivery_notes_both_stand", "UPDATE", UNCONFIRMED


def _changed(columns: Iterable[str]) -> str:
    return " OR ".join(f"NEW.{c} <> OLD.{c}" for c in columns)


def _sqlite(table: str, name: str, event: str, condition: str) -> list[str]:
    when = f" WHEN {condition}" if condition else ""
    return [
        (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW{when}"
            f" BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
    ]


def _postgresql(table: str, name: str, event: str, condition: str) -> list[str]:
    test = condition or "TRUE"
    row = "OLD" if event == "DELETE" else "NEW"
    return [
        (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {test} THEN RAISE EXCEPTION '{name}'"
            f" USING ERRCODE = 'check_violation', CONSTRAINT = '{name}'; END IF;"
            f" RETURN {row}; END $$"
        ),
        (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {name}()"
        ),
    ]
