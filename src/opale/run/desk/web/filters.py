"""The filters of a list: removable chips, and the form that sets them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from opale.customers.models import Customer
from opale.customers.queries.customers import customers
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.organisation.models import Team
from opale.organisation.queries.people import people
from opale.organisation.queries.teams import teams
from opale.run.desk.listings.tickets import CHOICES, LABELS, PRIORITIES
from opale.run.desk.queries import saved_views
from opale.run.desk.queries.filters import CONDITIONS, IS_NOT, ME, Filters
from opale.run.desk.rights import CONSOLE
from opale.run.desk.states import TicketState
from opale.ui.components.lists import Chip
from opale.ui.forms import ActorForm
from opale.ui.pickers import Picker

BEGINS_ANEW = ("before", "after", "open")


def customer_name(key: str, actor: Actor) -> str:
    found = customers(seen_by=actor, standing="all").filter(pk=key).first()
    return found.name if found else ""


def person_name(key: str, actor: Actor) -> str:
    if key == ME:
        return _("me")
    found = people(seen_by=actor, left=True).filter(pk=key).first()
    return found.name if found else ""


def team_name(key: str, actor: Actor) -> str:
    found = teams(seen_by=actor, closed=True).filter(pk=key).first()
    return found.name if found else ""


NAME_LOOKUPS: Mapping[str, Callable[[str, Actor], str]] = {
    "customer": customer_name,
    "owner": person_name,
    "team": team_name,
}


def chips(query: QueryDict, filters: Filters, actor: Actor) -> list[Chip]:
    """Return each filter as a chip whose address is the list without it, and the chip that turns
    it into its contrary."""
    found = []
    for name, value, text in _worded(filters, actor):
        found.append(Chip(text, _address(query, filters, without=name), on=True, removable=True))
        if name in CONDITIONS:
            pattern = _("Only %(value)s") if name in filters.is_not else _("Exclude %(value)s")
            found.append(Chip(pattern % {"value": value}, _address(query, filters, turned=name)))
    return found


def _address(query: QueryDict, filters: Filters, without: str = "", turned: str = "") -> str:
    """Return the list's first page without a filter, or with one turned into its contrary."""
    changed = query.copy()
    for gone in (without, IS_NOT, *BEGINS_ANEW):
        changed.pop(gone, None)
    negated = [name for name in CONDITIONS if (name in filters.is_not) != (name == turned)]
    changed.setlist(IS_NOT, [name for name in negated if name != without])
    return f"?{changed.urlencode()}"


def describe_filters(filters: Filters, actor: Actor) -> list[str]:
    return [text for _name, _value, text in _worded(filters, actor)]


def _worded(filters: Filters, actor: Actor) -> Iterator[tuple[str, str, str]]:
    """Yield each filter: its name, its value and both in words. A value hidden from the actor has
    no name, and its list is empty."""
    for name, label in LABELS.items():
        if value := getattr(filters, name):
            said = describe_value(name, value, actor)
            words = {"filter": label, "value": said}
            negated = name in filters.is_not
            pattern = _("%(filter)s is not: %(value)s") if negated else _("%(filter)s: %(value)s")
            yield name, said, pattern % words


def describe_value(name: str, value: str | tuple[str, ...], actor: Actor) -> str:
    """Return a value of a filter in the words of the reader."""
    if isinstance(value, tuple):
        return ", ".join(describe_value(name, one, actor) for one in value)
    if name in NAME_LOOKUPS:
        return NAME_LOOKUPS[name](value, actor) or _("not visible to you")
    return str(dict(CHOICES.get(name, [])).get(value, value))


class FilterForm(ActorForm, forms.Form):
    """All filters at once; empty ones do not filter."""

    q = forms.CharField(label=gettext_lazy("Subject or number"), required=False)
    priority = forms.MultipleChoiceField(
        choices=PRIORITIES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    state = forms.MultipleChoiceField(
        choices=TicketState.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    kind = forms.ChoiceField(required=False)
    stream = forms.ChoiceField(required=False)
    premium = forms.ChoiceField(required=False)
    waiting = forms.ChoiceField(required=False)
    clock = forms.ChoiceField(required=False)
    age = forms.ChoiceField(required=False)
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        queryset=None, required=False, widget=Picker("customers_pick")
    )
    owner = forms.CharField(required=False)
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        queryset=None, required=False, empty_label=gettext_lazy("any")
    )
    tag = forms.CharField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            if name != "q":
                self.fields[name].label = str(label)
        for name, choices in CHOICES.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField) and name not in ("state", "priority"):
                field.choices = [("", _("any")), *choices]
        named: Mapping[str, Any] = self.fields
        named["owner"].widget = Picker(
            "desk_pick_owner", label_of=lambda key: person_name(key, self.by)
        )
        self.fields["q"].widget.attrs["data-focus"] = ""

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "customer": customers(seen_by=self.by),
            "team": teams(seen_by=self.by).order_by("name"),
        }


@require_GET
@needs(CONSOLE)
def form(request: ActorRequest, view: str) -> HttpResponse:
    """Show the dialog of filters with their present values."""
    filters = Filters.read(request.GET)
    set_now = {name: getattr(filters, name) for name in LABELS}
    context = {
        "view": view,
        "form": FilterForm(initial=set_now, by=request.actor),
        "negated": filters.is_not,
        "teams": saved_views.own_teams(seen_by=request.actor),
    }
    return render(request, "desk/queue/_filter_form.html", context)
