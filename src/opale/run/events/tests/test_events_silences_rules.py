"""The worked examples of docs/rules/silences.md are run, row by row, as they are printed."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from opale.kernel.clock import now
from opale.kernel.models import Fact
from opale.run.events.actions import alerts, retention, silences
from opale.run.events.actions.apply_silences import ACTIVE_SILENCES
from opale.run.events.actions.silences import SilenceTerms
from opale.run.events.domain.recurrence import Recurrence
from opale.run.events.domain.silences import AlertAttributes, Matcher, SilenceMatcher, parse_matcher
from opale.run.events.models import Alert, Silence
from opale.run.events.tests.builders import MAKER, at, clears, fires, hand_in, make_integration

RULES = Path("docs/rules/silences.md")


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading; a pipe within a cell is written with a backslash."""
    part = RULES.read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    rows = [re.split(r"(?<!\\)\|", line.strip().strip("|")) for line in lines]
    assert len(rows) > 2, heading
    return [[cell.strip().replace("\\|", "|") for cell in row] for row in rows[2:]]


def pairs(cell: str) -> dict[str, str]:
    return dict([cell.split("=", 1)]) if cell else {}


@pytest.mark.parametrize("row", table("What a silence matches"), ids=" ".join)
def test_the_worked_example_of_matching(row: list[str]) -> None:
    said, labels, known, muted = row
    silencer = SilenceMatcher(1, (parse_matcher(said.strip("`")),), at(0))
    assert silencer.mutes(AlertAttributes(pairs(labels), 1, pairs(known))) is (muted == "yes")


@pytest.mark.parametrize("row", table("Again and again"), ids=" ".join)
def test_the_worked_example_of_recurrence(row: list[str]) -> None:
    rule, zone, first, lasts, times = row
    begins = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    duration = timedelta(hours=int(lasts.removesuffix(" h")))
    span, moment = Recurrence(begins, None, rule, duration, zone), begins
    for printed in times.split(", "):
        window = span.window(moment)
        assert window
        assert f"{window.starts_at:%Y-%m-%d %H:%MZ}" == printed
        assert window.ends_at - window.starts_at == duration
        moment = window.ends_at


@pytest.mark.django_db
@pytest.mark.parametrize("row", table("When it is over"), ids=" ".join)
def test_the_worked_example_of_the_end(row: list[str]) -> None:
    state, another, calls = row
    ACTIVE_SILENCES.forget()
    retention.create_partition(at(0).date())
    retention.create_partition(now().date())
    _integration, sender = make_integration()
    longest = make_silence(hours=9)
    if another == "yes":
        make_silence(hours=1)
    hand_in(sender, fires(0, host="web01"))
    if state == "acknowledged":
        alerts.acknowledge_alerts(Alert.objects.all(), by=MAKER, at=now())
    elif state == "cleared":
        hand_in(sender, clears(9))
    assert Alert.objects.get().silence == longest
    silences.end_silence(longest, by=MAKER, at=now())
    assert (Alert.objects.get().silence is not None) is (another == "yes")
    told = [fact.body["reason"] for fact in Fact.objects.filter(name="events.AlertsCall")]
    assert told == (["silence_over"] if calls == "yes" else [])
    ACTIVE_SILENCES.forget()


def make_silence(*, hours: int) -> Silence:
    moment = now()
    terms = SilenceTerms(
        matchers=(Matcher("host", "web01"),),
        starts_at=moment,
        ends_at=moment + timedelta(hours=hours),
        comment="Works.",
    )
    return silences.create_silence(terms, by=MAKER, at=moment)
