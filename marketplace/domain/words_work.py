"""Words of the work behind the market: decisions, letters and notices."""

from __future__ import annotations

from enum import StrEnum


class VerificationDecision(StrEnum):
    """What an officer answers to an organisation that waits."""

    VERIFIED = "verified"
    CHANGE_REQUESTED = "change_requested"
    REJECTED = "rejected"


class LetterState(StrEnum):
    """Of an e-mail in the outbox."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class NoticeKind(StrEnum):
    ORGANISATION_WAITING = "organisation_waiting"
    VERIFICATION_VERIFIED = "verification_verified"
    VERIFICATION_CHANGE_REQUESTED = "verification_change_requested"
    VERIFICATION_REJECTED = "verification_rejected"
    ORGANISATION_SUSPENDED = "organisation_suspended"
    INVITATION = "invitation"
    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a letter
    PROPOSAL_NEW = "proposal_new"
    PROPOSAL_COUNTER = "proposal_counter"
    PROPOSAL_ACCEPTED = "proposal_accepted"
    PROPOSAL_DECLINED = "proposal_declined"
    PROPOSAL_EXPIRING = "proposal_expiring"
    PROPOSAL_EXPIRED = "proposal_expired"
    CONTRACT_TO_SIGN = "contract_to_sign"
    CONTRACT_SIGNED = "contract_signed"
    CONTRACT_EXPIRED = "contract_expired"
    AT_RISK = "at_risk"
    PAPER_EXPIRING = "paper_expiring"
    CHAIN_SUBMITTED = "chain_submitted"
    CHAIN_RECOGNISED = "chain_recognised"
    CHAIN_RETURNED = "chain_returned"
    CHAIN_AT_RISK = "chain_at_risk"
    DELIVERY_READY = "delivery_ready"
    DELIVERY_BLOCKED = "delivery_blocked"
    DELIVERY_DAY_PROPOSED = "delivery_day_proposed"
    DELIVERY_DAY_ANSWERED = "delivery_day_answered"
    NOTE_TO_CONFIRM = "note_to_confirm"
    NOTE_CONFIRMED = "note_confirmed"
    NOTE_VOID = "note_void"
    INSPECTED = "inspected"
    CLAIM_RAISED = "claim_raised"
    CLAIM_SAID = "claim_said"
    CLAIM_CLOSED = "claim_closed"
    ENTRY_TO_CONFIRM = "entry_to_confirm"
    ENTRY_ANSWERED = "entry_answered"
    CONTRACT_CLOSED = "contract_closed"
    CONTRACT_ALERT = "contract_alert"
    RECORD_CONTESTED = "record_contested"
    RECORD_DECIDED = "record_decided"
    AMENDMENT_TO_SIGN = "amendment_to_sign"
    AMENDMENT_CLOSED = "amendment_closed"
    CONTRACT_AMENDED = "contract_amended"
    RENEWAL_DUE = "renewal_due"
    RENEWAL_ASKED = "renewal_asked"
    RENEWAL_ENDED = "renewal_ended"
    MAJEURE_GIVEN = "majeure_given"
    MAJEURE_ANSWERED = "majeure_answered"
    MAJEURE_CONTESTED = "majeure_contested"
    MAJEURE_DECIDED = "majeure_decided"
    CONTRACT_FULFILLED = "contract_fulfilled"
    SEASONS_PROPOSED = "seasons_proposed"
    SEASONS_ANSWERED = "seasons_answered"
