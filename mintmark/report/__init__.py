"""The page and the conclusions, in sentences computed from the metrics."""
