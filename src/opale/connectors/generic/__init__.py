"""Any tool that can post JSON: what means what is said by JMESPath expressions."""

from opale.connectors.generic.connector import Generic

__all__ = ["Generic"]
