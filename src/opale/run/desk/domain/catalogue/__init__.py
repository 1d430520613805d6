"""The request catalogue without its database: forms, what is filled in, and where it is sent."""
