"""Apps of BUILD: from the purchase order to go-live."""
