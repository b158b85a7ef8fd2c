"""The words of the lot graph: what happens to a lot (TCVN 12850, dossier TR-06)."""

from __future__ import annotations

from enum import StrEnum


class LotStep(StrEnum):
    """A critical tracking event; the order is that of a lot's life."""

    HARVEST = "harvest"
    RECEIVE = "receive"  # from somebody who keeps no lots here
    SORT = "sort"
    PACK = "pack"
    DRY = "dry"  # any processing that makes another product
    TREAT = "treat"
    STORE = "store"
    SHIP = "ship"
    ARRIVE = "arrive"
    SELL = "sell"
    DESTROY = "destroy"


class PartRole(StrEnum):
    """Whether kilograms of a lot come into a holder's hands or leave them."""

    INPUT = "input"
    OUTPUT = "output"
    SEEN = "seen"  # the lot was stored or treated; its kilograms stay


ORIGINS = frozenset({LotStep.HARVEST, LotStep.RECEIVE})
"""Steps that make a lot out of no other."""
TRANSFORMATIONS = frozenset({LotStep.SORT, LotStep.PACK, LotStep.DRY})
"""Steps that make lots out of lots."""
OBSERVATIONS = frozenset({LotStep.TREAT, LotStep.STORE})
"""Steps that change nothing of whose a lot is or how much of it there is."""
ENDS = frozenset({LotStep.SELL, LotStep.DESTROY})
"""Steps after which nobody here holds the kilograms."""
