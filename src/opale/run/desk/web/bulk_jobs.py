"""Pages of bulk jobs: choice of the action, preview, progress, and undo."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.spreadsheets import spreadsheet
from opale.kernel.errors import Invalid
from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.run.desk.actions import bulk_acts, bulk_jobs
from opale.run.desk.actions.bulk_acts import BulkParameters
from opale.run.desk.forms.links import TicketField
from opale.run.desk.listings.bulk_jobs import TONES
from opale.run.desk.listings.tickets import MOST_MARKED
from opale.run.desk.models import BulkItem, BulkJob, Grade, Pause
from opale.run.desk.queries import bulk_jobs as bulk_job_queries
from opale.run.desk.queries import filters as filter_queries
from opale.run.desk.queries import macros, ticket_lists
from opale.run.desk.rights import WORK
from opale.run.desk.web import filters as filter_web
from opale.run.desk.web.assignments import add_errors
from opale.run.desk.web.queue import TITLES
from opale.ui.components.lists import Chip
from opale.ui.forms import ActorForm, required_when
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField

Act, State, Outcome = BulkJob.Act, BulkJob.State, BulkItem.Outcome
FIELDS: dict[str, tuple[str, ...]] = {
    Act.GIVE: ("person",),
    Act.GRADE: ("impact", "urgency", "reason"),
    Act.TAG: ("tags",),
    Act.UNTAG: ("tags",),
    Act.WAIT: ("kind", "until", "reason"),
    Act.RESOLVE: ("reason",),
    Act.CANCEL: ("reason",),
    Act.PARENT: ("other",),
    Act.MERGE: ("other",),
    Act.WRITE: ("said_fr", "said_en"),
    Act.NOTE: ("reason",),
    Act.MACRO: ("macro",),
}
REASONS = {
    Act.RESOLVE: gettext_lazy("Cause"),
    Act.NOTE: gettext_lazy("Internal note"),
}
GOING_ON = (State.LOOKING, State.WAITING, State.RUNNING, State.UNDOING)
UNCHANGED = [("", gettext_lazy("No change")), *Grade.choices]


class MacroField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker alone
    """A choice of macros, named in the reader's language."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name_fr if get_language() == "fr" else obj.name_en)


class BulkForm(ActorForm, forms.Form):
    """The inputs of a bulk action; only the action's own fields are kept."""

    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        label=gettext_lazy("New owner"), queryset=None, widget=Picker("organisation_people_pick")
    )
    impact = forms.TypedChoiceField(
        label=gettext_lazy("Impact"), choices=UNCHANGED, coerce=int, required=False
    )
    urgency = forms.TypedChoiceField(
        label=gettext_lazy("Urgency"), choices=UNCHANGED, coerce=int, required=False
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"), help_text=gettext_lazy("Separate with commas.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Waiting for"), choices=Pause.Kind.choices)
    until = WhenField(label=gettext_lazy("Until"), required=False)
    other = TicketField(label=gettext_lazy("Ticket"))
    macro = MacroField(label=gettext_lazy("Macro"), queryset=None)
    said_fr = forms.CharField(
        label=gettext_lazy("In French"), widget=forms.Textarea, required=False
    )
    said_en = forms.CharField(
        label=gettext_lazy("In English"), widget=forms.Textarea, required=False
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), widget=forms.Textarea, required=False, max_length=2000
    )

    def __init__(self, *args: Any, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = FIELDS.get(act, ())
        for name in [name for name in self.fields if name not in kept]:
            del self.fields[name]
        if "reason" in self.fields and act in REASONS:
            self.fields["reason"].label = REASONS[Act(act)]
        if act == Act.WAIT:
            self.fields["reason"] = forms.CharField(
                label=_("Reason"), required=False, max_length=300
            )
            required_when(self, f"kind={Pause.Kind.AGREED_DATE}", "until")

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "person": people(seen_by=self.by),
            "other": ticket_lists.tickets_of(seen_by=self.by),
            "macro": macros.macros(seen_by=self.by).order_by("pk"),
        }

    def wanted(self) -> BulkParameters:
        said = self.cleaned_data
        texts = {code: said.get(f"said_{code}", "") for code in ("fr", "en")}
        return BulkParameters(
            person=said.get("person"),
            impact=Grade(said["impact"]) if said.get("impact") else None,
            urgency=Grade(said["urgency"]) if said.get("urgency") else None,
            tags=tuple(filter(None, (tag.strip() for tag in said.get("tags", "").split(",")))),
            kind=Pause.Kind(said["kind"]) if said.get("kind") else None,
            until=said.get("until"),
            reason=said.get("reason", ""),
            other=said.get("other"),
            macro=said.get("macro"),
            texts={code: text for code, text in texts.items() if text.strip()},
        )


@require_http_methods(["GET", "POST"])
@needs(WORK)
def ask(request: ActorRequest) -> HttpResponse:
    """Choose the action, for the marked tickets or for all of a view."""
    numbers = [int(n) for n in request.GET.getlist("n") if n.isdecimal() and len(n) < 19]
    tickets = ticket_lists.tickets_with_numbers(numbers[:MOST_MARKED], seen_by=request.actor)
    view = request.GET.get("view", "")
    filters = filter_queries.Filters.read(request.GET)
    matching = {"view": view, "query": filters.address()} if view in TITLES else None
    act = request.GET.get("act", "")
    act = act if act in Act.values else Act.GIVE
    said = request.POST if request.method == "POST" else None
    form = BulkForm(said, act=act, by=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            job = bulk_jobs.create_bulk_job(
                Act(act),
                form.wanted(),
                by=request.actor,
                credential=request.credential,
                tickets=tickets,
                matching=matching,
            )
        except Invalid as refusal:
            add_errors(form, refusal)
        else:
            return redirect("desk_bulk", job.pk)
    context = {
        "form": form,
        "tickets": tickets,
        "view": TITLES.get(view, ""),
        "filters": filter_web.describe_filters(filters, request.actor),
        "act": Act(act),
        "acts": [Chip(each.label, _with(request, each), on=each == act) for each in Act],
        "undone": bulk_acts.may_be_undone(act),
    }
    return render(request, "desk/bulk/ask.html", context, status=422 if form.errors else 200)


@require_GET
@needs(WORK)
def show(request: ActorRequest, job_id: int) -> HttpResponse:
    """Show the preview or the results, live while the job runs."""
    job = bulk_job_queries.get_bulk_job(job_id, seen_by=request.actor)
    counts = bulk_job_queries.bulk_counts(job)
    parts = []
    for outcome in (Outcome.REFUSED, Outcome.KEPT, Outcome.CHANGED, Outcome.UNDONE, Outcome.SAME):
        if counts.get(outcome):
            rows = bulk_job_queries.bulk_items(job, seen_by=request.actor, outcome=outcome)
            parts.append((outcome, counts[outcome], rows[: bulk_job_queries.ITEMS_SHOWN]))
    context = {
        "job": job,
        "tone": TONES.get(State(job.state), "active"),
        "goes_on": job.state in GOING_ON,
        "counts": counts,
        "parts": parts,
        "shown": bulk_job_queries.ITEMS_SHOWN,
        "changed": counts.get(Outcome.CHANGED, 0),
        "undoable": bulk_jobs.is_undoable(job),
        "confirmable": job.state in (State.SHOWN, State.STOPPED, State.FAILED),
        "view": TITLES.get((job.matching or {}).get("view", ""), ""),
    }
    template = "desk/bulk/_job.html" if request.htmx else "desk/bulk/show.html"
    return render(request, template, context)


@require_GET
@needs(WORK)
def refused(request: ActorRequest, job_id: int) -> HttpResponseBase:
    """Download the tickets that were refused, or left as they were by the undo."""
    job = bulk_job_queries.get_bulk_job(job_id, seen_by=request.actor)
    outcome = Outcome.KEPT if job.state in (State.UNDOING, State.UNDONE) else Outcome.REFUSED
    head = [_("Number"), _("Subject"), _("Customer"), _("Code"), _("Reason")]
    lines = bulk_job_queries.bulk_lines(job, seen_by=request.actor, outcome=outcome)
    return spreadsheet(f"bulk-{job.pk}", head, lines)


def _with(request: ActorRequest, act: str) -> str:
    query = request.GET.copy()
    query["act"] = act
    return f"?{query.urlencode()}"
