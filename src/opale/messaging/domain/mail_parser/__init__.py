"""What a mail that came in says: pure readers of bytes, without database, network or clock."""
