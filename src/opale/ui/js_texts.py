"""Texts that scripts in the browser need, in the reader's language."""

from datetime import date

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.ui.markup import cached_per_language


@cached_per_language
def js_texts() -> dict[str, str]:
    return {
        "now": _("now"),
        "ago": _("{time} ago"),
        "in": _("in {time}"),
        "late": _("{time} late"),
        "minute": pgettext("short for minutes", "min"),
        "hour": pgettext("short for hours", "h"),
        "day": pgettext("short for days", "d"),
        "months": "|".join(_short_month(month) for month in range(1, 13)),
        "undo": _("Undo"),
        "close": pgettext("a window", "Close"),
        "live": _("Live"),
        "reconnecting": _("Reconnecting, last update at {time}"),
        "offline": _("No network"),
        "unreached": _("No network: nothing was saved. Try again once you are online."),
        "lost": _("The server cannot be reached. Nothing you typed is lost; try again."),
        "failed": _("Something went wrong on the server. The error was logged; nothing changed."),
        "large": _("Larger than %(limit)s: nothing was saved. Send less at once.")
        % {"limit": filesizeformat(settings.BODY_LIMIT)},
        "ended": _("Your session has ended. Log in in another tab; what you typed is still here."),
        "slow": _("The server took too long to answer. Nothing you typed is lost; try again."),
        "draft": _("Draft saved in this browser"),
        "none": _("No results"),
        "recent": _("Recent"),
        "here": _("On this page"),
        "goto": _("Go to"),
        "list": pgettext("keys", "This list"),
        "theme": _("Theme"),
        "moving": pgettext("keys", "Moving"),
        "writing": pgettext("keys", "Writing"),
        "passkey": _("The passkey was not used. Try again, or use your password."),
    }


def _short_month(month: int) -> str:
    """Return the name of a month as dates have it: "Jan", « janv. »."""
    return date_format(date(2027, month, 1), "MONTH_DAY_FORMAT").partition(" ")[2]
