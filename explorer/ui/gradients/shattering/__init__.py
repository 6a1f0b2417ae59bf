"""Gradients along a line between two pictures, held against noise."""
