"""Read queries of the desk, one module per subject."""
