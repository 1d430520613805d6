"""Tags of the document itself: its style sheets and scripts."""

from django import template
from django.templatetags.static import static

register = template.Library()


@register.filter
def split_words(value: str) -> list[str]:
    return value.split()


@register.simple_tag
def stylesheet(name: str) -> str:
    return static(f"opale/css/{name}.css")


@register.simple_tag
def behaviour(name: str) -> str:
    """One small script of the page kit; rooms name theirs by `static` in the block `head`."""
    return static(f"opale/{name}.js")
