"""How paging is read."""

from opale.run.paging.queries.contacts import (
    gateways,
    get_method,
    method_with,
    own_methods,
    own_quiet_hours,
)
from opale.run.paging.queries.mobilisations import (
    bearer_of,
    calling,
    get_mobilisation,
    mobilisations,
    narrowed,
    open_abouts,
    own_pages,
    page_named,
    pages_of,
    told_by,
)
from opale.run.paging.queries.planning import (
    is_anybody_called,
    manager_on_call,
    plan_of,
    serves,
)
from opale.run.paging.queries.policies import (
    DryRun,
    content_now,
    contents_now,
    dry_run,
    get_policy,
    policies,
    try_policy,
    versions_of,
)
from opale.run.paging.queries.reaching import reaches

__all__ = [
    "DryRun",
    "bearer_of",
    "calling",
    "content_now",
    "contents_now",
    "dry_run",
    "gateways",
    "get_method",
    "get_mobilisation",
    "get_policy",
    "is_anybody_called",
    "manager_on_call",
    "method_with",
    "mobilisations",
    "narrowed",
    "open_abouts",
    "own_methods",
    "own_pages",
    "own_quiet_hours",
    "page_named",
    "pages_of",
    "plan_of",
    "policies",
    "reaches",
    "serves",
    "told_by",
    "try_policy",
    "versions_of",
]
