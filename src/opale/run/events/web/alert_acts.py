"""Actions on the page of an alert: its shelf, its owner, its notes."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.kernel.errors import Invalid
from opale.organisation.queries.people import get_person, people
from opale.run.events.actions import assignments, shelving
from opale.run.events.forms.alerts import AssignForm, NoteForm, ShelveForm
from opale.run.events.queries import alerts
from opale.run.events.rights import WORK
from opale.run.events.states import AlertState
from opale.run.events.web.alerts import after
from opale.ui import pickers
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

NOBODY = 0


@require_http_methods(["GET", "POST"])
@needs(WORK)
def shelve(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Show the form, or shelve until what the form or a shortcut beside the button sends."""
    alert = alerts.get_alert(alert_id, seen_by=request.actor)
    form = ShelveForm(request.POST if request.method == "POST" else None)

    def put_away() -> None:
        rows = alerts.alert_queryset(alert_id, seen_by=request.actor)
        shelving.shelve_alerts(rows, form.end(), by=request.actor, at=now())

    undo = reverse("events_unshelve", args=[alert_id, alert.state])
    if request.method == "POST" and request.htmx and "offered" in request.POST:
        if not form.is_valid():
            raise Invalid(until=_("The end lies ahead, and at most a year."))
        put_away()
        return after(request, alert_id, _("Alert shelved."), undo)
    back = reverse("events_alert", args=[alert_id])
    answer = form_page(
        request, form, put_away, title=_("Shelve the alert"), button=_("Shelve"), back=back
    )
    if request.method == "POST" and answer.status_code < 400:
        toast_next(request, _("Alert shelved."), undo=undo)
    return answer


@require_POST
@needs(WORK)
def unshelve(request: ActorRequest, alert_id: int, state: str) -> HttpResponse:
    """Unshelve to open, or to the former state where a shelving is undone."""
    rows = alerts.alert_queryset(alert_id, seen_by=request.actor)
    back = AlertState(state) if state in AlertState.values else AlertState.OPEN
    shelving.unshelve_alerts(rows, by=request.actor, at=now(), to=back)
    return after(request, alert_id, _("The alert is off the shelf."))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def assign(request: ActorRequest, alert_id: int) -> HttpResponse:
    alert = alerts.get_alert(alert_id, seen_by=request.actor)
    form = AssignForm(request.POST or None, actor=request.actor)

    def give() -> None:
        rows = alerts.alert_queryset(alert_id, seen_by=request.actor)
        to = form.cleaned_data["person"]
        assignments.assign_alerts(rows, to, by=request.actor, at=now())

    answer = form_page(
        request,
        form,
        give,
        title=_("Who owns the alert?"),
        button=_("Give"),
        back=reverse("events_alert", args=[alert_id]),
    )
    if request.method == "POST" and answer.status_code < 400:
        undo = reverse("events_give", args=[alert_id, alert.owner_id or NOBODY])
        toast_next(request, _("The alert has another owner."), undo=undo)
    return answer


@require_POST
@needs(WORK)
def give(request: ActorRequest, alert_id: int, person_id: int) -> HttpResponse:
    """Set or remove the owner: the button that takes it, and the undo of another assignment."""
    before = alerts.get_alert(alert_id, seen_by=request.actor).owner_id or NOBODY
    to = get_person(person_id, seen_by=request.actor) if person_id else None
    rows = alerts.alert_queryset(alert_id, seen_by=request.actor)
    assignments.assign_alerts(rows, to, by=request.actor, at=now())
    said = _("The alert has another owner.") if to else _("The alert is nobody’s.")
    undo = reverse("events_give", args=[alert_id, before]) if before != person_id else ""
    return after(request, alert_id, said, undo)


@require_POST
@needs(WORK)
def note(request: ActorRequest, alert_id: int) -> HttpResponse:
    alert = alerts.get_alert(alert_id, seen_by=request.actor)
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise Invalid(text=_("Write something to note."))
    assignments.add_alert_note(alert, form.cleaned_data["text"], by=request.actor, at=now())
    return after(request, alert_id, _("Noted."))


@require_GET
@needs(WORK)
def pick_person(request: ActorRequest) -> HttpResponse:
    found = people(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(p.pk), p.name, p.job_title) for p in shown)
    )
