"""`{% url %}`, which finds an address that was named before at once."""

from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parsed
from django.urls import NoReverseMatch
from django.utils.html import escape

from opale.ui.addresses import address

register = template.Library()


class AddressNode(Node):
    """As Django's, without keywords and namespaces."""

    def __init__(self, name: Any, args: list[Any], into: str | None) -> None:
        self.name, self.args, self.into = name, args, into

    def render(self, context: template.Context) -> str:
        args = [arg.resolve(context) for arg in self.args]
        try:
            found = address(self.name.resolve(context), *args)
        except NoReverseMatch:
            if self.into is None:
                raise
            found = ""
        if self.into is None:
            return escape(found) if context.autoescape else found
        context[self.into] = found
        return ""


@register.tag("url")
def url(parser: Parser, token: Token) -> Node:
    """A page's address, by its name: with keywords Django finds it."""
    node: URLNode = parsed(parser, token)
    if node.kwargs:
        return node
    return AddressNode(node.view_name, node.args, node.asvar)
