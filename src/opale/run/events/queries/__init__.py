"""How to read alerts and integrations."""
