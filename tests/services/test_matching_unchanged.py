"""A shard is not read a second time if the database can tell that it is the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import delete, select, update

from marketplace.domain.words import (
    CertificateScheme,
    HarvestState,
    OfferState,
    OrganisationState,
    PaperState,
    ProposalState,
    Side,
)
from marketplace.services.matching_sheet import Sheet
from models.database import db, transaction
from models.harvests import Harvest, HarvestGrade, HarvestPaper
from models.offers import Offer, OfferRequirement, OfferVariety, Tranche
from models.organisations import Organisation
from models.papers import Certificate, GrowingArea, GrowingAreaCode
from models.proposals import Proposal
from models.reference import AdminUnit, Product, Variety
from models.unchanged import tables_of
from tests.factories import TODAY, Make
from tests.reading_rows import DAY, fill, read, read_now, stands, wait_for_others


@pytest.fixture
def market(fresh_app):
    """What a reading reads has a row in every table, and all of it is stored."""
    with fresh_app.app_context():
        with transaction() as session:
            fill(Make(session))
        yield fresh_app
        db.session.remove()


def read_beside(other):
    """A reading while somebody else has written and not yet committed."""
    wait_for_others()
    other.execute(CHANGES["harvest"])
    return read_now()


@pytest.fixture
def readings(monkeypatch):
    """How often a reading that had to stand the test was read again."""
    made = []

    def read_again(*_, **__):
        made.append(1)
        return Unlike()

    monkeypatch.setattr(Sheet, "read", read_again)
    return made


class Unlike:
    """No reading is like it."""

    digest = ""


@pytest.mark.databases("postgres")
@pytest.mark.usefixtures("market")
def test_what_has_not_changed_is_not_read_again(readings):
    reading = read()

    assert stands(reading)
    assert not readings


@pytest.mark.databases("postgres")
@pytest.mark.usefixtures("market")
def test_what_only_others_of_the_database_did_is_no_change(readings):
    reading = read()
    with transaction() as session:
        Make(session).harvest(product="mango", state=HarvestState.DRAFT)
        session.execute(select(Harvest.id).with_for_update())
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(sa.text("VACUUM FREEZE"))

    assert stands(reading)
    assert not readings


def changed(model, *where, **values):
    return update(model).where(*where).values(**values)


def the_first(model):
    return model.id == select(sa.func.min(model.id)).scalar_subquery()


OPEN, PAUSED = HarvestState.OPEN, OfferState.PAUSED
# In this order each finds rows that the reading before it has seen.
CHANGES = {
    "harvest": changed(Harvest, the_first(Harvest), floor_price_vnd=11_111),
    "promised of a draft": changed(Harvest, Harvest.state != OPEN, promised_kg=5),
    "draft posted": changed(Harvest, Harvest.state != OPEN, state=OPEN),
    "grade": changed(HarvestGrade, HarvestGrade.rank == 2, rank=3),
    "grade gone": delete(HarvestGrade).where(HarvestGrade.rank == 3),
    "code": changed(GrowingAreaCode, state=PaperState.SUSPENDED),
    "certificate": changed(Certificate, state=PaperState.SUSPENDED),
    "paper gone": delete(HarvestPaper).where(HarvestPaper.code_id.is_not(None)),
    "area": changed(GrowingArea, latitude=20.0, longitude=104.0),
    "commune": changed(AdminUnit, latitude=20.0, longitude=104.0),
    "product": changed(Product, shelf_life_days=2),
    "offer": changed(Offer, the_first(Offer), least_grade=2),
    "offer resumed": changed(Offer, Offer.state == PAUSED, state=OfferState.OPEN),
    "tranche": changed(Tranche, the_first(Tranche), ceiling_price_vnd=17_777),
    "tranche dropped": changed(Tranche, the_first(Tranche), dropped=True),
    "requirement": changed(OfferRequirement, scheme=CertificateScheme.HACCP),
    "requirement gone": delete(OfferRequirement),
    "accepted variety gone": delete(OfferVariety),
    "proposal": changed(Proposal, state=ProposalState.DECLINED, declined_by=Side.BUYER),
    "harvest gone": changed(Harvest, the_first(Harvest), state=HarvestState.WITHDRAWN),
    "organisation": changed(Organisation, state=OrganisationState.SUSPENDED),
}


@pytest.mark.databases("postgres")
@pytest.mark.usefixtures("market")
def test_whatever_is_changed_or_removed_is_read_again(readings):
    for what, change in CHANGES.items():
        reading = read()
        assert stands(reading), what
        with transaction() as session:
            assert session.execute(change).rowcount, what

        assert not stands(reading), what
    assert len(readings) == len(CHANGES)


def a_grade(harvest):
    return HarvestGrade(harvest_id=harvest.id, rank=3, share_permille=1)


def a_paper(harvest, certificate):
    return HarvestPaper(harvest_id=harvest.id, certificate_id=certificate.id)


def a_tranche(offer):
    days = {"window_start": DAY, "window_end": DAY}
    kg = {"number": 9, "kg": 5_000, "ceiling_price_vnd": 15_000}
    return Tranche(offer_id=offer.id, **days, **kg)


def a_requirement(offer):
    return OfferRequirement(offer_id=offer.id, scheme=CertificateScheme.HACCP)


def another(variety):
    same = ("product_id", "name_vi", "name_en", "season_class")
    return Variety(code="x9", **{name: getattr(variety, name) for name in same})


def accepted(offer, variety):
    return OfferVariety(offer_id=offer.id, variety_id=variety.id)


@pytest.mark.databases("postgres")
@pytest.mark.usefixtures("market")
def test_whatever_is_added_is_read_again(readings):
    additions = [
        lambda make: make.harvest(),
        lambda make: make.offer(tranches=[(DAY, 5_000)]),
        lambda make: make.quote(13_000, 14_000, product="mango"),
        lambda make: make.session.add(a_grade(one(make, Harvest))),
        lambda make: make.session.add(
            a_paper(one(make, Harvest, last=True), one(make, Certificate))
        ),
        lambda make: make.session.add(a_tranche(one(make, Offer))),
        lambda make: make.session.add(a_requirement(one(make, Offer))),
        lambda make: make.session.add(another(one(make, Variety))),
        lambda make: make.session.add(
            accepted(one(make, Offer), one(make, Variety, last=True))
        ),
    ]
    for number, add in enumerate(additions):
        reading = read()
        assert stands(reading), number
        with transaction() as session:
            add(Make(session))

        assert not stands(reading), number
    assert len(readings) == len(additions)


def one(make, model, *, last=False):
    order = model.id.desc() if last else model.id
    return make.session.scalars(select(model).order_by(order)).first()


@pytest.mark.databases("postgres")
@pytest.mark.usefixtures("market")
def test_one_that_goes_and_one_that_comes_are_two_changes(readings):
    """As many rows as before, and yet others."""
    reading = read()
    with transaction() as session:
        grade = HarvestGrade.rank == 2
        harvest = HarvestGrade.harvest_id == first(session)
        assert session.execute(delete(HarvestGrade).where(grade, harvest)).rowcount
        session.add(HarvestGrade(harvest_id=first(session), rank=4, share_permille=600))

    assert not stands(reading)
    assert readings


def first(session):
    return session.scalar(select(sa.func.min(Harvest.id)))


@pytest.mark.databases("postgres")
@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("nested", [False, True])
def test_who_was_writing_at_the_reading_is_noticed(readings, nested):
    """Begun before the reading, unseen by it, committed after it.

    A savepoint has a number of its own, which no snapshot names.
    """
    with db.engine.connect() as other:
        if nested:
            other.execute(CHANGES["grade"].where(HarvestGrade.harvest_id == 0))
            other.begin_nested()
        reading = read_beside(other)
        other.commit()

    assert not stands(reading)
    assert readings


@pytest.mark.databases("postgres")
@pytest.mark.usefixtures("market")
def test_a_change_that_was_rolled_back_is_none(readings):
    reading = read()
    with db.engine.connect() as other:
        other.execute(CHANGES["harvest"])
        other.rollback()

    assert stands(reading)
    assert not readings


@pytest.mark.usefixtures("market")
def test_another_day_is_another_market(readings):
    reading = read()

    assert not stands(reading, on=TODAY + timedelta(days=1))
    assert readings


@pytest.mark.databases("sqlite")
@pytest.mark.usefixtures("market")
def test_where_the_database_does_not_tell_it_is_read_again():
    reading = read()

    assert reading.notes is None
    assert stands(reading)
    with transaction() as session:
        session.execute(CHANGES["harvest"])
    assert not stands(reading)


@pytest.mark.databases("postgres")
@pytest.mark.usefixtures("market")
def test_every_table_of_a_query_is_looked_at():
    notes = read().notes
    for wanted, _ in notes.found:
        with db.engine.connect() as connection:
            text = str(
                wanted.compile(connection, compile_kwargs={"literal_binds": False})
            )
        told = text.partition("FROM")[2].partition("WHERE")[0].count(" JOIN ") + 1
        assert len(tables_of(wanted)) == told
    assert len(notes.found) == 8
