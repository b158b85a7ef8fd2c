"""A standing agreement for tests, and the call-offs of its weeks."""

from datetime import date, timedelta

from marketplace.domain.call_offs import Call, FrameState, FrameTerms
from marketplace.domain.deliveries import DeliveryWord
from marketplace.domain.words import Side
from marketplace.services.call_off_frames import answer_frame, propose_frame
from marketplace.services.call_offs import answer_call_off, post_call_off
from marketplace.services.deliveries import say_of_delivery
from models.call_offs import CallOff, CallOffFrame
from tests.deals import Deals
from tests.factories import NOW, TODAY

MONDAY = date(2026, 8, 3)
TERMS = FrameTerms(1_000, 5_000, 3, 24, MONDAY, MONDAY + timedelta(days=21))
WHEN = {"now": NOW, "today": TODAY}
SUM = 12_000


def week(number, kg=3_000):
    """A call for the Tuesday and Wednesday of a week of the frame."""
    first = MONDAY + timedelta(days=7 * number + 1)
    return Call(kg, first, first + timedelta(days=1))


class Framed:
    """A contract in force whose one delivery lasts four weeks."""

    def __init__(self, session, make):
        self.session, deals = session, Deals(session, make)
        offer = make.offer(tranches=((MONDAY, SUM),))
        offer.tranches[0].window_end = MONDAY + timedelta(days=27)
        session.flush()
        proposal = make.proposal(None, offer)
        terms = proposal.terms[0]
        terms.seller_accepted_at = terms.buyer_accepted_at = NOW
        self.contract = deals.in_force(proposal)
        self.seller = deals.actor(self.contract, Side.SELLER)
        self.buyer = deals.actor(self.contract, Side.BUYER)
        self.id = self.contract.public_id

    def proposed(self, terms=TERMS):
        return propose_frame(self.session, self.buyer, self.id, 1, terms, **WHEN)

    def agreed(self, terms=TERMS):
        frame = self.proposed(terms)
        agreed = FrameState.AGREED
        answer_frame(self.session, self.seller, self.id, agreed, **WHEN)
        return frame

    def call(self, call, **over):
        return post_call_off(self.session, self.buyer, self.id, call, **(WHEN | over))

    def answer(self, call, kg=None, text=""):
        return answer_call_off(
            self.session, self.seller, self.id, call.week, kg, text, now=NOW
        )

    def ready(self, line):
        word = DeliveryWord.READY
        say_of_delivery(self.session, self.seller, self.id, line, word, **WHEN)

    def lines(self):
        return [(line.number, line.kg) for line in self.contract.lines]


def with_call(session, contract, user_id, now):
    """The contract, with an agreed frame over it and a call that waits, as rows."""
    frame = CallOffFrame(
        contract_id=contract.id,
        line=1,
        state=FrameState.AGREED,
        proposed_by=Side.BUYER,
        proposed_by_id=user_id,
        proposed_at=now,
        answered_by_id=user_id,
        answered_at=now,
        **vars(TERMS),
    )
    called = CallOff(
        **vars(week(0)),
        week=MONDAY,
        posted_by_id=user_id,
        posted_at=now,
        answer_by=now + timedelta(hours=TERMS.answer_hours),
    )
    frame.calls.append(called)
    session.add(frame)
    session.flush()
    return contract
