"""The texts of kinds, and when mails leave."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

import opale
from opale.notifications.domain import kinds
from opale.notifications.domain.kinds import Kind, Pace, all_kinds
from opale.notifications.domain.quiet_hours import BETWEEN_MAILS, GATHERED_FOR, Times, mail_due

ROOT = Path(opale.__file__).parents[2]
PARIS = ZoneInfo("Europe/Paris")
TIMES = st.builds(Times, st.just(PARIS), st.times(), st.times(), st.times())
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=700)).map(lambda after: BEGINNING + after)
MOVED = Kind(name="t.moved", label="Moved", group="T", sentence="%(task)s: %(new_on)s, %(due_at)s")


def test_days_and_moments_are_said_in_the_readers_language_and_zone() -> None:
    values = {"task": "Fibre", "new_on": "2027-01-07", "due_at": "2027-01-07T08:00:00+00:00"}
    with timezone.override(PARIS):
        with translation.override("en"):
            assert MOVED.text(values) == "Fibre: 7 Jan 2027, 7 Jan 2027, 09:00"
        with translation.override("fr"):
            assert MOVED.text(values) == "Fibre: 7 janv. 2027, 7 janv. 2027, 09:00"


def test_a_value_that_is_no_day_stands_as_it_is() -> None:
    assert MOVED.text({"task": "F", "new_on": "None", "due_at": ""}) == "F: None, "


def test_two_kinds_do_not_share_a_name() -> None:
    first = all_kinds()[0]
    with pytest.raises(ValueError, match=first.name):
        kinds.register(Kind(name=first.name, label="", group="", sentence=""))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_kind_has_its_sentence_in_both_languages(language: str) -> None:
    with translation.override(language):
        told = {kind.name: str(kind.sentence) for kind in all_kinds()}
        labels = [str(kind.label) for kind in all_kinds()]
    with translation.override("en"):
        english = {kind.name: str(kind.sentence) for kind in all_kinds()}
    assert len(set(labels)) == len(labels)
    assert language == "en" or all(told[name] != english[name] for name in told)


@given(TIMES, MOMENTS, st.none() | st.timedeltas(timedelta(), timedelta(hours=1)))
def test_a_mail_leaves_outside_of_quiet_hours_and_not_twice_in_a_row(
    times: Times, at: datetime, since: timedelta | None
) -> None:
    last = None if since is None else at - since
    due = mail_due(times, at, last_mail=last, disturbs=False)
    assert due >= at + GATHERED_FOR
    assert last is None or due >= last + BETWEEN_MAILS
    assert not times.is_quiet(due) or times.quiet_since == times.quiet_until
    assert mail_due(times, at, last_mail=last, disturbs=True) <= due


@given(TIMES, MOMENTS)
def test_the_next_digest_is_within_a_day_and_at_its_time(times: Times, at: datetime) -> None:
    found = times.next_digest(at)
    assert at < found <= at + timedelta(hours=25)
    local = found.astimezone(PARIS)
    assert (local.hour, local.minute) == (times.digest_at.hour, times.digest_at.minute) or (
        local.utcoffset() != (local - timedelta(hours=3)).utcoffset()
    )


def test_the_same_time_twice_is_no_quiet_hour() -> None:
    times = Times(PARIS, quiet_since=time(9), quiet_until=time(9))
    assert not times.is_quiet(datetime(2026, 5, 1, 7, tzinfo=UTC))
    assert Pace.OFF in Pace


def test_the_rules_list_each_kind_with_its_defaults() -> None:
    paces = {Pace.AT_ONCE: "immediately", Pace.DIGEST: "daily", Pace.INBOX: "no", Pace.OFF: "no"}
    rules = (ROOT / "docs/rules/notifications.md").read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in rules.splitlines() if ".md" not in line]
    listed = {row[0].strip("`"): tuple(row[2:]) for row in rows if row[0].startswith("`")}
    assert listed == {
        kind.name: (paces[kind.pace], "yes" if kind.push else "no") for kind in all_kinds()
    }
