"""Twenty thousand alerts stand, a fiftieth of the worst day: every list of them is still read."""

import sys
from pathlib import Path

import pytest
from bench.killed import Installation
from bench.lists import ADDRESSES, LIMIT_MS, read
from bench.pages import AGENT, Browser
from bench.standing import ALERTS, build
from tests.journeys.running import move_in

from opale.cli import installation

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="tells processes apart by /proc"),
]
EVENTS = 200_000
FRAMES = 60
"""On a machine that other work keeps busy a frame alone takes tens of milliseconds."""


def test_every_list_of_alerts_is_read_while_a_storm_stands(tmp_path: Path, company: Path) -> None:
    move_in(company, tmp_path / "data")
    running = Installation(tmp_path / "data")
    try:
        running.start()
        known = running.credentials()
        database = installation.open_folder(running.data).superuser_url(installation.DATABASE)
        build(database, ALERTS // 50, EVENTS, print)
        browser = Browser.of(known["base_url"])
        browser.log_in(known["personas"][AGENT]["login"], known["personas"][AGENT]["password"])
        found = list(read(browser, database, ADDRESSES, 5))
    finally:
        running.stop()
    slow = [str(one) for one in found if one.p50 > LIMIT_MS and one.frames > FRAMES]
    assert not slow, "\n".join(slow)
    assert len(found) > 20
