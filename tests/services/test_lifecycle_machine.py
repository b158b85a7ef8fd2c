"""Whatever people do, in whatever order: every rule of the market still holds.

MACHINE_EXAMPLES, MACHINE_STEPS and MACHINE_DATABASES (sqlite,postgres) ask for more
than the few of an everyday run.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.services.lifecycle_machine import machine

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "25"))
STEPS = int(os.environ.get("MACHINE_STEPS", "30"))
DATABASES = os.environ.get("MACHINE_DATABASES", "sqlite").split(",")


@pytest.mark.timeout(60 + EXAMPLES * STEPS)
@pytest.mark.databases(*DATABASES)
def test_every_rule_holds_whatever_people_do(session, make, monkeypatch):
    checked = machine(session, make, monkeypatch)

    run_state_machine_as_test(
        checked, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS)
    )

    assert checked.moves_made > EXAMPLES
