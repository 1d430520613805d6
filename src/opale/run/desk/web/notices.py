"""Pages that choose which notices customers receive."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers.models import Contact
from opale.customers.queries.customers import get_contact, get_customer_by_code
from opale.customers.queries.plans import plan_name
from opale.customers.queries.services import get_plan_by_code
from opale.endpoints.http import ActorRequest, needs
from opale.organisation.models import Language
from opale.run.desk.actions import digests, notices
from opale.run.desk.domain.notices import NOTICE_TYPES, NoticeType
from opale.run.desk.models import Following, NoticeChoice
from opale.run.desk.queries import digests as digest_queries
from opale.run.desk.queries import notices as notice_queries
from opale.run.desk.queries.notices import Subject, stated_choice
from opale.run.desk.rights import ADMINISTER, CONSOLE
from opale.ui.forms import form_page

EDIT_CONTACTS = "customers.edit_contacts"
YES, NO, ABOVE = "yes", "no", ""
MEANS = {YES: True, NO: False, ABOVE: None}

PACES = (
    (Following.Pace.AT_ONCE, gettext_lazy("A copy of each reply")),
    (Following.Pace.HOURLY, gettext_lazy("At most one digest per hour")),
    (Following.Pace.DAILY, gettext_lazy("One digest per day")),
    (Following.Pace.OFF, gettext_lazy("Nothing")),
)
"""How often a contact is notified of the tickets that it follows."""

form_verbs = require_http_methods(["GET", "POST"])


class ChoiceForm(forms.Form):
    """A field for each occasion; `above` decides those left open."""

    def __init__(self, *args: Any, subject: Subject, above: str, **options: Any) -> None:
        chosen = notice_queries.notice_choice_of(subject)
        super().__init__(*args, **options)
        for choice in NOTICE_TYPES:
            standing = stated_choice(chosen, choice.name)
            self.fields[choice.name] = forms.ChoiceField(
                label=str(choice.label),
                help_text=str(choice.help),
                required=False,
                initial={True: YES, False: NO, None: ABOVE}[standing],
                choices=(
                    (ABOVE, above),
                    (YES, pgettext_lazy("a notice", "Sent")),
                    (NO, pgettext_lazy("a notice", "Not sent")),
                ),
            )
        if isinstance(subject, Contact):
            self.fields["language"] = forms.ChoiceField(
                label=gettext_lazy("Language"),
                required=False,
                initial=chosen.language,
                choices=(("", gettext_lazy("Contact's own language")), *Language.choices),
            )
            self.fields["pace"] = forms.ChoiceField(
                label=gettext_lazy("Watched tickets"),
                initial=digest_queries.digest_settings_of(subject).pace,
                choices=PACES,
            )

    def said(self) -> dict[str, bool | None]:
        return {choice.name: MEANS[self.cleaned_data[choice.name]] for choice in NOTICE_TYPES}


@require_GET
@needs(ADMINISTER)
def plans(request: ActorRequest) -> HttpResponse:
    rows = [
        (plan.code, plan_name(plan), _row(choice))
        for plan, choice in notice_queries.plan_choices(seen_by=request.actor)
    ]
    context = {"choices": NOTICE_TYPES, "rows": rows}
    return render(request, "desk/notices/plans.html", context)


@form_verbs
@needs(ADMINISTER)
def of_plan(request: ActorRequest, code: str) -> HttpResponse:
    plan = get_plan_by_code(code, seen_by=request.actor)
    back = reverse("desk_notice_plans")
    return _chosen(request, plan, _("Default"), plan_name(plan), back, _("Notifications"))


@require_GET
@needs(CONSOLE)
def of_customer(request: ActorRequest, code: str) -> HttpResponse:
    customer = get_customer_by_code(code, seen_by=request.actor)
    rows = [
        (contact, reach, [(choice, choice.name in reach.occasions) for choice in NOTICE_TYPES])
        for contact, reach in notice_queries.contacts_with_notices(customer, seen_by=request.actor)
    ]
    context = {
        "customer": customer,
        "choices": NOTICE_TYPES,
        "general": _row(notice_queries.notice_choice_of(customer)),
        "rows": rows,
        "may_edit": request.actor.can(EDIT_CONTACTS),
    }
    return render(request, "desk/notices/customer.html", context)


@require_GET
@needs(CONSOLE)
def summary(request: ActorRequest, code: str) -> HttpResponse:
    """Show the choices for all contacts, in the side column of a customer's page."""
    customer = get_customer_by_code(code, seen_by=request.actor)
    chosen = notice_queries.notice_choice_of(customer)
    said = [(choice.label, stated_choice(chosen, choice.name)) for choice in NOTICE_TYPES]
    context = {"customer": customer, "said": [one for one in said if one[1] is not None]}
    return render(request, "desk/notices/_summary.html", context)


@require_GET
@needs(CONSOLE)
def summary_of_contact(request: ActorRequest, contact_id: int) -> HttpResponse:
    """Show the notices of a contact, and which of them were chosen for it alone."""
    contact = get_contact(contact_id, seen_by=request.actor)
    plan = notice_queries.best_plan_of(contact.customer)
    reach = notice_queries.notices_of_contacts([contact], plan)[contact.pk]
    chosen = notice_queries.notice_choice_of(contact)
    said = [
        (
            choice.label,
            choice.name in reach.occasions,
            stated_choice(chosen, choice.name) is not None,
        )
        for choice in NOTICE_TYPES
    ]
    context = {
        "contact": contact,
        "said": said,
        "pace": dict(PACES)[Following.Pace(digest_queries.digest_settings_of(contact).pace)],
        "may_edit": request.actor.can(EDIT_CONTACTS),
    }
    return render(request, "desk/notices/_contact.html", context)


@form_verbs
@needs(EDIT_CONTACTS)
def choice_of_customer(request: ActorRequest, code: str) -> HttpResponse:
    customer = get_customer_by_code(code, seen_by=request.actor)
    back = reverse("desk_notices_of_customer", args=[code])
    above = _("As set by the plan")
    return _chosen(request, customer, above, customer.name, back, _("Notifications"))


@form_verbs
@needs(EDIT_CONTACTS)
def of_contact(request: ActorRequest, contact_id: int) -> HttpResponse:
    contact = get_contact(contact_id, seen_by=request.actor)
    back = reverse("desk_notices_of_customer", args=[contact.customer.code])
    above = _("Same as %(customer)s") % {"customer": contact.customer.name}
    return _chosen(request, contact, above, contact.name, back, contact.customer.name)


def _chosen(
    request: ActorRequest, subject: Subject, above: str, name: str, back: str, back_label: str
) -> HttpResponse:
    form = ChoiceForm(request.POST or None, subject=subject, above=above)

    def choose() -> None:
        said = form.cleaned_data
        notices.set_notice_choices(
            subject, form.said(), by=request.actor, language=said.get("language")
        )
        if isinstance(subject, Contact):
            digests.set_digest_pace(subject, by=request.actor, pace=said["pace"])

    return form_page(
        request,
        form,
        choose,
        title=_("Notifications to %(name)s") % {"name": name},
        button=_("Save"),
        back=back,
        back_label=back_label,
        said=_("Rule created."),
    )


def _row(chosen: NoticeChoice) -> list[tuple[NoticeType, bool | None]]:
    return [(choice, stated_choice(chosen, choice.name)) for choice in NOTICE_TYPES]
