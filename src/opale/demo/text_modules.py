"""Text modules of the demo company's desk, in both languages, with three months of use."""

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from opale.kernel.actor import Actor
from opale.organisation.models import Membership
from opale.organisation.rights import Function
from opale.run.desk.actions.text_modules import TextModuleInput, create_text_module
from opale.run.desk.models import TextModuleUse

SHEETS = Path(__file__).parent / "phrases" / "modules.toml"
MONTHS = 3


def write_modules(rng: Random, now: datetime, *, by: Actor) -> None:
    """Write the modules by the desk's own action, and their use by its teams."""
    teams, uses = teams_of_desk(), []
    for said in tomllib.loads(SHEETS.read_text(encoding="utf-8"))["module"]:
        often, tags = said.pop("often"), tuple(said.pop("tags"))
        module = create_text_module(TextModuleInput(tags=tags, **said), by=by)
        uses += [
            TextModuleUse(
                module=module,
                team_id=team,
                month=month,
                times=max(1, round(often * share * rng.uniform(0.8, 1.2))),
                last_at=last - timedelta(hours=rng.uniform(1, 40)),
            )
            for team, share in teams
            for month, last in months_before(now)
        ]
    TextModuleUse.objects.bulk_create(uses)


def teams_of_desk() -> list[tuple[int, float]]:
    """Return the teams with their shares: the desk sends most, engineering the rest."""
    found = []
    for function, share in ((Function.DESK_AGENT, 1.0), (Function.RUN_ENGINEER, 0.2)):
        rows = Membership.objects.filter(function=function).order_by("team_id")
        team = rows.values_list("team_id", flat=True).first()
        if team is not None:
            found.append((team, share))
    return found


def months_before(now: datetime) -> list[tuple[date, datetime]]:
    """Return the present month and those before it, each with its end or the present moment."""
    found, last = [], now
    for _month in range(MONTHS):
        first = last.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        found.append((first.date(), last))
        last = first - timedelta(minutes=1)
    return found
