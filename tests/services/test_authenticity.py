"""What a digest tells: genuine or unknown, in force or not, and no more."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.authenticity import (
    RecordKind,
    Standing,
    digest_in,
    standing_of_version,
)
from marketplace.domain.commands_deliveries import LotWeight, Part, WriteNote
from marketplace.domain.disputes import ClaimWord, Offered
from marketplace.domain.words import ContractState, Side
from marketplace.domain.words_delivery import Outcome
from marketplace.services.authenticity import find_genuine, may_open
from marketplace.services.delivery_notes import confirm_note, void_note
from marketplace.services.disputes import raise_claim, say_in_claim
from marketplace.services.inspections import inspect_delivery
from marketplace.services.note_writing import write_note
from models.contracts import ContractVersion
from tests.deals import Deals
from tests.factories import NOW

DIGESTS = st.binary(max_size=40).map(lambda data: hashlib.sha256(data).hexdigest())


@pytest.fixture
def deal(session, make):
    """A contract in force with a note that the seller has written, and its people."""
    deals = Deals(session, make)
    contract = deals.in_force()
    seller, buyer = (deals.actor(contract, side) for side in Side)
    command = WriteNote("A" * 22, 1, NOW, "Kho", (LotWeight("L1", 4_100, 100),))
    note = write_note(session, seller, contract.public_id, command, now=NOW)
    return contract, note, seller, buyer


def standing(session, digest):
    record = find_genuine(session, digest)
    return record and record.standing


def test_a_contract_in_force_is_genuine_since_the_second_signature(session, deal):
    contract, _, _, _ = deal
    version = contract.versions[0]

    record = find_genuine(session, version.digest)

    assert (record.kind, record.standing) == (RecordKind.CONTRACT, Standing.IN_FORCE)
    assert record.final_at == max(one.signed_at for one in version.signatures)


def test_a_contract_that_waits_for_signatures_is_not_final(session, make):
    contract = Deals(session, make).drawn()

    record = find_genuine(session, contract.versions[0].digest)

    assert (record.standing, record.final_at) == (Standing.PENDING, None)


def test_an_amendment_replaces_only_once_both_have_signed_it(session, make, deal):
    contract, _, _, _ = deal
    first = contract.versions[0]
    second = ContractVersion(
        contract_id=contract.id,
        version=2,
        content='{"a":2}',
        digest=hashlib.sha256(b'{"a":2}').hexdigest(),
        template="x",
        made_at=NOW,
    )
    session.add(second)
    session.flush()
    session.refresh(contract, ["versions"])

    assert standing(session, first.digest) is Standing.IN_FORCE
    assert standing(session, second.digest) is Standing.PENDING
    Deals(session, make).sign(contract, second)

    record = find_genuine(session, second.digest)
    assert standing(session, first.digest) is Standing.REPLACED
    assert (record.kind, record.standing) == (RecordKind.AMENDMENT, Standing.IN_FORCE)


def test_a_note_binds_once_both_stand_by_it(session, deal):
    _, note, _, buyer = deal

    assert standing(session, note.digest) is Standing.PENDING
    confirm_note(session, buyer, note.public_id, note.digest, now=NOW)

    record = find_genuine(session, note.digest)
    assert (record.kind, record.standing) == (
        RecordKind.DELIVERY_NOTE,
        Standing.IN_FORCE,
    )
    assert record.final_at == NOW


def test_a_void_note_is_genuine_and_void(session, deal):
    _, note, seller, _ = deal
    void_note(session, seller, note.public_id, "Cân sai", now=NOW)

    assert standing(session, note.digest) is Standing.VOID


def test_a_later_finding_replaces_the_first(session, deal):
    _, note, seller, buyer = deal
    confirm_note(session, buyer, note.public_id, note.digest, now=NOW)
    spoilt = Part(120, Outcome.REJECTED, reason="Dập")
    first = inspect_delivery(
        session, buyer, note.public_id, [Part(3_880), spoilt], now=NOW, pictures=1
    )
    assert standing(session, first.digest) is Standing.IN_FORCE

    offer = Offered(4_000, 2_000)
    claim = raise_claim(session, seller, note.public_id, "Hàng tốt", offer, now=NOW)
    say_in_claim(session, buyer, note.public_id, ClaimWord.ACCEPT, "", now=NOW)

    assert standing(session, first.digest) is Standing.REPLACED
    assert standing(session, claim.outcome.digest) is Standing.IN_FORCE
    assert claim.outcome.digest != first.digest


def test_what_does_not_give_its_digest_is_not_genuine(session, make):
    deals = Deals(session, make)
    contract = deals.drawn()
    session.add(
        ContractVersion(
            contract_id=contract.id,
            version=2,
            content="{}",
            digest="d" * 64,
            template="x",
            made_at=NOW,
        )
    )
    session.flush()

    assert find_genuine(session, "d" * 64) is None
    assert find_genuine(session, "0" * 64) is None


def test_only_the_parties_and_their_officers_may_open_it(session, make, deal):
    contract, _, seller, buyer = deal
    record = find_genuine(session, contract.versions[0].digest)

    for who in (seller, buyer, make.officer()):
        assert may_open(session, who, record)
    for stranger in (make.member(), make.officer("D116")):
        assert not may_open(session, stranger, record)


@given(DIGESTS, st.sampled_from(["", " ", "-", ":", "\n", "\u2013"]))
def test_a_digest_is_read_in_any_of_its_spellings(digest, between):
    spelled = between.join(digest[at : at + 4] for at in range(0, 64, 4))

    assert digest_in(spelled) == digest
    assert digest_in(f"SHA-256: {spelled.upper()}") == digest
    assert digest_in(f"https://cho.example.vn/xac-thuc/{digest}?lang=en") == digest


@given(DIGESTS, st.integers(0, 63))
def test_less_than_all_of_it_finds_nothing(digest, length):
    assert digest_in(digest[:length]) is None
    assert digest_in(digest + "0") is None


@given(st.booleans(), st.booleans(), st.sampled_from(ContractState))
def test_only_what_both_signed_and_nothing_replaced_is_in_force(signed, newer, state):
    found = standing_of_version(signed=signed, newer_signed=newer, state=state)

    if found is Standing.IN_FORCE:
        assert signed
        assert not newer
    if not signed:
        assert found in (Standing.PENDING, Standing.VOID)
