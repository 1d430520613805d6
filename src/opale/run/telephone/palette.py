"""What the command palette finds of the telephone: a sheet, and the calls of a number."""

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.numbering import e164
from opale.organisation.queries import home_country
from opale.run.telephone import queries, rights
from opale.ui.palette import Result, plain


def jumps(text: str, actor: Actor, limit: int) -> list[Result]:
    """An empty call sheet by its name, and the last calls with exactly this number."""
    if not actor.can(rights.READ):
        return []
    found = []
    asked = plain(text)
    sheet = _("Call sheet")
    if asked and actor.can(rights.WORK) and plain(sheet).startswith(asked):
        found.append(Result(sheet, reverse("telephone_sheet"), "phone", _("Pages"), "F2"))
    if number := e164(text, home_country()) if any(c.isdigit() for c in text) else "":
        rows = queries.calls(seen_by=actor).filter(number_e164=number)
        for call in rows.order_by("-began_at", "-id")[:limit]:
            who = call.contact or call.customer
            label = f"{call.shown_number} {who or ''}".strip()
            url = reverse("telephone_call", args=[call.pk])
            found.append(Result(label, url, "phone", _("Calls"), call.get_state_display()))
    return found
