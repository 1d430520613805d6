"""Views of the desk's watches, and of the key that pages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure.queries.items import plain_items
from opale.kernel import clock
from opale.run.handover.actions import watches
from opale.run.handover.forms import WatchForm
from opale.run.handover.queries import permissions, situation
from opale.run.handover.rights import READ, WORK
from opale.run.handover.web.views import to
from opale.run.shifts.queries.duties import service_desk
from opale.ui import pickers
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])
MOST = 100


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    found = permissions.list_watches(seen_by=request.actor)
    context = {
        "watched": found.exclude(state="over")[:MOST],
        "over": found.filter(state="over").order_by("-ended_at")[:20],
        "may_work": request.actor.can(WORK),
    }
    template = "handover/_watches.html" if request.htmx else "handover/watches.html"
    return render(request, template, context)


@form_verbs
@needs(WORK)
def new(request: ActorRequest) -> HttpResponse:
    form = WatchForm(
        request.POST or None,
        request=request,
        initial={"calls": service_desk(), "until": clock.now() + situation.NEXT_SHIFT},
    )
    return form_page(
        request,
        form,
        lambda: watches.create_watch(form.watching(), by=request.actor),
        title=_("Something to watch"),
        button=_("Watch"),
        back=reverse("handover_watches"),
        back_label=_("What is watched"),
        said=_("It stands in the handover until then."),
    )


@require_GET
@needs(WORK)
def pick_item(request: ActorRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = plain_items(seen_by=request.actor).filter(name__icontains=text).order_by("name")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(one.pk), one.name) for one in shown)
    )


@require_POST
@needs(WORK)
def call(request: ActorRequest, watch_id: int) -> HttpResponse:
    watch = permissions.get_watch(watch_id, seen_by=request.actor)
    watches.trigger_watch(watch, by=request.actor)
    toast_next(request, _("%(team)s is called.") % {"team": watch.calls.name})
    return to(request, reverse("handover_watches"))


@require_POST
@needs(WORK)
def end(request: ActorRequest, watch_id: int) -> HttpResponse:
    watch = permissions.get_watch(watch_id, seen_by=request.actor)
    watches.end_watch(watch, by=request.actor)
    toast_next(request, _("It is watched no more."))
    return to(request, reverse("handover_watches"))
