"""The one family of errors a person can cause and mend."""


class BadInput(ValueError):
    """What a person gave cannot be used.

    The message is one sentence that says what is wrong and what would be right: pages show it where the
    person is looking, the command line prints it and exits with status 2.
    """
