"""Which tables and columns the triggers of `guards` keep as they were written."""

from __future__ import annotations

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
    "amendments": "amendment",
    "contract_templates": "template",
    "majeure_notices": "majeure",
    "season_plans": "season_plan",
    "register_imports": "register_import",
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
    "template_events",
    "record_contests",
    "record_decisions",
    "issued_statements",
    "majeure_lines",
    "report_exports",
    "imported_records",
    "paper_events",
    "paper_stops",
    "paper_reminders",
)
FROZEN_COLUMNS = {
    "stated_numbers": (
        *("kind", "metric", "group_id", "area_group_id", "unit_id", "day", "number"),
        *("source", "note", "replaces_id", "reason", "withdrawn", "entered_by_id"),
        *("entered_at", "period"),
    ),
    "terms": ("price_vnd", "expires_at", "made_at", "message", "round"),
    "call_off_frames": (
        *("contract_id", "line", "least_kg", "most_kg", "lead_days", "answer_hours"),
        *("first_week", "last_week", "proposed_by"),
    ),
    "call_offs": ("frame_id", "week", "kg", "first_day", "last_day", "answer_by"),
    "contract_lines": ("contract_id", "number", "tranche_id", "called_from"),
    "amendments": (
        "contract_id",
        "version",
        "number",
        "base_version",
        "reason",
        "reason_text",
        "price_from",
        "proposed_by",
        "answer_by",
    ),
    "delivery_notes": ("contract_id", "line", "gross_kg", "tare_kg", "digest"),
    "claims": ("note_id", "inspection_id", "raised_by", "reason"),
    "account_entries": (
        *("contract_id", "kind", "amount_vnd", "line", "owed_by", "recorded_by"),
    ),
    "contract_alerts": ("contract_id", "code", "opened_at", "closed_at"),
    "photos": (
        *("contract_id", "about", "part", "digest", "added_later", "by_user_id", "at"),
    ),
    "photo_files": ("digest", "data", "small"),
    "majeure_notices": (
        *("contract_id", "number", "kind", "given_by", "began_on", "learned_at"),
        *("given_at", "late", "text", "measures", "answer_by"),
    ),
    "season_plans": ("contract_id", "number", "seasons", "keeps_price", "proposed_by"),
}
