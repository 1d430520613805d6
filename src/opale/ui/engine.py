"""Django's templates, which let go of what a page was drawn with as soon as it is drawn."""

from typing import Any

from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.backends import django as backend
from django.template.context import make_context
from django.utils.safestring import SafeString


class Templates(backend.DjangoTemplates):
    def from_string(self, template_code: str) -> "Template":
        return Template(super().from_string(template_code).template, self)

    def get_template(self, template_name: str) -> "Template":
        return Template(super().get_template(template_name).template, self)


class Template(backend.Template):
    def render(
        self, context: dict[str, Any] | None = None, request: HttpRequest | None = None
    ) -> SafeString:
        """As Django does, whose context holds itself: all the rows of a page would stay until the
        collector comes by."""
        drawn_with = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            drawn = self.template.render(drawn_with)
        except TemplateDoesNotExist as error:
            backend.reraise(error, self.backend)
        drawn_with.dicts.clear()
        return drawn
