"""What can be wrong with data."""

from explorer.errors import BadInput


class DataError(BadInput):
    """A data set that is not there or cannot be used; the message says what is wrong and what would be right."""
