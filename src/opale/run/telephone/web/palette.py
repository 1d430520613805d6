"""Results of the telephone in the command palette: a sheet, and the calls of a number."""

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.phone_numbers import e164
from opale.organisation.queries.reference import home_country
from opale.run.telephone import rights
from opale.run.telephone.queries import calls
from opale.ui.palette import Result, without_accents


def palette_results(text: str, actor: Actor, limit: int) -> list[Result]:
    """Return the empty call sheet by its name, and the last calls with exactly this number."""
    if not actor.can(rights.READ):
        return []
    found = []
    asked = without_accents(text)
    sheet = _("Call sheet")
    if asked and actor.can(rights.WORK) and without_accents(sheet).startswith(asked):
        found.append(Result(sheet, reverse("telephone_sheet"), "phone", _("Pages"), "F2"))
    if number := e164(text, home_country()) if any(c.isdigit() for c in text) else "":
        rows = calls.calls(seen_by=actor).filter(number_e164=number)
        for call in rows.order_by("-began_at", "-id")[:limit]:
            who = call.contact or call.customer
            label = f"{call.shown_number} {who or ''}".strip()
            url = reverse("telephone_call", args=[call.pk])
            found.append(Result(label, url, "phone", _("Calls"), call.get_state_display()))
    return found
