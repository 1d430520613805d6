"""Forms of restoring, resolving and closing a ticket: one panel, with the fields that apply."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Service
from opale.customers.queries.services import services
from opale.kernel.text_limits import LONGEST_TEXT
from opale.organisation.models import Language
from opale.run.desk.actions.answers import get_answer_rule
from opale.run.desk.actions.endings import Outage
from opale.run.desk.actions.messages import addressees_of
from opale.run.desk.forms.fields import AffectedServicesField, ServiceChoiceField
from opale.run.desk.forms.ticket_fields import ValuesField
from opale.run.desk.models import Message, StreamSettings, Ticket
from opale.run.desk.queries import endings
from opale.run.desk.queries.notices import audience_of
from opale.run.desk.queries.outages import (
    affected_services,
    down_with,
    outage_text,
    past_outages,
)
from opale.run.desk.queries.recipients import identify_recipients
from opale.run.desk.queries.ticket_fields import asked_at_ending, form_of
from opale.run.desk.queries.tickets import firing_alerts
from opale.ui.components.editor import Editor, MarkdownEditor
from opale.ui.forms import ActorForm, only_when
from opale.ui.typed_dates import WhenField

ALERTS_NAMED = 5
Button = tuple[str | Promise, str]
"""The label of a button, and the name that it sends; "" sends none."""


class EndingForm(ActorForm, forms.Form):
    """What the end of a ticket states. Fields that do not apply to the ticket are left out."""

    send: ClassVar[str | Promise]
    """The button with the message, `propose` where the owner has to send it, `alone` without."""
    propose: ClassVar[str | Promise]
    alone: ClassVar[str | Promise]
    closing: ClassVar[bool] = False

    outage = forms.ChoiceField(
        label=_("Outage"), choices=Outage.choices, required=False, widget=forms.RadioSelect
    )
    since = WhenField(label=_("Down from"), past=True, required=False)
    at = WhenField(label=_("Restored at"), past=True, required=False)
    service = ServiceChoiceField(
        label=_("Service that was down"),
        queryset=None,
        required=False,
        empty_label=_("Not known yet"),
    )
    services = AffectedServicesField(label=_("Services that were down"), required=False)
    cause = forms.CharField(
        label=_("Cause"), widget=forms.Textarea(attrs={"rows": 2}), required=False
    )
    message = forms.CharField(label=_("Message to the customer"), required=False, strip=False)
    message_format = forms.ChoiceField(
        choices=Message.Format.choices, required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, ticket: Ticket | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ticket is None:
            return
        self.ticket = ticket
        if not endings.asks_outage(ticket):
            self._leave_out("outage", "since", "at", "service", "services")
        else:
            self._ask_outage(ticket)
        self._ask_message(ticket)

    @property
    def notice(self) -> SafeString | str:
        """Return which alerts of the ticket still fire, and what becomes of them."""
        alerts = firing_alerts(self.ticket) if hasattr(self, "ticket") else []
        if not alerts:
            return ""
        count = ngettext(
            "%(count)s alert still fires:", "%(count)s alerts still fire:", len(alerts)
        )
        names = format_html_join(
            ", ",
            '<a href="{}" target="_blank">{}</a> ({})',
            (
                (reverse("events_alert", args=[one.pk]), one.title, one.get_state_display())
                for one in alerts[:ALERTS_NAMED]
            ),
        )
        more = len(alerts) - ALERTS_NAMED
        rest = f" {gettext('and %(count)s more') % {'count': more}}" if more > 0 else ""
        after = gettext("Acknowledged ones return to Open when the ticket is closed.")
        return format_html("{} {}{}. {}", count % {"count": len(alerts)}, names, rest, after)

    @property
    def buttons(self) -> list[Button]:
        """Return the buttons of the panel, that of the message first."""
        if "message" not in self.fields:
            return [(self.alone, "")]
        return [(self.send if self._may_send else self.propose, ""), (self.alone, "silent")]

    @classmethod
    def initial_of(cls, ticket: Ticket, by: Any) -> dict[str, Any]:
        since, at = endings.outage_start(ticket), endings.restoration_time(ticket)
        likely = endings.is_likely_outage(ticket)
        occasion = endings.occasion_of(ticket, closing=cls.closing)
        message = endings.proposed_message(
            ticket, occasion, by=by, restored_at=at, outage_from=since if likely else None
        )
        return {
            "outage": Outage.DOWN if likely else Outage.NOT_DOWN,
            "since": since,
            "at": at,
            "services": down_with(ticket),
            "cause": ticket.cause,
            "message": message,
            "message_format": Message.Format.MARKDOWN,
        }

    def clean_message(self) -> str:
        """Return the message to send; none where the button without it was pressed."""
        text: str = self.cleaned_data["message"]
        if self.data.get("silent"):
            return ""
        if "message" in self.data and not text.strip():
            raise forms.ValidationError(_("Write a message first."))
        return text

    @property
    def _may_send(self) -> bool:
        if self.by.person_id is None or self.by.person_id == self.ticket.owner_id:
            return True
        return get_answer_rule(self.ticket.stream) == StreamSettings.Answers.STANDING_CONSENT

    def _leave_out(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)

    def _ask_outage(self, ticket: Ticket) -> None:
        down = f"outage={Outage.DOWN}"
        names = [name for name in ("since", "service", "services") if name in self.fields]
        rows = services(seen_by=self.by).filter(customer=ticket.customer_id)
        self._offer("service", rows.exclude(state=Service.State.TERMINATED))
        if ticket.service_id is not None or ticket.customer_id is None:
            self._hide("service")
        self._ask_services(ticket)
        self._name_past_outages(ticket)
        only_when(self, down, *(name for name in names if name in self.fields))

    def _ask_services(self, ticket: Ticket) -> None:
        """Ask which services were down where the ticket may have taken down several."""
        field = self.fields.get("services")
        if not isinstance(field, AffectedServicesField):
            return
        found = affected_services(ticket, seen_by=self.by)
        field.offer(found, with_customer=ticket.customer_id is None)
        if {one.pk for one in found} <= {ticket.service_id}:
            self._hide("services")

    def _name_past_outages(self, ticket: Ticket) -> None:
        """List the outages that are over, with the way to correct them."""
        over = past_outages(ticket)
        if over and "outage" in self.fields:
            self.fields["outage"].help_text = format_html(
                '{} <a href="{}" target="_blank">{}</a>',
                gettext("Recorded already: %(outages)s.")
                % {"outages": "; ".join(outage_text(one) for one in over)},
                reverse("desk_outages", args=[ticket.number]),
                gettext("Correct outages"),
            )

    def _hide(self, name: str) -> None:
        """Ask nobody for a field that programs may send all the same."""
        if name in self.fields:
            self.fields[name].widget = forms.HiddenInput()
            self.initial.pop(name, None)

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows.order_by("name", "reference")

    def _ask_message(self, ticket: Ticket) -> None:
        reached = addressees_of(ticket)
        emails = [*reached.to, *reached.cc]
        if not emails:
            self._leave_out("message", "message_format")
            return
        field = self.fields["message"]
        people = identify_recipients(ticket, emails)
        words = {
            "names": ", ".join(person.name or person.email for person in people),
            "language": Language(ticket.language).label,
        }
        to = gettext("To %(names)s. Language: %(language)s.") % words
        field.help_text = f"{to} {self._without_message(ticket)}"
        field.widget = MarkdownEditor(self._editor(ticket))
        field.widget.attrs |= self._followed(str(self.initial.get("message", "")))

    def _editor(self, ticket: Ticket) -> Editor:
        return Editor(
            topic=f"desk.ending:{ticket.pk}",
            label=gettext("Message to the customer"),
            longest=LONGEST_TEXT,
            preview_url=reverse("desk_preview", args=[ticket.number]),
        )

    def _without_message(self, ticket: Ticket) -> str:
        """Return who is told if nothing is written."""
        occasion = endings.occasion_of(ticket, closing=self.closing)
        audience = audience_of(ticket, occasion) if occasion in Message.Outcome.values else []
        if not audience:
            return gettext("Without it nobody is notified.")
        names = ", ".join(contact.name for contact, _language in audience)
        return gettext("Without it Opale sends its notice to %(names)s.") % {"names": names}

    def _followed(self, drafted: str) -> Mapping[str, str]:
        """Return the attributes by which a text that nobody edited follows the stated times."""
        if "at" not in self.fields:
            return {}
        return {
            "hx-get": reverse("desk_ending_message", args=[self.ticket.number]),
            "hx-trigger": "change from:closest form",
            "hx-include": "closest form",
            "hx-params": "outage,since,at,message,drafted,since-exact,at-exact",
            "hx-target": "this",
            "hx-select": "textarea",
            "hx-swap": "outerHTML",
            "hx-vals": json.dumps({"drafted": drafted}),
        }


class TicketRestorationForm(EndingForm):
    send = _("Mark restored and send")
    propose = _("Mark restored and propose message")
    alone = _("Mark restored")


class ResolutionForm(EndingForm):
    send = _("Resolve and send")
    propose = _("Resolve and propose message")
    alone = _("Resolve")

    values = ValuesField(label=_("Fields"))
    field_order = ("outage", "since", "at", "service", "services", "cause", "values", "message")

    def __init__(self, *args: Any, ticket: Ticket | None = None, **kwargs: Any) -> None:
        super().__init__(*args, ticket=ticket, **kwargs)
        if ticket is None:
            return
        asked = form_of(asked_at_ending(ticket), required=True)
        field = self.fields["values"]
        if asked and isinstance(field, ValuesField):
            field.ask(asked)
        else:
            self._hide("values")

    @classmethod
    def initial_of(cls, ticket: Ticket, by: Any) -> dict[str, Any]:
        return super().initial_of(ticket, by) | {"values": ticket.field_values}


class ClosureForm(EndingForm):
    send = _("Close and send")
    propose = _("Close and propose message")
    alone = _("Close")
    closing = True

    outage = since = at = service = services = cause = None  # type: ignore[assignment]  # so Django takes them away
