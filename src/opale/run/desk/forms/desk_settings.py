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
        label=_("Replies written by engineers"), choices=StreamSettings.Answers.choices
    )
    triage_minutes = forms.IntegerField(
        label=_("Triage target (minutes)"), min_value=1, max_value=LONGEST
    )

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        if "triage_minutes" in said:
            said["triage_target"] = timedelta(minutes=said.pop("triage_minutes"))
        return said


class InternalTargetForm(ActorForm, forms.Form):
    acknowledge_minutes = forms.IntegerField(
        label=_("Time to intervene (minutes)"), min_value=1, max_value=LONGEST
    )
    first_response_minutes = forms.IntegerField(
        label=_("First response (minutes)"), min_value=1, max_value=LONGEST
    )
    restore_minutes = forms.IntegerField(
        label=_("Time to restore (minutes)"), min_value=1, max_value=LONGEST
    )
    calendar = forms.ModelChoiceField(
        WorkingCalendar.objects.none(),
        label=_("Hours"),
        required=False,
        empty_label=_("24/7"),
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"calendar": calendars(seen_by=self.by)}

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        for name in ("acknowledge", "first_response", "restore"):
            if f"{name}_minutes" in said:
                said[name] = timedelta(minutes=said.pop(f"{name}_minutes"))
        return said


class LevelTargetForm(ActorForm, forms.Form):
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=PRIORITIES, coerce=int, empty_value=None, required=False
    )
    accept_minutes = forms.IntegerField(
        label=_("Accept within (minutes)"), min_value=1, max_value=LONGEST
    )
    deliver_minutes = forms.IntegerField(
        label=_("Deliver within (minutes)"), min_value=1, max_value=LONGEST
    )
    calendar = forms.ModelChoiceField(
        WorkingCalendar.objects.none(),
        label=_("Hours"),
        required=False,
        empty_label=_("24/7"),
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
        label=_("Stream for tickets without a plan"),
        choices=[("", "–"), *Stream.choices],
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Default ticket type"), choices=Kind.choices, initial=Kind.REQUEST
    )
    believes = forms.BooleanField(
        label=_("Trust unauthenticated senders"),
        help_text=_(
            "Applies where the mail server adds no Authentication-Results header. Anyone could"
            " then write in anyone’s name."
        ),
        required=False,
    )
