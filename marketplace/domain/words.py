"""The words of the field as enumerations; their values are what is stored."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from marketplace.domain import words_work

# One door for all words: those of decisions and notices have their own file.
LetterState = words_work.LetterState
NoticeKind = words_work.NoticeKind
VerificationDecision = words_work.VerificationDecision


class OrganisationKind(StrEnum):
    """What an organisation is by law; seller and buyer are roles in a contract."""

    COOPERATIVE = "cooperative"
    COOP_UNION = "coop_union"
    COOP_GROUP = "coop_group"
    FARM_HOUSEHOLD = "farm_household"
    FARM = "farm"
    HOUSEHOLD_BUSINESS = "household_business"
    ENTERPRISE = "enterprise"
    RETAILER = "retailer"
    EXPORTER = "exporter"
    PROCESSOR = "processor"
    AUTHORITY = "authority"


PRODUCER_KINDS = frozenset(
    {
        OrganisationKind.COOPERATIVE,
        OrganisationKind.COOP_UNION,
        OrganisationKind.COOP_GROUP,
        OrganisationKind.FARM_HOUSEHOLD,
        OrganisationKind.FARM,
    }
)
BUYER_KINDS = (
    frozenset(OrganisationKind) - PRODUCER_KINDS - {OrganisationKind.AUTHORITY}
)


class OrganisationState(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    CHANGE_REQUESTED = "change_requested"
    VERIFIED = "verified"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


class MembershipState(StrEnum):
    INVITED = "invited"
    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


class HarvestState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class OfferState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    NEGOTIATING = "negotiating"
    AGREED = "agreed"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Side(StrEnum):
    """The two ends of a deal."""

    SELLER = "seller"
    BUYER = "buyer"


class ContractState(StrEnum):
    DRAFT = "draft"
    PROPOSED = "proposed"
    NEGOTIATING = "negotiating"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    FULFILLED = "fulfilled"
    EXPIRED = "expired"
    TERMINATED = "terminated"
    CLOSED = "closed"


class ContractKind(StrEnum):
    LINKAGE = "linkage"
    OFFTAKE = "offtake"


class Stage(StrEnum):
    """A stage of the value chain, upstream to downstream."""

    INPUT = "input"
    PRODUCTION_HARVEST = "production_harvest"
    PROCESSING = "processing"
    CONSUMPTION = "consumption"


class LinkageForm(StrEnum):
    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    F5 = "F5"
    F6 = "F6"
    F7 = "F7"


class LinkageClass(StrEnum):
    """How national statistics roll the seven forms up."""

    PRODUCTION_PROCESSING_CONSUMPTION = "production_processing_consumption"
    PRODUCTION_CONSUMPTION = "production_consumption"
    PROCESSING_CONSUMPTION = "processing_consumption"
    OTHER = "other"


class ClauseNeed(StrEnum):
    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    IF_STAGE = "if_stage"
    IF_SAFE_SUPPLY = "if_safe_supply"


class ChainKind(StrEnum):
    PRODUCT_DEVELOPMENT = "product_development"
    SAFE_SUPPLY = "safe_supply"


class ChainState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACTIVE = "active"
    AT_RISK = "at_risk"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    REVOKED = "revoked"
    EXPIRED = "expired"


class CertificateScheme(StrEnum):
    VIETGAP = "VIETGAP"
    GLOBALGAP = "GLOBALGAP"
    ORGANIC_TCVN = "ORGANIC_TCVN"
    FOOD_SAFETY = "FOOD_SAFETY"
    SAFETY_COMMITMENT = "SAFETY_COMMITMENT"
    OCOP = "OCOP"
    HACCP = "HACCP"
    ISO22000 = "ISO22000"


class PaperState(StrEnum):
    """Of a certificate or a growing-area code."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    RETURNED = "returned"


class Market(StrEnum):
    DOMESTIC = "domestic"
    US = "US"
    CN = "CN"
    AU = "AU"
    NZ = "NZ"


class FacilityKind(StrEnum):
    PACKING_HOUSE = "packing_house"
    PROCESSING = "processing"
    DRYER = "dryer"
    SELLING_POINT = "selling_point"


class SeasonClass(StrEnum):
    EARLY = "early"
    MAIN = "main"
    LATE = "late"
    OFF_SEASON = "off_season"


class PriceMode(StrEnum):
    FIXED = "fixed"
    FLOOR = "floor"
    MARKET = "market"


class Verdict(StrEnum):
    OK = "ok"
    TIGHT = "tight"
    FAIL = "fail"


class Severity(StrEnum):
    ERROR = "E"
    WARNING = "W"
    INFO = "I"


class AdminLevel(StrEnum):
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class AdminKind(StrEnum):
    TINH = "tinh"
    THANH_PHO = "thanh_pho"
    THI_XA = "thi_xa"
    HUYEN = "huyen"
    XA = "xa"
    PHUONG = "phuong"
    THI_TRAN = "thi_tran"


class GradeRank(IntEnum):
    """Quality from the best down; a smaller rank is the better fruit."""

    FIRST = 1
    SECOND = 2
    THIRD = 3

    def satisfies(self, least: GradeRank) -> bool:
        """Whether fruit of this rank may be delivered where `least` is asked."""
        return self <= least
