"""The date of a request: when it is to be ready, as its form asks for it.

Source: docs/rules/request-catalogue.md, "The date of a request".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from typing import Any, Final

from opale.run.desk.domain.catalogue.form_fields import WISHED_FOR, Field

END_OF_DAY: Final = time(23, 59)


@dataclass(frozen=True, slots=True)
class RequestedDate:
    """The date of a request. `wished`: it never shortens what the type promises."""

    at: datetime
    wished: bool


def requested_date(
    form: Sequence[Field], values: Mapping[str, Any], zone: tzinfo
) -> RequestedDate | None:
    """Return the date that the form makes due; None where it asks for none, or none was given.

    A day without a time is due when it begins, or if it is only wished for, when it ends, where the
    requester lives.
    """
    asked = next((field for field in form if field.due), None)
    given = values.get(asked.name) if asked else None
    if asked is None or not given:
        return None
    wished = asked.due == WISHED_FOR
    found = datetime.fromisoformat(given)
    if asked.kind == "date":
        found = datetime.combine(found.date(), END_OF_DAY if wished else time.min, zone)
    return RequestedDate(found, wished)
