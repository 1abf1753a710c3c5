"""The page: photographs of a coin, what the network says of it, and what it says of less of it."""
