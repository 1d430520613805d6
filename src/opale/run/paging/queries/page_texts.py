"""Texts of pages, in the reader's language: short, with a link to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext_lazy

from opale.run.paging.domain.escalation_plans import PagedPerson, SkippedTarget
from opale.run.paging.models import Mobilisation, Page
from opale.run.paging.queries.answer_links import answer_url
from opale.run.paging.states import Trigger

SEVERITIES = (
    "",
    pgettext_lazy("severity", "Information"),
    pgettext_lazy("severity", "Warning"),
    pgettext_lazy("severity", "Minor"),
    pgettext_lazy("severity", "Major"),
    pgettext_lazy("severity", "Critical"),
)
MAX_LISTED = 5


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page: `short` is the title of a mail or browser notification, `body` the rest;
    `url` answers.
    """

    short: str
    body: str
    url: str
    language: str


def severity_label(about: Mobilisation) -> str:
    """Return the priority (P1) or the severity of an alert, as one word."""
    if about.priority:
        return f"P{about.priority}"
    return str(SEVERITIES[about.severity])


def page_text(page: Page, others: Sequence[Mobilisation]) -> PageText:
    """Return the text of a page and of all others in its message."""
    about, language = page.mobilisation, page.person.reading_language
    with override(language):
        grade = severity_label(about)
        short = f"{grade} · {about.title}" if grade else about.title
        if others:
            short += " " + ngettext("(and %(count)s more)", "(and %(count)s more)", len(others)) % {
                "count": len(others)
            }
        url = answer_url(page.pk)
        lines = [
            str(Trigger(about.trigger).label),
            f"{grade} · {about.title}" if grade else about.title,
            "",
            _("Acknowledge: %(url)s") % {"url": url},
            *([settings.BASE_URL + about.path] if about.path else []),
            *_also(others),
            "",
            _last_line(page),
        ]
    return PageText(short, "\n".join(lines), url, language)


def _also(others: Sequence[Mobilisation]) -> list[str]:
    if not others:
        return []
    named = [
        f"- {f'{severity_label(one)} · ' if severity_label(one) else ''}{one.title}"
        for one in others
    ]
    return [
        "",
        _("This page also covers:"),
        *named[:MAX_LISTED],
        *(["…"] if named[MAX_LISTED:] else []),
    ]


def _last_line(page: Page) -> str:
    if page.step == 0:
        return _("Nobody in the escalation policy acknowledged. You are the on-call manager.")
    return _("If nobody acknowledges, the next person is paged.")


def why_called(who: PagedPerson) -> str:
    """Return why a step pages a person."""
    said = {"team": who.team, "until": _moment(who.until)}
    if who.why == "shift":
        return _("On shift with %(team)s until %(until)s") % said
    if who.why == "standby":
        return _("On call for %(team)s until %(until)s") % said
    if who.why == "manager":
        return _("On-call manager of %(team)s until %(until)s") % said
    if who.why == "team_manager":
        return _("Manager of %(team)s: nobody else is on call") % said
    if who.why == "round_robin":
        return _("Next in rotation in %(team)s") % said
    if who.why == "team":
        return _("Member of %(team)s") % said
    return _("Named in the policy")


def why_skipped(target: SkippedTarget) -> str:
    """Return why a target of a step resolves to nobody."""
    said = {"name": target.name}
    if target.why == "left":
        return _("%(name)s has left the company") % said
    if target.why == "nobody_in_team":
        return _("No members in %(name)s") % said
    return _("Nobody is on duty for %(name)s") % said


def call_reason(about: Mobilisation) -> str:
    """Return why people are paged now, where the room that knows the subject gave a reason."""
    known = {
        "risen": _("Severity increased"),
        "customer": _("Another customer is affected"),
        "unshelved": _("Snooze ended, still firing"),
        "silence_over": _("Silence ended, still firing"),
        "flapping": _("Alert is flapping"),
        "steady": _("No longer flapping, still firing"),
        "given_back": _("Acknowledgement withdrawn"),
        "still_open": _("Acknowledged, still open"),
    }
    return known.get(about.reason, "")


def _moment(at: datetime | None) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else ""
