"""The rights of this room."""

USE = "webhooks.use"
