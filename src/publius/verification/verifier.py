"""The verification room: nothing unsupported leaves.

`Verifier.check` and the streaming `Verifier.open` run the same steps on the same sentences, so both
doors give the same verdicts however the draft is cut into pieces.
"""

import numpy as np
from msgspec import structs

from publius.types import (
    Checked,
    Citation,
    Claim,
    Draft,
    Evidence,
    Grant,
    Passage,
    Question,
    Reason,
    Reply,
    ToolResult,
)
from publius.verification import sentences
from publius.verification.choosing import in_reading_order
from publius.verification.figures import missing, read
from publius.verification.meaning import Objection
from publius.verification.quote import Answers, states_nothing
from publius.verification.sentences import Piece, Splitter
from publius.verification.support import Embed, Heading, Match, Source, Sources, Span, prepare
from publius.verification.talk import is_talk, says_unanswered
from publius.verification.verdict import judge
from publius.verification.words import is_spanish

# Measured: docs/decisions/2026-11-23-support-threshold.md.
BETTER = 0.10  # a passage that answers so much better than what was released is quoted beside it
SHORTEST = 8  # words that a line without a full stop needs, unless it is an item of a list or has a figure
NEAREST_NAMED = 3


class Verifier:
    """Checks drafts against their evidence; `embed` gives the vectors of meaning."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed

    async def check(self, grant: Grant, question: Question, evidence: Evidence, draft: Draft) -> Checked:
        """Check a whole draft. An ungrounded model's draft passes untouched and is marked as unchecked."""
        checking = self.open(grant, question, evidence)
        await checking.feed(draft.text)
        _, checked = await checking.finish(draft)
        return checked

    def open(self, grant: Grant, question: Question, evidence: Evidence) -> "Checking":
        """Begin to check a draft that is still being written."""
        return Checking(self._embed, grant, question, evidence)


class Checking:
    """One draft under verification. Feed it text as it comes, then finish."""

    def __init__(self, embed: Embed, grant: Grant, question: Question, evidence: Evidence) -> None:
        self._embed, self._grant, self._evidence = embed, grant, evidence
        self._question = evidence.asked or question.text
        self._splitter = Splitter()
        self._ready: tuple[Sources, Answers] | None = None
        self._seen: set[str] = set()
        self._matches: list[Match] = []  # of the released sentences
        self._claims: list[Claim] = []
        self._lines: list[str] = []
        self._listing = False  # whether the items of a list may follow
        self._cited: dict[tuple[object, int, int], Citation] = {}

    async def feed(self, text: str) -> list[Claim]:
        """Add a piece of the draft; return the claims that it decides, released or withheld, in order."""
        if not self._grant.model.grounded:
            return []
        return await self._decide(self._splitter.feed(text))

    async def finish(self, draft: Draft) -> tuple[list[Claim], Checked]:
        """Decide what is left, complete what the draft does not answer, and close.

        A mission's reply leaves as it is. A result is completed with the tool's own sentences, an answer from documents
        with a passage's.
        """
        if not self._grant.model.grounded:
            return [], Checked(text=draft.text, grounded=False, answered=True, choices=draft.choices)
        if (reply := self._evidence.reply) is not None:
            return self._told() if reply.kind == "result" else [], self._close(reply)
        claims = await self._decide(self._splitter.finish(draft.finish_reason))
        drafted = any(claim.released for claim in self._claims)
        otherwise = self._evidence.otherwise
        if otherwise is not None and otherwise.kind == "result":
            claims += self._told()
            return claims, self._close(otherwise)
        if draft.finish_reason != "cancelled":
            claims += await self._quote()
        return claims, self._close(otherwise, quoted=not drafted)

    async def _decide(self, pieces: list[Piece]) -> list[Claim]:
        decided = []
        for piece in pieces:
            claim = await self._claim(piece)
            if claim is not None:
                decided.append(self._keep(claim, piece.breaks))
        return decided

    async def _claim(self, piece: Piece) -> Claim | None:
        """The verdict on one sentence; None for one that claims nothing, or nothing new."""
        sentence = piece.text
        if not sentence or sentence in self._seen or is_talk(sentence) or says_unanswered(sentence):
            return None
        self._seen.add(sentence)
        if not piece.whole:
            return Claim(text=sentence, reason=Reason.INCOMPLETE, detail="The sentence was cut off before its end.")
        sources, answers = await self._prepared()
        # One at a time: a quantised encoder's vectors depend a little on their batch, and a verdict
        # must not depend on how many sentences happened to arrive together.
        [vector] = np.asarray(await self._embed([sentence]), dtype=np.float32)
        verdict = judge(sentence, vector, self._question, sources)
        objection = verdict.objection or self._off_question(piece, verdict.match, answers)
        if objection is not None:
            return Claim(text=sentence, reason=objection.reason, detail=objection.detail, support=verdict.support)
        assert verdict.match is not None  # without a match there is an objection
        self._matches.append(verdict.match)
        return Claim(text=sentence, citations=(self._cite(verdict.match.span),), support=verdict.support)

    async def _prepared(self) -> tuple[Sources, Answers]:
        if self._ready is None:
            sources = await prepare(self._evidence, self._embed)
            sought = _sought(self._evidence) or self._question
            [vector] = np.asarray(await self._embed([sources.put_right(sought)]), dtype=np.float32)
            self._ready = sources, Answers(self._grant.agency, self._question, sought, vector, sources)
        return self._ready

    def _off_question(self, piece: Piece, match: Match | None, answers: Answers) -> Objection | None:
        sentence = piece.text
        listed = piece.breaks and self._listing
        if len(sentence.split()) < SHORTEST and not (listed or sentence.endswith((".", "!", ":")) or read(sentence)):
            return Objection(Reason.OFF_QUESTION, "It is no sentence, so it says nothing by itself.")
        if self._evidence.tools and sentence.endswith((":", "…", "...")):
            return Objection(Reason.OFF_QUESTION, "It is a label before a result, and states none.")
        # The encoder is not sure across languages, so it does not decide there, unless it has the English words.
        foreign = is_spanish(sentence) != is_spanish(self._question) and not _sought(self._evidence)
        if isinstance(match and match.span, Heading):
            return Objection(Reason.OFF_QUESTION, "It is the first row of a table, which says nothing by itself.")
        if match is not None and states_nothing(match.span):
            return Objection(
                Reason.OFF_QUESTION, "It repeats a heading or the name of a source, and says nothing more."
            )
        if match is None or foreign or answers.vague or _is_result(match.span):
            return None
        if not (answers.best or self._evidence.tools):
            return Objection(Reason.OFF_QUESTION, "It is supported, but no passage answers the question.")
        if answers.bears(match.span):
            return None
        return Objection(Reason.OFF_QUESTION, "It is supported, but does not answer the question.")

    def _cite(self, span: Span) -> Citation:
        key = (id(span.source.origin), span.start, span.end)
        if key not in self._cited:
            self._cited[key] = span.source.cite(span.start, span.end, len(self._cited) + 1)
        return self._cited[key]

    def _keep(self, claim: Claim, breaks: bool) -> Claim:
        claim = structs.replace(claim, breaks=breaks and bool(self._lines))
        self._claims.append(claim)
        if claim.released:
            marks = "".join(f"[{citation.number}]" for citation in claim.citations)
            between = ("\n" if claim.breaks else " ") if self._lines else ""
            self._lines.append(f"{between}{claim.text} {marks}")
            self._listing = claim.text.endswith(":") or (self._listing and breaks)
        return claim

    async def _quote(self) -> list[Claim]:
        """The passages' own words, where the released sentences do not answer, or answer less well."""
        said = " ".join(claim.text for claim in self._claims if claim.released)
        _, answers = await self._prepared()
        matches = answers.best
        if said:
            matches = self._unsaid(answers, said)
        return [self._keep(self._quotation(match), breaks=True) for match in in_reading_order(matches)]

    def _unsaid(self, answers: Answers, said: str) -> list[Match]:
        """Of the best quotations those that are needed beside the released sentences."""
        lacking = [match for match in answers.best if answers.fits(match.span.plain)] if not answers.fits(said) else []
        others = [match for match in answers.best if match in lacking or not self._rests_on(match.span)]
        if answers.several:
            return others  # a small model is content with the first thing that is asked
        enough = max(answers.score(match.span) for match in self._matches) + BETTER
        better = [match for match in others if match.support > enough][:1]
        return [match for match in others if match in lacking or match in better]

    def _rests_on(self, span: Span) -> bool:
        """Whether a released sentence says what stands there."""
        return any(span.overlaps(used.span) for used in self._matches)

    def _told(self) -> list[Claim]:
        """The sentences in which tools say their results, but for those that a released sentence says in full."""
        told = []
        for rank, result in enumerate(self._evidence.tools):
            source = Source(result, rank)
            for start, end in sentences.split(result.says):
                if self._said(result, start, end):
                    continue
                cited = self._cite(Span(source, 0, len(result.says)))
                claim = Claim(text=" ".join(result.says[start:end].split()), citations=(cited,), support=1.0)
                told.append(self._keep(claim, breaks=False))
        return told

    def _said(self, result: ToolResult, start: int, end: int) -> bool:
        """Whether what stands there was released in other words, with every figure."""
        spans = [match.span for match in self._matches if match.span.source.origin is result]
        if not any(span.start < end and start < span.end for span in spans):
            return False
        released = " ".join(claim.text for claim in self._claims if claim.released)
        return not missing(result.says[start:end], read(released))

    def _quotation(self, match: Match) -> Claim:
        """The span's own words; a table's row with the names of its columns, which are cited too."""
        row, heading = match.span, match.span.heading
        support = max(0.0, min(1.0, match.support))
        if heading is None or row.labelled == row.plain:
            return Claim(
                text=f"“{row.plain}”{self._language(row.plain)}", citations=(self._cite(row),), support=support
            )
        return Claim(text=row.labelled, citations=(self._cite(row), self._cite(heading)), support=support)

    def _language(self, quoted: str) -> str:
        """What is said of a quotation that is in another language than the question."""
        spanish = is_spanish(quoted)
        if spanish == is_spanish(self._question):
            return ""
        return " (in Spanish)" if spanish else " (en inglés)"

    def _close(self, reply: Reply | None, quoted: bool = False) -> Checked:
        released = tuple(claim for claim in self._claims if claim.released)
        nearest = self._evidence.nearest or self._evidence.passages
        if released and reply is not None and reply.kind != "result":
            reply = None  # it was for the case that nothing stands
        declined = _whole(reply) if reply is not None else self._declined(nearest)
        return Checked(
            text="".join(self._lines) if released else declined,
            grounded=True,
            answered=bool(released),
            quoted=quoted and bool(released),
            claims=released,
            withheld=tuple(claim for claim in self._claims if not claim.released),
            citations=tuple(self._cited.values()),
            nearest=() if released else nearest,
            reply=reply,
            results=self._evidence.tools,
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


def _sought(evidence: Evidence) -> str:
    """The question's words in English, if it is English passages that they are held against."""
    return "" if any(is_spanish(passage.text) for passage in evidence.passages[:1]) else evidence.sought


def _whole(reply: Reply) -> str:
    """A reply with the address of its form, for doors that show text alone."""
    return f"{reply.text}\n\n{reply.link}" if reply.link else reply.text


def _is_result(span: Span) -> bool:
    """Whether it is one of the sentences in which a tool says its result: those were asked for."""
    return isinstance(span.source.origin, ToolResult) and span.start < len(span.source.origin.says)
