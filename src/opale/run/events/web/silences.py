"""Silences: the form with its preview, and the page of one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.run.events.actions import silences
from opale.run.events.acts.silences import get_silence
from opale.run.events.forms.silences import SilenceForm, initial_of_new_silence
from opale.run.events.listings.silences import SilenceLine
from opale.run.events.models import Alert, Silence
from opale.run.events.queries import alerts
from opale.run.events.queries import silences as silence_queries
from opale.run.events.queries.rules import newest_version
from opale.run.events.rights import READ, WORK
from opale.run.events.web.alert_lines import AlertLine
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(WORK)
def new(request: ActorRequest) -> HttpResponse:
    asked = request.GET.get("alert", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    alert = alerts.get_alert(number, seen_by=request.actor) if number else None
    form = _form(request, initial=initial_of_new_silence(alert, now()))
    made: list[Silence] = []
    if request.method == "POST" and submit_form(
        form,
        lambda: made.append(silences.create_silence(form.terms(), by=request.actor, at=now())),
    ):
        undo = reverse("events_end_silence", args=[made[0].pk])
        toast_next(request, _("Silence created."), undo=undo)
        return redirect("events_alert", alert.pk) if alert else redirect("events_silences")
    return _editor(request, form, alert=alert)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def edit(request: ActorRequest, silence_id: int) -> HttpResponse:
    silence = get_silence(silence_id, seen_by=request.actor)
    form = _form(request, of=silence)
    if request.method == "POST" and submit_form(
        form, lambda: silences.edit_silence(silence, form.terms(), by=request.actor, at=now())
    ):
        version = newest_version(silence)
        undo = reverse("events_revert_silence", args=[silence_id, version]) if version else ""
        toast_next(request, _("Saved."), undo=undo)
        return redirect("events_silence", silence_id)
    return _editor(request, form, silence=silence)


@require_POST
@needs(WORK)
def preview(request: ActorRequest) -> HttpResponse:
    """Show what the silence being typed would match; drawn again on each change."""
    form = _form(request)
    form.is_valid()
    wanted = form.silencer(now())
    found = silence_queries.preview(wanted, seen_by=request.actor, at=now()) if wanted else None
    context = {"preview": found, "faulty": "matchers" in form.errors}
    return render(request, "events/silences/_preview.html", context)


@require_GET
@needs(READ)
def show(request: ActorRequest, silence_id: int) -> HttpResponse:
    return _card(request, silence_id, whole=not request.htmx)


@require_GET
@needs(WORK)
def ending(request: ActorRequest) -> HttpResponse:
    """Fill a slot of Now: one's own silences that are about to end."""
    soon = silence_queries.ending_soon(seen_by=request.actor, at=now())
    return render(request, "events/silences/_ending.html", {"silences": list(soon[:5])})


def _form(
    request: ActorRequest, initial: dict[str, object] | None = None, of: Silence | None = None
) -> SilenceForm:
    data = request.POST if request.method == "POST" else None
    zone = timezone.get_current_timezone_name()
    return SilenceForm(data, by=request.actor, zone=zone, initial=initial, of=of)


def _editor(
    request: ActorRequest,
    form: SilenceForm,
    *,
    alert: Alert | None = None,
    silence: Silence | None = None,
) -> HttpResponse:
    context = {"form": form, "alert": alert, "silence": silence, "preview": None}
    status = 422 if form.is_bound else 200
    return render(request, "events/silences/edit.html", context, status=status)


def _card(request: ActorRequest, silence_id: int, *, whole: bool) -> HttpResponse:
    silence, at = get_silence(silence_id, seen_by=request.actor), now()
    muted = alerts.alerts_of_silence(silence, seen_by=request.actor)
    line = SilenceLine(silence, at, silence_queries.subject_names([silence], seen_by=request.actor))
    context = {
        "silence": silence,
        "line": line,
        "lines": [AlertLine(alert) for alert in muted[:50]],
        "may": request.actor.everywhere(WORK),
    }
    template = "events/silences/show.html" if whole else "events/silences/_card.html"
    return render(request, template, context)
