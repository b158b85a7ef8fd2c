"""What must hold of chains and of the days by which they are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.domain.words import ChainKind
from marketplace.services.chain_sums import wrong_sums
from marketplace.services.violations import Question, Violation, asked_alike
from models.chain_days import ChainInterval
from models.chains import Chain, Recognition


@asked_alike
def _chain_has_its_interval() -> Iterator[Question]:
    ever = select(ChainInterval.chain_id).distinct()
    yield (
        "a chain's open interval has its state",
        select(Chain.public_id, Chain.state, ChainInterval.state)
        .outerjoin(
            ChainInterval,
            and_(ChainInterval.chain_id == Chain.id, ChainInterval.valid_to.is_(None)),
        )
        .where(
            Chain.id.in_(ever),
            or_(ChainInterval.state.is_(None), ChainInterval.state != Chain.state),
        ),
    )


@asked_alike
def _intervals_do_not_overlap() -> Iterator[Question]:
    other = aliased(ChainInterval)
    yield (
        "a chain's intervals do not overlap",
        select(ChainInterval.chain_id, ChainInterval.valid_from, other.valid_from)
        .join(other, other.chain_id == ChainInterval.chain_id)
        .where(
            ChainInterval.valid_from < other.valid_from,
            or_(
                ChainInterval.valid_to.is_(None),
                ChainInterval.valid_to > other.valid_from,
            ),
        ),
    )


@asked_alike
def _intervals_leave_no_gap() -> Iterator[Question]:
    """Each interval that ended is followed by one that begins on that day."""
    following = aliased(ChainInterval)
    yield (
        "a chain's intervals leave no gap",
        select(ChainInterval.chain_id, ChainInterval.valid_from)
        .outerjoin(
            following,
            and_(
                following.chain_id == ChainInterval.chain_id,
                following.valid_from == ChainInterval.valid_to,
            ),
        )
        .where(ChainInterval.valid_to.is_not(None), following.chain_id.is_(None)),
    )


@asked_alike
def _confirmed_stays_confirmed() -> Iterator[Question]:
    """The cumulative number never falls: what was confirmed once is for ever."""
    later = aliased(ChainInterval)
    yield (
        "a chain's confirmation is never forgotten",
        select(ChainInterval.chain_id, later.valid_from)
        .join(later, later.chain_id == ChainInterval.chain_id)
        .where(
            ChainInterval.valid_from < later.valid_from,
            ChainInterval.confirmed,
            ~later.confirmed,
        ),
    )


@asked_alike
def _four_eyes_confirmed() -> Iterator[Question]:
    """A safe chain that was ever confirmed has two officers behind it."""
    two = exists().where(
        Recognition.chain_id == ChainInterval.chain_id,
        Recognition.decided_by_id.is_not(None),
        Recognition.proposed_by_id.is_not(None),
        Recognition.proposed_by_id != Recognition.decided_by_id,
    )
    yield (
        "a chain's confirmation has two officers",
        select(ChainInterval.chain_id, ChainInterval.valid_from).where(
            ChainInterval.confirmed,
            ChainInterval.kind == ChainKind.SAFE_SUPPLY,
            ~two,
        ),
    )


CHECKS_OF_CHAINS: tuple[Callable[[Session], Iterator[Violation]], ...] = (
    _chain_has_its_interval,
    _intervals_do_not_overlap,
    _intervals_leave_no_gap,
    _confirmed_stays_confirmed,
    _four_eyes_confirmed,
    wrong_sums,
)
