"""The answer: the likeliest classes, by each model."""
