"""The Train page before the start: what is trained, on which data, by which recipe."""
