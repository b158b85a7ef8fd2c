"""What a paper can prove: its product, its places, or the whole business."""

from __future__ import annotations

import pytest

from marketplace.domain.paper_scopes import PaperScope, stages_proven
from marketplace.domain.words import FacilityKind, Stage

LONGAN, MANGO = 1, 2
HOUSE, SHOP = FacilityKind.PACKING_HOUSE, FacilityKind.SELLING_POINT
GROWN, MADE, SOLD = Stage.PRODUCTION_HARVEST, Stage.PROCESSING, Stage.CONSUMPTION


def proven(product=None, grown=(), facilities=(), seller=True):
    scope = PaperScope(product, frozenset(grown), frozenset(facilities))
    return stages_proven(scope, {LONGAN}, seller=seller)


def test_a_paper_without_product_and_place_is_that_of_the_whole_business():
    assert proven() == (GROWN, MADE)
    assert proven(seller=False) == (SOLD,)


def test_a_paper_of_another_product_proves_nothing():
    assert proven(MANGO) == proven(MANGO, facilities=[HOUSE]) == ()
    assert proven(LONGAN) == (GROWN, MADE)


@pytest.mark.parametrize(
    ("facilities", "stages"),
    [([HOUSE], (MADE,)), ([SHOP], (SOLD,)), ([HOUSE, SHOP], (MADE, SOLD))],
)
def test_each_facility_on_a_paper_proves_its_own_stage(facilities, stages):
    assert proven(facilities=facilities) == stages
    assert proven(facilities=facilities, seller=False) == stages


def test_gardens_on_a_paper_without_product_prove_what_they_grow():
    assert proven(grown=[LONGAN]) == (GROWN,)
    assert proven(grown=[MANGO]) == ()
    assert proven(grown=[MANGO, LONGAN], facilities=[HOUSE]) == (GROWN, MADE)
    assert proven(grown=[MANGO], facilities=[HOUSE]) == (MADE,)
