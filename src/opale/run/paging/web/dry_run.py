"""The dry run: who would be paged now, how, and why."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opale.customers.models import Customer, Stream
from opale.customers.queries.customers import customers
from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.organisation.models import Team
from opale.organisation.queries.teams import teams
from opale.run.paging.ports import Subject
from opale.run.paging.queries import policies
from opale.run.paging.queries.page_texts import SEVERITIES, why_called
from opale.run.paging.rights import READ
from opale.run.paging.states import Trigger
from opale.run.paging.web.condition_texts import clock_texts
from opale.run.paging.web.plan_lines import dry_run_lines
from opale.ui.forms import ActorForm
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class DryRunForm(ActorForm, forms.Form):
    trigger = forms.ChoiceField(label=gettext_lazy("Trigger"), choices=Trigger.choices[:5])
    severity = forms.TypedChoiceField(
        label=gettext_lazy("Severity of the alert"),
        coerce=int,
        required=False,
        choices=[(0, "—"), *list(enumerate(SEVERITIES))[1:]],
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority of the ticket"),
        coerce=int,
        required=False,
        choices=[(0, "—"), *((n, f"P{n}") for n in range(1, 6))],
    )
    stream = forms.ChoiceField(
        label=gettext_lazy("Stream"), choices=[("", "—"), *Stream.choices], required=False
    )
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Customer"), required=False, widget=Picker("customers_pick")
    )
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Team"), required=False, empty_label="—"
    )
    at = WhenField(label=gettext_lazy("At"), required=False)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "customer": customers(seen_by=self.by),
            "team": teams(seen_by=self.by).order_by("name"),
        }

    def subject(self) -> Subject:
        said = self.cleaned_data
        return Subject(
            about="",
            trigger=said["trigger"],
            title="",
            severity=said["severity"] or 0,
            priority=said["priority"] or 0,
            stream=said["stream"],
            customer_id=said["customer"].pk if said["customer"] else None,
            team_id=said["team"].pk if said["team"] else None,
        )


@require_GET
@needs(READ)
def show(request: ActorRequest) -> HttpResponse:
    asked = request.GET if "trigger" in request.GET else {"trigger": "alert", "severity": "5"}
    form = DryRunForm(asked, by=request.actor)
    context: dict[str, Any] = {"form": form, "tried": None}
    if form.is_valid():
        at = form.cleaned_data["at"] or clock.now()
        found = policies.dry_run(form.subject(), at=at, seen_by=request.actor)
        context |= {
            "tried": found,
            "steps": dry_run_lines(found),
            "clocks": clock_texts(found),
            "manager_why": why_called(found.manager) if found.manager else "",
        }
    template = "paging/dry_run/_answer.html" if request.htmx else "paging/dry_run/show.html"
    return render(request, template, context)
