"""A field for JSON as received."""

from typing import Any

from django.db import models


class VerbatimJSON(models.JSONField):
    """A column of type `json`: the text as received, which only has to be JSON.

    Parsing it when it is stored, as `jsonb` does, cost a storm a tenth of its events. Members are
    read as of any JSON (`->`, `->>`); what only `jsonb` can be asked is asked of a cast.
    """

    def db_type(self, connection: Any) -> str:
        return "json"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return value  # read by the driver already, as it reads any `json`
