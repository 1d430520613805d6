"""The page behind the link of each notice: a contact chooses its notices without a login."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from opale.customers.models import Contact
from opale.customers.queries.customers import get_contact
from opale.endpoints.link_limits import limit_uses
from opale.kernel.actor import system
from opale.kernel.errors import NotFound
from opale.kernel.isolation import as_application
from opale.organisation.models import Language
from opale.run.desk.actions import digests, notices
from opale.run.desk.models import Following
from opale.run.desk.queries import digests as digest_queries
from opale.run.desk.queries import notices as notice_queries
from opale.run.desk.queries.notice_links import contact_id_of_token
from opale.run.desk.web.digests import HOURS, LINKS, RATE_LIMIT
from opale.run.desk.web.notices import PACES
from opale.ui.forms import only_when, submit_form

BY_LINK = system("notice-link")
ASKED = {
    "acknowledgement": (
        _("Mail received"),
        _("You receive a confirmation with the ticket number."),
    ),
    "restored": (_("Service restored"), _("With the time of restoration.")),
    "closed": (_("Ticket closed"), _("No further work is needed.")),
    "update_due": (
        _("Update delayed"),
        _("We promised an update by a certain time and have not sent it yet."),
    ),
}
"""`choices.CHOICES` in the recipient's words: a yes or a no each. For followed tickets, the
frequency is chosen instead."""
OFF = Following.Pace.OFF


class PreferencesForm(forms.Form):
    """The contact's present notices, whoever chose them; only changed ones become its own
    choice."""

    def __init__(self, *args: Any, contact: Contact, **options: Any) -> None:
        super().__init__(*args, **options)
        plan = notice_queries.best_plan_of(contact.customer)
        self.reach = notice_queries.notices_of_contacts([contact], plan)[contact.pk]
        following = digest_queries.digest_settings_of(contact)
        followed = "followed" in self.reach.occasions
        for name, (label, help_text) in ASKED.items():
            self.fields[name] = forms.BooleanField(
                label=label,
                help_text=help_text,
                required=False,
                initial=name in self.reach.occasions,
            )
        self.fields["pace"] = forms.ChoiceField(
            label=_("Watched tickets"),
            initial=following.pace if followed else OFF,
            choices=PACES,
            widget=forms.RadioSelect,
        )
        self.fields["hour"] = forms.TypedChoiceField(
            label=_("Hour of the daily mail"), choices=HOURS, coerce=int, initial=following.hour
        )
        self.fields["language"] = forms.ChoiceField(
            label=_("Mail language"),
            choices=Language.choices,
            initial=self.reach.language,
        )
        only_when(self, f"pace={Following.Pace.DAILY}", "hour")

    def choose(self, contact: Contact) -> None:
        given, reach = self.cleaned_data, self.reach
        said: dict[str, bool | None] = {
            name: given[name] for name in ASKED if given[name] != (name in reach.occasions)
        }
        if given["pace"] != OFF and "followed" not in reach.occasions:
            said["followed"] = True
        language = given["language"] if given["language"] != reach.language else None
        notices.set_notice_choices(contact, said, by=BY_LINK, language=language)
        digests.set_digest_pace(contact, by=BY_LINK, pace=given["pace"], hour=given["hour"])


@csrf_exempt  # The signed link is the proof, as for unsubscribe links.
@never_cache
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    with as_application():
        contact = _contact(contact_id_of_token(token))
        if request.method == "POST":
            limit_uses(request, LINKS, RATE_LIMIT)
        if "List-Unsubscribe" in request.POST:
            return _end(contact, request.GET.get("end", ""))
        form = PreferencesForm(request.POST or None, contact=contact)
        done = request.method == "POST" and submit_form(form, lambda: form.choose(contact))
        if done:
            form = PreferencesForm(contact=contact)
        context = {"form": form, "contact": contact, "done": done}
        status = 422 if form.errors else 200
        return render(request, "desk/notices/preferences.html", context, status=status)


def _end(contact: Contact, occasion: str) -> HttpResponse:
    """End the mails of an occasion: the one-click request of a mail program."""
    if occasion not in ASKED:
        raise NotFound
    notices.set_notice_choices(contact, {occasion: False}, by=BY_LINK)
    return HttpResponse(status=204)


def _contact(key: int | None) -> Contact:
    """Errors: NotFound, for a contact who left too."""
    if key is None:
        raise NotFound
    found = get_contact(key, seen_by=BY_LINK)
    if found.left_on or not found.email:
        raise NotFound
    return found
