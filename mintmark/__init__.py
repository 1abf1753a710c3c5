"""mintmark: which mint struck a coin, and how a network knows."""
