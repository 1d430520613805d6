"""Forms of pauses and outages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import Actor
from opale.run.desk.models import Pause
from opale.ui.typed_dates import WhenField


class PauseForm(forms.Form):
    """A pause that begins: only its kind is required."""

    kind = forms.ChoiceField(label=_("What is waited for"), choices=Pause.Kind.choices)
    until = WhenField(
        label=_("Until"),
        required=False,
        help_text=_("At an agreed date the work resumes by itself."),
    )
    starts = WhenField(
        label=_("Since"),
        required=False,
        past=True,
        help_text=_("Empty for now; it may have begun earlier, since the ticket was received."),
    )
    reason = forms.CharField(label=_("Note"), max_length=300, required=False)

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"kind": Pause.Kind(self.cleaned_data["kind"])}


class PauseRecordForm(forms.Form):
    """A recorded pause: one that is over has an end, one that runs may have an agreed one."""

    kind = forms.ChoiceField(label=_("What was waited for"), choices=Pause.Kind.choices)
    starts = WhenField(label=_("Since"), past=True)
    ends = WhenField(label=_("Ended"), past=True)
    until = WhenField(label=_("Until"), required=False)
    reason = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, pause: Pause | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        over = pause is None or pause.ends is not None
        del self.fields["until" if over else "ends"]

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
        said = dict(self.cleaned_data)
        said["kind"] = Pause.Kind(said["kind"])
        if "until" in self.fields:
            said["ends"] = None
        return said


class OutageForm(forms.Form):
    down = forms.BooleanField(label=_("The service was down"), required=False)
    since = WhenField(label=_("Since"), past=True)

    def arguments(self) -> dict[str, Any]:
        """Return when the service went down; None if it was not down after all."""
        return {"since": self.cleaned_data["since"] if self.cleaned_data["down"] else None}
