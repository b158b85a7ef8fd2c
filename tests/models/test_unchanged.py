"""Which queries may be noted, so that their rows need not be read again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.bulk import read_columns
from models.harvests import Harvest
from models.reference import Product
from models.unchanged import is_unchanged, noting


@pytest.mark.databases("postgres")
@pytest.mark.parametrize(
    "wanted",
    [
        select(Harvest).where(Harvest.product_id.in_(select(Product.id))),
        select(Harvest).group_by(Harvest.id),
        select(Harvest).limit(1),
        select(Harvest).distinct(),
    ],
)
def test_a_query_whose_rows_hang_together_cannot_be_noted(session, wanted):
    with noting(session) as notes:
        with pytest.raises(TypeError):
            read_columns(session, {"id": Harvest.id}, wanted)
        assert is_unchanged(session, notes)
