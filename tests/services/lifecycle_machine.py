"""A state machine over the toy market: Hypothesis chooses who does what next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RULE_MARKER,
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from marketplace.domain.bargaining import other
from marketplace.domain.words import Side
from models.chains import Chain
from models.contracts import Contract
from models.harvests import Harvest
from models.offers import Offer
from models.proposals import Proposal
from tests.factories import PASSWORD
from tests.services.toy_market import MOST_HARVESTS, Toy

SIDES = st.sampled_from(list(Side))
WHICH = st.sampled_from((0, 0, 0, 1, 1, 2, 2, 3, 4, 5, 6, 7))
LAST_DAY = 100


class Market(RuleBasedStateMachine):
    """One example: a toy market from a start that somebody has brought about."""

    toy: ClassVar[Toy]
    # Where an example begins: deep states that chance alone would seldom reach.
    starts: ClassVar[tuple[str, ...]]
    moves_made: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0
        self.toy.begin()

    def teardown(self) -> None:
        self.toy.undo()

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        start = data.draw(st.sampled_from(self.starts), "start")
        begin_at(self.toy, start)

    def one(self, table: Any, place: int) -> Any:
        rows = self.toy.all(table)
        type(self).moves_made += bool(rows)
        return rows[place % len(rows)] if rows else None

    # --- proposals: the most of what happens, so they have the most rules

    @rule(place=WHICH, side=SIDES, back=st.sampled_from((0, 0, 0, 1)))
    def accept(self, place: int, side: Side, back: int) -> None:
        proposal = self.one(Proposal, place)
        self.toy.accept(proposal, side, max(proposal.round - back, 0))

    @rule(place=WHICH, first=SIDES)
    def accept_on_both_sides(self, place: int, first: Side) -> None:
        agree(self.toy, self.one(Proposal, place), first)

    @rule(
        place=WHICH,
        side=SIDES,
        kg=st.sampled_from((1_000, 6_000, 11_000, 12_000, 31_000)),
        price=st.sampled_from((14_000, 14_500, 15_000)),
    )
    def counter(self, place: int, side: Side, kg: int, price: int) -> None:
        self.toy.counter(self.one(Proposal, place), side, kg, price)

    @rule(place=WHICH, side=SIDES)
    def decline(self, place: int, side: Side) -> None:
        self.toy.decline(self.one(Proposal, place), side)

    @rule(likely=st.integers(0, 3))
    def match(self, likely: int) -> None:
        if not likely:  # it takes longer than all the others
            self.toy.match()

    # --- contracts

    def contracts(self) -> bool:
        return bool(self.toy.all(Contract))

    @precondition(contracts)
    @rule(place=WHICH, side=SIDES, stale=st.sampled_from((False, False, True)))
    def sign(self, place: int, side: Side, stale: bool) -> None:
        self.toy.sign(self.one(Contract, place), side, "0" * 64 if stale else "")

    @precondition(contracts)
    @rule(place=WHICH, side=SIDES)
    def withdraw_contract(self, place: int, side: Side) -> None:
        self.toy.withdraw_contract(self.one(Contract, place), side)

    # --- posts

    @rule(place=WHICH, kg=st.sampled_from((8_000, 25_000, 60_000)))
    def revise(self, place: int, kg: int) -> None:
        self.toy.revise(self.one(Harvest, place), kg)

    @rule(place=WHICH, kg=st.sampled_from((9_000, 40_000)))
    def post(self, place: int, kg: int) -> None:
        if len(self.toy.all(Harvest)) < MOST_HARVESTS:
            self.toy.post(place, kg)

    @rule(place=WHICH, likely=st.integers(0, 3))
    def withdraw_harvest(self, place: int, likely: int) -> None:
        if not likely:  # else there is soon nothing left to do
            self.toy.withdraw_harvest(self.one(Harvest, place))

    @rule(place=WHICH, step=st.sampled_from(("pause", "reopen", "reopen", "close")))
    def step_offer(self, place: int, step: str) -> None:
        self.toy.step_offer(self.one(Offer, place), step)

    # --- chains

    @precondition(lambda self: self.toy.all(Chain))
    @rule(place=WHICH, step=st.sampled_from(("recognise", "return", "withdraw")))
    def officiate(self, place: int, step: str) -> None:
        self.toy.officiate(self.one(Chain, place), step)

    # --- the clock

    @rule(hours=st.sampled_from((1, 24, 71, 80, 200)))
    def wait(self, hours: int) -> None:
        if self.waited + hours < LAST_DAY * 24:
            self.waited += hours
            self.toy.wait(hours)


def begin_at(toy: Toy, start: str) -> None:
    """Bring a state about, by the same moves as everybody's."""
    for move in MOVES[start]:
        assert move(toy) is not False, start


def _agree(toy: Toy) -> None:
    agree(toy, toy.all(Proposal)[0], Side.SELLER)


def _accept(place: int) -> Callable[[Toy], bool]:
    return lambda toy: toy.accept(toy.all(Proposal)[place], Side.SELLER, 0)


def _counter(side: Side, kg: int, price: int) -> Callable[[Toy], bool]:
    return lambda toy: toy.counter(toy.all(Proposal)[0], side, kg, price)


def _sign(side: Side) -> Callable[[Toy], bool]:
    return lambda toy: toy.sign(toy.all(Contract)[0], side)


def _wait(hours: int) -> Callable[[Toy], None]:
    return lambda toy: toy.wait(hours)


def _revise(toy: Toy) -> bool:
    return toy.revise(toy.all(Harvest)[0], 8_000)


MOVES: dict[str, tuple[Callable[[Toy], bool | None], ...]] = {
    "fresh": (),
    "half": (_accept(0),),
    # One has what a second wants and a third could still have.
    "crowded": (_agree, _accept(1), _accept(2)),
    "outbid": (_accept(0), _wait(10), _counter(Side.BUYER, 11_000, 14_000)),
    "late": (_accept(0), _wait(10), _counter(Side.BUYER, 11_000, 14_000), _wait(65)),
    "countered": (
        _counter(Side.SELLER, 12_000, 15_000),
        _counter(Side.BUYER, 12_000, 14_000),
        _counter(Side.SELLER, 12_000, 14_800),
    ),
    "agreed": (_agree,),
    "at risk": (_agree, _revise),
    "signed once": (_agree, _sign(Side.BUYER)),
    "in force": (_agree, _sign(Side.BUYER), _sign(Side.SELLER)),
}


def agree(toy: Toy, proposal: Proposal, first: Side) -> None:
    """Both sides say yes to the terms that lie on the table."""
    id_, round_ = proposal.id, proposal.round
    for side in (first, other(first)):
        toy.accept(toy.session.get_one(Proposal, id_), side, round_)


RULES = tuple(name for name in vars(Market) if hasattr(vars(Market)[name], RULE_MARKER))


def machine(
    session: Any,
    make: Any,
    monkeypatch: Any,
    *,
    starts: tuple[str, ...] = tuple(MOVES),
    rules: tuple[str, ...] = RULES,
) -> type[Market]:
    """The machine on this database; it undoes all that it does.

    With fewer starts and rules it looks at one corner of the market longer.
    Passwords are compared as they are: to hash one takes longer than a move.
    """
    monkeypatch.setattr(
        "marketplace.services.signing.check_password",
        lambda _user, password: password == PASSWORD,
    )
    toy = Toy(session, make)
    session.commit()
    left_out = dict.fromkeys(set(RULES) - set(rules))
    own = {"toy": toy, "starts": starts, "moves_made": 0}
    return type("Market", (Market,), left_out | own)
