"""Demo data of each app: one module for each, with `load(company)`."""
