"""The loss around trained networks."""
