"""Typed dates in French and English: "mar. 14h", "tomorrow 9", "25/11 14:30", "7 Jan", "+2h"."""

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.kernel import clock
from opale.kernel.dates import is_far
from opale.ui.palette import without_accents

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

DAYS = {
    "today": 0,
    "aujourd'hui": 0,
    "aujourdhui": 0,
    "auj": 0,
    "tomorrow": 1,
    "demain": 1,
    "yesterday": -1,
    "hier": -1,
}
WEEKDAYS = (
    ("mon", "monday", "lun", "lundi"),
    ("tue", "tuesday", "mar", "mardi"),
    ("wed", "wednesday", "mer", "mercredi"),
    ("thu", "thursday", "jeu", "jeudi"),
    ("fri", "friday", "ven", "vendredi"),
    ("sat", "saturday", "sam", "samedi"),
    ("sun", "sunday", "dim", "dimanche"),
)
MONTHS = {
    name: month
    for month, names in enumerate(
        (
            ("jan", "january", "janv", "janvier"),
            ("feb", "february", "fevr", "fev", "fevrier"),
            ("mar", "march", "mars"),
            ("apr", "april", "avr", "avril"),
            ("may", "mai"),
            ("jun", "june", "juin"),
            ("jul", "july", "juil", "juillet"),
            ("aug", "august", "aout"),
            ("sep", "sept", "september", "septembre"),
            ("oct", "october", "octobre"),
            ("nov", "november", "novembre"),
            ("dec", "december", "decembre"),
        ),
        start=1,
    )
    for name in names
}
UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "j": timedelta(days=1),
    "w": timedelta(weeks=1),
    "s": timedelta(weeks=1),
}
NOW = {"now", "maintenant"}
SPAN = re.compile(r"^(?:\+|in |dans )\s*(\d{1,4})\s*([a-z])[a-z]*$")
AGO = re.compile(r"^(?:-|il y a )\s*(\d{1,4})\s*([a-z])[a-z]*$|^(\d{1,4})\s*([a-z])[a-z]* ago$")
ISO_DAY = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})(?:t|\b)")
EUROPEAN_DAY = re.compile(r"\b(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?\b")
NAMED_DAY = re.compile(r"\b(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]{3,9})\b\.?(?:,? (\d{4}))?\b")
HOUR = re.compile(r"(?<![\d])(\d{1,2})(?:\s*(?:h|:)\s*(?:(\d{2})(?::(\d{2}))?)?)?\s*(am|pm)?(?!\d)")
LEADING_WEEKDAY = re.compile(rf"^(?:{'|'.join(chain.from_iterable(WEEKDAYS))})\b[.,]?")
START_OF_WORK = time(9)
ONCE, WEEK = timedelta(), timedelta(weeks=1)


def parse_moment(text: str, *, past: bool = False) -> datetime:
    """Return the moment meant by `text`, in the reader's zone. Day comes before month.

    A day without an hour is 9:00; an hour or a weekday alone is the next such one, or with `past`
    (when something has happened) the last one. A day without a year is the nearest such day.
    Errors: ValueError.
    """
    said = re.sub(r"\s+", " ", without_accents(text.replace("’", "'"))).strip()
    now = timezone.localtime(clock.now())
    if said in NOW:
        return now
    if ahead := SPAN.match(said):
        return now + int(ahead[1]) * UNITS[ahead[2]] if ahead[2] in UNITS else _refuse(text)
    if ago := AGO.match(said):
        count, unit = ago[1] or ago[3], ago[2] or ago[4]
        return now - int(count) * UNITS[unit] if unit in UNITS else _refuse(text)
    day, every, rest = _day(said, now.date())
    hour, left = _hour(rest)
    if left.strip(" ,.à@") not in ("", "a", "at") or (day is None and hour is None):
        raise ValueError(text)
    found = datetime.combine(day or now.date(), hour or START_OF_WORK, now.tzinfo)
    if past:
        return found - every if found > now else found
    # Today's weekday means a week ahead, whatever its hour.
    again = found <= now or (every == WEEK and day == now.date())
    return found + every if again else found


def _refuse(text: str) -> datetime:
    raise ValueError(text)


def _day(said: str, today: date) -> tuple[date | None, timedelta, str]:
    """Return the day named in the text, its period of recurrence, and the remaining text."""
    if found := ISO_DAY.search(said):
        year, month, number = (int(part) for part in found.groups())
        return date(year, month, number), ONCE, said.replace(found[0], " ", 1)
    if found := EUROPEAN_DAY.search(said):
        number, month = int(found[1]), int(found[2])
        year = int(found[3]) if found[3] else _nearest_year(number, month, today)
        day = date(year + 2000 if year < 100 else year, month, number)
        return day, ONCE, said.replace(found[0], " ", 1)
    if (found := NAMED_DAY.search(said)) and found[2] in MONTHS:
        return _named_day(found, today), ONCE, LEADING_WEEKDAY.sub("", said).replace(found[0], " ")
    first, _space, rest = said.partition(" ")
    name = first.rstrip(".")
    if name in DAYS:
        return today + timedelta(days=DAYS[name]), ONCE, rest
    for weekday, names in enumerate(WEEKDAYS):
        if name in names:
            ahead = (weekday - today.weekday()) % 7
            return today + timedelta(days=ahead), WEEK, rest
    return None, timedelta(days=1), said


def _named_day(found: re.Match[str], today: date) -> date:
    number, month = int(found[1]), MONTHS[found[2]]
    year = int(found[3]) if found[3] else _nearest_year(number, month, today)
    return date(year, month, number)


def _nearest_year(number: int, month: int, today: date) -> int:
    """Return the nearest such day: 31/12 in January was last month, 2/1 in December is next."""
    possible = []
    for year in (today.year, today.year - 1, today.year + 1):
        with suppress(ValueError):
            possible.append(date(year, month, number))
    if not possible:
        raise ValueError(f"{number}/{month}")
    return min(possible, key=lambda day: abs(day - today)).year


def _hour(rest: str) -> tuple[time | None, str]:
    found = HOUR.search(rest)
    if not found:
        return None, rest
    hour = int(found[1])
    if found[4]:
        hour = hour % 12 + (12 if found[4] == "pm" else 0)
    return time(hour, int(found[2] or 0), int(found[3] or 0)), rest[: found.start()] + rest[
        found.end() :
    ]


def format_moment(at: datetime) -> str:
    """Return a moment with its weekday, so that a wrong day is noticed."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'l')} {date_format(local, 'SHORT_DATETIME_FORMAT')}"


def check_near(day: date) -> None:
    """Refuse a day or a moment at the ends of the calendar. Errors: ValidationError."""
    if is_far(day):
        raise ValidationError(_("This date is too far in the past or the future."), code="far")


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class DayField(forms.DateField):
    """Field of a day that can be meant: not one at the ends of the calendar, nor, for an heir that
    names them, before its `first` or after its `last`.
    """

    widget = DayInput
    first: ClassVar[date | None] = None
    last: ClassVar[date | None] = None

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is None:
            return None
        check_near(day)
        if not (self.first or day) <= day <= (self.last or day):
            raise ValidationError(_("This date is too far in the past or the future."), code="far")
        return day


class WhenInput(forms.TextInput):
    template_name = "ui/widgets/when.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, past: bool = False) -> None:
        example = {
            "placeholder": gettext_lazy("now, 14:30, yesterday 17h, 25/11 8:00")
            if past
            else gettext_lazy("tomorrow 9, Tue 14:30, 25/11 8:00, +2h"),
            "autocomplete": "off",
            "hx-get": reverse_lazy("ui_when_past" if past else "ui_when"),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "next output",
            "hx-swap": "innerHTML",
            "hx-params": "*",
        }
        super().__init__({**example, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
        return None if value is None else str(value)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if isinstance(value, datetime) and (value.second or value.microsecond):
            context["widget"]["exact"] = value.isoformat()
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return what was typed; where it is still what was shown, the instant to the second: what
        is saved unchanged must not become another one.
        """
        typed = super().value_from_datadict(data, files, name)
        with suppress(ValueError, OverflowError, TypeError):
            exact = datetime.fromisoformat(data.get(f"{name}-exact"))
            if exact.tzinfo and not is_far(exact) and self.format_value(exact) == typed:
                return exact
        return typed


class WhenField(forms.Field):
    """Field of a moment typed in words; aware, in UTC once read. `past`: it has happened."""

    widget = WhenInput

    def __init__(
        self,
        *,
        past: bool = False,
        label: "Words | None" = None,
        required: bool = True,
        help_text: "Words" = "",
        initial: Any = None,
    ) -> None:
        self.past = past
        super().__init__(
            label=label,
            required=required,
            help_text=help_text,
            initial=initial,
            widget=WhenInput(past=past),
        )

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        try:
            found = parse_moment(str(value), past=self.past)
            if is_far(found):
                raise ValueError(value)
            return found.astimezone(timezone.get_default_timezone())
        except (ValueError, OverflowError) as error:
            raise ValidationError(
                _("Not a valid date. Try “tomorrow 9” or “25/11 14:30”."),
                code="invalid",
            ) from error
