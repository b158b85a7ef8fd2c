"""The demo's market prices: an officer writes them down, Monday by Monday."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from marketplace.demo.diary import Deed, Diary, World
from marketplace.demo.people import OFFICER, SECOND_OFFICER
from marketplace.domain.commands_prices import CorrectQuote, RecordQuote
from marketplace.services.price_quotes import correct_quote, record_quote
from marketplace.services.reference import read_csv

SOURCE = "Số liệu mẫu, không phải giá thật"
SLIP = ("longan", -4)  # of this week one price is first written down wrong
REASON = "Gõ nhầm giá thấp, bản tin ghi đúng như dòng này"


def note_prices(world: World, diary: Diary) -> None:
    """The weeks up to this one, each on its Monday, and one slip that is put right."""
    monday = world.today - timedelta(days=world.today.weekday())
    weeks: defaultdict[date, list[dict[str, str]]] = defaultdict(list)
    for row in read_csv("market_references"):
        weeks[monday + timedelta(weeks=int(row["week_offset"]))].append(row)
    for day, rows in weeks.items():
        diary.note(day, _deed(world, rows))


def _deed(world: World, rows: list[dict[str, str]]) -> Deed:
    def record(day: date) -> None:
        for row in rows:
            _record(world, row, day)

    return record


def _record(world: World, row: dict[str, str], day: date) -> None:
    low, high = int(row["low_vnd"]), int(row["high_vnd"])
    slips = (row["product"], int(row["week_offset"])) == SLIP
    quote = record_quote(
        world.session,
        world.actors[OFFICER.email],
        RecordQuote(
            product_code=row["product"],
            market_code=row["market"],
            day=day,
            low_vnd=low - 5_000 if slips else low,
            high_vnd=high,
            source=SOURCE,
        ),
        today=day,
        now=world.at(day),
    )
    if slips:
        correct_quote(
            world.session,
            world.actors[SECOND_OFFICER.email],
            quote.public_id,
            CorrectQuote(low, high, SOURCE, REASON),
            now=world.at(day + timedelta(days=1)),
        )
