"""Moments and durations, drawn on the server, kept fresh in the browser (static/opale/times.js)."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.ui.js_texts import js_texts

register = template.Library()

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOON = timedelta(minutes=15)


def short_span(span: timedelta) -> str:
    """Return a duration by its two largest units that matter: "< 1 min", "42 min", "2 h 10"."""
    said = js_texts()
    if span < MINUTE:
        return f"< 1 {said['minute']}"
    if span < HOUR:
        return f"{span // MINUTE} {said['minute']}"
    if span < DAY:
        hours, minutes = divmod(span // MINUTE, 60)
        return f"{hours} {said['hour']} {minutes:02}" if minutes else f"{hours} {said['hour']}"
    return f"{span // DAY} {said['day']}"


def whole_hours(span: timedelta) -> str:
    """Return a duration of a promise or of work, never in days: "42 min", "2 h 10", "40 h"."""
    hours, minutes = divmod(max(span, timedelta()) // MINUTE, 60)
    said = js_texts()
    if not hours:
        return f"{minutes} {said['minute']}"
    return f"{hours} {said['hour']} {minutes:02}" if minutes else f"{hours} {said['hour']}"


def absolute(at: datetime) -> str:
    """Return a moment in the reader's zone: "Thu 7 Jan 2027, 09:00 CET".

    Days are cached: `date_format` would be a third of the cost of a long list.
    """
    local = timezone.localtime(at)
    day = local.date()
    language = get_language() or ""
    said = f"{_written(day, 'D', language)} {_written(day, 'SHORT_DATE_FORMAT', language)}"
    return f"{said}, {local:%H:%M} {local.tzname()}"


def weekday_moment(at: datetime) -> str:
    """Return a moment in the reader's zone as it stands in a sentence: "Thu 7 Jan, 09:00".

    The year is written where it is another one.
    """
    local, language = timezone.localtime(at), get_language() or ""
    this_year = local.year == timezone.localtime(clock.now()).year
    day = _written(local.date(), "MONTH_DAY_FORMAT" if this_year else "DATE_FORMAT", language)
    return f"{_written(local.date(), 'D', language)} {day}, {local:%H:%M}"


@register.filter("day_of")
def short_day(at: datetime) -> str:
    """Return the day of a moment in the reader's zone: "17 Dec", with another year "7 Jan 2027"."""
    local = timezone.localtime(at)
    this_year = local.year == timezone.localtime(clock.now()).year
    form = "MONTH_DAY_FORMAT" if this_year else "DATE_FORMAT"
    return _written(local.date(), form, get_language() or "")


def relative(at: datetime, *, bare: bool = False) -> str:
    """Return a moment as the time since or until it; beyond a week, as the date."""
    away = at - clock.now()
    if abs(away) >= 7 * DAY:
        return short_day(at)
    if abs(away) < MINUTE:
        return js_texts()["now"]
    span = short_span(abs(away))
    if bare and away < timedelta():
        return span  # what is to come always says so
    pattern = js_texts()["in"] if away > timedelta() else js_texts()["ago"]
    return pattern.format(time=span)


@lru_cache(2_000)
def _written(day: date, form: str, _language: str) -> str:
    """Return a written date, cached since a page names the same days again and again."""
    return date_format(day, form)


@register.simple_tag
def moment(at: datetime | None, style: str = "relative") -> SafeString | str:
    """An instant. Styles: `relative`, `bare` (past ones without "ago"), `clock` (14:02), `full`.

    `written`, for paper, is said in whole and stays as the server said it.
    """
    if at is None:
        return "–"
    if style == "written":
        text = date_format(timezone.localtime(at), "DATETIME_FORMAT")
        return format_html('<time datetime="{}">{}</time>', at.isoformat(), text)
    if style == "clock":
        text = date_format(timezone.localtime(at), "TIME_FORMAT")
    elif style == "full":
        text = date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
    else:
        text = relative(at, bare=style == "bare")
    # Put together by hand, as a clock is below: each line of a list has both.
    return SafeString(
        f'<time datetime="{at.isoformat()}" data-time="{escape(style)}" title="{absolute(at)}">'
        f"{escape(text)}</time>"
    )


@register.filter
def span(value: timedelta | None) -> str:
    """A duration in short: `{{ took|span }}`."""
    return "–" if value is None else short_span(value)


@register.filter
def hours(value: timedelta | None) -> str:
    """What was promised, used or worked, in hours however long: `{{ promised|hours }}`."""
    return "–" if value is None else whole_hours(value)


@register.filter
def promised(value: timedelta | None) -> str:
    """A promise to its last second, "7 min 30 s": `{{ promise.target|promised }}`."""
    if value is None:
        return "–"
    seconds = value.seconds % 60
    return f"{whole_hours(value)} {seconds} s" if seconds else whole_hours(value)


def _clock_state(state: str, left: timedelta) -> str:
    if state != "running":
        return state
    if left < timedelta():
        return "late"
    return "soon" if left < SOON else "running"


def _late_by(span: timedelta) -> str:
    return js_texts()["now"] if span < MINUTE else js_texts()["late"].format(time=short_span(span))


def _time_left(due: datetime | None, left: timedelta) -> str:
    """Return how long is left; beyond a week the date, and within a minute "now", as `relative`
    does."""
    if left < MINUTE:
        return js_texts()["now"]
    return short_day(due) if due and left >= 7 * DAY else short_span(left)


@register.simple_tag
def clock_bar(
    name: str,
    due: datetime | None,
    started: datetime | None = None,
    state: str = "running",
    left: timedelta | None = None,
    wide: bool = False,
    full_name: str | Promise = "",
) -> SafeString:
    """The one clock that matters: what is due, how long is left, how much is used.

    States: `running`, `paused` (with `left`, the time that will remain), `met`, `late`.
    `full_name` says a short `name` in whole where it is pointed at or read aloud.
    """
    now = clock.now()
    due_in = left if left is not None else (due - now if due else timedelta())
    shown = _clock_state(state, due_in)
    if shown in ("met", "paused"):
        text = _("met") if shown == "met" else _("paused")
    else:
        text = _late_by(abs(due_in)) if shown == "late" else _time_left(due, due_in)
    used = 1000
    if due and started and due > started and shown not in ("met", "late"):
        used = min(1000, max(0, round(1000 * ((now - started) / (due - started)))))
    runs = shown in ("running", "soon", "late") and due
    flags = (
        " data-wide" if wide else "",
        " data-clock" if runs else "",
        f' data-due="{due.isoformat()}"' if due else "",
        f' data-started="{started.isoformat()}"' if started else "",
    )
    whole = conditional_escape(str(full_name or name))
    return SafeString(
        f'<span class="o-clock" data-state="{escape(shown)}"{"".join(flags)}'
        f' title="{absolute(due) if due else ""}">'
        f'<span class="o-clock-left"><span class="o-clock-name" title="{whole}">'
        f"{conditional_escape(name)}</span><span>{escape(text)}</span></span>"
        f'<progress max="1000" value="{used}" aria-label="{whole}"></progress></span>'
    )
