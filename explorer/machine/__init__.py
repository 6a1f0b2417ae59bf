"""This computer: its folders, its device, and what can be downloaded to it. Imports nothing of the project."""
