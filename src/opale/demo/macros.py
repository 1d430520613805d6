"""Macros of the demo company's desk with three months of use, and official sentences."""

from datetime import datetime, timedelta
from random import Random

from opale.demo.text_modules import months_before, teams_of_desk
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.queries.identity import actor_of
from opale.run.desk.actions.macro_definitions import MacroInput, create_macro
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.actions.official_sentences import publish_sentence
from opale.run.desk.models import MacroUse, TextModule, Ticket, TicketLink

# names, what it does (a canned reply by its English name), for which kind, and how often in a month
SERIES: tuple[tuple[str, str, dict[str, object], str, str, int], ...] = (
    ("Prendre et accuser réception", "Take and acknowledge",
     {"take": True}, "Ticket acknowledged", "", 41),
    ("Coupure confirmée", "Outage confirmed",
     {"take": True, "impact": 1, "urgency": 1, "tags": ("coupure",)}, "Incident confirmed",
     "incident", 12),
    ("Attendre le client", "Hold for the customer",
     {"pause": "customer"}, "Details requested", "", 24),
    ("Chez l’opérateur", "Hold for the carrier",
     {"tags": ("opérateur",), "pause": "supplier", "pause_minutes": 240}, "", "incident", 9),
    ("Rétabli, à confirmer", "Restored, to confirm",
     {"restore": True}, "Service restored", "incident", 15),
    ("Sans réponse : clore", "No reply: close",
     {"resolve": True, "close": True, "cause_fr": "Pas de réponse du demandeur.",
      "cause_en": "No reply from the requester."}, "", "request", 11),
)  # fmt: skip
SENTENCES = (
    (
        (
            "Un des deux liens de notre cœur de réseau est tombé. Le trafic passe par l’autre ; des"
            " lenteurs sont possibles. Une équipe est sur place."
        ),
        (
            "One of the two links of our core network is down. Traffic uses the other and may be"
            " slow. A crew is on site."
        ),
    ),
    (
        (
            "La climatisation d’une salle est dégradée. Aucun équipement n’est arrêté ; nous"
            " surveillons les températures."
        ),
        (
            "The cooling of one room is degraded. No equipment is down; we are watching the"
            " temperatures."
        ),
    ),
)
NEXT_WORD = timedelta(minutes=50)


def write_macros(rng: Random, now: datetime, *, by: Actor) -> None:
    """Write the macros by the desk's own action, and their use by its teams."""
    modules = {module.name_en: module.pk for module in TextModule.objects.filter(person=None)}
    teams, uses = teams_of_desk(), []
    for name_fr, name_en, acts, module, only_kind, often in SERIES:
        series = MacroActs(**acts, module_id=modules.get(module))  # type: ignore[arg-type]  # a table
        sheet = MacroInput(name_fr=name_fr, name_en=name_en, acts=series, only_kind=only_kind)
        macro = create_macro(sheet, by=by)
        uses += [
            MacroUse(
                macro=macro,
                team_id=team,
                month=month,
                times=max(1, round(often * share * rng.uniform(0.8, 1.2))),
                last_at=last - timedelta(hours=rng.uniform(1, 40)),
            )
            for team, share in teams
            for month, last in months_before(now)
        ]
    MacroUse.objects.bulk_create(uses)


def publish_sentences() -> None:
    """Publish official sentences of incidents that hit several customers, as their owners."""
    parents = TicketLink.objects.filter(kind=TicketLink.Kind.CHILD_OF).values("other")
    hit = Ticket.objects.filter(pk__in=parents, kind="incident", state="in_progress")
    for incident, (french, english) in zip(hit.order_by("pk"), SENTENCES, strict=False):
        user = incident.owner.user
        if user is not None:
            promised = clock.now() + NEXT_WORD
            publish_sentence(incident, french, english, by=actor_of(user), next_update_at=promised)
