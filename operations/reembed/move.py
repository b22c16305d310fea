"""A move from beginning to end. Whatever ends it early, the same call goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from operations.failure import Failure
from operations.reembed.collection import Collection
from operations.reembed.measure import Measured, measure, require_alike
from operations.reembed.progress import Progress, duration
from operations.reembed.row import Survey
from operations.reembed.service import Service

ROUNDS = 20
"""How often rows that were written meanwhile are caught up with before the move gives up."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Mover:
    """`batch` rows go to the service at a time; `sample` random rows are measured before and compared after."""

    collection: Collection
    service: Service
    batch: int
    sample: int
    say: Say

    def run(self, *, dry: bool) -> None:
        """Raises Failure. A dry run writes nothing."""
        target = self.service.target
        survey = self.collection.survey(target)
        self.say(f"{survey.place}: {survey.rows:,} rows with vectors of {survey.dimension or 'any number of'} numbers")
        self.say(f"model {target.model}: vectors of {target.dimension} numbers")
        if survey.finished:
            self.say("moved already; as long as its backup is there, --back undoes it and --drop-backup closes it")
            return
        measured = measure(self.service, self.collection.current(min(self.batch, self.sample)))
        self._tell(survey, measured)
        if dry:
            self.say("dry run: nothing was changed")
        elif survey.rows and measured.same_model and not survey.begun:
            self.say("nothing to move: the vectors are this model's already")
        else:
            self._move()

    def _tell(self, survey: Survey, measured: Measured) -> None:
        if not measured.texts:
            return
        likeness = f"; cosine of old to new vectors {measured.alike:.3f}" if measured.comparable else ""
        self.say(
            f"measured: {measured.rate:.1f} rows/s with {measured.texts} of them, so about"
            f" {duration(survey.rows / measured.rate)} for all{likeness}"
        )

    def _move(self) -> None:
        self.say(f"backup: {self.collection.prepare()}")
        for _ in range(ROUNDS):
            self._catch_up()
            for index in self.collection.build():
                self.say(f"built an index like {index}")
            lowest = require_alike(self.service, self.collection.moved(self.sample))
            self.service.require_same()
            if self.collection.switch():
                self.say(f"switched: searches get the new vectors (lowest cosine of the sample {lowest:.5f})")
                return
        raise Failure(
            f"rows change faster than they can be moved ({ROUNDS} rounds)", "pause the writers, run the command again"
        )

    def _catch_up(self) -> None:
        with Progress(self.collection.remaining()) as progress:
            for rows in self.collection.pages(self.batch):
                vectors = self.service.vectors(rows)
                # Asked after the vectors were made and before they are kept.
                self.service.require_same()
                progress.advance(self.collection.store(rows, vectors))
