"""Pages of suppliers: the list, one supplier with its promises, and editing."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure import rights
from opale.infrastructure.actions import suppliers
from opale.infrastructure.models import Supplier
from opale.infrastructure.queries import suppliers as supplier_queries
from opale.organisation.models import WorkingCalendar
from opale.organisation.queries.reference import calendars
from opale.ui import keyset
from opale.ui.forms import form_page

ORDER = keyset.Order(("name", "id"))


class SupplierForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    accepts_minutes = forms.IntegerField(
        label=gettext_lazy("Accepts within (minutes)"), min_value=1, required=False
    )
    restores_minutes = forms.IntegerField(
        label=gettext_lazy("Restores within (minutes)"), min_value=1, required=False
    )
    portal = forms.URLField(label=gettext_lazy("Portal"), required=False, assume_scheme="https")
    calendar: "forms.ModelChoiceField[WorkingCalendar]" = forms.ModelChoiceField(
        label=gettext_lazy("Hours"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("Day and night"),
    )

    class Meta:
        model = Supplier
        fields = ("name", "kind", "language", "email", "phone", "portal", "left_on")
        widgets = {"left_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    field_order = (
        "name", "kind", "language", "email", "phone", "portal", "accepts_minutes",
        "restores_minutes", "calendar", "left_on",
    )  # fmt: skip

    def __init__(self, *args: Any, request: ActorRequest, **kwargs: Any) -> None:
        held = kwargs.get("instance")
        kwargs["initial"] = {
            "accepts_minutes": _minutes(held.accepts_within) if held else None,
            "restores_minutes": _minutes(held.restores_within) if held else None,
            "calendar": held.calendar_id if held else None,
        }
        super().__init__(*args, **kwargs)
        field: Any = self.fields["calendar"]
        field.queryset = calendars(seen_by=request.actor)

    def said(self) -> dict[str, Any]:
        """Return the action's arguments."""
        said = dict(self.cleaned_data)
        said["accepts_within"] = _length(said.pop("accepts_minutes"))
        said["restores_within"] = _length(said.pop("restores_minutes"))
        return said


def _minutes(length: timedelta | None) -> int | None:
    return int(length.total_seconds() // 60) if length else None


def _length(minutes: int | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes else None


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, supplier_id: int) -> HttpResponse:
    supplier = supplier_queries.get_supplier(supplier_id, seen_by=request.actor)
    found = supplier_queries.items_carried_by(supplier, seen_by=request.actor)
    context = {
        "supplier": supplier,
        "page": keyset.page(found, ORDER, request.GET),
        "may_edit": request.actor.can(rights.EDIT),
    }
    return render(request, "infrastructure/suppliers/show.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: ActorRequest) -> HttpResponse:
    form = SupplierForm(request.POST or None, request=request)
    back = reverse("infrastructure_suppliers")
    return form_page(
        request,
        form,
        lambda: suppliers.create_supplier(by=request.actor, **form.said()),
        title=_("New supplier"),
        button=_("Create"),
        back=back,
        back_label=_("Suppliers"),
        then=lambda: back,
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: ActorRequest, supplier_id: int) -> HttpResponse:
    supplier = supplier_queries.get_supplier(supplier_id, seen_by=request.actor)
    name, back = supplier.name, reverse("infrastructure_supplier", args=[supplier_id])
    form = SupplierForm(request.POST or None, instance=supplier, request=request)
    return form_page(
        request,
        form,
        lambda: suppliers.edit_supplier(supplier, by=request.actor, **form.said()),
        title=_("Edit the supplier"),
        button=_("Save"),
        back=back,
        back_label=name,
        then=lambda: back,
    )
