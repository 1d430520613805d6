"""Template filters of the request catalogue."""

from django import template

from opale.run.desk.domain.catalogue.form_fields import in_language
from opale.run.desk.models import RequestType

register = template.Library()


@register.filter
def type_name(kind: RequestType) -> str:
    """The name of a request type in the language of the reader."""
    return in_language(kind.name_en, kind.name_fr)


@register.filter
def type_description(kind: RequestType) -> str:
    return in_language(kind.description_en, kind.description_fr)
