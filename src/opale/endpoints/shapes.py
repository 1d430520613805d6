"""Shapes that endpoints of several apps return, and the base of those of rows."""

from datetime import datetime
from typing import Any

from django.db.models import Model
from ninja import Schema
from ninja.schema import DjangoGetter
from pydantic import ModelWrapValidatorHandler, ValidationInfo, model_validator


class RowOut(Schema):
    """A shape, read in one go, whose fields are a row's own attributes, and `resolve_…` where they
    are not.

    The library looks at each attribute whether it is a manager, a file or a function: in a list of
    tickets that took half of the whole request. What is one of these needs a `resolve_…` here.
    """

    @model_validator(mode="wrap")
    @classmethod
    def _run_root_validator(
        cls, values: Any, handler: ModelWrapValidatorHandler[Any], info: ValidationInfo
    ) -> Any:
        getter, resolvers = DjangoGetter(values, cls, info.context), cls._ninja_resolvers
        if not isinstance(values, Model):
            return handler(getter)
        return handler(
            {
                name: resolvers[name](getter) if name in resolvers else getattr(values, name)
                for name in cls.model_fields
            }
        )


class FormerTextOut(Schema):
    """A text that was replaced by an edit at `replaced_at`, in Markdown."""

    text: str
    replaced_at: datetime
