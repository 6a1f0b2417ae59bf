"""Data, recipe, loop, checkpoint and the worker process."""
