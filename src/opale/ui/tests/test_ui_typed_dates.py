"""Dates as people type them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from opale.kernel import clock
from opale.ui.typed_dates import WhenField, WhenInput, parse_moment

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=PARIS)  # a Wednesday


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with timezone.override(PARIS), clock.travel(NOON - datetime.now(UTC)):
        yield


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("tomorrow 9", (26, 9, 0)),
        ("demain 9h", (26, 9, 0)),
        ("mar. 14h", (1, 14, 0)),
        ("Tue 2pm", (1, 14, 0)),
        ("mer. 8h", (2, 8, 0)),
        ("vendredi", (27, 9, 0)),
        ("25/11 14:30", (25, 14, 30)),
        ("25/11/2026 14h30", (25, 14, 30)),
        ("2026-11-28 07:05", (28, 7, 5)),
        ("28 Nov 2026, 07:05", (28, 7, 5)),
        ("sam. 28 nov. 2026, 07:05", (28, 7, 5)),
        ("Saturday 28 November 7am", (28, 7, 0)),
        ("1er déc. 8h", (1, 8, 0)),
        ("28 nov", (28, 9, 0)),
        ("mer. 14h", (2, 14, 0)),
        ("14h", (25, 14, 0)),
        ("8h30", (26, 8, 30)),
        ("aujourd’hui à 18h", (25, 18, 0)),
        ("today at 12am", (25, 0, 0)),
    ],
)
def test_a_typed_date_is_understood(typed: str, meant: tuple[int, int, int]) -> None:
    found = parse_moment(typed)
    assert (found.day, found.hour, found.minute) == meant
    assert found.utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    ("typed", "ahead"),
    [
        ("+2h", timedelta(hours=2)),
        ("in 30 min", timedelta(minutes=30)),
        ("dans 2 jours", timedelta(days=2)),
        ("now", timedelta()),
        ("20 min ago", timedelta(minutes=-20)),
        ("il y a 2 heures", timedelta(hours=-2)),
        ("-2h", timedelta(hours=-2)),
    ],
)
def test_a_span_from_now_is_understood(typed: str, ahead: timedelta) -> None:
    assert abs(parse_moment(typed) - NOON - ahead) < timedelta(minutes=1)


@pytest.mark.parametrize("typed", ["soon", "31/02 9h", "25h", "tomorrow maybe", "", "+2x", "9:75"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_moment(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14h", (24, 14, 0)),
        ("11:30", (25, 11, 30)),
        ("hier 17h", (24, 17, 0)),
        ("lun. 14h", (23, 14, 0)),
        ("Thu 8:00", (19, 8, 0)),
        ("mer. 8h", (25, 8, 0)),
        ("mer. 14h", (18, 14, 0)),
    ],
)
def test_an_hour_of_what_has_happened_is_the_last_such_hour(
    typed: str, meant: tuple[int, int, int]
) -> None:
    found = parse_moment(typed, past=True)
    assert (found.day, found.hour, found.minute) == meant
    assert WhenField(past=True).clean(typed) == found


def test_a_field_gives_an_aware_instant_and_refuses_in_words() -> None:
    field = WhenField(label="Due")
    assert field.clean("25/11 14:30") == datetime(2026, 11, 25, 13, 30, tzinfo=UTC)
    with pytest.raises(ValidationError, match="Not a valid date"):
        field.clean("soon")


def test_an_instant_that_is_saved_unchanged_stays_the_same() -> None:
    """Seconds are not shown, but kept beside what is shown."""
    widget, restored = WhenInput(), NOON.replace(hour=7, minute=3, second=41)
    drawn = widget.render("at", restored)
    assert 'value="25 Nov 2026, 07:03"' in drawn
    assert f'name="at-exact" value="{restored.isoformat()}"' in drawn
    kept = {"at": "25 Nov 2026, 07:03", "at-exact": restored.isoformat()}
    assert WhenField(past=True).clean(widget.value_from_datadict(kept, {}, "at")) == restored
    kept["at"] = "25 Nov 2026, 07:02"
    other = WhenField(past=True).clean(widget.value_from_datadict(kept, {}, "at"))
    assert other == NOON.replace(hour=7, minute=2)
    assert "exact" not in widget.render("at", NOON)


@pytest.mark.parametrize("kept", ["", "never", "2026-11-25T07:03:41", "9999-12-31T23:59:00-09:00"])
def test_what_is_kept_beside_a_date_must_be_what_was_shown(kept: str) -> None:
    typed = {"at": "25 Nov 2026, 07:03", "at-exact": kept}
    assert WhenInput().value_from_datadict(typed, {}, "at") == "25 Nov 2026, 07:03"


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "25 Nov 2026, 12:00"), ("fr", "25 nov. 2026, 12:00")]
)
def test_a_shown_instant_is_understood_again(language: str, shown: str) -> None:
    with translation.override(language):
        assert WhenInput().format_value(NOON) == shown
        for month in range(1, 13):
            at = NOON.replace(month=month)
            assert parse_moment(str(WhenInput().format_value(at))) == at


@pytest.mark.parametrize(
    ("today", "typed", "meant"),
    [
        ((2027, 1, 2), "31/12 23:50", (2026, 12, 31)),
        ((2026, 12, 30), "2/1 8h", (2027, 1, 2)),
        ((2026, 12, 30), "29/12", (2026, 12, 29)),
        ((2028, 1, 5), "29/02", (2028, 2, 29)),
    ],
)
def test_a_day_without_a_year_is_the_nearest(
    today: tuple[int, int, int], typed: str, meant: tuple[int, int, int]
) -> None:
    with clock.travel(datetime(*today, 12, tzinfo=PARIS) - NOON):
        found = parse_moment(typed)
    assert (found.year, found.month, found.day) == meant


@pytest.mark.parametrize("typed", ["29/02", "20 parsecs ago", "-2x"])
def test_what_never_was_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        parse_moment(typed, past=True)
