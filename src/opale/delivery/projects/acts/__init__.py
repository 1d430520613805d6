"""Acts of projects, for people and programs."""

from opale.delivery.projects.acts import packages, projects, proofs, risks, templates

ACTS = (*projects.ACTS, *packages.ACTS, *proofs.ACTS, *risks.ACTS, *templates.ACTS)
