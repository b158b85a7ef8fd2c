"""Words of the authority's board: what is counted, and who states a number of it."""

from __future__ import annotations

from enum import StrEnum


class BoardMetric(StrEnum):
    """A number of the board for which a target or a published number can stand."""

    PRODUCT_DEVELOPMENT = "product_development"
    SAFE_SUPPLY = "safe_supply"
    CONFIRMED = "safe_supply_confirmed"
    STOPPED = "safe_supply_stopped"
    COOPERATIVES = "cooperatives"
    MEMBERS = "members"
    VIETGAP_COOPERATIVES = "vietgap_cooperatives"
    VIETGAP_AREA = "vietgap_area"
    EXPORT_CODES = "export_codes"
    EXPORT_CODE_AREA = "export_code_area"
    OCOP_PRODUCTS = "ocop_products"


# Of these half a one makes sense.
IN_HECTARES = frozenset({BoardMetric.VIETGAP_AREA, BoardMetric.EXPORT_CODE_AREA})

# Of these the records know the product.
BY_PRODUCT = frozenset(
    {
        BoardMetric.PRODUCT_DEVELOPMENT,
        BoardMetric.SAFE_SUPPLY,
        BoardMetric.VIETGAP_AREA,
        BoardMetric.EXPORT_CODES,
        BoardMetric.EXPORT_CODE_AREA,
    }
)
IN_HECTARES = frozenset({BoardMetric.VIETGAP_AREA, BoardMetric.EXPORT_CODE_AREA})


class NewsKind(StrEnum):
    """What an officer who has not looked for a while wants to know of."""

    CHAIN_BEGAN = "chain_began"
    CHAIN_STOPPED = "chain_stopped"
    PAPER_LAPSED = "paper_lapsed"
    CONTRACT_SIGNED = "contract_signed"
    CONTRACT_BREACHED = "contract_breached"
    VERIFICATION = "verification"


class Communes(StrEnum):
    """The communes in which something is shown that lies in one."""

    TODAY = "today"
    AS_THEN = "as_then"  # as they were on the day that is told of
    FORMER = "former"  # those before the reform, where they are known


class StatedKind(StrEnum):
    """What a stated number is: aimed at, or published by somebody for a day."""

    TARGET = "target"
    BASELINE = "baseline"
