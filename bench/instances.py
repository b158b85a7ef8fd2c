"""Seeded instances of four sizes, as the arrays of the engine; all invented.

    make("M", seed=1)               plain: quantities, windows, masks, prices
    make("M", seed=1, rules=True)   smallest lots, suppliers, shares as well

The same seed gives the same rows with and without rules. `save` and `load` keep
an instance as one file a column, so that a process that solves it need not
hold what making it took.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench import world
from bench.demand import make_demand
from bench.supply import AREAS, make_sellers, make_supply
from marketplace.matching.arrays import Lots, Needs, Pieces, Problem


class Size(NamedTuple):
    """How much there is of everything, and over what area."""

    sellers: int
    lots: int
    offers: int
    products: int
    area: str


SIZES = {
    "XS": Size(20, 60, 40, 3, "district"),  # to warm up with
    "S": Size(75, 300, 120, 8, "district"),
    "M": Size(1_000, 5_000, 5_000, 15, "province"),
    "L": Size(20_000, 100_000, 100_000, 30, "nation"),
    "XL": Size(200_000, 1_000_000, 1_000_000, 30, "nation"),
}
MEAN_LOT_KG = 3000 * np.exp(0.5)


def make(size: str, seed: int = 1, *, rules: bool = False) -> Problem:
    """The instance of a size and a seed."""
    shape = SIZES[size]
    dice = np.random.default_rng(seed)
    crop = world.crops(shape.products)
    varieties = 1 + dice.integers(0, 6, shape.products)
    sellers = make_sellers(dice, crop, shape.sellers, shape.area)
    lots, pieces = make_supply(dice, crop, sellers, varieties, shape.lots)
    needs = make_demand(
        dice,
        crop,
        varieties,
        shape.offers,
        home=_home(shape.area),
        mean_lot_kg=float(MEAN_LOT_KG) * shape.lots / shape.offers,
        first_buyer=shape.sellers,
    )
    problem = Problem(lots, pieces, needs, np.empty(0, np.int64), np.inf)
    return problem if rules else plain(problem)


def _home(area: str) -> np.ndarray:
    _, names = world.places()
    if area == "nation":
        return np.arange(len(names))
    return np.array([names.index(AREAS[area][0])])


def plain(problem: Problem) -> Problem:
    """The same without smallest lots, most suppliers and largest shares."""
    lots, needs = problem.lots, problem.needs
    nothing = np.zeros_like
    return problem._replace(
        lots=lots._replace(least_kg=nothing(lots.least_kg)),
        needs=needs._replace(
            least_kg=nothing(needs.least_kg),
            most_kg=needs.kg.copy(),
            most_suppliers=nothing(needs.most_suppliers),
        ),
    )


def rows(problem: Problem) -> int:
    """Lots and needs together: what growth is measured against."""
    return problem.lots.kg.size + problem.needs.kg.size


def save(problem: Problem, folder: Path) -> None:
    """One .npy file a column."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in ("lots", "pieces", "needs"):
        for name, column in getattr(problem, table)._asdict().items():
            np.save(folder / f"{table}.{name}.npy", column)
    np.save(folder / "apart.npy", problem.apart)
    np.save(folder / "km_per_day.npy", problem.km_per_day)


def load(folder: Path) -> Problem:
    """What `save` has written."""
    return Problem(
        _table(Lots, "lots", folder),
        _table(Pieces, "pieces", folder),
        _table(Needs, "needs", folder),
        np.load(folder / "apart.npy"),
        float(np.load(folder / "km_per_day.npy")),
    )


def _table(kind: Any, name: str, folder: Path) -> Any:
    columns = (np.load(folder / f"{name}.{field}.npy") for field in kind._fields)
    return kind(*columns)
