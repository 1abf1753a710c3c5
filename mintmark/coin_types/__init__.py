"""Hundreds of coin types by transfer learning: features, heads, labels, evaluation."""
