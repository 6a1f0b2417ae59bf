"""The run folder: create, read live, control, launch, export. Imports no torch."""
