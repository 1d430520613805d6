"""Shapes of watchers and external references."""

from datetime import datetime

from ninja import Schema


class WatcherOut(Schema):
    id: int
    person_id: int | None
    contact_id: int | None
    since: datetime


class ReferenceOut(Schema):
    id: int
    party: str
    number: str
    url: str
    at: datetime
