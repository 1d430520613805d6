"""Field types shared by bodies and queries of all apps: moments with their zone, mail addresses,
texts that fit the column behind them.

A shape that takes a plain `datetime` or a text without bound lets through what fails later.
"""

from datetime import datetime, timedelta
from typing import Annotated

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from ninja import Field
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

FIRST_YEAR, LAST_YEAR = 1900, 2999
FURTHEST = timedelta(hours=14)
"""Largest offset of a clock on earth from UTC; the database keeps less than 16 hours."""


def is_far(at: datetime) -> bool:
    """Return whether a moment, or its zone, is too far away to be meant."""
    away = abs(at.utcoffset() or timedelta())
    return not FIRST_YEAR <= at.year <= LAST_YEAR or away > FURTHEST


def _with_zone(at: datetime) -> datetime:
    if at.tzinfo is None:
        sentence = _("Say the time zone too, as in 2026-11-25T14:30:00+01:00.")
        raise PydanticCustomError("zone_missing", "{sentence}", {"sentence": sentence})
    if is_far(at):
        sentence = _("This lies too far away to be meant.")
        raise PydanticCustomError("out_of_time", "{sentence}", {"sentence": sentence})
    return at


def _address(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        sentence = _("“%(address)s” is no mail address.") % {"address": text[:100]}
        raise PydanticCustomError("no_address", "{sentence}", {"sentence": sentence}) from None
    return text


Moment = Annotated[datetime, AfterValidator(_with_zone)]
"""A date and a time with its zone: without one it would mean another moment elsewhere."""

MailAddress = Annotated[str, AfterValidator(_address), Field(max_length=254)]

Text40 = Annotated[str, Field(max_length=40)]
Text60 = Annotated[str, Field(max_length=60)]
Text100 = Annotated[str, Field(max_length=100)]
Text120 = Annotated[str, Field(max_length=120)]
Text300 = Annotated[str, Field(max_length=300)]
Text500 = Annotated[str, Field(max_length=500)]
