"""What each app adds to the demo company: a module for each, with `load(company)`."""
