"""Field types shared by bodies and queries of all apps: days, moments with their zone, mail
addresses, texts that fit the column behind them.

A shape that takes a plain `date` or `datetime` or a text without bound lets through what fails
later.
"""

from datetime import date, datetime
from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from ninja import Field
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from opale.kernel.dates import is_far
from opale.kernel.text_limits import LONGEST_TEXT


def _with_zone(at: datetime) -> datetime:
    if at.tzinfo is None:
        sentence = _("Include the time zone, as in 2026-11-25T14:30:00+01:00.")
        raise PydanticCustomError("zone_missing", "{sentence}", {"sentence": sentence})
    _near(at)
    return at


def _near(day: date) -> date:
    if is_far(day):
        sentence = _("This date is too far in the past or the future.")
        raise PydanticCustomError("out_of_time", "{sentence}", {"sentence": sentence})
    return day


def _address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        sentence = _("“%(address)s” is not a valid email address.") % {"address": text[:100]}
        raise PydanticCustomError("no_address", "{sentence}", {"sentence": sentence}) from None
    return text


Day = Annotated[date, AfterValidator(_near)]
"""A day near enough that the days around it exist too."""

PlannedDay = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
"""A day for which something is reserved or asked."""

Moment = Annotated[datetime, AfterValidator(_with_zone)]
"""A date and a time with its zone: without one it would mean another moment elsewhere."""

MailAddress = Annotated[str, AfterValidator(_address), Field(max_length=254)]

Text40 = Annotated[str, Field(max_length=40)]
Text60 = Annotated[str, Field(max_length=60)]
Text120 = Annotated[str, Field(max_length=120)]
Text300 = Annotated[str, Field(max_length=300)]
LongText = Annotated[str, Field(max_length=LONGEST_TEXT)]
Text500 = Annotated[str, Field(max_length=500)]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]
"""Hour and minute of somebody's own clock."""
