"""Chains that were recognised or confirmed before the market knew them.

They come with their paper and wait for nothing; the nightly evaluation says
from the day of the import on whether they count, and what is missing if not.
No day before the import changes.
"""

from __future__ import annotations

from sqlalchemy import select

from marketplace.domain.errors import N_, Refused
from marketplace.domain.names import clean_text
from marketplace.domain.register_rows import ReadRecord
from marketplace.domain.words import ChainState
from marketplace.services.register_books import Books
from models.chains import Chain, Recognition
from models.database import Base
from models.organisations import Organisation
from models.reference import ProductGroup


def write_chain(books: Books, read: ReadRecord) -> list[Base]:
    """The chain and its recognition; nothing if lead and group have theirs."""
    lead = books.holder(read.get("lead"), "lead")
    group, kind = books.group(read.get("group")), read.get("kind")
    _check_days(books, read)
    books.first_time(read.number, (kind, lead.id, group.id), "lead")
    number = clean_text(read.get("number"), field="number")
    books.first_time(read.number, ("number", number), "number")
    known = select(Chain.id).where(
        Chain.kind == kind, Chain.lead_id == lead.id, Chain.group_id == group.id
    )
    if books.session.scalar(known) is not None:
        return []
    _check_number(books, number)
    chain = _chain(read, lead, group)
    books.session.add(chain)
    books.session.flush()  # a new chain is a draft; only then it is submitted
    chain.state, chain.submitted_at = ChainState.SUBMITTED, books.now
    paper = _paper(books, read, chain, number)
    books.session.add(paper)
    books.session.flush()
    return [chain, paper]


def _paper(books: Books, read: ReadRecord, chain: Chain, number: str) -> Recognition:
    """Who brought the file proposes, the second officer decides; a trial has one."""
    alone = books.maker_id == books.who.user_id
    return Recognition(
        chain_id=chain.id,
        number=number,
        issuer_id=books.who.organisation_id,
        issued_on=read.get("issued_on"),
        valid_to=read.get("last_day"),
        proposed_by_id=None if alone else books.maker_id,
        decided_by_id=books.who.user_id,
        decided_at=books.now,
    )


def _chain(read: ReadRecord, lead: Organisation, group: ProductGroup) -> Chain:
    usual = f"{group.name_vi} {lead.short_name}"
    return Chain(
        kind=read.get("kind"),
        lead_id=lead.id,
        group_id=group.id,
        name=clean_text(read.text("name") or usual, field="name"),
        unit_id=lead.unit_id,
    )


def _check_days(books: Books, read: ReadRecord) -> None:
    issued, last = read.get("issued_on"), read.get("last_day")
    if issued > books.today:
        raise Refused(N_("Ngày cấp không được sau hôm nay"), "issued_on")
    if last is not None and last <= issued:
        raise Refused(N_("Ngày hết hạn phải sau ngày cấp"), "last_day")


def _check_number(books: Books, number: str) -> None:
    taken = select(Recognition.id).where(
        Recognition.issuer_id == books.who.organisation_id,
        Recognition.number == number,
    )
    if books.session.scalar(taken) is not None:
        raise Refused(N_("Số giấy này đã cấp cho chuỗi khác"), "number")
