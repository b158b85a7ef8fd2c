"""Chains that were recognised or confirmed before the market knew them.

They come with their paper and wait for nothing; the evaluation that follows the
import says from that day on whether they count, and what is missing if not.
No day before the import changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from marketplace.domain.errors import N_, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.register_rows import ReadRecord, paper_key
from marketplace.domain.words import ChainState
from marketplace.services.register_books import Books
from marketplace.services.register_known import Party
from models.bulk import among
from models.chains import Chain, Recognition
from models.database import Base
from models.reference import ProductGroup


def write_chain(books: Books, read: ReadRecord) -> list[Base]:
    """The chain and its recognition; nothing if lead and group have theirs."""
    lead, group = _lead(books, read), _group(books, read)
    _check_days(books, read)
    known = None
    keyed = lead is not None and group is not None and read.sound("kind")
    if lead and group and keyed:
        key = (read.get("kind"), lead.id, group.id)
        with read.told_at("lead"):
            books.first_time(read.number, key, "lead")
        known = books.chains.get(key)
    if read.sound("number"):
        with read.told_at("number"):
            _check_number(books, read, known, keyed=keyed)
    if known is not None or read.errors or lead is None or group is None:
        return []
    chain = _chain(read, lead, group)
    return [chain, _paper(books, read, chain)]


def settle_chains(books: Books, rows: Sequence[Base]) -> None:
    """A new chain is a draft; only then it is submitted."""
    chains = [row for row in rows if isinstance(row, Chain)]
    books.session.execute(
        update(Chain)
        .where(among(books.session, Chain.id, [row.id for row in chains]))
        .values(state=ChainState.SUBMITTED, submitted_at=books.now)
        .execution_options(synchronize_session=False)
    )
    for row in chains:
        books.session.expire(row, ("state", "submitted_at", "updated_at"))


def _lead(books: Books, read: ReadRecord) -> Party | None:
    lead = None
    if read.sound("lead"):
        with read.told_at("lead"):
            lead = books.holder(read.get("lead"), "lead")
    return lead


def _group(books: Books, read: ReadRecord) -> ProductGroup | None:
    group = None
    if read.sound("group"):
        with read.told_at("group"):
            group = books.group(read.get("group"))
    return group


def _paper(books: Books, read: ReadRecord, chain: Chain) -> Recognition:
    """Who brought the file proposes, the second officer decides; a trial has one."""
    alone = books.maker_id == books.who.user_id
    return Recognition(
        chain=chain,
        number=clean_text(read.get("number"), field="number"),
        issuer_id=books.who.organisation_id,
        issued_on=read.get("issued_on"),
        valid_to=read.get("last_day"),
        proposed_by_id=None if alone else books.maker_id,
        decided_by_id=books.who.user_id,
        decided_at=books.now,
    )


def _chain(read: ReadRecord, lead: Party, group: ProductGroup) -> Chain:
    usual = f"{group.name_vi} {lead.short_name}"[:200]
    return Chain(
        kind=read.get("kind"),
        lead_id=lead.id,
        group_id=group.id,
        name=clean_text(read.text("name") or usual, field="name"),
        unit_id=lead.unit_id,
    )


def _check_days(books: Books, read: ReadRecord) -> None:
    issued, last = read.get("issued_on"), read.get("last_day")
    if issued is not None and issued > books.today:
        message = N_("Ngày cấp không được sau hôm nay")
        read.errors.setdefault("issued_on", Refused(message, "issued_on"))
    if issued is not None and last is not None and last <= issued:
        message = N_("Ngày hết hạn phải sau ngày cấp")
        read.errors.setdefault("last_day", Refused(message, "last_day"))


def _check_number(
    books: Books, read: ReadRecord, known: int | None, *, keyed: bool
) -> None:
    """Once in the file, and in the register for no other chain.

    Of a row whose chain cannot be told it stays open whose number it is.
    """
    number = paper_key(read.get("number"))
    books.first_time(read.number, ("number", number), "number")
    owner = books.numbers.get(number)
    if keyed and owner is not None and owner != known:
        raise Refused(N_("Số giấy này đã cấp cho chuỗi khác"), "number")
