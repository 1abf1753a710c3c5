"""Where a network looks: attribution, zones, and whether to believe them."""
