"""The coin's geometry: its grid, regions of it, and masking them."""
