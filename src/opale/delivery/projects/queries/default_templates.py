"""Default delivery templates of the catalogue's families, for offerings without their own.

Source: docs/rules/projects.md, "Templates".
"""

from collections.abc import Mapping
from typing import Final

from opale.customers.models import Family
from opale.delivery.projects.domain.template_content import Content, Gate, Named, Need, Result, Step
from opale.infrastructure.domain.units import Unit
from opale.organisation.models import Person, Team

K = Team.Kind
PM, ENGINEERS, FITTERS = K.INTEGRATION_PROJECTS, K.BUILD_ENGINEERING, K.PROVISIONING
DESK, CORE = K.SERVICE_DESK, K.CORE_INFRASTRUCTURE

HANDOVER: Final = Gate(
    en="Ready for RUN",
    fr="Prêt pour le RUN",
    evidences=(
        Named(en="Acceptance signed by the customer", fr="Recette signée par le client"),
        Named(en="Monitoring in place", fr="Supervision en place"),
        Named(en="Operating documentation", fr="Dossier d'exploitation"),
    ),
)
CHECKED: Final = Gate(
    en="Delivered",
    fr="Livré",
    evidences=(Named(en="Delivery note", fr="Bon de livraison"),),
    automatic=True,
)

COLOCATION: Final = Content(
    size="express",
    steps=(
        Step(key="place", en="Choose the place of the cabinet", fr="Choisir l'emplacement",
             kind="check", role=CORE, hours=1, days=1),
        Step(key="power", en="Connect power feeds A and B", fr="Raccorder les voies A et B",
             role=CORE, skill="Power and cooling", level=2, hours=4, days=2, after=("place",)),
        Step(key="fit", en="Fit rails, strips and labels",
             fr="Poser ferrures, bandeaux et étiquettes",
             role=FITTERS, hours=4, days=1, after=("place",)),
        Step(key="access", en="Badges and list of who may enter", fr="Badges et liste d'accès",
             kind="check", role=DESK, hours=1, days=1),
        Step(key="handed", en="Hand the cabinet over on site", fr="Remettre la baie sur site",
             kind="appointment", party="customer", role=FITTERS, hours=2, days=1,
             after=("power", "fit", "access")),
    ),
    needs=(
        Need(en="Rack units", fr="Unités de baie", unit=Unit.RACK_UNIT, quantity=42,
             characteristic="height_u"),
        Need(en="Power", fr="Énergie", unit=Unit.POWER, quantity=3, characteristic="power_kw"),
    ),
    deliverables=(Result(en="Delivery note", fr="Bon de livraison", step="handed"),),
    gates=(CHECKED,),
)  # fmt: skip

CONNECTIVITY: Final = Content(
    size="express",
    steps=(
        Step(key="eligible", en="Check what the address can have", fr="Vérifier l'éligibilité",
             kind="check", role=PM, hours=1, days=2),
        Step(key="ordered", en="Order the access at the carrier",
             fr="Commander l'accès à l'opérateur",
             kind="check", role=PM, hours=1, days=1, after=("eligible",)),
        Step(key="access", en="The carrier delivers the access", fr="Livraison par l'opérateur",
             kind="wait", party="carrier", days=20, after=("ordered",)),
        Step(key="fit", en="Install and test the router", fr="Installer et tester le routeur",
             kind="appointment", role=FITTERS, skill="IP/MPLS", level=2, hours=4, days=1,
             after=("access",)),
        Step(key="handed", en="The customer accepts", fr="Recette par le client",
             kind="check", party="customer", days=1, after=("fit",)),
    ),
    deliverables=(Result(en="Acceptance report", fr="Procès-verbal de recette", step="handed"),),
    gates=(CHECKED,),
)  # fmt: skip

VPN: Final = Content(
    size="project",
    steps=(
        Step(key="kickoff", en="Kick-off with the customer", fr="Réunion de lancement",
             kind="appointment", role=PM, hours=4, days=1),
        Step(key="design", en="Design of the network", fr="Dossier de conception",
             role=ENGINEERS, skill="IP/MPLS", level=4, hours=24, days=5, after=("kickoff",)),
        Step(key="agreed", en="The customer accepts the design", fr="Validation du dossier",
             kind="check", party="customer", days=3, after=("design",)),
        Step(key="eligible", en="Eligibility of the site", fr="Éligibilité du site",
             kind="check", role=PM, hours=1, days=2, after=("kickoff",), each=True),
        Step(key="circuit", en="The carrier delivers the circuit",
             fr="Livraison du lien par l'opérateur",
             kind="wait", party="carrier", days=30, after=("eligible",), each=True),
        Step(key="router", en="Prepare the router", fr="Préparer le routeur",
             role=FITTERS, skill="IP/MPLS", level=2, hours=6, days=1, after=("agreed",),
             each=True),
        Step(key="fit", en="Install on site", fr="Installer sur site",
             kind="appointment", role=FITTERS, skill="IP/MPLS", level=2, hours=6, days=1,
             after=("circuit", "router"), each=True),
        Step(key="tested", en="Test of the site", fr="Recette du site",
             role=ENGINEERS, skill="IP/MPLS", level=3, hours=4, days=1, after=("fit",), each=True),
        Step(key="site", en="Site in service", fr="Site en service",
             kind="milestone", days=0, after=("tested",), each=True),
        Step(key="accepted", en="Acceptance of the whole", fr="Recette de bout en bout",
             role=PM, party="customer", hours=8, days=2, after=("site",)),
        Step(key="end", en="Network handed over", fr="Réseau remis",
             kind="milestone", days=0, after=("accepted",)),
    ),
    deliverables=(
        Result(en="Design of the network", fr="Dossier de conception", step="design"),
        Result(en="Acceptance report", fr="Procès-verbal de recette", step="accepted"),
    ),
    gates=(
        Gate(en="Design agreed", fr="Conception validée",
             evidences=(Named(en="Design accepted by the customer",
                              fr="Dossier accepté par le client"),
                        Named(en="Capacity checked", fr="Capacité vérifiée"))),
        HANDOVER,
    ),
)  # fmt: skip

HOSTING: Final = Content(
    size="project",
    steps=(
        Step(key="kickoff", en="Kick-off with the customer", fr="Réunion de lancement",
             kind="appointment", role=PM, hours=4, days=1),
        Step(key="design", en="Architecture and security", fr="Architecture et sécurité",
             role=ENGINEERS, skill="VMware", level=4, hours=20, days=5, after=("kickoff",)),
        Step(key="agreed", en="The customer accepts the architecture",
             fr="Validation de l'architecture", kind="check", party="customer", days=3,
             after=("design",)),
        Step(key="platform", en="Build the platform", fr="Monter la plateforme",
             role=FITTERS, skill="VMware", level=3, hours=24, days=5, after=("agreed",)),
        Step(key="systems", en="Install and harden the systems",
             fr="Installer et durcir les systèmes", role=ENGINEERS, skill="Linux", level=3,
             hours=24, days=5, after=("platform",)),
        Step(key="backup", en="Backups, with one restored",
             fr="Sauvegardes, restauration éprouvée",
             role=FITTERS, skill="Backup", level=2, hours=8, days=2, after=("systems",)),
        Step(key="watched", en="Monitoring and thresholds", fr="Supervision et seuils",
             role=ENGINEERS, hours=8, days=2, after=("systems",)),
        Step(key="moved", en="The customer moves in", fr="Migration par le client",
             kind="wait", party="customer", days=10, after=("backup", "watched")),
        Step(key="accepted", en="Acceptance", fr="Recette", role=PM, party="customer", hours=8,
             days=2, after=("moved",)),
        Step(key="end", en="Platform handed over", fr="Plateforme remise",
             kind="milestone", days=0, after=("accepted",)),
    ),
    deliverables=(
        Result(en="Architecture", fr="Dossier d'architecture", step="design"),
        Result(en="Acceptance report", fr="Procès-verbal de recette", step="accepted"),
    ),
    gates=(
        Gate(en="Architecture agreed", fr="Architecture validée",
             evidences=(Named(en="Architecture accepted by the customer",
                              fr="Architecture acceptée par le client"),
                        Named(en="Security review", fr="Revue de sécurité"))),
        HANDOVER,
    ),
)  # fmt: skip

OTHER: Final = Content(
    size="express",
    steps=(
        Step(key="agreed", en="Agree what is delivered, and when",
             fr="Convenir de la livraison et de sa date",
             kind="check", party="customer", role=PM, hours=1, days=2),
        Step(key="made", en="Deliver", fr="Livrer", role=FITTERS, hours=8, days=5,
             after=("agreed",)),
        Step(key="handed", en="The customer accepts", fr="Recette par le client",
             kind="check", party="customer", days=1, after=("made",)),
    ),
    gates=(CHECKED,),
)  # fmt: skip

TERMINATION: Final = Content(
    size="express",
    steps=(
        Step(key="agreed", en="Agree the last day with the customer",
             fr="Convenir du dernier jour", kind="check", party="customer", role=PM, hours=1,
             days=2),
        Step(key="billing", en="Stop billing", fr="Arrêter la facturation", kind="check",
             role=PM, hours=1, days=1, after=("agreed",)),
        Step(key="removed", en="Decommission", fr="Démonter", role=FITTERS, hours=6, days=3,
             after=("agreed",)),
        Step(key="returned", en="Give the hardware back", fr="Restituer le matériel",
             kind="appointment", party="customer", role=FITTERS, hours=2, days=1,
             after=("removed",)),
        Step(key="free", en="Free what it occupied", fr="Libérer les ressources", kind="check",
             role=CORE, hours=1, days=1, after=("removed",)),
    ),
    deliverables=(
        Result(en="Certificate of erasure", fr="Attestation d'effacement", step="removed"),
    ),
    gates=(CHECKED,),
)  # fmt: skip
"""The content of every line that terminates a service, whatever the service."""

NOTHING: Final = Content(size="express", steps=())
"""The content of a line that changes nothing."""

BY_FAMILY: Final[Mapping[str, Content]] = {
    Family.COLOCATION: COLOCATION,
    Family.CONNECTIVITY: CONNECTIVITY,
    Family.VPN: VPN,
    Family.MANAGED_HOSTING: HOSTING,
    Family.OTHER: OTHER,
}

S = Person.Seniority
SENIOR_FOR: Final = frozenset({Family.VPN, Family.MANAGED_HOSTING})
FITS: Final[Mapping[str, frozenset[str]]] = {
    S.SENIOR: frozenset({S.SENIOR}),
    S.JUNIOR: frozenset({S.JUNIOR, S.CONFIRMED}),
}
"""Seniorities that may lead where this one is required; others need a named exception."""
