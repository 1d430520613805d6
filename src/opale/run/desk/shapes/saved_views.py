"""Shape of a saved view."""

from django.urls import reverse
from ninja import Schema

from opale.run.desk.models import SavedView


def list_url(view: str, query: str) -> str:
    """Return the address of a list with its filters."""
    where = reverse("desk_view", args=[view])
    return f"{where}?{query}" if query else where


class ViewOut(Schema):
    """`query` holds the filters as the address of the page does; `url` is that address."""

    id: int
    name: str
    view: str
    query: str
    url: str
    person_id: int
    team_id: int | None
    position: int

    @staticmethod
    def resolve_url(row: SavedView) -> str:
        return list_url(row.view, row.query)
