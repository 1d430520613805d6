"""Text modules of the demo company's desk, in both languages, with three months of use."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from opale.kernel.actor import Actor
from opale.organisation.functions import Function
from opale.organisation.models import Membership
from opale.run.desk.actions import ModuleSheet, create_module
from opale.run.desk.models import TextModuleUse

SHEETS = Path(__file__).parent / "phrases" / "modules.toml"
MONTHS = 3


def write_modules(rng: Random, now: datetime, *, by: Actor) -> None:
    """The modules by the desk's own action, and what its teams have sent of them."""
    teams = _teams()
    for said in tomllib.loads(SHEETS.read_text(encoding="utf-8"))["module"]:
        often, tags = said.pop("often"), tuple(said.pop("tags"))
        sheet = ModuleSheet(tags=tags, **said)
        module = create_module(sheet, by=by)
        TextModuleUse.objects.bulk_create(
            TextModuleUse(
                module=module,
                team_id=team,
                month=month,
                times=max(1, round(often * share * rng.uniform(0.8, 1.2))),
                last_at=min(now, _end_of(month, now)) - timedelta(hours=rng.uniform(1, 40)),
            )
            for team, share in teams
            for month in _months(now)
        )


def _teams() -> list[tuple[int, float]]:
    """The desk sends most, engineering the rest."""
    found = []
    for function, share in ((Function.DESK_AGENT, 1.0), (Function.RUN_ENGINEER, 0.2)):
        rows = Membership.objects.filter(function=function).order_by("team_id")
        team = rows.values_list("team_id", flat=True).first()
        if team is not None:
            found.append((team, share))
    return found


def _months(now: datetime) -> list[date]:
    months = [now.date().replace(day=1)]
    while len(months) < MONTHS:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def _end_of(month: date, now: datetime) -> datetime:
    following = (month + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, following.day, tzinfo=now.tzinfo)
