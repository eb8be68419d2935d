"""The verification room: nothing unsupported leaves.

`Verifier.check` and the streaming `Verifier.open` run the same steps on the same sentences, so both
doors give the same verdicts however the draft is cut into pieces.
"""

from typing import Literal

import numpy as np

from publius.types import Checked, Citation, Claim, Draft, Evidence, Grant, Passage, Question, Reason
from publius.verification import quote
from publius.verification.sentences import Piece, Splitter
from publius.verification.support import Embed, Match, Sources, Vectors, prepare
from publius.verification.talk import is_talk, says_unanswered
from publius.verification.verdict import judge
from publius.verification.words import content, is_spanish, stem

FinishReason = Literal["stop", "length", "cancelled"]

# Measured: docs/decisions/2026-11-23-support-threshold.md.
NEAR_QUESTION = 0.15
NEAREST_NAMED = 3


class Verifier:
    """Checks drafts against their evidence; `embed` gives the vectors of meaning."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    async def check(self, grant: Grant, question: Question, evidence: Evidence, draft: Draft) -> Checked:
        """Check a whole draft. An ungrounded model's draft passes untouched and is marked as unchecked."""
        checking = self.open(grant, question, evidence)
        await checking.feed(draft.text)
        _, checked = await checking.finish(draft.finish_reason)
        return checked

    def open(self, grant: Grant, question: Question, evidence: Evidence) -> "Checking":
        """Begin to check a draft that is still being written."""
        return Checking(self._embed, grant, question, evidence)


class Checking:
    """One draft under verification. Feed it text as it comes, then finish."""

    def __init__(self, embed: Embed, grant: Grant, question: Question, evidence: Evidence) -> None:
        self._embed, self._grant, self._question, self._evidence = embed, grant, question.text, evidence
        self._splitter = Splitter()
        self._plain: list[str] = []
        self._ready: tuple[Sources, Vectors] | None = None
        self._claims: list[Claim] = []
        self._lines: list[str] = []
        self._cited: dict[tuple[object, int, int], Citation] = {}

    async def feed(self, text: str) -> list[Claim]:
        """Add a piece of the draft; return the claims that it decides, released or withheld, in order."""
        if not self._grant.model.grounded:
            self._plain.append(text)
            return []
        return await self._decide(self._splitter.feed(text))

    async def finish(self, finish_reason: FinishReason) -> tuple[list[Claim], Checked]:
        """Decide what is left, quote a passage where the draft does not answer, and close."""
        if not self._grant.model.grounded:
            return [], Checked(text="".join(self._plain), grounded=False, answered=True)
        claims = await self._decide(self._splitter.finish(finish_reason))
        drafted = any(claim.released for claim in self._claims)
        if finish_reason != "cancelled" and (quoted := await self._quote()):
            claims.append(quoted)
        return claims, self._close(quoted=not drafted)

    async def _decide(self, pieces: list[Piece]) -> list[Claim]:
        decided = []
        for piece in pieces:
            claim = await self._claim(piece)
            if claim is not None:
                self._keep(claim, piece.breaks)
                decided.append(claim)
        return decided

    async def _claim(self, piece: Piece) -> Claim | None:
        """The verdict on one sentence; None for one that claims nothing."""
        sentence = piece.text
        if not sentence or is_talk(sentence) or says_unanswered(sentence):
            return None
        if not piece.whole:
            return Claim(text=sentence, reason=Reason.INCOMPLETE, detail="The sentence was cut off before its end.")
        sources, asked = await self._prepared()
        # One at a time: a quantised encoder's vectors depend a little on their batch, and a verdict
        # must not depend on how many sentences happened to arrive together.
        [vector] = np.asarray(await self._embed([sentence]), dtype=np.float32)
        verdict = judge(sentence, vector, self._question, sources)
        if verdict.objection is not None:
            reason, detail = verdict.objection
            return Claim(text=sentence, reason=reason, detail=detail, support=verdict.support)
        if not self._is_near(sentence, vector, asked):
            detail = "It is supported, but does not answer the question."
            return Claim(text=sentence, reason=Reason.OFF_QUESTION, detail=detail, support=verdict.support)
        assert verdict.match is not None  # without a match there is an objection
        return Claim(text=sentence, citations=(self._cite(verdict.match),), support=verdict.support)

    async def _prepared(self) -> tuple[Sources, Vectors]:
        if self._ready is None:
            sources = await prepare(self._evidence, self._embed)
            [asked] = np.asarray(await self._embed([self._question]), dtype=np.float32)
            self._ready = sources, asked
        return self._ready

    def _is_near(self, sentence: str, vector: Vectors, asked: Vectors) -> bool:
        if is_spanish(sentence) != is_spanish(self._question):
            return True  # The encoder is not sure across languages, so it does not decide here.
        shared = {word.stem for word in content(sentence)} & {stem(word.text) for word in content(self._question)}
        return bool(shared) or float(vector @ asked) >= NEAR_QUESTION

    def _cite(self, match: Match) -> Citation:
        span = match.span
        key = (id(span.source.origin), span.start, span.end)
        if key not in self._cited:
            self._cited[key] = span.source.cite(span.start, span.end, len(self._cited) + 1)
        return self._cited[key]

    def _keep(self, claim: Claim, breaks: bool) -> None:
        self._claims.append(claim)
        if claim.released:
            marks = "".join(f"[{citation.number}]" for citation in claim.citations)
            between = ("\n" if breaks else " ") if self._lines else ""
            self._lines.append(f"{between}{claim.text} {marks}")

    async def _quote(self) -> Claim | None:
        """The passage's own words, where the released sentences lack what the question asks for."""
        said = " ".join(claim.text for claim in self._claims if claim.released)
        if said and quote.holds(said, quote.expected(self._question)):
            return None
        sources, asked = await self._prepared()
        match = quote.best(self._question, asked, sources)
        if match is None or (said and not quote.holds(match.span.text, quote.expected(self._question))):
            return None
        text = f"“{' '.join(match.span.text.split())}”"
        claim = Claim(text=text, citations=(self._cite(match),), support=match.support)
        self._keep(claim, breaks=bool(said))
        return claim

    def _close(self, quoted: bool) -> Checked:
        released = tuple(claim for claim in self._claims if claim.released)
        nearest = self._evidence.nearest or self._evidence.passages
        return Checked(
            text="".join(self._lines) if released else self._declined(nearest),
            grounded=True,
            answered=bool(released),
            quoted=quoted and bool(released),
            claims=released,
            withheld=tuple(claim for claim in self._claims if not claim.released),
            citations=tuple(self._cited.values()),
            nearest=() if released else nearest,
        )

    def _declined(self, nearest: tuple[Passage, ...]) -> str:
        """What is said when no document answers: so, and where Publius looked."""
        titles = list(dict.fromkeys(passage.title for passage in nearest))[:NEAREST_NAMED]
        agency, listed = self._grant.agency.name, "; ".join(titles)
        if is_spanish(self._question):
            looked = f" Los más cercanos son: {listed}." if titles else ""
            return f"Los documentos de {agency} no responden a esta pregunta.{looked}"
        looked = f" The nearest ones are: {listed}." if titles else ""
        return f"The documents of {agency} do not answer this question.{looked}"
