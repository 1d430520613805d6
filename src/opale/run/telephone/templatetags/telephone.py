"""Template filters of the telephone."""

from django import template

from opale.run.telephone.domain.spans import talked

register = template.Library()
register.filter(talked)
