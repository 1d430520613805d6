"""Acts of projects, a module for each subject; `ACTS` are all of them."""

from opale.delivery.projects.acts import packages, projects, proofs, risks, templates

ACTS = (*projects.ACTS, *packages.ACTS, *proofs.ACTS, *risks.ACTS, *templates.ACTS)
