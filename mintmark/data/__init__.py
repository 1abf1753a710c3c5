"""Tables and coins: labels, catalogue, manifests, splitting, grouping."""
