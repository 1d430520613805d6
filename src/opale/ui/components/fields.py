"""Form fields: label above, help under, error beside, all errors summarised on top."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from opale.ui.markup import join_html

register = template.Library()

GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "group" if isinstance(widget, GROUPS) or getattr(widget, "is_group", False) else "line"


@register.simple_tag
def field(bound: BoundField, **attrs: Any) -> SafeString:
    """One field. Further keywords become attributes of its input (`rows=3`, `autofocus=True`)."""
    named = {name.replace("_", "-"): value for name, value in attrs.items()}
    described = [f"{bound.id_for_label}-help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.id_for_label}-error")
        named["aria-invalid"] = "true"
    if described:
        named["aria-describedby"] = " ".join(described)
    context = {
        "field": bound,
        "kind": kind(bound),
        "input": bound.as_widget(attrs=named),
        "optional": not bound.field.required and kind(bound) == "line",
    }
    return SafeString(render_to_string("ui/components/field.html", context))


@register.simple_tag
def fields(form: forms.BaseForm, *names: str, autofocus: bool = False) -> SafeString:
    """Every visible field (or the named ones) in one column, hidden ones included.

    With `autofocus` one types at once: into the first, or the first that was refused.
    """
    shown = [form[name] for name in names] if names else form.visible_fields()
    begun = next((bound for bound in shown if bound.errors), next(iter(shown), None))
    drawn = [
        field(bound, autofocus=True) if autofocus and bound is begun else field(bound)
        for bound in shown
    ]
    return join_html(drawn + [SafeString(str(bound)) for bound in form.hidden_fields()])


@register.simple_tag
def error_summary(form: forms.BaseForm) -> SafeString:
    """What could not be accepted, with a link to each field; nothing when all is well."""
    if not form.errors:
        return SafeString("")
    bad = [(b.label, b.id_for_label, b.errors) for b in form if b.errors]
    return SafeString(
        render_to_string(
            "ui/components/summary.html", {"bad": bad, "general": form.non_field_errors()}
        )
    )
