"""From the optimum of the quantities to an allocation that keeps every rule.

Smallest lots and supplier limits make the problem hard (a fixed-charge
transportation problem), so this is a search, and what it may have missed is
told by the bound. Each need is shown the best pairs at the prices of the flow,
and pairs pay for their place where few sellers may come (`charges`). It starts
where the rules are broken: pairs that carry too little are raised to their least
if they carry half of it, else closed; sellers beyond the limit of an offer are
closed, the least worth first; the flow finds the best answer anew, from the last
one (`planting`). When nothing is broken, or after enough rounds, what is
still illegal is dropped, gaps are filled with legal pieces, and the quantities
are optimised once more on the pairs that carry something. Then the search goes
on from there with all pairs open again, as long as that pays, and goes through
the market window by window (`windows`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from marketplace.matching.charges import charged
from marketplace.matching.choices import Proof
from marketplace.matching.filling import fill
from marketplace.matching.flow import Flow, total
from marketplace.matching.nearness import Near
from marketplace.matching.network import Network
from marketplace.matching.rules import Rules
from marketplace.matching.side import Bools, Ints
from marketplace.matching.windows import improve

ROUNDS = 12
RESTARTS = 3
WORTHWHILE = 5e-4
"""The relative gain for which it is worth to start again."""
HALF = 0.5
"""A pair that carries this part of its least is raised to it."""


class Legal(NamedTuple):
    """Pairs that carry something, by node, and their surplus."""

    lot: Ints
    need: Ints
    kg: Ints
    worth: Ints
    surplus: int


def repair(
    flow: Flow, near: Near | None, proof: Proof, stop: Callable[[], None]
) -> Legal:
    """The flow itself if it keeps the rules, else a legal one near it."""
    if near is not None:
        return legal_of(near.rules, _search(near, flow, proof, stop))
    used = flow.kg > 0
    need, lot = np.divmod(flow.candidates.key[used], len(flow.u))
    kg, worth = flow.kg[used], flow.candidates.surplus[used]
    return Legal(lot, need, kg, worth, total(kg, worth))


def legal_of(rules: Rules, kg: Ints) -> Legal:
    """The pairs that carry something."""
    rows = np.flatnonzero(kg)
    columns = (rules.lot[rows], rules.need[rows], kg[rows], rules.worth[rows])
    return Legal(*columns, total(kg, rules.worth))


def _search(near: Near, flow: Flow, proof: Proof, stop: Callable[[], None]) -> Ints:
    """The whole at once, then window by window."""
    rules = near.rules
    slack = flow.u[rules.lot] + flow.v[rules.need] - rules.worth
    whole = _Search(rules, slack, near.kg, stop)
    whole.charge()
    found = improve(rules, whole.run(), slack, proof, stop)
    return whole.polish(found)


def polished(rules: Rules, kg: Ints, stop: Callable[[], None]) -> Ints:
    """Legal kilograms with what is open filled, and the quantities optimal."""
    return _Search(rules, kg * 0, kg, stop).polish(kg)


class _Search:
    def __init__(
        self,
        rules: Rules,
        slack: Ints,
        wish: Ints,
        stop: Callable[[], None],
    ) -> None:
        """`wish` are the kilograms of the flow; `worth` is what pairs are chosen by."""
        self.rules, self.slack, self.wish, self.stop = rules, slack, wish, stop
        self.worth, self.nothing = rules.worth, wish * 0
        self.key = rules.need * len(rules.lot_kg) + rules.lot
        self.order = np.argsort(-rules.worth, kind="stable")
        self.possible = rules.least <= rules.most

    def charge(self) -> None:
        """Choose pairs by what they are worth less their part of a place."""
        most = self.rules.most

        def flow(worth: Ints, near: Ints) -> Ints:
            self.stop()
            open_ = self.possible & (worth > 0)
            return self._flow(open_, self.nothing, most, near, worth)

        self.worth = charged(self.rules, self.wish, flow)

    def run(self) -> Ints:
        """The best of several searches, each from where the last one ended."""
        best = self.nothing
        for _ in range(RESTARTS):
            found = self.polish(self._legalise(best))
            before, after = (
                total(best, self.rules.worth),
                total(found, self.rules.worth),
            )
            if after > before:
                best = found
            if after <= before * (1 + WORTHWHILE):
                break
        return best

    def _legalise(self, start: Ints) -> Ints:
        """Rounds of flow and correction, from a legal start that stays as it is."""
        rules = self.rules
        alive, forced = self.possible.copy(), start > 0
        most, kg = rules.most.copy(), np.maximum(self.wish, start)
        for number in range(ROUNDS):
            self.stop()
            least = np.where(forced, rules.least, 0)
            kg = self._flow(alive, least, most, kg, self.worth)
            crumbs, doors = rules.crumbs(kg), rules.surplus_doors(kg)
            shares = rules.shared(kg) > rules.share_kg
            if not (crumbs.any() or doors.any() or shares.any()):
                break
            if shares.any():
                most = np.minimum(most, rules.cut_to_share(kg))
                alive &= (most >= rules.least) | ~shares[rules.share]
            raised = crumbs & (kg >= HALF * rules.least) & (2 * number < ROUNDS)
            alive &= ~crumbs | raised
            alive &= ~doors[rules.door]
            forced &= alive
            self._raise(forced, raised & alive, alive)
        return self._drop(kg)

    def _raise(self, forced: Bools, raised: Bools, alive: Bools) -> None:
        """Force pairs up to their least while lots and needs have room for it."""
        rules = self.rules
        held = np.where(forced, rules.least, 0)
        lot_left = rules.lot_kg - np.bincount(rules.lot, held, len(rules.lot_kg))
        need_left = rules.need_kg - np.bincount(rules.need, held, len(rules.need_kg))
        share_left = rules.share_kg - rules.shared(held)
        for pair in np.flatnonzero(raised & ~forced).tolist():
            least = rules.least[pair]
            i, j, s = rules.lot[pair], rules.need[pair], rules.share[pair]
            if least <= min(lot_left[i], need_left[j], share_left[s]):
                forced[pair] = True
                lot_left[i] -= least
                need_left[j] -= least
                share_left[s] -= least
            else:
                alive[pair] = False

    def _drop(self, kg: Ints) -> Ints:
        """Take out whatever still breaks a rule."""
        rules = self.rules
        kg = np.where(rules.surplus_doors(kg)[rules.door], 0, kg)
        kg = np.minimum(kg, rules.cut_to_share(kg))
        return np.where(rules.crumbs(kg), 0, kg)

    def polish(self, kg: Ints) -> Ints:
        """Fill what is open and optimise the quantities, as long as it pays."""
        rules, before = self.rules, -1
        while total(kg, rules.worth) > before * 1.0001 + 1:
            before = total(kg, rules.worth)
            fill(rules, kg, self.order)
            alone = np.bincount(rules.share, kg > 0)[rules.share] == 1
            bounded = rules.share_kg[rules.share] < rules.need_kg[rules.need]
            most = np.where(bounded & ~alone, kg, rules.most)
            least = np.minimum(rules.least, kg)
            kg = self._flow(kg > 0, least, most, kg, rules.worth)
        return kg

    def _flow(
        self, chosen: Bools, least: Ints, most: Ints, near: Ints, worth: Ints
    ) -> Ints:
        """The best kilograms on the chosen pairs between these bounds.

        The search begins near some kilograms.
        """
        rules = self.rules
        least = np.where(chosen, least, 0)
        lot_kg = rules.lot_kg - np.bincount(rules.lot, least, len(rules.lot_kg))
        need_kg = rules.need_kg - np.bincount(rules.need, least, len(rules.need_kg))
        network = Network(lot_kg.astype(np.int64), need_kg.astype(np.int64))
        room, wish = np.maximum(most - least, 0), np.maximum(near - least, 0)
        middle = np.median(self.slack[chosen]) if chosen.any() else 0
        first = chosen & ((self.slack <= middle) | (wish > 0))
        network.extend(self.key[first], worth[first], room[first])
        network.plant(wish[first])
        network.solve()
        rest = chosen & ~first
        if rest.any():
            network.extend(self.key[rest], worth[rest], room[rest])
            network.solve()
        kg = least.copy()
        kg[chosen] += network.pairs.flow
        return kg
