"""Forms of pauses and outages."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.customers.queries.services import services
from opale.endpoints.fields import Moment
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.actions.pauses import HIGHEST_PRIORITY
from opale.run.desk.forms.fields import ServiceChoiceField
from opale.run.desk.models import Pause, ServiceOutage, Ticket
from opale.run.desk.queries.outages import affected_services
from opale.ui.change_previews import PREVIEW
from opale.ui.forms import ActorForm, required_when
from opale.ui.typed_dates import WhenField


class PauseForm(forms.Form):
    """A pause that begins: only its kind is required, and of a P1 the consent to what moves."""

    kind = forms.ChoiceField(label=_("Waiting for"), choices=Pause.Kind.choices)
    until = WhenField(
        label=_("Until"),
        required=False,
        help_text=_("On the agreed date, work resumes automatically."),
    )
    starts = WhenField(
        label=_("Since"),
        required=False,
        past=True,
        help_text=_("Leave empty to start now; may be back-dated to receipt."),
    )
    reason = forms.CharField(label=_("Note"), max_length=300, required=False)
    confirmed = forms.BooleanField(
        label=_("Confirm: this is a P1, and its deadlines move as shown"), required=False
    )

    def __init__(self, *args: Any, ticket: Ticket | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_consent = ticket is not None and ticket.priority == HIGHEST_PRIORITY
        if not self.asks_consent:
            self.fields["confirmed"].widget = forms.HiddenInput()
        required_when(self, f"kind={Pause.Kind.AGREED_DATE}", "until")

    def clean_confirmed(self) -> bool:
        confirmed: bool = self.cleaned_data["confirmed"]
        # The preview shows what there is to consent to.
        if self.asks_consent and not confirmed and PREVIEW not in self.data:
            raise forms.ValidationError(_("Confirm that the deadlines of this P1 move."))
        return confirmed

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        # The preview shows what there is to consent to.
        confirmed = said.get("confirmed") or PREVIEW in self.data
        return said | {"kind": Pause.Kind(said["kind"]), "confirmed": confirmed}


class PauseRecordForm(forms.Form):
    """A recorded pause: one that is over has an end, one that runs may have an agreed one."""

    kind = forms.ChoiceField(label=_("Reason for hold"), choices=Pause.Kind.choices)
    starts = WhenField(label=_("Since"), past=True)
    ends = WhenField(label=_("Ended"), past=True)
    until = WhenField(label=_("Until"), required=False)
    reason = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, pause: Pause | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        over = pause is None or pause.ends is not None
        unasked = "until" if over else "ends"
        field = self.fields[unasked]
        field.required, field.widget = False, forms.HiddenInput()
        self.initial.pop(unasked, None)

    @staticmethod
    def initial_of(pause: Pause, _by: Actor) -> dict[str, Any]:
        return {
            "kind": pause.kind,
            "starts": pause.starts,
            "ends": pause.ends,
            "until": pause.until,
            "reason": pause.reason,
        }

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return said | {"kind": Pause.Kind(said["kind"]), "ends": said.get("ends")}


class EndedPauseForm(PauseRecordForm):
    """A recorded pause that is over: for programs now, where they do not say since when."""

    def arguments(self) -> dict[str, Any]:
        said = super().arguments()
        del said["until"]
        return said | {"ends": said["ends"] or clock.now()}


class OutageStartField(WhenField):
    """When the service went down; of a program, null says that it did not."""

    body_type: ClassVar[Any] = Moment | None

    def clean(self, value: Any) -> Any:
        return None if value is None else super().clean(value)


class OutageForm(forms.Form):
    down = forms.BooleanField(label=_("Service outage"), required=False, initial=True)
    since = OutageStartField(label=_("Since"), past=True)

    def arguments(self) -> dict[str, Any]:
        """Return when the service went down; None if it was not down after all."""
        said = self.cleaned_data
        return {"since": said["since"] if said["down"] else None}


class OutageRecordForm(ActorForm, forms.Form):
    """An outage of a ticket that is over: of which of its services, from when to when."""

    service = ServiceChoiceField(
        label=_("Service"), queryset=None, required=False, empty_label=_("The ticket's service")
    )
    starts = WhenField(label=_("Down from"), past=True)
    ends = WhenField(label=_("Restored at"), past=True)

    def __init__(
        self,
        *args: Any,
        ticket: Ticket | None = None,
        service_outage: ServiceOutage | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["service"]
        if not isinstance(field, ServiceChoiceField):
            return
        found = services(seen_by=self.by)
        if ticket is None:
            field.queryset = found
            return
        keys = {one.pk for one in affected_services(ticket, seen_by=self.by)}
        if service_outage is not None:
            keys.add(service_outage.service_id or 0)
            if service_outage.ends is None:
                self.fields["ends"].required = False
                self.fields["ends"].help_text = _("Empty: until the ticket's restoration.")
        field.queryset = found.filter(pk__in=keys).order_by("name", "reference")

    @staticmethod
    def initial_of(outage: ServiceOutage, _by: Actor) -> dict[str, Any]:
        return {"service": outage.service_id, "starts": outage.starts, "ends": outage.ends}
