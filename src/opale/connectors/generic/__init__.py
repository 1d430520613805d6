"""Any tool that can post JSON, read by JMESPath expressions."""

from opale.connectors.generic.connector import Generic

__all__ = ["Generic"]
