"""Forms of links between tickets, of merges, splits, families and alerts."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from opale.kernel.text_limits import LONGEST_TEXT
from opale.run.desk.actions.ticket_families import Act, FamilyActInput
from opale.run.desk.models import Message, TicketLink
from opale.run.desk.queries import ticket_lists, tickets
from opale.run.events.models import Alert
from opale.ui.components.editor import Editor, MarkdownEditor
from opale.ui.forms import ActorForm
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class TicketField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the checker alone
    """A choice of another ticket, found by number or subject."""

    def __init__(self, **more: Any) -> None:
        super().__init__(queryset=None, widget=Picker("desk_pick_ticket"), **more)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.reference} {obj.subject}"


class OtherTicketForm(ActorForm, forms.Form):
    other = TicketField(label=gettext_lazy("Ticket"))

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"other": ticket_lists.tickets_of(seen_by=self.by)}


class SplitForm(OtherTicketForm):
    """The messages to split off, and the target: a new ticket, or another one."""

    subject = forms.CharField(
        label=gettext_lazy("New ticket subject"), max_length=300, required=False
    )
    other = TicketField(label=gettext_lazy("Existing ticket"), required=False)
    field_order = ("subject", "other", "copy")
    copy = forms.BooleanField(label=gettext_lazy("Keep a copy here"), required=False)


class LinkForm(OtherTicketForm):
    kind = forms.ChoiceField(label=gettext_lazy("This ticket is"), choices=TicketLink.Kind.choices)
    other = TicketField(label=gettext_lazy("Ticket"))

    field_order = ("kind", "other")

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"kind": TicketLink.Kind(self.cleaned_data["kind"])}


class LinkByNumberForm(ActorForm, forms.Form):
    """A link as programs ask for it, by the number of the other ticket."""

    kind = forms.ChoiceField(choices=TicketLink.Kind.choices)
    number = forms.IntegerField()

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        other = tickets.get_ticket(said["number"], seen_by=self.by)
        return {"kind": TicketLink.Kind(said["kind"]), "other": other}


class AlertForm(ActorForm, forms.Form):
    alert: "forms.ModelChoiceField[Alert]" = forms.ModelChoiceField(queryset=None)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"alert": Alert.objects.visible_to(self.by)}


class FamilyForm(forms.Form):
    """The inputs of a family action; only the action's own fields are kept."""

    said_fr = forms.CharField(label=gettext_lazy("In French"), required=False)
    said_en = forms.CharField(label=gettext_lazy("In English"), required=False)
    at = WhenField(label=gettext_lazy("Restored at"), past=True, required=False)
    cause = forms.CharField(label=gettext_lazy("Cause"), widget=forms.Textarea, required=False)

    def __init__(self, *args: Any, act: Act, languages: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {
            "update": {f"said_{language}" for language in languages},
            "restore": {"at"},
            "resolve": {"cause"},
            "close": set(),
        }[act]
        for name in set(self.fields) - kept:
            del self.fields[name]
        for name in self.fields.keys() & {"said_fr", "said_en"}:
            self.fields[name].widget = MarkdownEditor(
                Editor(
                    topic=f"desk.family:{name}",
                    label=str(self.fields[name].label),
                    longest=LONGEST_TEXT,
                    preview_url=reverse("desk_note_preview"),
                )
            )

    def spread(self, act: Act, seen: dict[int, datetime]) -> FamilyActInput:
        said = self.cleaned_data
        texts = {name.removeprefix("said_"): said[name] for name in said if "said_" in name}
        return FamilyActInput(
            act=act,
            seen=seen,
            said=texts,
            at=said.get("at"),
            cause=said.get("cause", ""),
            text_format=Message.Format.MARKDOWN,
        )
