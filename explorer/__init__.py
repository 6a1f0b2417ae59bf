"""Residual Explorer: see why very deep networks need shortcuts."""
