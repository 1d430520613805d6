"""Suppliers of the demo company: carriers of circuits, makers of hardware, a building."""

from datetime import timedelta
from random import Random

from opale.demo.names import slug, telephone
from opale.infrastructure.models import Supplier

K = Supplier.Kind
# name, kind, language, country, hours to accept and to restore
SUPPLIERS = (
    ("Fibres d'Armorique", K.CARRIER, "fr", "FR", 1, 4),
    ("Rhône Télécom Transit", K.CARRIER, "fr", "FR", 2, 8),
    ("Pennine Carrier Services", K.CARRIER, "en", "GB", 1, 5),
    ("Maintenance Serveurs Ravel", K.HARDWARE, "fr", "FR", 4, 24),
    ("Northgate Hardware Support", K.HARDWARE, "en", "GB", 2, 12),
    ("Froid et Énergie Gerland", K.FACILITY, "fr", "FR", 1, 6),
)
CARRIERS = {
    country: tuple(
        name for name, kind, _l, at, *_ in SUPPLIERS if (kind, at) == (K.CARRIER, country)
    )
    for country in ("FR", "GB")
}


def write_suppliers(rng: Random) -> None:
    Supplier.objects.bulk_create(
        Supplier(
            name=name, kind=kind, language=language, email=f"support@{_domain(name)}",
            phone=telephone(rng, country), portal=f"https://portal.{_domain(name)}/",
            accepts_within=timedelta(hours=accepts), restores_within=timedelta(hours=restores),
        )
        for name, kind, language, country, accepts, restores in SUPPLIERS
    )  # fmt: skip


def _domain(name: str) -> str:
    return f"{slug(name).replace('.', '-')}.example"
