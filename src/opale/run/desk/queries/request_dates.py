"""The date that rules the clock of a request."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from opale.run.desk.domain.catalogue.form_fields import parse_form
from opale.run.desk.domain.catalogue.requested_dates import requested_date
from opale.run.desk.models import Ticket
from opale.run.desk.queries.clocks import end_of_type


def date_of_request(
    ticket: Ticket, fields: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
) -> datetime | None:
    """Return the date that a request is to be ready for, by its form and answers. The ticket need
    not be saved.

    None where the form asks for no date or none was given, where the date had begun at receipt, and
    where one that is only wished for comes sooner than what the type promises.
    """
    found = requested_date(parse_form(fields), values, _zone(ticket))
    if found is None or found.at <= ticket.received_at:
        return None
    if found.wished:
        promised = end_of_type(ticket)
        if promised is not None and found.at < promised:
            return None
    return found.at


def _zone(ticket: Ticket) -> tzinfo:
    if ticket.customer is not None:
        return ZoneInfo(ticket.customer.time_zone)
    return timezone.get_default_timezone()
