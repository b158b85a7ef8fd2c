"""What tables alone cannot forbid: triggers, the same on both databases.

Illegal transitions of a state, changes to what is frozen, a contract that is called
signed without both signatures over its current version, or closed without both
confirmations of one closing. The legal
transitions are those of `marketplace.domain.lifecycles`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from marketplace.domain.lifecycles import transition_pairs
from models.guarded import APPEND_ONLY, FROZEN_COLUMNS, LIFECYCLES

UNSIGNED = (
    "NEW.state = 'signed' AND (SELECT count(*) FROM signatures s"
    " WHERE s.contract_id = NEW.id AND s.version = NEW.current_version) < 2"
)
UNCONFIRMED = (
    "NEW.state = 'confirmed' AND (SELECT count(*) FROM note_confirmations c"
    " WHERE c.note_id = NEW.id) < 2"
)
# A plan is changed only by words that both sides have signed, and so is the version
# that is in force. But a delivery gives kilograms to one that a call-off splits off:
# then the contract's sum is again what both signed.
_OF_LINE = (
    "(SELECT count(*) FROM signatures s WHERE s.contract_id = NEW.contract_id"
    " AND s.version = NEW.version) < 2"
)
_MOVED = (
    "NEW.deliver_from <> OLD.deliver_from OR NEW.deliver_to <> OLD.deliver_to"
    " OR NEW.season <> OLD.season OR NEW.version <> OLD.version"
)
_SUM_STAYS = (
    "NEW.kg + (SELECT coalesce(sum(l.kg), 0) FROM contract_lines l"
    " WHERE l.contract_id = NEW.contract_id AND l.number <> NEW.number)"
    " = (SELECT c.total_kg FROM contracts c WHERE c.id = NEW.contract_id)"
)
_SPLIT_OFF = f"NEW.kg < OLD.kg AND NOT ({_MOVED}) AND {_SUM_STAYS}"
REPLANNED = (
    f"(NEW.kg <> OLD.kg OR {_MOVED})"
    f" AND (NEW.version <= OLD.version OR {_OF_LINE}) AND NOT ({_SPLIT_OFF})"
)
# Until both have signed, words may be drawn anew, and the plan with them.
_IS_SIGNED = (
    "EXISTS (SELECT 1 FROM contracts c"
    " WHERE c.id = NEW.contract_id AND c.signed_on IS NOT NULL)"
)
ADDED = f"NEW.version > 1 AND {_OF_LINE} AND {_IS_SIGNED}"
UNSIGNED_VERSION = (
    "NEW.current_version <> OLD.current_version AND NEW.signed_on IS NOT NULL"
    " AND (SELECT count(*) FROM signatures s"
    " WHERE s.contract_id = NEW.id AND s.version = NEW.current_version) < 2"
)
UNSIGNED_AMENDMENT = (
    "NEW.state = 'signed' AND (SELECT count(*) FROM signatures s"
    " WHERE s.contract_id = NEW.contract_id AND s.version = NEW.version) < 2"
)
# A template may be written while it is a draft; then only its state moves on.
TEMPLATE_COLUMNS = (
    "linkage_form",
    "version",
    "valid_from",
    "source",
    "reason",
    "written_by_id",
    "written_at",
    "approved_by_id",
    "approved_at",
    "digest",
)
NO_DRAFT = (
    "NOT EXISTS (SELECT 1 FROM contract_templates t"
    " WHERE t.id = {row}.template_id AND t.state = 'draft')"
)

# What one side or an officer answered once stays as it was said, as does the end; no legal step leads
# back to the states before.
REANSWERED = (
    "(OLD.answered_at IS NOT NULL AND NEW.state NOT IN ('notified', 'withdrawn')"
    " AND (NEW.answered_at IS NULL OR NEW.answered_at <> OLD.answered_at"
    " OR NEW.answer <> OLD.answer))"
    " OR (OLD.decided_at IS NOT NULL AND NEW.state IN ('confirmed', 'declined')"
    " AND (NEW.decided_at <> OLD.decided_at OR NEW.decision <> OLD.decision"
    " OR NEW.authority <> OLD.authority))"
    " OR (OLD.ended_on IS NOT NULL"
    " AND (NEW.ended_on IS NULL OR NEW.ended_on <> OLD.ended_on))"
)
UNCLOSED = (
    "NEW.state = 'closed' AND OLD.state <> 'closed' AND NOT EXISTS"
    " (SELECT 1 FROM closing_confirmations c WHERE c.contract_id = NEW.id"
    " GROUP BY c.digest HAVING count(*) = 2)"
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
    yield from _template_guards()
    yield from _guards_of_both()


def _guards_of_both() -> Iterator[tuple[str, str, str, str]]:
    """What only both sides of a contract together can bring about."""
    yield "contracts", "tr_contracts_both_signed", "UPDATE", UNSIGNED
    yield "contracts", "tr_contracts_version_signed", "UPDATE", UNSIGNED_VERSION
    yield "contract_lines", "tr_contract_lines_as_signed", "UPDATE", REPLANNED
    yield "contract_lines", "tr_contract_lines_added_as_signed", "INSERT", ADDED
    yield "amendments", "tr_amendments_both_signed", "UPDATE", UNSIGNED_AMENDMENT
    yield "contracts", "tr_contracts_both_closed", "UPDATE", UNCLOSED
    yield "majeure_notices", "tr_majeure_notices_as_answered", "UPDATE", REANSWERED
    yield "majeure_notices", "tr_majeure_notices_no_delete", "DELETE", ""
    yield "delivery_notes", "tr_delivery_notes_both_stand", "UPDATE", UNCONFIRMED


def _template_guards() -> Iterator[tuple[str, str, str, str]]:
    table = "contract_templates"
    changed = f"OLD.state <> 'draft' AND ({_changed(TEMPLATE_COLUMNS)})"
    yield table, f"tr_{table}_frozen", "UPDATE", changed
    yield table, f"tr_{table}_no_delete", "DELETE", ""
    for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        name = f"tr_template_clauses_{event.lower()}_in_drafts"
        yield "template_clauses", name, event, NO_DRAFT.format(row=row)


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
