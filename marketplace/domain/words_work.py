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
