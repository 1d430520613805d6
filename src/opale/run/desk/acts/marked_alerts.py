"""Marked alerts put into one incident."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import Actor
from opale.listings.declarations import RowAct, RowUndo
from opale.run.desk.actions.incident_alerts import (
    TargetIncident,
    add_to_incident,
    data_to_remove,
    remove_from_incident,
)
from opale.run.desk.forms.alert_incidents import GradesForm
from opale.run.desk.forms.links import TicketField
from opale.run.desk.models import Grade, Kind
from opale.run.desk.queries import ticket_lists
from opale.run.desk.rights import WORK
from opale.run.desk.states import ENDED_STATES
from opale.run.events.models import Alert
from opale.ui.forms import ActorForm


class IncidentForm(ActorForm, GradesForm):
    incident = TicketField(
        label=_("Running incident"),
        required=False,
        help_text=_(
            "Leave empty to join the running incident of their item, or to open one for all."
        ),
    )

    field_order = ("incident", "impact", "urgency")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("impact", "urgency"):
            field = self.fields[name]
            field.choices = [("", _("From severity and who is hit")), *Grade.choices]  # type: ignore[attr-defined]

    def querysets(self) -> dict[str, QuerySet[Any]]:
        found = ticket_lists.tickets_of(seen_by=self.by).filter(kind=Kind.INCIDENT)
        return {"incident": found.exclude(state__in=ENDED_STATES)}

    def clean(self) -> dict[str, Any]:
        incident = (super().clean() or self.cleaned_data).get("incident")
        said = self.cleaned_data
        into = TargetIncident(incident, impact=said.get("impact"), urgency=said.get("urgency"))
        return {"into": into}


def add_alert(alert: Alert, *, into: TargetIncident, by: Actor) -> TargetIncident:
    return add_to_incident(alert, into=into, by=by)


ADD_TO_INCIDENT = RowAct(
    "incident", _("Incident"), WORK, add_alert, "alert-triangle", IncidentForm, key="i",
    undo=RowUndo(data_to_remove, remove_from_incident),
    first=lambda alert: (-alert.severity, alert.started_at, alert.pk),
)  # fmt: skip
