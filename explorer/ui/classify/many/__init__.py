"""Many pictures at once: a table of answers and, where their classes are known, error and confusion matrix."""
