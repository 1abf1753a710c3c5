"""Naming coins that somebody brings: answers with doubt, and the coins of the collection like them."""
