"""Pages of stand-by slips: one's own call-outs, their verdict, the payroll, and the fixes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.run.paging.actions import slips
from opale.run.paging.models import RuleFix, Slip
from opale.run.paging.queries import slips as slip_queries
from opale.run.paging.rights import READ, SLIPS
from opale.ui import keyset, pickers
from opale.ui.forms import form_page
from opale.ui.pickers import Picker
from opale.ui.toasts import toast_next
from opale.ui.typed_dates import WhenField

form_verbs = require_http_methods(["GET", "POST"])
NEWEST = keyset.Order(("-began_at", "-id"))
PAYROLL_MOST = 5_000


class SlipForm(forms.Form):
    ended_at = WhenField(label=gettext_lazy("Ended at"))
    travel = forms.IntegerField(
        label=gettext_lazy("Travel, in minutes"), min_value=0, max_value=1440, initial=0
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)


class FixForm(forms.Form):
    owner: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Who puts it right"), widget=Picker("paging_pick_owner")
    )
    due_on = forms.DateField(label=gettext_lazy("Put right until"))
    what = forms.CharField(label=gettext_lazy("What to change"), max_length=500, required=False)

    def __init__(self, *args: Any, request: ActorRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = people(seen_by=request.actor)


@require_GET
@needs(SLIPS)
def index(request: ActorRequest) -> HttpResponse:
    """Show one's own slips, or all with the right to see them."""
    found = slip_queries.slips(seen_by=request.actor)
    page = keyset.page(found, NEWEST, request.GET)
    month = _month(request)
    context = {
        "page": page,
        "early": slip_queries.early_shifts(page.rows, seen_by=request.actor, at=clock.now()),
        "month": month,
        "before": (month - timedelta(days=1)).replace(day=1),
        "fixes": slip_queries.fixes(seen_by=request.actor).filter(state=RuleFix.State.OPEN)[:50],
    }
    return render(request, "paging/slips/list.html", context)


@require_GET
@needs(SLIPS)
def payroll(request: ActorRequest) -> HttpResponse:
    """Return the slips of a month as CSV, else all."""
    found, name = slip_queries.slips(seen_by=request.actor), "stand-by"
    if asked := request.GET.get("month", ""):
        first = _month(request)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        found, name = slip_queries.begun_between(found, first, last), f"stand-by-{asked}"
    text = slip_queries.payroll(found[:PAYROLL_MOST])
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


@form_verbs
@needs(SLIPS)
def edit(request: ActorRequest, slip_id: int) -> HttpResponse:
    slip = slip_queries.get_slip(slip_id, seen_by=request.actor)
    initial = {
        "ended_at": slip.ended_at,
        "travel": int(slip.travel.total_seconds() // 60),
        "note": slip.note,
    }
    form = SlipForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        lambda: slips.fill_in_slip(
            slip,
            ended_at=form.cleaned_data["ended_at"],
            travel=timedelta(minutes=form.cleaned_data["travel"]),
            note=form.cleaned_data["note"],
            by=request.actor,
        ),
        title=slip.mobilisation.title,
        button=_("Save"),
        back=reverse("paging_slips"),
        back_label=_("Stand-by slips"),
        then=lambda: _said(request, slip),
    )


@require_POST
@needs(SLIPS)
def worth(request: ActorRequest, slip_id: int) -> HttpResponse:
    """Record whether the call-out was worth it; a no leads to its fix."""
    slip = slip_queries.get_slip(slip_id, seen_by=request.actor)
    said = Slip.Worth.YES if request.POST.get("worth") == "yes" else Slip.Worth.NO
    slips.judge_slip(slip, said, by=request.actor)
    if said == Slip.Worth.NO:
        return _to(request, reverse("paging_slip_fix", args=[slip_id]))
    toast_next(request, _("Thank you. Sleep well."))
    return _to(request, reverse("paging_mine"))


@require_POST
@needs(SLIPS)
def rest(request: ActorRequest, slip_id: int) -> HttpResponse:
    """Move the shift that begins too early to the end of the rest."""
    slip = slip_queries.get_slip(slip_id, seen_by=request.actor)
    moved = slips.apply_rest(slip, by=request.actor)
    if moved is None:
        toast_next(request, _("The shift is taken away: the rest is longer."))
    else:
        toast_next(request, _("The shift begins when the rest is over."))
    return _to(request, reverse("paging_slips"))


@form_verbs
@needs(SLIPS)
def fix(request: ActorRequest, slip_id: int) -> HttpResponse:
    """Set the owner and due date of a fix, both proposed."""
    slip = slip_queries.get_slip(slip_id, seen_by=request.actor)
    found = slip_queries.fix_of(slip)
    initial = {"owner": found.owner_id, "due_on": found.due_on, "what": found.what}
    form = FixForm(request.POST or None, request=request, initial=initial)
    return form_page(
        request,
        form,
        lambda: slips.edit_fix(found, **form.cleaned_data, by=request.actor),
        title=_("What woke you for nothing"),
        button=_("Save"),
        back=reverse("paging_mine"),
        said=_("It is theirs to put right."),
    )


@require_POST
@needs(READ)
def done(request: ActorRequest, fix_id: int) -> HttpResponse:
    slips.finish_fix(slip_queries.get_fix(fix_id, seen_by=request.actor), by=request.actor)
    toast_next(request, _("It is put right."))
    return _to(request, reverse("paging_slips"))


@require_GET
@needs(SLIPS)
def pick_owner(request: ActorRequest) -> HttpResponse:
    found = people(seen_by=request.actor, text=request.GET.get("q", "")).order_by("name", "id")
    shown = found[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(p.pk), p.name, p.job_title) for p in shown)
    )


def _month(request: ActorRequest) -> date:
    """Return the first day of the month asked for, else of this one. Errors: NotFound."""
    asked = request.GET.get("month", "")
    try:
        day = date.fromisoformat(f"{asked}-01") if asked else timezone.localdate(clock.now())
    except ValueError:
        raise NotFound from None
    return day.replace(day=1)


def _said(request: ActorRequest, slip: Slip) -> str:
    """Confirm the saved slip; where the rest requires it, propose to change the next duty."""
    rest = slip_queries.rest_of(slip_queries.get_slip(slip.pk, seen_by=request.actor))
    if rest and rest.duty:
        toast_next(request, _("The next shift begins before the rest ends: have it changed."))
    else:
        toast_next(request, _("The slip is kept."))
    return reverse("paging_slips")


def _to(request: ActorRequest, where: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": where}) if request.htmx else redirect(where)
