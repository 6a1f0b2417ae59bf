"""The Classify page: a picture, one or several models, and views of what they make of it."""
