"""A word in every text of every table, found from the models: a new field has it by itself.

What customers are told is named here, and so are codes, which hold no words: all else is internal.
Rows of another customer have the other word in all of their texts. Left out are the history, which
repeats what it is of, and lists and records in JSON, whose words come from elsewhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, models
from django.db.models import CharField, F, Q, TextField, Value
from django.db.models.functions import Cast, Concat, Left
from tests.architecture.owned_tables import own_models
from tests.personas import MAKER

from opale.customers.models import Customer
from opale.kernel.attribution import attributed

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field

TOLD = {
    # Who the customer is, what it bought, what it asked and what it was answered.
    "Approval": {"reason"},
    "Attachment": {"name"},
    "Attempt": {"answer", "error"},
    "ApiToken": {"name"},
    "Cancellation": {"reason", "wanted_text"},
    "Company": {"name"},
    "Contact": {"email", "name", "phone"},
    "Contract": {"number"},
    "Customer": {"code", "name", "phone"},
    "Delivery": {"body", "last_error"},
    "IncomingMail": {"message_id"},
    "Letterhead": {"company", "footer_en", "footer_fr"},
    "MailText": {"body", "subject"},
    "Mailbox": {"address", "name"},
    "Message": {"author", "body"},
    "OfficialSentence": {"author", "english", "french"},
    "Offering": {"code", "name_en", "name_fr"},
    "Order": {
        *("category", "description", "external_id", "ordered_text", "priority", "reason"),
        "wanted_text",
    },
    "OrderLine": {"item_id", "wanted_text"},
    "OutgoingMail": {"message_id", "subject"},
    "Participant": {"address", "name"},
    "Person": {"name"},
    "ReceivedMail": {"address", "name", "reply_to"},
    "RequestDetails": {"because_en", "because_fr"},
    "RequestType": {"description_en", "description_fr", "name_en", "name_fr"},
    "Service": {"name", "reference"},
    "SoldCommitment": {"penalty"},
    "SupportPlan": {"name_en", "name_fr"},
    "Ticket": {"cause", "subject"},
    "User": {"email"},
    "Webhook": {"name", "url"},
}
"""Notes and files that are internal beside those that are told have the word by their own acts."""
CODES = {
    *("actor", "actor_name", "credential", "digest", "key", "language", "media_type", "occasion"),
    *("origin", "request_digest", "scheme", "sha256", "time_zone", "zone"),
}
"""What Opale writes for itself, wherever it stands."""
OWN_CODES = {
    "AlertChange": {"source", "target"},
    "Assignment": {"outcome", "reason"},
    "Cancellation": {"obstacle"},
    "Change": {"topic"},
    "ChannelRule": {"events"},
    "Delivery": {"event", "message_id"},
    "EventRule": {"condition"},
    "Fact": {"name"},
    "FactDelivery": {"listener"},
    "FileImport": {"table"},
    "Heartbeat": {"kind", "process"},
    "IncomingMail": {"content_hash", "raw_hash", "raw_key"},
    "Integration": {"format"},
    "Letterhead": {"logo_key", "logo_type"},
    "NoticeChoice": {"unwanted", "wanted"},
    "RequestType": {"code"},
    "Silence": {"recurrence"},
    "StateMove": {"move", "source", "subject", "target"},
    "SupportPlan": {"code"},
    "User": {"password"},
    "Webhook": {"created_by", "events"},
}

STILL = {"DesignSite": Q(version__frozen_at__isnull=False), "Message": ~Q(direction="note")}
"""Rows that the database lets nobody change any more."""


@dataclass
class Planted:
    """`empty` are tables, and fields, without a row to stand in; `refused` is what no row took."""

    fields: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)


def plant(word: str, foreign: str, other_customer: int) -> Planted:
    """Write `word` into all that is internal, and `foreign` into all of the other customer."""
    planted = Planted()
    for model in own_models():
        if hasattr(model, "pgh_tracked_model"):
            continue
        rows, texts = model._base_manager.all(), _texts(model)
        if still := STILL.get(model.__name__):
            rows = rows.exclude(still)
        if owner := _owner(model):
            _write(rows.filter(**{owner: other_customer}), texts, foreign, planted)
            rows = rows.exclude(**{owner: other_customer})
        internal = [one for one in texts if one.name not in TOLD.get(model.__name__, ())]
        if internal and not rows.exists():
            planted.empty.add(model.__name__)
        _write(rows, internal, word, planted)
    return planted


def _owner(model: type[models.Model]) -> str:
    """Whose rows they are, where they are a customer's."""
    if model is Customer:
        return "pk"
    names = {one.attname for one in model._meta.concrete_fields}
    return "customer_id" if "customer_id" in names else ""


def _texts(model: type[models.Model]) -> list[AnyField]:
    codes = CODES | OWN_CODES.get(model.__name__, set())
    return [
        one
        for one in model._meta.concrete_fields
        if _holds_words(one) and one.name not in codes and not one.primary_key
    ]


def _holds_words(one: AnyField) -> bool:
    text = one.base_field if isinstance(one, ArrayField) else one
    return isinstance(text, CharField | TextField) and not text.choices


def _write(
    rows: models.QuerySet[models.Model], texts: Iterable[AnyField], word: str, planted: Planted
) -> None:
    wanted = {one.name: value for one in texts if (value := _value(one, word)) is not None}
    if not wanted or not rows.exists() or not _refused(rows, wanted):
        planted.fields |= {f"{rows.model.__name__}.{name}" for name in wanted}
        return
    for name, value in wanted.items():
        said = f"{rows.model.__name__}.{name}"
        # Some have one only together with something else, as those have that have one.
        told = rows.exclude(**{name: ""}) if isinstance(value, Left) else rows
        if not _refused(rows, {name: value}):
            planted.fields.add(said)
        elif not told.exists():
            planted.empty.add(said)
        elif why := _refused(told, {name: value}):
            planted.refused[said] = why
        else:
            planted.fields.add(said)


def _refused(rows: models.QuerySet[models.Model], wanted: Mapping[str, Any]) -> str:
    try:
        with attributed(MAKER), pgtrigger.ignore("organisation.AuditEntry:audit_unchanged"):
            rows.update(**wanted)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def _value(one: AnyField, word: str) -> Any:
    """The word, and the row's own number where there is room: what is unique stays so."""
    text: Any = one.base_field if isinstance(one, ArrayField) else one
    room = text.max_length or 1000
    if room < len(word):
        return None
    if text is not one:
        return [word]
    return Left(Concat(Value(word), Cast(F("pk"), CharField())), room)
