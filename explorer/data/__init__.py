"""Data: the pictures that networks are trained on, from where they lie to the batch of a step."""
