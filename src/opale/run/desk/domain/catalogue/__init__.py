"""The request catalogue without its database: forms, answers and routes."""
