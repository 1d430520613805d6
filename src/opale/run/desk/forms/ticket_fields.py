"""Forms of the installation's own fields of tickets, and of their values on a ticket."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.run.desk.actions.ticket_fields import FieldOption
from opale.run.desk.domain.catalogue.form_fields import Field
from opale.run.desk.forms.requests import drawn_field, initial_values
from opale.run.desk.models import Kind, Ticket, TicketField
from opale.run.desk.queries.ticket_fields import fields_of, form_of
from opale.ui.components import fields as components
from opale.ui.forms import RowForm
from opale.ui.typed_dates import DayField

WRITTEN_OPTION = re.compile(
    r"(?P<value>[a-z0-9_]+)\s*:\s*(?P<label_en>[^/]+?)(?:\s*/\s*(?P<label_fr>.+?))?\s*"
)


class OptionsField(forms.CharField):
    """A field for the options of a choice, one a line: `hardware: Hardware / Matériel`.

    A single label is used for both languages. Programs send a list.
    """

    body_type: ClassVar[Any] = list[FieldOption]

    def __init__(self, **said: Any) -> None:
        for name in ("encoder", "decoder"):
            said.pop(name, None)
        super().__init__(**said | {"widget": forms.Textarea(attrs={"rows": 5}), "initial": []})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [self._option(line) for line in str(value or "").splitlines() if line.strip()]

    def _option(self, line: str) -> dict[str, str]:
        found = WRITTEN_OPTION.fullmatch(line.strip())
        if found is None:
            raise ValidationError(_("Enter one per line, as hardware: Hardware / Matériel."))
        said = {name: (text or "").strip() for name, text in found.groupdict().items()}
        return said | {"label_fr": said["label_fr"] or said["label_en"]}

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{o['value']}: {o['label_en']} / {o['label_fr']}" for o in value)


class TicketFieldForm(RowForm):
    ticket_kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of ticket"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None means all kinds."),
    )

    class Meta:
        model = TicketField
        fields = (
            "label_en", "label_fr", "name", "kind", "options", "ticket_kinds", "asked", "required",
            "shown_to_requester", "help_en", "help_fr", "position", "retired_on",
        )  # fmt: skip
        field_classes = {"retired_on": DayField, "options": OptionsField}
        help_texts = {
            "name": gettext_lazy("For files and programs, such as closing_code."),
            "options": gettext_lazy("One per line, as hardware: Hardware / Matériel."),
            "required": gettext_lazy("A ticket cannot be resolved without it."),
        }


class ValuesInput(forms.Widget):
    """The fields of a ticket, one under the other."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Sequence[Field] = ()

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> Any:
        if name in data:
            return data[name]
        return {
            one.name: drawn_field(one).widget.value_from_datadict(data, files, f"{name}-{one.name}")
            for one in self.asked
        }

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-{self.asked[0].name}" if self.asked else ""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        form = forms.Form(prefix=name, initial=value or {})
        form.fields.update({one.name: drawn_field(one) for one in self.asked})
        form.use_required_attribute = False
        return components.fields(form)


class ValuesField(forms.Field):
    """The values of a ticket's own fields, by name; programs send those that change."""

    body_type: ClassVar[Any] = dict[str, Any]

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=ValuesInput(), **{"required": False, **options})
        self.asked: Sequence[Field] = ()

    def ask(self, asked: Sequence[Field]) -> None:
        """Draw these fields."""
        self.asked = asked
        self.widget.asked = asked

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Mapping) or not self.asked:
            return None
        known = {one.name for one in self.asked}
        try:
            return initial_values(self.asked, {k: v for k, v in value.items() if k in known})
        except ValueError:  # what was typed, and refused
            return value

    def to_python(self, value: Any) -> Any:
        """Read dates as people type them; the action checks the rest."""
        said = dict(value) if isinstance(value, Mapping) else {}
        for one in self.asked:
            if one.kind == "date" and isinstance(typed := said.get(one.name), str):
                said[one.name] = drawn_field(one).clean(typed.strip()) if typed.strip() else None
        return said


class TicketValuesForm(forms.Form):
    values = ValuesField(label=gettext_lazy("Fields"))

    def __init__(self, *args: Any, ticket: Ticket, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["values"].ask(form_of(fields_of(ticket)))  # type: ignore[attr-defined]
