"""What a rule may ask and what it answers."""

from __future__ import annotations

from dataclasses import dataclass

from storage.model import ChangeKind, Direction, RecipientDelta, Severity, Topic
from watcher.differ.evidence import Evidence

HIGH, MEDIUM, LOW, INFO = Severity.HIGH, Severity.MEDIUM, Severity.LOW, Severity.INFO
WORSE, BETTER, NEUTRAL = Direction.WORSE, Direction.BETTER, Direction.NEUTRAL


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired. `topic` is the topic it proves, None when it proves none; `detail` goes into the summary.

    `leads` is true where the topic that it proves is what the clause is about, whatever its words and heading say.
    """

    rule: str
    severity: Severity
    direction: Direction
    topic: Topic | None = None
    detail: str = ""
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule may ask: the evidence of one clause, its topics, and what changed in the document around it.

    `recipients` are those that the clause may name, `joined` tells whether any came anywhere. `old_text` are the folded
    words of the old document, framed and parted by blanks.
    """

    evidence: Evidence
    topics: tuple[Topic, ...]
    recipients: RecipientDelta
    old_text: str = ""
    joined: bool = False

    @property
    def lead(self) -> Topic:
        """The lead topic."""
        return self.topics[0]

    @property
    def kind(self) -> ChangeKind:
        """Added, removed or modified."""
        return self.evidence.piece.kind
