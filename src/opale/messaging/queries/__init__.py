"""Reading the mails: this is the door."""
