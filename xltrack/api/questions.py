"""Questions that adopt has where it is not sure, and how they are answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from xltrack.errors import UsageError

QuestionKind = Literal["column", "word", "stages", "needed", "offered", "unit"]


@dataclass(frozen=True)
class Question:
    """One question.

    ``subject`` is the header, word, sheet or field that it is about; ``proposed`` and ``choices``
    are ids of fields, names of items, or what the kind says: ``column``: fields, empty for the
    team's own; ``word``: items of the template, or ``lost``, ``paused``, ``open``, ``new``,
    ``no_loss``; ``stages``: their order after commas; ``needed``: a field of which the sheet has
    to get one; ``offered``: a field that could be added, yes or no; ``unit``: the unit of amounts.
    """

    kind: QuestionKind
    subject: str
    proposed: str
    confidence: float
    choices: tuple[str, ...] = ()
    field: str = ""
    examples: tuple[str, ...] = ()


Answer = Callable[[Question], str | None]
"""Gives one of the choices; None takes what is proposed."""


class Asking:
    """Asks, takes what is proposed, or notes what nobody answered."""

    def __init__(self, answer: Answer | None, *, take_proposed: bool) -> None:
        """Ask ``answer`` where there is one and proposals are not simply to be taken."""
        self._answer = None if take_proposed else answer
        self._taking = take_proposed
        self._open: list[Question] = []

    def ask(self, question: Question) -> str:
        """The answer to a question that needs one."""
        if self._answer is not None:
            said = self._answer(question)
            return question.proposed if said is None else said
        if not self._taking:
            self._open.append(question)
        return question.proposed

    def ask_for_more(self, question: Question) -> str:
        """The answer to a question that may be left: without anybody to ask, it is no."""
        said = None if self._answer is None else self._answer(question)
        return question.proposed if said is None else said

    def close(self) -> None:
        """Be content.

        Raises:
            UsageError: ``adopt_unsure`` names the questions that nobody answered.
        """
        if self._open:
            shown = [f"{q.subject} → {q.proposed or '—'}" for q in self._open]
            raise UsageError("adopt_unsure", ", ".join(shown))
