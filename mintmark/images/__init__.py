"""Photographs: decoding, finding the coin, cropping, duplicates, cleaning, merging."""
