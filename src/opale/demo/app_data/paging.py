"""Demo escalation policies: whom critical alerts and P1 at risk page, by day and by night."""

from opale.demo.demo_company import DemoCompany
from opale.kernel.actor import system
from opale.organisation.models import Team
from opale.run.events.states import Severity
from opale.run.paging.actions.policies import create_policy
from opale.run.paging.domain.escalation_plans import Conditions, PolicyContent, Step, Target

DESK, RUN, CORE = "Centre de services", "Ingénierie RUN", "Infrastructure cœur"


def load(company: DemoCompany) -> None:
    by = system("demo")
    teams = company.staff.teams
    for name, team, content in _policies(teams):
        create_policy(name=name, team=teams[team], content=content, by=by)
    create_policy(
        name="Tickets Corporate non qualifiés",
        team=teams[DESK],
        content=PolicyContent(
            steps=(Step((Target("duty", duty="staffed"),), 10), Step((Target("manager"),), 20)),
            repeat=0,
            conditions=Conditions(triggers=("triage",), streams=("corporate",)),
        ),
        is_on=False,
        by=by,
    )


def _policies(teams: dict[str, Team]) -> tuple[tuple[str, str, PolicyContent], ...]:
    core, run = teams[CORE].pk, teams[RUN].pk
    return (
        (
            "Cœur de réseau : alertes critiques",
            CORE,
            PolicyContent(
                steps=(
                    Step((Target("duty", team_id=core, duty="standby"),), 5),
                    Step((Target("duty", team_id=core), Target("duty", team_id=run)), 10),
                    Step((Target("manager"),), 15),
                ),
                conditions=Conditions(
                    triggers=("alert",), team_ids=(core,), min_severity=Severity.CRITICAL
                ),
            ),
        ),
        (
            "Alertes critiques des clients",
            RUN,
            PolicyContent(
                steps=(
                    Step((Target("duty", team_id=teams[DESK].pk, duty="staffed"),), 5),
                    Step((Target("duty", duty="standby"),), 10),
                    Step((Target("round_robin"), Target("manager")), 15),
                ),
                repeat=2,
                again_minutes=60,
                conditions=Conditions(triggers=("alert",), min_severity=Severity.CRITICAL),
            ),
        ),
    )
