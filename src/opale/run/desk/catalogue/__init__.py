"""The request catalogue without its database: forms, what is filled in, and where it is sent."""

from opale.run.desk.catalogue.checking import Checked, Picked, check
from opale.run.desk.catalogue.fields import (
    KINDS,
    PICKED,
    Field,
    Option,
    faults_of,
    form_of,
    in_language,
)
from opale.run.desk.catalogue.routing import (
    TESTS,
    Condition,
    Routed,
    Rule,
    Tried,
    decide,
    faults_of_rules,
    rules_of,
)
from opale.run.desk.catalogue.sheet import Answer, as_text, sheet, subject_line

__all__ = [
    "KINDS",
    "PICKED",
    "TESTS",
    "Answer",
    "Checked",
    "Condition",
    "Field",
    "Option",
    "Picked",
    "Routed",
    "Rule",
    "Tried",
    "as_text",
    "check",
    "decide",
    "faults_of",
    "faults_of_rules",
    "form_of",
    "in_language",
    "rules_of",
    "sheet",
    "subject_line",
]
