from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.history import tracked
from opale.run.desk.models.base import DeskQuerySet
from opale.run.desk.models.ticket import Kind


@tracked(creation=True)
class TicketField(models.Model):
    """A field that the installation adds to its tickets, such as a closing code.

    `kind` is one of the kinds of fields of the request catalogue, without those that pick a row;
    `options` are those of a choice: `{"value", "label_en", "label_fr"}`. Empty `ticket_kinds` are
    all kinds. Tickets keep the values by `name`.
    Source: docs/rules/ticket-fields.md.
    """

    class FieldKind(models.TextChoices):
        TEXT = "text", _("Text")
        LONG_TEXT = "long_text", _("Long text")
        NUMBER = "number", pgettext_lazy("a kind of field", "Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        YES_NO = "yes_no", _("Yes or no")

    class Asked(models.TextChoices):
        ANY_TIME = "any_time", _("At any time")
        ENDING = "ending", _("When resolving")

    reach_paths: ClassVar[dict[str, str]] = {}

    name = models.SlugField(_("Short name"), max_length=40, unique=True)
    kind = models.CharField(
        pgettext_lazy("a field", "Kind"), max_length=12, choices=FieldKind.choices
    )
    label_en = models.CharField(_("English label"), max_length=120)
    label_fr = models.CharField(_("French label"), max_length=120)
    help_en = models.CharField(_("English help"), max_length=300, blank=True)
    help_fr = models.CharField(_("French help"), max_length=300, blank=True)
    options = models.JSONField(_("Options"), default=list, blank=True)
    ticket_kinds = ArrayField(
        models.CharField(max_length=10, choices=Kind.choices),
        verbose_name=_("Kinds of ticket"),
        default=list,
        blank=True,
    )
    asked = models.CharField(
        _("Asked"), max_length=10, choices=Asked.choices, default=Asked.ANY_TIME
    )
    required = models.BooleanField(_("Required"), default=False)
    shown_to_requester = models.BooleanField(_("Shown to the requester"), default=False)
    position = models.PositiveSmallIntegerField(_("Position"), default=100)
    retired_on = models.DateField(_("Archived on"), null=True, blank=True)

    objects = DeskQuerySet["TicketField"].as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(required=False) | Q(asked="ending"), name="ticket_field_required"
            ),
        )

    def __str__(self) -> str:
        return self.name
