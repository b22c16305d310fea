"""What faults of every simulated account have in common: which calls they meet, and how often."""

from pydantic import BaseModel, ConfigDict, Field


class CountedFault(BaseModel):
    """Meets calls of this method whose path holds `path`, after `skip` of them, `times` times."""

    model_config = ConfigDict(extra="forbid")

    method: str = ""
    path: str = ""
    skip: int = Field(default=0, ge=0)
    times: int = Field(default=1, ge=0)
    status: int = 500
    message: str = "Internal Server Error"

    def at(self, path: str) -> bool:
        """Whether calls of this path are meant."""
        return self.path in path

    def meets(self, method: str, path: str) -> bool:
        """Whether it happens to this call; counts the call."""
        if not self.times or (self.method and self.method != method) or not self.at(path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True
