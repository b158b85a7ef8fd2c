"""Whole pages of an officer of the province, from the request to the last byte."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import date
from typing import Any

import numpy as np
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.domain.actor import Actor
from models.database import db, transaction
from models.organisations import Membership
from models.reference import AdminUnit, AreaGroup, AreaGroupMember
from tests.doors import enter
from tests.factories import Make

PAGES = ("/", "/tong-quan/", "/hom-nay", "/giay-to/sap-het-han", "/chuoi/")
GROUP = "DO"
LONG_AGO = date(2000, 1, 1)


def pages(app: Flask, asked: int) -> Iterator[dict[str, Any]]:
    """Percentiles of each page in milliseconds, and its queries; redirects followed."""
    # What filled the tables is no part of a web server, and is not searched for waste.
    gc.collect()
    gc.freeze()
    client = app.test_client()
    with transaction() as session:
        enter(client, session, _officer(session))
    for address in PAGES:
        spent = []
        for _ in range(asked):
            began = time.perf_counter()
            reply = asked_for(client, address)
            spent.append(1000 * (time.perf_counter() - began))
            assert reply.status_code == 200, address
        with counted() as queries:
            asked_for(client, address)
        yield {
            "what": f"page {address}",
            "asked": asked,
            "p50_ms": float(np.percentile(spent, 50)),
            "p95_ms": float(np.percentile(spent, 95)),
            "worst_ms": max(spent),
            "queries": len(queries),
        }


def asked_for(client: FlaskClient, address: str) -> TestResponse:
    """The page as a person gets it, who brings nothing along from the last one.

    Inside the context of the measurement all requests would share what each keeps
    for itself, and all but the first would look up nothing.
    """
    return Context().run(client.get, address, follow_redirects=True)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block sends."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)


def _officer(session: Session) -> Actor:
    """Somebody who looks after every commune, old and new."""
    there = sa.select(Membership).join(Membership.scope_group)
    if seat := session.scalars(there.where(AreaGroup.code == GROUP)).first():
        return Actor(seat.user_id, seat.organisation_id, seat.role)
    group = AreaGroup(code=GROUP, name="Vùng đo", kind="legacy_district")
    session.add(group)
    session.flush()  # its members name it
    for unit in session.scalars(sa.select(AdminUnit.id)):
        member = AreaGroupMember(area_group_id=group.id, unit_id=unit)
        member.valid_from = LONG_AGO
        session.add(member)
    session.flush()
    return Make(session).officer(GROUP)
