"""The facts of the organisation."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLeft(Fact):
    """Somebody does not work here any more: what that person answered for needs somebody else."""

    name: ClassVar[str] = "organisation.PersonLeft"
    person_id: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamClosed(Fact):
    name: ClassVar[str] = "organisation.TeamClosed"
    team_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRecorded(Fact):
    """A person will not work during a time; rosters and reservations look whether that matters."""

    name: ClassVar[str] = "organisation.AbsenceRecorded"
    absence_id: int
    person_id: int
