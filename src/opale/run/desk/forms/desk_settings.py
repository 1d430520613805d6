"""Forms of the desk's settings: streams, target times of levels, mailboxes."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Stream
from opale.organisation.models import WorkingCalendar
from opale.organisation.queries.reference import calendars
from opale.run.desk.models import Kind, Level, StreamSettings
from opale.ui.forms import ActorForm

PRIORITIES = [("", _("All priorities")), *((n, f"P{n}") for n in range(1, 6))]
LONGEST = 366 * 24 * 60


class StreamForm(forms.Form):
    engineer_answers = forms.ChoiceField(
        label=_("Answers that engineers write"), choices=StreamSettings.Answers.choices
    )
    triage_minutes = forms.IntegerField(
        label=_("Triage within (minutes)"), min_value=1, max_value=LONGEST
    )

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        if "triage_minutes" in said:
            said["triage_target"] = timedelta(minutes=said.pop("triage_minutes"))
        return said


class LevelTargetForm(ActorForm, forms.Form):
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=PRIORITIES, coerce=int, empty_value=None, required=False
    )
    accept_minutes = forms.IntegerField(
        label=_("Accepts within (minutes)"), min_value=1, max_value=LONGEST
    )
    deliver_minutes = forms.IntegerField(
        label=_("Delivers within (minutes)"), min_value=1, max_value=LONGEST
    )
    calendar = forms.ModelChoiceField(
        WorkingCalendar.objects.none(),
        label=_("Hours"),
        required=False,
        empty_label=_("Day and night"),
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"calendar": calendars(seen_by=self.by)}

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        for name in ("accept", "deliver"):
            said[name] = timedelta(minutes=said.pop(f"{name}_minutes"))
        return said


class LevelTargetChangeForm(LevelTargetForm):
    """The level and the priority of a target stay."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["level"].disabled = self.fields["priority"].disabled = True


class MailboxRulesForm(forms.Form):
    stream = forms.ChoiceField(
        label=_("Stream of tickets without a plan"),
        choices=[("", "–"), *Stream.choices],
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Tickets begin as"), choices=Kind.choices, initial=Kind.REQUEST
    )
    believes = forms.BooleanField(
        label=_("Believe senders of whom our mail server says nothing"),
        help_text=_(
            "Where it writes no Authentication-Results. Anybody can then write in anybody’s name."
        ),
        required=False,
    )
