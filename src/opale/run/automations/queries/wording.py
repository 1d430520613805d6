"""Automations in words: when they run, and what they do."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from opale.organisation.models import Language, Person, Team
from opale.run.automations.domain.recurrences import Rhythm
from opale.run.automations.models import Automation, RecurringTicket
from opale.run.automations.states import Moment, Trigger, Unit
from opale.run.desk.models import Grade, Pause, TextModule


def span_in_words(amount: int, unit: str) -> str:
    if unit == Unit.DAYS:
        said = ngettext("%(count)s day", "%(count)s days", amount)
    elif unit == Unit.HOURS:
        said = ngettext("%(count)s hour", "%(count)s hours", amount)
    else:
        said = ngettext("%(count)s minute", "%(count)s minutes", amount)
    return said % {"count": amount}


def trigger_in_words(row: Automation) -> str:
    """Return when an automation runs, such as "3 days after the customer last wrote"."""
    if row.trigger != Trigger.TIME:
        return str(Trigger(row.trigger).label)
    time = span_in_words(row.amount or 0, row.unit)
    return _("%(time)s %(moment)s") % {"time": time, "moment": Moment(row.moment).label}


def recurrence_in_words(row: RecurringTicket) -> str:
    """Return a rhythm in words, such as "Every week on Monday at 08:00"."""
    said: dict[str, object] = {
        "rhythm": Rhythm(row.rhythm).label,
        "time": time_format(row.at, "TIME_FORMAT"),
        "day": row.day,
    }
    if row.weekday:
        said["weekday"] = WEEKDAYS[row.weekday - 1]
        return _("%(rhythm)s on %(weekday)s at %(time)s") % said
    if row.month and row.rhythm == Rhythm.YEARLY:
        said["month"] = MONTHS[row.month]
        return _("%(rhythm)s on %(day)s %(month)s at %(time)s") % said
    if row.day:
        return _("%(rhythm)s on day %(day)s at %(time)s") % said
    return _("%(rhythm)s at %(time)s") % said


def acts_in_words(acts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the acts of an automation in their order, each with the text that it writes."""
    return list(_acts(acts))


def _acts(acts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    language = Language.FRENCH if (get_language() or "").startswith("fr") else Language.ENGLISH
    if acts.get("owner_id"):
        yield _("Assign to %(name)s") % {"name": _name(Person, acts["owner_id"])}, ""
    if acts.get("impact"):
        yield _("Set impact: %(value)s") % {"value": Grade(acts["impact"]).label}, ""
    if acts.get("urgency"):
        yield _("Set urgency: %(value)s") % {"value": Grade(acts["urgency"]).label}, ""
    if acts.get("tags"):
        yield _("Add tags: %(tags)s") % {"tags": ", ".join(acts["tags"])}, ""
    if acts.get("note_fr"):
        yield _("Add internal note"), acts[f"note_{language}"]
    if acts.get("module_id"):
        module = TextModule.objects.filter(pk=acts["module_id"]).first()
        name = module.name(language) if module else ""
        yield _("Reply to the customer with “%(name)s”") % {"name": name}, ""
    if acts.get("team_id"):
        yield _("Escalate to %(team)s") % {"team": _name(Team, acts["team_id"])}, ""
    if acts.get("pause"):
        yield _("Put on hold: %(kind)s") % {"kind": Pause.Kind(acts["pause"]).label}, ""
    if acts.get("restore"):
        yield _("Mark service restored"), ""
    if acts.get("resolve"):
        yield _("Resolve ticket"), acts.get(f"cause_{language}", "")
    if acts.get("close"):
        yield _("Close ticket"), ""


def _name(model: type[Person] | type[Team], key: int) -> str:
    row = model._default_manager.filter(pk=key).first()
    return row.name if row else ""
