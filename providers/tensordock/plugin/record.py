"""What is known of a machine while an operation works on it; all that is left when the operation breaks off."""

from dataclasses import dataclass

from providers.tensordock.client.instance import Instance
from providers.tensordock.client.money import hourly


@dataclass
class Record:
    """One resource's machine. `doubtful`: an order may have made one whose id nobody has read yet."""

    name: str
    instance_id: str | None = None
    location_id: str | None = None
    hourly: int | None = None
    """Micro-dollars an hour, as last read or as offered."""
    doubtful: bool = False
    gpu_taken: bool = False
    ready: bool = False
    strays: int = 0
    """Machines that were made for the same resource and are not this one."""
    seen: Instance | None = None

    @property
    def may_exist(self) -> bool:
        """Whether something may be there that costs money."""
        return self.doubtful or self.instance_id is not None

    def found(self, instance: Instance) -> None:
        """The machine was read by itself."""
        self.seen = instance
        self.listed(instance)

    def listed(self, instance: Instance) -> None:
        """The machine was seen in a list, which may tell of it that there is one, and no more."""
        self.instance_id, self.doubtful = instance.id, False
        if instance.hourly is not None:
            self.hourly = instance.hourly

    def ordered(self, identifier: str, location_id: str | None, price: int | None) -> None:
        """A machine was made."""
        self.instance_id, self.doubtful, self.seen = identifier, False, None
        self.location_id, self.hourly = location_id, price

    def gone(self) -> None:
        """Nothing is there: two reads agree."""
        self.instance_id, self.doubtful, self.seen = None, False, None
        self.location_id, self.hourly = None, None

    def page(self, verb: str, cause: str) -> str:
        """What a person has to know when a machine cannot be dealt with."""
        which = self.instance_id or "an unknown id"
        exists = "may exist and cost" if self.doubtful else "costs"
        return (
            f"cannot {verb} VM {self.name} ({which}): {cause}. It {exists} {hourly(self.hourly)} until that is done: "
            "run the same command again, or do it at https://dashboard.tensordock.com"
        )
