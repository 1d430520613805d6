"""`{% translate %}` and `{% blocktranslate %}` of a sentence that stands in the template: looked up
once for a language."""

from django import template
from django.template.base import Node, Parser, Token, render_value_in_context
from django.templatetags.i18n import BlockTranslateNode, TranslateNode, do_block_translate
from django.templatetags.i18n import do_translate as parsed
from django.utils.translation import get_language, gettext

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


class PatternNode(Node):
    """As Django's, where each value of the sentence is named in the tag."""

    def __init__(self, block: BlockTranslateNode) -> None:
        self.block = block
        self.sentence, self.names = block.render_token_list(block.singular)
        self.known: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        language = get_language()
        pattern = self.known.get(language)
        if pattern is None:
            pattern = self.known[language] = gettext(self.sentence)
        values = self.block.extra_context
        shown = {
            name: render_value_in_context(values[name].resolve(context), context)
            for name in self.names
        }
        try:
            return pattern % shown
        except (KeyError, ValueError):  # a translation that names something else
            return self.block.render(context)


@register.tag("blocktranslate")
@register.tag("blocktrans")
def blocktranslate(parser: Parser, token: Token) -> Node:
    """A sentence in the reader's language with values of the page in it."""
    node: BlockTranslateNode = do_block_translate(parser, token)
    if node.plural or node.message_context or node.asvar:
        return node
    pattern = PatternNode(node)
    return pattern if set(pattern.names) <= set(node.extra_context) else node
