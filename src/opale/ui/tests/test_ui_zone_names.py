"""Time zones as mails name them, in both languages."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from opale.ui.zone_names import differ, zone_name

WINTER = datetime(2026, 12, 3, 13, 39, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "english", "french"),
    [
        ("Europe/London", "London time", "heure de Londres"),
        ("Europe/Oslo", "Oslo time", "heure d’Oslo"),
        ("Europe/Athens", "Athens time", "heure d’Athènes"),
        ("Africa/Cairo", "Cairo time", "heure du Caire"),
        ("America/New_York", "New York time", "heure de New York"),
        ("Indian/Reunion", "Réunion time", "heure de La Réunion"),
        ("UTC", "UTC", "UTC"),
        ("Etc/GMT-3", "UTC+3", "UTC+3"),
    ],
)
def test_a_zone_is_named_by_its_place(zone: str, english: str, french: str) -> None:
    local = WINTER.astimezone(ZoneInfo(zone))
    assert zone_name(local, "en") == english
    assert zone_name(local, "fr") == french


@pytest.mark.parametrize(
    ("zone", "apart"),
    [("Europe/Madrid", False), ("Europe/London", True), ("Asia/Kolkata", True)],
)
def test_zones_differ_where_their_clocks_do(zone: str, apart: bool) -> None:
    assert differ(WINTER.astimezone(ZoneInfo(zone)), ZoneInfo("Europe/Paris")) is apart


def test_zones_that_change_their_clocks_on_other_days_differ_in_between() -> None:
    paris, new_york = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")
    tunis = ZoneInfo("Africa/Tunis")
    assert not differ(WINTER.astimezone(tunis), paris)
    assert differ(WINTER.replace(month=7).astimezone(tunis), paris)
    assert differ(WINTER.astimezone(new_york), paris)
