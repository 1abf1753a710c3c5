"""What a network loses when regions of the coin are masked."""
