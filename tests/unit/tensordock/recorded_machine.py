"""A machine behind a simulated VM that only writes down what it is told."""

from simulators.tensordock.machine import Address


class Recorded:
    """`reached` and `off` are what it tells of itself."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.reached: Address | None = None
        self.off = False

    def adopt(self, *, on: bool) -> None:
        self.told.append(f"adopt {'on' if on else 'off'}")

    def start(self) -> None:
        self.told.append("start")

    def stop(self) -> None:
        self.told.append("stop")

    def destroy(self) -> None:
        self.told.append("destroy")

    def address(self) -> Address | None:
        return self.reached

    def powered_off(self) -> bool:
        return self.off

    def cut_off(self, *, on: bool) -> None:
        self.told.append(f"cut off {on}")

    def program(self, *command: str) -> str:
        return " ".join(command)
