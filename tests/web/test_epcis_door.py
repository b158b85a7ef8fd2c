"""The door of EPCIS: who may knock, in which version, with what in hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain.epcis_events import context
from marketplace.services.api_keys import revoke_key
from marketplace.services.epcis_capture import run_capture
from models.epcis import EpcisCapture
from tests.api_rows import api_key, bearer
from tests.epcis_rows import LATER, Software
from tests.lots_rows import Lots


@pytest.fixture(autouse=True)
def then():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def lots(session, make):
    return Lots(session, make)


@pytest.fixture
def software(app, client, session, lots):
    return Software(app, client, session, lots.seller())


def test_without_a_key_nothing_is_told(client, software):
    for header in ({}, bearer("lk_x"), {"Authorization": "Basic eDp5"}):
        answer = client.get("/epcis/events", headers=header)
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["type"] == "epcisException:SecurityException"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_and_a_suspended_organisations_key_open_nothing(
    session, software
):
    software.key.organisation.state = "suspended"
    session.commit()
    assert software.get("/events").status_code == 401

    software.key.organisation.state = "verified"
    revoke_key(session, software.who, software.key.public_id, now=LATER)
    session.commit()
    assert software.get("/events").status_code == 401


def test_a_key_that_reads_does_not_write(session, software):
    _, secret = api_key(session, software.who, may_write=False)
    session.commit()
    software.headers = bearer(secret)

    assert software.get("/events").status_code == 200
    assert software.send(software.harvest()).status_code == 403


def test_versions_and_media_types_are_agreed_on(software):
    answer = software.get("/events")
    assert answer.headers["GS1-EPCIS-Version"] == "2.0.0"
    assert answer.headers["GS1-EPCIS-Capture-Limit"] == "500"
    assert software.get("/events", **{"GS1-EPCIS-Min": "3.0"}).status_code == 406
    assert software.get("/events", Accept="text/html").status_code == 406
    options = software.client.options("/epcis/events", headers=software.headers)
    assert "GET" in options.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "mimetype", "status"),
    [
        (b"{}", "text/xml", 415),
        (b"<epcis/>", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"type": "EPCISDocument", "a": NaN}', "application/json", 400),
        (b'{"type": "EPCISDocument", "a": 1e999}', "application/json", 400),
        (b'{"type": "EPCISDocument", "a": "\\ud800"}', "application/json", 400),
        (b'{"type": "EPCISDocument", "a": "\\u0000"}', "application/json", 400),
        (b'"' + b"x" * 1_000_001 + b'"', "application/json", 413),
        (
            b'{"type": "EPCISDocument", "epcisBody": {"eventList": ['
            + b"1," * 500
            + b"1]}}",
            "application/json",
            413,
        ),
    ],
)
def test_a_body_that_is_none_is_refused_at_once(software, body, mimetype, status):
    answer = software.client.post(
        "/epcis/capture", data=body, content_type=mimetype, headers=software.headers
    )

    assert answer.status_code == status, answer.text
    assert software.count(EpcisCapture) == 0


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner)
    ),
    max_leaves=6,
)
fields = st.sampled_from(
    [
        *("eventID", "eventTime", "bizStep", "quantityList", "ilmd", "readPoint"),
        *("action", "type", "destinationList", "errorDeclaration", "@context"),
        *("lk:step", "lk:product", "lk:growingArea", "sensorElementList"),
    ]
)


@settings(max_examples=60)
@given(st.dictionaries(fields, values, min_size=1, max_size=3))
def test_no_body_breaks_the_door(software, changes):
    event = software.harvest() | changes
    document = {
        "@context": context(software.base),
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00Z",
        "epcisBody": {"eventList": [event]},
    }
    sent = software.client.post(
        "/epcis/capture",
        data=json.dumps(document),
        content_type="application/json",
        headers=software.headers,
    )
    assert sent.status_code in (202, 400)
    if sent.status_code == 202:
        job = sent.headers["Location"].rpartition("/")[2]
        run_capture(software.session, job, software.base, now=datetime.now(UTC))
        assert software.get(f"/capture/{job}").status_code == 200
    assert software.get("/events").status_code == 200
