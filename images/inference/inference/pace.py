"""How fast the model reads, and so how long what waits will take."""

SMOOTHING = 0.2


class Pace:
    """Tokens a second of one run, a moving average, against the tokens that have been let in and have not run yet."""

    def __init__(self, runs: int) -> None:
        self._runs = runs
        self._rate = 0.0
        self._pending = 0

    def arrived(self, tokens: int) -> None:
        """Tokens that wait from now on."""
        self._pending += tokens

    def left(self, tokens: int) -> None:
        """Tokens that nobody waits for any more."""
        self._pending -= tokens

    def ran(self, tokens: int, seconds: float) -> None:
        """One run that is over."""
        self._pending -= tokens
        rate = tokens / max(seconds, 1e-6)
        self._rate = self._rate + SMOOTHING * (rate - self._rate) if self._rate else rate

    def seconds(self) -> float:
        """Until all that waits is done; 0 before the first run."""
        return self._pending / (self._rate * self._runs) if self._rate else 0.0
