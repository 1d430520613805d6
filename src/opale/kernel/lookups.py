"""Lookups that PostgreSQL's indexes can answer."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, TextField
from django.db.models.lookups import PatternLookup


@CharField.register_lookup
@TextField.register_lookup
class ContainsText(PatternLookup):
    """`subject__holds="fibre"`: contains, whatever the case.

    As ILIKE, so that a trigram index of the column serves; `icontains` asks for UPPER(column),
    which none does, and reads the whole table.
    """

    lookup_name = "holds"

    def get_rhs_op(self, connection: BaseDatabaseWrapper, rhs: str) -> str:
        if self.rhs_is_direct_value():
            return f"ILIKE {rhs}"
        said = connection.pattern_esc.format(rhs)  # type: ignore[attr-defined]  # not in the stubs
        # As a subquery it is evaluated once, not for each row.
        return f"ILIKE (SELECT '%%' || {said} || '%%')"
