"""Drawn coins: mints, coin types, relief, and the camera that photographs them."""
