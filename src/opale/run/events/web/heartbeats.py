"""The page of a new heartbeat."""

from datetime import timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.run.events.actions.heartbeats import create_heartbeat
from opale.run.events.forms.heartbeats import NewHeartbeatForm
from opale.run.events.rights import ADMINISTER
from opale.ui.forms import form_page


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def new(request: ActorRequest) -> HttpResponse:
    form = NewHeartbeatForm(
        request.POST or None, by=request.actor, initial={"every": timedelta(hours=1)}
    )
    return form_page(
        request,
        form,
        lambda: create_heartbeat(by=request.actor, **form.cleaned_data),
        title=_("New heartbeat"),
        button=_("Save"),
        back=reverse("events_heartbeats"),
        said=_("Heartbeat created. It is monitored from its first call."),
    )
