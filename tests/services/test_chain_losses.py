"""What chains would lose with a paper: as the night left it, or as it is now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from marketplace.domain.words import CertificateScheme, PaperState
from marketplace.services import chain_losses
from marketplace.services.chain_changes import chains_changed, unchanged_chains
from marketplace.services.chain_evaluation import evaluate_chains
from marketplace.services.chain_losses import lost_predicates
from marketplace.services.days import day_of
from marketplace.services.paper_rows import paper_of
from models.chain_days import ChainRun
from models.chains import ChainFact, Recognition
from models.organisations import Membership, Organisation
from models.papers import Certificate, Facility, GrowingArea
from models.plots import Plot
from tests import paper_rows, plot_rows
from tests.chain_rows import Chains

TODAY = day_of(datetime.now(UTC))
NIGHT = datetime.now(UTC) + timedelta(hours=2)
MORNING = NIGHT + timedelta(hours=3)


@pytest.fixture
def rows(session, make, monkeypatch):
    """Three chains that rest on papers of their leads, looked at by a night."""
    monkeypatch.setattr(chain_losses, "_kept", {})
    chains = Chains(session, make)
    found = [chains.own(on=TODAY - timedelta(days=30)) for _ in range(3)]
    for chain in found:
        paper_rows.packing_code(session, _facility(session, chain))
        plot_rows.plot(session, _area(session, chain), make.member(chain.lead))
    ids = [chain.id for chain in found]
    evaluate_chains(session, ids, today=TODAY, now=NIGHT)
    session.add(ChainRun(day=TODAY, started_at=NIGHT, finished_at=NIGHT))
    session.flush()
    return found


def _facility(session, chain):
    wanted = select(Facility).where(Facility.organisation_id == chain.lead_id)
    return session.scalars(wanted).one()


def _area(session, chain):
    wanted = select(GrowingArea).where(GrowingArea.organisation_id == chain.lead_id)
    return session.scalars(wanted).one()


def pairs_of(session, chains):
    """Each chain with each paper of its lead."""
    wanted = select(Certificate).order_by(Certificate.id)
    papers = session.scalars(wanted.execution_options(populate_existing=True)).all()
    return [
        (chain.id, paper_of(paper))
        for chain in chains
        for paper in papers
        if paper.organisation_id == chain.lead_id and paper_of(paper).last_day
    ]


def told(session, chains):
    session.expire_all()
    return lost_predicates(session, pairs_of(session, chains), today=TODAY)


def worked_out(session, chains, monkeypatch):
    """The same with nothing kept and no night to go by: from the records alone."""
    with monkeypatch.context() as patch, session.begin_nested() as point:
        patch.setattr(chain_losses, "_kept", {})
        session.execute(delete(ChainRun))
        found = told(session, chains)
        point.rollback()
    return found


def reads_of(monkeypatch):
    """The chains whose facts or records are read from now on."""
    read = []
    for name in ("latest_inputs", "load_chains"):
        real = getattr(chain_losses, name)

        def noting(session, ids, real=real, name=name):
            read.append((name, sorted(ids)))
            return real(session, ids)

        monkeypatch.setattr(chain_losses, name, noting)
    return read


def test_what_a_night_left_tells_the_same_as_the_records(session, rows, monkeypatch):
    live = worked_out(session, rows, monkeypatch)

    assert told(session, rows) == live
    assert any(live.values())


def test_who_asks_again_reads_no_facts(session, rows, monkeypatch):
    read = reads_of(monkeypatch)
    ids = [chain.id for chain in rows]

    first, second = told(session, rows), told(session, rows)

    assert second == first
    assert read == [("latest_inputs", ids)]


def test_a_paper_changed_since_is_looked_up_anew(session, rows, monkeypatch):
    before = told(session, rows)
    changed = rows[1]
    certificate = _vietgap(session, changed)
    certificate.state = PaperState.SUSPENDED
    certificate.ended_on = TODAY
    certificate.updated_at = MORNING
    session.flush()
    read = reads_of(monkeypatch)

    after = told(session, rows)

    assert after == worked_out(session, rows, monkeypatch)
    assert read[0] == ("load_chains", [changed.id])
    others = [pair for pair in after if pair[0] != changed.id]
    assert {pair: after[pair] for pair in others} == {p: before[p] for p in others}


def test_a_second_paper_since_the_night_takes_the_loss_away(
    session, rows, make, monkeypatch
):
    chain = rows[0]
    value = paper_of(_vietgap(session, chain))
    assert told(session, rows)[chain.id, value] != ()

    second = make.certificate(chain.lead)
    second.updated_at = MORNING
    session.flush()

    assert told(session, rows)[chain.id, value] == ()


def _vietgap(session, chain):
    wanted = select(Certificate).where(
        Certificate.organisation_id == chain.lead_id,
        Certificate.scheme == CertificateScheme.VIETGAP,
    )
    return session.scalars(wanted.order_by(Certificate.id)).first()


def rows_of_lead(chain):
    """The rows of one lead by which its chain is known to have changed."""
    areas = select(GrowingArea.id).where(GrowingArea.organisation_id == chain.lead_id)
    return {
        Organisation: Organisation.id == chain.lead_id,
        Plot: Plot.area_id.in_(areas),
        Recognition: Recognition.chain_id == chain.id,
        ChainFact: ChainFact.chain_id == chain.id,
    } | {
        table: table.organisation_id == chain.lead_id
        for table in (Certificate, Facility, GrowingArea, Membership)
    }


def test_each_record_tells_of_its_chain_alone(session, rows):
    changed, ids = rows[2], {chain.id for chain in rows}
    since = NIGHT - timedelta(hours=1)
    assert unchanged_chains(session, ids, since) == ids

    for table, its in rows_of_lead(changed).items():
        with session.begin_nested() as point:
            new = update(table).where(its).values(updated_at=MORNING)
            assert session.execute(new).rowcount >= 1
            assert set(session.scalars(chains_changed(since))) & ids == {changed.id}
            assert unchanged_chains(session, ids, since) == ids - {changed.id}
            point.rollback()


def test_a_contract_changes_the_chains_of_both_sides(session, make):
    chains = Chains(session, make)
    chain, other = chains.confirmed(), chains.confirmed()
    ids, since = {chain.id, other.id}, NIGHT - timedelta(hours=1)
    contract = chain.contracts[0].contract
    assert unchanged_chains(session, ids, since) == ids

    for row in (contract, contract.buyer):
        with session.begin_nested() as point:
            row.updated_at = MORNING
            session.flush()
            changed = set(session.scalars(chains_changed(since)))
            assert changed & ids == {chain.id}
            assert unchanged_chains(session, ids, since) == {other.id}
            point.rollback()
