"""Every coin a test coin in turn: folds of the mint study, and what they say together."""
