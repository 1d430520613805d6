"""An alert made an incident, or added to a running one: asked with its grades, shown, undone."""

from collections.abc import Collection, Mapping

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure.queries.dependents import Dependents, dependents_of
from opale.listings.bulk import Outcome, undo_token
from opale.listings.registry import open_listing
from opale.run.desk.actions.alerts import incident_about, proposed_grades, running_incident
from opale.run.desk.actions.incident_alerts import Added, add_all_to_incident
from opale.run.desk.acts.marked_alerts import ADD_TO_INCIDENT
from opale.run.desk.acts.ticket_facts import ticket_facts
from opale.run.desk.forms.alert_incidents import NEW, AlertIncidentForm
from opale.run.desk.models import Grade
from opale.run.desk.queries import tickets
from opale.run.desk.queries.alert_incidents import siblings_of
from opale.run.desk.rights import WORK
from opale.run.desk.web.triage import grade_choices
from opale.run.events.models import Alert
from opale.run.events.queries.alerts import get_alert
from opale.run.events.states import Severity
from opale.ui.change_previews import asks_preview, preview_drawn
from opale.ui.forms import submit_form
from opale.ui.side_pane import targets_panel
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(WORK)
def open_or_join(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Open an incident for an alert, or add it to the running one of its item or service."""
    alert = get_alert(alert_id, seen_by=request.actor)
    running = incident_about(alert, seen_by=request.actor)
    siblings = siblings_of(alert, seen_by=request.actor)
    worst = max([alert.severity, *(one.severity for one in siblings)])
    impact, urgency = proposed_grades(alert, Severity(worst))
    form = AlertIncidentForm(
        request.POST if request.method == "POST" else None,
        by=request.actor, running=running, siblings=siblings,
        initial={
            "into": str(running.pk) if running else NEW,
            "impact": int(impact), "urgency": int(urgency),
            "along": [one.pk for one in siblings],
        },
    )  # fmt: skip
    added: list[Added] = []

    def run() -> None:
        along = form.cleaned_data["along"]
        added.append(add_all_to_incident(alert, along, into=form.target(), by=request.actor))

    def facts() -> Mapping[str, str]:
        target = added[0].incident if added else running if _joins(form) else None
        if target is None:
            return {}
        found = ticket_facts(tickets.get_ticket(target.number, seen_by=request.actor))
        # What goes without saying, or stands above, leaves no room for the clocks.
        return {label: value for label, value in found.items() if label not in _known_labels()}

    if asks_preview(request):
        return preview_drawn(request, form, facts, run)
    if request.method == "POST" and submit_form(form, run):
        (made,) = added
        listing = open_listing("alerts", seen_by=request.actor)
        token = undo_token(listing, ADD_TO_INCIDENT, Outcome(before=made.before))
        toast_next(request, _outcome(made), undo=reverse("listings_undo", args=[token]))
        return redirect("desk_ticket", made.incident.number)
    return _asked(request, alert, form)


def _known_labels() -> Collection[str]:
    return {_("State"), _("Kind"), _("Customer")}


def _joins(form: AlertIncidentForm) -> bool:
    return form.is_valid() and form.cleaned_data["into"] != NEW


def _outcome(made: Added) -> str:
    """Return what became of the alerts, in words."""
    number = len(made.before)
    opened = ngettext(
        "Incident %(number)s opened with %(count)s alert.",
        "Incident %(number)s opened with %(count)s alerts.",
        number,
    )
    joined = ngettext(
        "%(count)s alert added to incident %(number)s.",
        "%(count)s alerts added to incident %(number)s.",
        number,
    )
    words = {"number": made.incident.reference, "count": number}
    return (opened if made.opened else joined) % words


def _asked(request: ActorRequest, alert: Alert, form: AlertIncidentForm) -> HttpResponse:
    hit = affected_of(alert, request)
    chosen = {str(key) for key in form["along"].value() or ()}
    context = {
        "alert": alert,
        "form": form,
        "handled": running_incident(alert),
        "running": form.running,
        "into": str(form["into"].value() or ""),
        "grades": [grade_choices(form, name) for name in ("impact", "urgency")],
        "first": str(form["impact"].value() or int(Grade.HIGH)),
        "siblings": [(one, str(one.pk) in chosen) for one in form.fields["along"].queryset],  # type: ignore[attr-defined]
        "affected": hit.customers if hit else (),
        "in_panel": targets_panel(request),
    }
    template = f"desk/alerts/{'_incident' if context['in_panel'] else 'incident'}.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def affected_of(alert: Alert, request: ActorRequest) -> Dependents | None:
    """Return what depends on the shared item of an alert; nothing where a customer is known."""
    if alert.customer_id is not None or alert.item_id is None:
        return None
    return dependents_of([alert.item_id], seen_by=request.actor).get(alert.item_id)
