"""What a network makes of mints that it never saw."""
