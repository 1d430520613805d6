"""Pages of one's wishes for the roster: days off, and shifts."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.shifts import rights
from opale.run.shifts.actions import wishes
from opale.run.shifts.forms.wishes import WishForm
from opale.run.shifts.queries import wishes as wishe_queries
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next


@require_http_methods(["GET", "POST"])
@needs(rights.SWAP)
def index(request: ActorRequest) -> HttpResponse:
    today = timezone.localtime(clock.now()).date()
    form = WishForm(request.POST or None, initial={"day": today + timedelta(days=7)})

    if request.method == "POST" and submit_form(
        form, lambda: wishes.create_wish(by=request.actor, **form.arguments())
    ):
        toast_next(request, _("Wish saved."))
        return redirect("shifts_wishes")
    context = {"form": form, "wishes": wishe_queries.wishes_of(request.actor, since=today)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "shifts/wishes.html", context, status=status)


@require_POST
@needs(rights.SWAP)
def remove(request: ActorRequest, wish_id: int) -> HttpResponse:
    wishes.delete_wish(wishe_queries.get_wish(wish_id, seen_by=request.actor), by=request.actor)
    toast_next(request, _("Wish removed."))
    return redirect("shifts_wishes")
