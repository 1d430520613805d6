"""What the parameters of the routes of kept views name in the house of the personas."""

from tests.personas import Personas

from opale.organisation.actions.listing_views import remove_listing_view, save_listing_view


def subjects(house: Personas) -> dict[str, object]:
    """A view of the portfolio that its project manager keeps, and one that was removed."""
    manager = house.actor("project_manager")
    kept, removed = (
        save_listing_view("projects", name, "size=express", shared=False, by=manager)
        for name in ("Express", "Gone")
    )
    remove_listing_view(removed, by=manager)
    return {
        "listing": "projects",
        "kind": "csv",
        "token": "forged",
        "listing_view_id": kept,
        "removed_listing_view_id": removed,
    }
