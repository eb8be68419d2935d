"""What this room raises: a pack that cannot be used, and a mission that is not there."""

from publius.errors import NotFound, SetupError


class BrokenMission(SetupError):
    """A mission's pack cannot be used. `file` is within the pack, `line` counts from 1 and is 0 for the whole file."""

    code = "mission_broken"
    cure = "'publius missions check' shows all that is wrong with a pack, and where."

    def __init__(self, file: str, line: int, said: str, *, cure: str | None = None) -> None:
        super().__init__(f"{file}, line {line}: {said}." if line else f"{file}: {said}.", cure=cure)
        self.file = file
        self.line = line
        self.said = said


class MissionNotFound(NotFound):
    """There is no such mission, or not for this agency, or it is off: the three look the same on purpose."""

    code = "mission_not_found"
    cure = "'publius missions list' shows those there are; an administrator of the agency turns them on."
