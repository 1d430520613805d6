"""What people are paged about, in the words of the room that knows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`about` names the thing (`events.alert:12`), `path` is its page within Opale.

    `severity` is an alert's (5 is critical) and `priority` a ticket's (1 is the most urgent); 0
    where it has none. `team_id` is the team whose work it is, `reason` why it calls now. What has
    an `occasion` (`restore.2027-03-03T23:00`) calls for it once, however often it is told.
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
