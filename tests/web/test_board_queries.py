"""The board asks as much of a small province as of a large one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from marketplace.domain.words import CertificateScheme
from tests.chain_rows import Chains
from tests.doors import enter
from tests.factories import NOW, TODAY
from tests.queries import counted


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(NOW):
        yield


@pytest.mark.parametrize("address", ["/tong-quan/", "/giay-to/sap-het-han", "/chuoi/"])
def test_more_records_take_no_more_queries(client, session, make, address):
    officer = make.officer()
    enter(client, session, officer)
    chains = Chains(session, make)

    def grow(number):
        for nth in range(number):
            chain = chains.confirmed(unit_id=min(officer.scope_unit_ids))
            soon = TODAY + timedelta(days=20 + nth)
            make.certificate(chain.lead, CertificateScheme.HACCP, expires_on=soon)

    def asked():
        session.expire_all()
        with counted(session) as queries:
            page = client.get(address)
        assert page.status_code == 200
        return len(queries)

    grow(3)
    asked()  # what is looked up once in a process
    few = asked()
    grow(5)
    many = asked()

    assert 0 < many <= few
