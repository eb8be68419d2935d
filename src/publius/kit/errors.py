"""The one error that a mission raises on purpose: what was given cannot be computed with."""


class InvalidInput(ValueError):
    """What is wrong with what was given (`message`) and what to do about it (`cure`), in plain words."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(f"{message} {cure}")
        self.message = message
        self.cure = cure
