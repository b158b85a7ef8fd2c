"""Two periods of one form beside each other: what was, what is, and the change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from marketplace.domain.errors import N_
from marketplace.domain.reports import Heading, Said, Table, Value

TITLE = N_("So sánh hai kỳ")
_NUMBERS = (
    Heading(N_("Chỉ tiêu"), 34),
    Heading(N_("Kỳ này")),
    Heading(N_("Kỳ so sánh")),
    Heading(N_("Tăng, giảm")),
    Heading(N_("Tăng, giảm (phần trăm)")),
)
Number = int | Decimal


def compare_tables(now: Table, then: Table, keys: int = 1) -> Table:
    """A line for each row and number of a form that is not nought in both periods.

    Cells 1 to `keys` name a row. One that is in a single period stands at nought
    in the other; the totals come last.
    """
    measured = _measures(now, then)
    lines: list[list[Value]] = []
    for names, (new, old) in _pairs(now, then, keys):
        for place in measured:
            told = Said(now.headings[place].title)
            numbers = _numbers(_at(new, place), _at(old, place))
            if numbers:
                lines.append([*names, told, *numbers])
    rows = [[number, *line] for number, line in enumerate(lines, start=1)]
    headings = (*now.headings[: keys + 1], *_NUMBERS)
    return Table(TITLE, headings, rows)


def _measures(*tables: Table) -> list[int]:
    """The columns of numbers; the first column only counts the rows."""
    rows = [row for table in tables for row in (*table.rows, table.total)]
    return [
        place
        for place in range(1, len(tables[0].headings))
        if any(isinstance(_at(row, place), Number) for row in rows)
    ]


def _pairs(
    now: Table, then: Table, keys: int
) -> Iterator[tuple[list[Value], tuple[Sequence[Value], Sequence[Value]]]]:
    """Each row of either table, with its like in the other or nothing."""
    names: dict[str, list[Value]] = {}
    found: tuple[dict[str, Sequence[Value]], ...] = ({}, {})
    for rows, table in zip(found, (now, then), strict=True):
        for row in (*table.rows, *([table.total] if table.total else [])):
            key = repr(row[1 : keys + 1])
            names.setdefault(key, list(row[1 : keys + 1]))
            rows[key] = row
    last = {repr(table.total[1 : keys + 1]) for table in (now, then)}
    for key in sorted(names, key=last.__contains__):
        yield names[key], (found[0].get(key, ()), found[1].get(key, ()))


def _at(row: Sequence[Value], place: int) -> Value:
    return row[place] if place < len(row) else None


def _numbers(new: Value, old: Value) -> list[Value]:
    """Both numbers, the difference, and it per hundred of the old; none if all nought."""
    here, there = (cell if isinstance(cell, Number) else None for cell in (new, old))
    if not here and not there:
        return []
    change = (here or 0) - (there or 0)
    return [here or 0, there or 0, change, _per_hundred(change, there)]


def _per_hundred(change: Number, old: Number | None) -> Decimal | None:
    """To one decimal; of nothing there is no share."""
    if not old:
        return None
    share = Decimal(change) * 100 / Decimal(old)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)
