"""Subjects that people are paged about, as the room that knows them describes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A subject to page about: `about` names it (`events.alert:12`), `path` is its page in Opale.

    `severity` is an alert's (5 is critical) and `priority` a ticket's (1 is the most urgent); 0
    where it has none. `team_id` is the team whose work it is, `reason` why it pages now. A subject
    with an `occasion` (`restore.2027-03-03T23:00`) pages for it once, however often it is reported.
    """

    about: str
    trigger: str
    title: str
    path: str = ""
    reason: str = ""
    occasion: str = ""
    severity: int = 0
    priority: int = 0
    stream: str = ""
    customer_id: int | None = None
    team_id: int | None = None
