"""A program of an organisation that captures events and asks for them."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import func, select

from marketplace.domain.epcis_events import context
from marketplace.services.epcis_capture import run_capture
from marketplace.services.epcis_schema import faults_of_document
from models.lots import Lot
from models.papers import GrowingArea
from tests.api_rows import api_key, bearer
from tests.factories import NOW

LATER = NOW + timedelta(days=40)
GTIN = "https://id.gs1.org/01/08930000000019/10/"


class Software:
    """A program of an organisation with its key; it sends and asks."""

    def __init__(self, app, client, session, who):
        self.app, self.client, self.session, self.who = app, client, session, who
        self.base = app.config["BASE_URL"]
        self.key, secret = api_key(session, who)
        session.commit()
        self.headers = bearer(secret)

    def get(self, path, **over):
        return self.client.get(f"/epcis{path}", headers=self.headers | over)

    def events(self, query=""):
        answer = self.get(f"/events{query}")
        assert answer.status_code == 200, answer.text
        document = json.loads(answer.text)
        assert faults_of_document(document, LATER) == []
        return document["epcisBody"]["queryResults"]["resultsBody"]["eventList"]

    def send(self, *events, **headers):
        document = {
            "@context": context(self.base),
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-01-01T00:00:00Z",
            "epcisBody": {"eventList": list(events)},
        }
        return self.client.post(
            "/epcis/capture",
            data=json.dumps(document),
            content_type="application/ld+json",
            headers=self.headers | headers,
        )

    def told(self, *events, **headers):
        """Sent, worked on, and what became of it."""
        sent = self.send(*events, **headers)
        assert sent.status_code == 202, sent.text
        job = sent.headers["Location"].rpartition("/")[2]
        run_capture(self.session, job, self.base, now=LATER)
        self.session.commit()
        return self.get(f"/capture/{job}").get_json()

    def event(self, number, step, kg, hours=0, **over):
        at = NOW - timedelta(days=1) + timedelta(hours=hours)
        goods = [{"epcClass": f"{GTIN}A-1", "quantity": kg, "uom": "KGM"}]
        return {
            "type": "ObjectEvent",
            "eventID": f"urn:uuid:00000000-0000-4000-8000-{number:012}",
            "eventTime": at.isoformat(),
            "eventTimeZoneOffset": "+07:00",
            "action": "OBSERVE",
            "bizStep": step,
            "quantityList": goods,
        } | over

    def harvest(self, number=1, kg=500):
        area = self.session.scalars(
            select(GrowingArea).where(
                GrowingArea.organisation_id == self.who.organisation_id
            )
        ).first()
        place = {"id": f"{self.base}/vung-trong/{area.public_id}"}
        return self.event(
            number, "creating_class_instance", kg, action="ADD", readPoint=place
        )

    def lot(self, code):
        return self.session.scalars(select(Lot).where(Lot.code == code)).one()

    def count(self, table):
        return self.session.scalar(select(func.count()).select_from(table))
