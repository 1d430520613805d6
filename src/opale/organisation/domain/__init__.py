"""Pure rules of the organisation."""
