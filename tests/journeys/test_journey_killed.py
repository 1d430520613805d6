"""Whatever dies, at whatever moment: what was acknowledged is kept, once."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bench.killed import OWN_ALERTS, SAME_ALERTS, TARGETS, Installation, run
from tests.journeys.running import move_in
from tests.profiles import is_thorough

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="tells processes apart by /proc"),
]

KILLS = 3 if is_thorough() else 1
SEED = 20
PACED = replace(OWN_ALERTS, connections=4, pause=0.02)
"""Some hundred a second, and one on its way at any moment. As fast as can be, all processor time
would go into alerts, and what is killed be back late."""


def test_nothing_acknowledged_is_lost_or_doubled_when_processes_are_killed(
    tmp_path: Path, company: Path
) -> None:
    move_in(company, tmp_path / "data")
    outcome = run(Installation(tmp_path / "data"), KILLS, SEED, print, PACED)
    assert not outcome.faults, "\n".join(outcome.faults)
    assert outcome.kills == dict.fromkeys(TARGETS, KILLS)
    assert outcome.told >= len(outcome.ledger.acknowledged) > sum(outcome.kills.values())


def test_alerts_that_many_tell_of_at_once_are_there_once_whatever_is_killed(
    tmp_path: Path, company: Path
) -> None:
    move_in(company, tmp_path / "data")
    outcome = run(Installation(tmp_path / "data"), 1, SEED, print, SAME_ALERTS)
    assert not outcome.faults, "\n".join(outcome.faults)
    assert outcome.kills == dict.fromkeys(SAME_ALERTS.targets, 1)
    assert outcome.told >= len(outcome.ledger.acknowledged) > 0
