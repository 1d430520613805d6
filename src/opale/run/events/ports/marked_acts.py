"""Acts of apps above on marked alerts, beside those of the listing itself."""

from typing import Final

from opale.listings.declarations import BulkAct

OFFERED: Final[list[BulkAct]] = []


def offer_act(act: BulkAct) -> None:
    """Offer an act on marked alerts; called in the `apps.py` of its app."""
    OFFERED.append(act)
