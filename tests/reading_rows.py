"""A market with a row in every table that a run reads, and readings of it."""

from __future__ import annotations

import time
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import select

from marketplace.domain.words import CertificateScheme, HarvestState, OfferState
from marketplace.services.matching_sheet import Sheet
from models.database import db, transaction
from models.offers import OfferVariety
from models.reference import Product
from tests.factories import TODAY

DAY = TODAY + timedelta(days=148)
GRADES = ((1, 400), (2, 600))


def fill(make):
    seller = make.organisation()
    area = make.area(seller, product_id=make.product().id)
    make.harvest(
        seller,
        area_id=area.id,
        variety_id=make.variety().id,
        grades=GRADES,
        papers=[make.certificate(seller), make.code(area)],
        promised_kg=1_000,
    )
    make.harvest(grades=GRADES, state=HarvestState.DRAFT)
    harvest = make.harvest(grades=GRADES)
    make.quote(12_000, 13_000)
    offers = [
        make.offer(
            tranches=[(DAY, 12_000), (DAY + timedelta(days=7), 9_000)],
            schemes=[CertificateScheme.VIETGAP],
            unit_id=harvest.unit_id,
            state=state,
        )
        for state in (OfferState.OPEN, OfferState.PAUSED)
    ]
    for offer in offers:
        make.session.add(OfferVariety(offer_id=offer.id, variety_id=make.variety().id))
    make.proposal(harvest, offers[0])


SHEET = Sheet.read


def read():
    """A reading that nobody writes beside."""
    wait_for_others()
    return read_now()


def read_now():
    with transaction(read_only=True, snapshot=True) as session:
        return SHEET(session, products(session), today=TODAY)


def wait_for_others():
    """Until all is over that writes on the server by now: other tests do.

    What has been written since the oldest of them began would be read again.
    """
    if db.engine.dialect.name == "sqlite":
        return
    snapshot = sa.func.pg_current_snapshot()
    end = time.monotonic() + 300  # some write for minutes
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        begun = sa.cast(sa.func.pg_snapshot_xmax(snapshot), sa.Text)
        oldest = sa.cast(sa.func.pg_snapshot_xmin(snapshot), sa.Text)
        until = int(connection.scalar(sa.select(begun)))
        while int(connection.scalar(sa.select(oldest))) < until:
            assert time.monotonic() < end
            time.sleep(0.05)


def products(session):
    return list(session.scalars(select(Product.id).order_by(Product.id)))


def stands(reading, *, on=TODAY):
    with transaction() as session:
        return reading.still_stands(session, today=on)
