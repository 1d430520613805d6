"""Forms of assignments."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.endpoints.fields import Text60
from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.models import Assignment, Message, Ticket
from opale.run.desk.models.escalation import (
    SELECTABLE_REASONS,
    AskReason,
    Outcome,
    ReturnReason,
    checklist,
)
from opale.run.desk.queries import assignments
from opale.ui.forms import ActorForm, choose_among
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class EscalationForm(forms.Form):
    """The target, the reason and the checks of an escalation: all choices, the likeliest preset."""

    to = forms.ChoiceField(label=_("Escalate"))
    reason = forms.ChoiceField(label=_("Reason"), choices=SELECTABLE_REASONS)
    tried = forms.MultipleChoiceField(
        label=_("Already tried"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    by_mail = forms.BooleanField(label=_("E-mail the supplier now"), required=False, initial=True)

    def __init__(
        self, *args: Any, ticket: Ticket, targets: Sequence[assignments.Target], **kwargs: Any
    ) -> None:
        proposed = next((target for target in targets if target.proposed), None)
        supplier = proposed is not None and proposed.supplier is not None
        reason = AskReason.SUPPLIER if supplier else AskReason.SKILL
        chosen = {"to": proposed.key if proposed else "", "reason": reason, "by_mail": True}
        super().__init__(*args, **{**kwargs, "initial": chosen})
        self._targets = {target.key: target for target in targets}
        family = ticket.service.offering.family if ticket.service else ""
        self._choose("to", [(target.key, target.name) for target in targets])
        self._choose("tried", checklist(family, ticket.item.kind if ticket.item else ""))

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def ask(self) -> WorkRequest:
        said = self.cleaned_data
        target = self._targets[said["to"]]
        supplier = target.supplier
        return WorkRequest(
            team=target.team,
            supplier=supplier,
            reason=said["reason"],
            tried=said["tried"],
            note=said["note"],
            by_mail=said["by_mail"] and supplier is not None and bool(supplier.email),
        )


class AcceptanceForm(ActorForm, forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        label=_("Assignee"),
        queryset=None,
        required=False,
        widget=Picker("organisation_people_pick"),
        help_text=_("Yourself, if left empty."),
    )
    promised_at = WhenField(label=_("Promised for"), required=False)
    reference = forms.CharField(label=_("Their reference"), max_length=60, required=False)

    def __init__(self, *args: Any, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = people(seen_by=self.by, team_id=assignment.team_id)
        choose_among(self, "person", members)
        if assignment.team_id is None:
            del self.fields["person"]


class ReturnForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=ReturnReason.choices)
    note = forms.CharField(
        label=_("Findings"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class CompletionForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices)
    note = forms.CharField(
        label=_("Findings"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class KnownReferenceField(forms.CharField):
    """Their number for the work; of a program, null leaves it as it is."""

    body_type: ClassVar[Any] = Text60


class AssignmentUpdateForm(forms.Form):
    reference = KnownReferenceField(label=_("Their reference"), max_length=60, required=False)
    promised_at = WhenField(label=_("Promised for"), required=False)


class NoteForm(forms.Form):
    """What is written in a box of the page; the action says what is missing."""

    body = forms.CharField(required=False, strip=False, widget=forms.Textarea)


class MarkdownForm(NoteForm):
    """A text of the page in Markdown: an internal note, or a message to the customer."""

    def clean(self) -> dict[str, Any]:
        return {**self.cleaned_data, "text_format": Message.Format.MARKDOWN}
