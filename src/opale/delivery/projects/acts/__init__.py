"""What can be done in projects, by people and by programs."""

from opale.delivery.projects.acts import packages, projects, proofs, risks, templates

ACTS = (*projects.ACTS, *packages.ACTS, *proofs.ACTS, *risks.ACTS, *templates.ACTS)
