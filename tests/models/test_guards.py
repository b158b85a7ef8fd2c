"""Every pair of states of every lifecycle, against the triggers of the database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from marketplace.domain.lifecycles import TRANSITIONS, Lifecycle, may_follow
from marketplace.domain.recalls import RecallKind
from marketplace.domain.words import ChainKind, ContractState, LinkageForm, Side
from models.amendments import Amendment
from models.call_offs import CallOff, CallOffFrame
from models.chains import Chain
from models.contract_templates import ContractTemplate
from models.contracts import Contract
from models.deliveries import DeliveryNote
from models.guards import LIFECYCLES
from models.harvests import Harvest
from models.inspections import Claim
from models.majeure import MajeureNotice
from models.monitoring import Nonconformity, PostCheck, SampleTest
from models.monitoring_cases import MonitoringCase
from models.offers import Offer
from models.organisations import Organisation, User
from models.proposals import Proposal
from models.recalls import Recall
from models.register_imports import RegisterImport
from models.season_plans import SeasonPlan
from models.settlements import AccountEntry
from models.signatures import Signature
from tests import import_rows, majeure_rows
from tests.amending import proposed
from tests.calling import Framed, week
from tests.deals import Deals
from tests.factories import NOW, TODAY
from tests.monitoring_rows import MONITORED, Watched
from tests.seasons import Seasons

TABLES = {
    "organisations": Organisation,
    "harvests": Harvest,
    "offers": Offer,
    "proposals": Proposal,
    "contracts": Contract,
    "chains": Chain,
    "delivery_notes": DeliveryNote,
    "claims": Claim,
    "account_entries": AccountEntry,
    "amendments": Amendment,
    "contract_templates": ContractTemplate,
    "majeure_notices": MajeureNotice,
    "season_plans": SeasonPlan,
    "post_checks": PostCheck,
    "sample_tests": SampleTest,
    "nonconformities": Nonconformity,
    "monitoring_cases": MonitoringCase,
    "call_off_frames": CallOffFrame,
    "call_offs": CallOff,
    "register_imports": RegisterImport,
    "recalls": Recall,
}
# What names a row here: an amendment has no number of its own beside its contract's.
KEYS = {name: getattr(table, "id", None) for name, table in TABLES.items()} | {
    "amendments": Amendment.contract_id
}


def companions(table, state):
    """What other columns must say in a state, whatever led there."""
    if table == "proposals":
        declined = state == "declined"
        return {
            "declined_by": Side.SELLER if declined else None,
            "agreed_at": NOW if state == "agreed" else None,
        }
    if table == "organisations":
        verified = state in ("verified", "suspended")
        return {"verified_at": NOW if verified else None}
    if table == "contracts":
        unsigned = state in ("draft", "proposed", "negotiating")
        return {"signed_on": None if unsigned else TODAY}
    if table == "delivery_notes":
        return {"void_reason": "cân nhầm" if state == "void" else ""}
    if table == "claims":
        ended = state in ("agreed", "decided")
        inspection = sa.select(Claim.inspection_id).scalar_subquery()
        return {"outcome_id": inspection if ended else None}
    if table == "amendments":
        refused, open_ = state == "refused", state == "proposed"
        return {
            "answer": "cao quá" if refused else "",
            "closed_at": None if open_ else NOW,
        }
    if table == "season_plans":
        return {
            "answer": "xa quá" if state == "refused" else "",
            "closed_at": None if state == "proposed" else NOW,
            "version": 1 if state == "agreed" else None,
        }
    if table == "account_entries":
        return {"answered_at": None if state == "recorded" else NOW}
    if table == "call_off_frames":
        return {
            "answered_at": None if state == "proposed" else NOW,
            "ended_at": NOW if state == "ended" else None,
        }
    if table == "call_offs":
        kg = 1 if state == "confirmed" else None
        answered_at = None if state == "posted" else NOW
        return {"answered_at": answered_at, "confirmed_kg": kg, "delivery_line": kg}
    if table == "register_imports":
        second = sa.select(sa.func.max(User.id)).scalar_subquery()
        first = sa.select(sa.func.min(User.id)).scalar_subquery()
        return {
            "decided_by_id": second,
            "undone_by_id": second,
            "undo_asked_by_id": first,
            "reason": "nhầm sổ",
        }
    if table == "recalls":
        closed = NOW if state == "closed" else None
        by = sa.select(sa.func.max(User.id)).scalar_subquery()
        first = sa.select(sa.func.min(User.id)).scalar_subquery()
        return {
            "outcome": "Không còn lô nào ngoài kho",
            "closed_at": closed,
            "closed_by_id": by if closed else None,
            "lifting_by_id": first,
        }
    if table == "majeure_notices":
        return answered(state)
    if table in MONITORED:
        return MONITORED[table](state)
    if table == "contract_templates":
        return sealed(approved=state == "approved")
    return {}


def answered(state):
    """What the other side and an officer said, where the state tells that they did."""
    decided = state in ("confirmed", "declined")
    return {
        "answered_at": None if state in ("notified", "withdrawn") else NOW,
        "answer": "" if state in ("notified", "withdrawn") else "không phải lũ",
        "decided_at": NOW if decided else None,
        "decision": "đúng là lũ" if decided else "",
        "authority": "UBND xã" if decided else "",
    }


def sealed(*, approved):
    second = sa.select(sa.func.max(User.id)).scalar_subquery()
    seal = {"approved_at": NOW, "approved_by_id": second, "digest": "0" * 64}
    return seal if approved else dict.fromkeys(seal)


class Rows:
    """One row of each table, put into any state past the triggers."""

    def __init__(self, session, make):
        self.session, self.make = session, make
        self.deals = Deals(session, make)

    def row(self, table):
        return getattr(self, f"_{table}")().id

    def _organisations(self):
        return self.make.organisation()

    def _harvests(self):
        return self.make.harvest()

    def _offers(self):
        return self.make.offer()

    def _proposals(self):
        return self.make.proposal()

    def _contracts(self):
        """Signed and closed by both, so that only the table of steps can forbid one."""
        contract = self.deals.signed()
        for side in Side:
            self.deals.closing(contract, side)
        return contract

    def _chains(self):
        lead = self.make.organisation()
        chain = Chain(
            kind=ChainKind.PRODUCT_DEVELOPMENT,
            lead_id=lead.id,
            group_id=self.make.product().group_id,
            name="Chuỗi nhãn",
            unit_id=lead.unit_id,
        )
        self.session.add(chain)
        self.session.flush()
        return chain

    def _delivery_notes(self):
        return self._note()

    def _note(self):
        """Confirmed by both, so that only the table of steps can forbid one."""
        note = self.deals.note(self._contracts())
        for side in Side:
            self.deals.confirmation(note, side)
        return note

    def _claims(self):
        return self.deals.claim(self.deals.inspection(self._note()))

    def _account_entries(self):
        return self.deals.entry(self._contracts())

    def _amendments(self):
        """With both signatures, so that only the table of steps can forbid one."""
        contract = self.deals.in_force()
        seller = self.deals.actor(contract, Side.SELLER)
        amendment = proposed(self.session, seller, contract, price_vnd=15_000)
        self.deals.sign(contract, amendment.wording)
        return contract

    def _majeure_notices(self):
        return majeure_rows.notice(self.session, self.make, self.deals.in_force())

    def _season_plans(self):
        return Seasons(self.session, self.make).propose()

    def _post_checks(self):
        return Watched(self.session, self.make).planned()

    def _sample_tests(self):
        return Watched(self.session, self.make).taken()

    def _nonconformities(self):
        return Watched(self.session, self.make).found()

    def _monitoring_cases(self):
        return Watched(self.session, self.make).opened()

    def _call_off_frames(self):
        return Framed(self.session, self.make).proposed()

    def _call_offs(self):
        framed = Framed(self.session, self.make)
        framed.agreed()
        return framed.call(week(0))

    def _register_imports(self):
        officer = self.make.officer()
        row = import_rows.draft(self.session, self.make.organisation(), officer)
        assert self.make.user().id != row.made_by_id
        return row

    def _recalls(self):
        user, owner = self.make.user(), self.make.organisation()
        self.make.user()
        recall = Recall(
            kind=RecallKind.RECALL,
            drill=False,
            organisation_id=owner.id,
            by_user_id=user.id,
            by_officer=True,
            reason="Dư lượng thuốc",
            opened_at=NOW,
            listed_at=NOW,
            answer_by=NOW,
        )
        self.session.add(recall)
        self.session.flush()
        return recall

    def _contract_templates(self):
        author, _second = self.make.user(), self.make.user()
        template = ContractTemplate(
            linkage_form=LinkageForm.F3,
            version=2,
            based_on=1,
            state="draft",
            valid_from=TODAY,
            reason="Mẫu",
            source="Mẫu",
            written_by_id=author.id,
            written_at=NOW,
        )
        self.session.add(template)
        self.session.flush()
        return template

    def put(self, table, id_, state):
        """Straight into a state: the guard is taken away for this one write."""
        guard = f"tr_{table}_legal_transition"
        connection = self.session.connection()
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")
            self.step(table, id_, state)
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER {guard}")
            return
        created = connection.exec_driver_sql(
            f"SELECT sql FROM sqlite_master WHERE name = '{guard}'"
        ).scalar_one()
        connection.exec_driver_sql(f"DROP TRIGGER {guard}")
        self.step(table, id_, state)
        connection.exec_driver_sql(created)

    def step(self, table, id_, state):
        self.session.execute(
            sa.update(TABLES[table])
            .where(KEYS[table] == id_)
            .values(state=state, **companions(table, state))
            .execution_options(synchronize_session=False)
        )

    def succeeds(self, table, id_, state):
        """Whether the database lets the row take the step; it is undone again."""
        savepoint = self.session.begin_nested()
        try:
            self.step(table, id_, state)
        except DBAPIError as error:
            if f"tr_{table}_legal_transition" not in str(error.orig):
                raise
            return False
        else:
            return True
        finally:
            savepoint.rollback()


@pytest.fixture
def rows(session, make):
    return Rows(session, make)


def test_every_lifecycle_with_rows_of_its_own_is_guarded():
    assert LIFECYCLES.keys() == TABLES.keys()


@pytest.mark.parametrize("table", LIFECYCLES)
def test_exactly_the_legal_steps_pass_the_database(rows, table):
    kind = Lifecycle(LIFECYCLES[table])
    states = list(TRANSITIONS[kind])
    id_ = rows.row(table)

    passed = set()
    for old in states:
        rows.put(table, id_, old)
        passed |= {(old, new) for new in states if rows.succeeds(table, id_, new)}

    assert passed == {
        (old, new)
        for old in states
        for new in states
        if old == new or may_follow(kind, old, new)
    }


@pytest.mark.parametrize("signatures", [0, 1])
def test_no_contract_is_signed_by_less_than_two(session, make, signatures):
    contract = Deals(session, make).drawn()
    for _ in range(signatures):
        session.add(
            Signature(
                contract_id=contract.id,
                version=1,
                side=Side.SELLER,
                digest=contract.versions[0].digest,
                organisation_id=contract.seller_id,
                user_id=make.user().id,
                signed_at=NOW,
                method="password",
            )
        )
    session.flush()

    with pytest.raises(DBAPIError, match="tr_contracts_both_signed"):
        session.execute(
            sa.update(Contract)
            .where(Contract.id == contract.id)
            .values(state=ContractState.SIGNED, signed_on=TODAY)
        )
