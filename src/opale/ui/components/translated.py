"""`{% translate %}` of a sentence that stands in the template: translated once for a language."""

from django import template
from django.template.base import Node, Parser, Token
from django.templatetags.i18n import TranslateNode
from django.templatetags.i18n import do_translate as parsed
from django.utils.translation import get_language

register = template.Library()


class SentenceNode(Node):
    """As Django's, which hangs on the language alone where nothing of the page is in it."""

    def __init__(self, sentence: TranslateNode) -> None:
        self.sentence = sentence
        self.known: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        language = get_language()
        known = self.known.get(language)
        if known is None:
            known = self.known[language] = self.sentence.render(context)
        return known


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """A sentence in the reader's language."""
    node: TranslateNode = parsed(parser, token)
    words = node.filter_expression
    told_apart = node.message_context
    plain = words.var.literal is not None and not words.filters and not node.asvar
    constant = told_apart is None or not told_apart.is_var
    return SentenceNode(node) if plain and constant else node
