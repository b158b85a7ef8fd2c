"""The filters of an event query as conditions on the tables that events lie in.

Each says of a row what `matches` says of the event that is told of it: a captured event
is found by its terms, one of the lot graph by the columns it is put into words from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from marketplace.domain.epcis_bounds import Bounds
from marketplace.domain.epcis_events import MEANING
from marketplace.domain.epcis_filters import TYPED
from marketplace.domain.epcis_queries import EventQuery
from marketplace.domain.epcis_terms import ID
from marketplace.domain.epcis_words import full_word
from marketplace.domain.words_trace import LotStep
from marketplace.services.epcis_amounts import (
    AMOUNTS,
    MADE,
    amounts,
    patterned,
    told_as,
)
from marketplace.services.epcis_fields import Fields
from marketplace.services.epcis_found import Found
from marketplace.services.epcis_pages import RECORDED, within
from models.epcis import EpcisName
from models.lot_events import LotCorrection, LotEvent, LotOrigin, LotPart

Condition = ColumnElement[bool]
CLASSES = frozenset(
    {
        "MATCH_epcClass",
        "MATCH_inputEPCClass",
        "MATCH_outputEPCClass",
        "MATCH_anyEPCClass",
    }
)


class Graph:
    """What must hold of an event of the lot graph; addresses are rows of ours."""

    def __init__(self, session: Session, query: EventQuery, base: str) -> None:
        self.asked, self.found = query, Found(session, base)
        self.whole = True
        self.fields = Fields(self.found, query.prefixes)
        self.lots = {
            name: self.found.lots(values)
            for name, values in query.equal.items()
            if name in CLASSES
        }

    def conditions(self) -> list[Condition]:
        """All that the query asks of an event that is told whole."""
        query = self.asked
        limits = [
            *within(query.event_time, LotEvent.at),
            *within(query.record_time, RECORDED),
            *within(query.declared, LotEvent.wrong_at),
            *(self._one(name) for name in query.names),
        ]
        if query.wrong_only:
            limits.append(LotEvent.wrong_at.is_not(None))
        return limits

    def of_others(self, readable: Callable[[list[int]], set[int]]) -> list[Condition]:
        """The same of an event of others: it is told without partners and their lots.

        Of amounts and patterns no less than that: which goods are told is seen later.
        """
        self.whole = self.fields.whole = False
        for name, lots in self.lots.items():
            self.lots[name] = sorted(readable(lots))
        partners = tuple(f"EQ_{kind}" for kind in TYPED)
        if any(name.startswith(partners) for name in self.asked.equal):
            return [false()]
        return self.conditions()

    def _one(self, name: str) -> Condition:
        values = self.asked.equal.get(name, frozenset())
        bounds = self.asked.bounds.get(name, frozenset())
        if bounds:
            within = [self._within(name, one) for one in bounds]
            return or_(*within, *([self._equal(name, values)] if values else []))
        return self._equal(name, values)

    def _within(self, name: str, bounds: Bounds) -> Condition:
        if name in CLASSES:
            return patterned(name, bounds)
        if bounds.measure in AMOUNTS:
            return amounts(bounds, whole=self.whole)
        return self.fields.within(bounds)

    def _equal(self, name: str, values: Collection[str]) -> Condition:
        if name in CLASSES:
            return self._goods(name, self.lots[name])
        known = _PLAIN.get(name)
        if known:
            return known(values)
        if name in ("EQ_readPoint", "WD_readPoint"):
            return self._place(values)
        if name in ("EQ_bizLocation", "WD_bizLocation"):
            return LotEvent.organisation_id.in_(self.found.homes(values))
        how, kind, wanted = (*name.split("_", 2), "")[:3]
        if how == "EQ" and kind in TYPED and _is_ours(kind, wanted):
            return self._partner(kind, values)
        # What is no field of ours is told with nothing of the graph.
        return self.fields.equal(name, values)

    def _place(self, values: Collection[str]) -> Condition:
        """A facility; else the first garden that was picked; else where they are."""
        nowhere = LotEvent.facility_id.is_(None)
        earlier = aliased(LotOrigin)
        first = ~exists().where(
            earlier.event_id == LotOrigin.event_id, earlier.number < LotOrigin.number
        )
        picked = select(LotOrigin.event_id).where(
            LotOrigin.area_id.in_(self.found.areas(values)), first
        )
        harvest = LotEvent.step == LotStep.HARVEST
        of_garden = exists().where(LotOrigin.event_id == LotEvent.id)
        at_home = LotEvent.organisation_id.in_(self.found.homes(values))
        return or_(
            LotEvent.facility_id.in_(self.found.facilities(values)),
            and_(nowhere, harvest, LotEvent.id.in_(picked)),
            and_(nowhere, at_home, ~and_(harvest, of_garden)),
        )

    def _partner(self, kind: str, values: Collection[str]) -> Condition:
        if kind == "bizTransaction":
            return LotEvent.note_id.in_(self.found.notes(values))
        parties = self.found.parties(values)
        ship, arrive = (LotEvent.step == one for one in (LotStep.SHIP, LotStep.ARRIVE))
        own = LotEvent.organisation_id.in_(parties)
        if kind == "destination":
            to = LotEvent.to_organisation_id.in_(parties)
            answers = LotEvent.answers_id.is_not(None)
            return or_(and_(ship, to), and_(arrive, answers, own))
        sent = aliased(LotEvent)
        answered = select(sent.id).where(sent.organisation_id.in_(parties))
        came = and_(arrive, LotEvent.answers_id.in_(answered))
        return or_(and_(ship, own), came)

    def _goods(self, name: str, lots: Collection[int]) -> Condition:
        """The event has a part of these lots, where the filter looks for it."""
        part = aliased(LotPart)
        touched = select(LotPart.event_id).where(LotPart.lot_id.in_(lots))
        has = exists().where(
            part.event_id == LotEvent.id, part.lot_id.in_(lots), told_as(part, name)
        )
        return and_(LotEvent.id.in_(touched), has.correlate(LotEvent))


def _is_ours(kind: str, wanted: str) -> bool:
    """Whether what we tell of this kind has the type that was asked for."""
    told = "desadv" if kind == "bizTransaction" else "owning_party"
    return not wanted or full_word(kind, wanted) == full_word(kind, told)


def _steps(position: int, field: str) -> Callable[[Collection[str]], Condition]:
    """By what a step is called in the standard."""

    def asked(values: Collection[str]) -> Condition:
        wanted = [
            step
            for step, words in MEANING.items()
            if words[position]
            and (full_word(field, words[position]) if field else words[position])
            in values
        ]
        return LotEvent.step.in_(wanted)

    return asked


def _types(values: Collection[str]) -> Condition:
    some = [~MADE] if "ObjectEvent" in values else []
    some += [MADE] if "TransformationEvent" in values else []
    return or_(false(), *some)


def _named(values: Collection[str]) -> Condition:
    known = select(EpcisName.lot_event_id).where(EpcisName.event_id.in_(values))
    return LotEvent.id.in_(known)


def _declared(values: Collection[str]) -> Condition:
    told = full_word("reason", "incorrect_data") in values
    return and_(LotEvent.wrong_at.is_not(None), true() if told else false())


def _corrected(values: Collection[str]) -> Condition:
    told = select(LotCorrection.wrong_id).where(LotCorrection.event_id.in_(values))
    return and_(LotEvent.wrong_at.is_not(None), LotEvent.id.in_(told))


_PLAIN: dict[str, Callable[[Collection[str]], Condition]] = {
    "eventType": _types,
    ID: _named,
    "EQ_action": _steps(0, ""),
    "EQ_bizStep": _steps(1, "bizStep"),
    "EQ_disposition": _steps(2, "disposition"),
    "EQ_errorReason": _declared,
    "EQ_correctiveEventID": _corrected,
    "EXISTS_sensorElementList": lambda _: LotEvent.temperature_c.is_not(None),
}
