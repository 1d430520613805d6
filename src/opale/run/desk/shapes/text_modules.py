"""Shape of text modules."""

from datetime import datetime

from ninja import Schema

from opale.run.desk.models import TextModule


class TextModuleOut(Schema):
    """`times` and `last_at`: how often it was sent in the last three months, and when last."""

    id: int
    name_fr: str
    name_en: str
    body_fr: str
    body_en: str
    folder: str
    tags: list[str]
    personal: bool
    retired_at: datetime | None
    times: int
    last_at: datetime | None

    @staticmethod
    def resolve_personal(row: TextModule) -> bool:
        return row.person_id is not None
