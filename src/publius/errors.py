"""One family of errors.

    PubliusError
    ├── RequestError            the caller can mend it
    │   ├── InvalidRequest, PromptTooLong 400; TooLarge 413; Unauthenticated 401; Forbidden 403
    │   ├── InvalidInputs           400  of a mission's tool; carries problems, a sentence for each input
    │   ├── NotFound                404  also for what belongs to another agency
    │   ├── Conflict                409
    │   ├── NotFetched              422  an address of a source, and why
    │   ├── EndsEngine              422  the engine died of it twice
    │   └── OverLimit               429  carries retry_after
    │       └── RateLimited, BudgetSpent, QueueFull
    ├── UnreadableDocument      422  a file that cannot be read, and why
    ├── ServiceError            the platform's side; nothing the caller did
    │   ├── EngineUnavailable       503  carries retry_after
    │   │   ├── EngineFull
    │   │   └── WaitedTooLong
    │   ├── AnswerTooSlow           504  the answer was not whole in time
    │   ├── EngineFailed            502  an upstream or engine broke in mid-answer
    │   │   └── EngineLost              502  it went away; asked once more by itself if nothing had left
    │   ├── LedgerUnavailable       503  the record could not be written, so no answer is given
    │   └── StorageUnavailable      503
    └── SetupError              read by the person at the terminal
        └── PortTaken, DiskFull, WeightsMissing, DigestMismatch, MigrationFailed

Each says what happened (`message`) and what to do next (`cure`). `code` is stable and documented;
`type` is OpenAI's word for the envelope. No message holds content of any agency.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

Reader = Literal["caller", "administrator", "operator"]


class PubliusError(Exception):
    """Base of every error that Publius raises on purpose."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    type: ClassVar[str] = "server_error"
    reader: ClassVar[Reader] = "operator"
    cure: ClassVar[str] = "Try again. If it goes on, give the operator the time and the request id."

    def __init__(self, message: str, *, cure: str | None = None, param: str | None = None) -> None:
        super().__init__(message)
        self.message, self.next_step = message, cure or self.cure
        self.param = param  # the request field at fault, for OpenAI's envelope
        self.retry_after: int | None = None  # seconds

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".strip()


class RequestError(PubliusError):
    """The request is at fault, and the caller can mend it."""

    code = "invalid_request"
    status = 400
    type = "invalid_request_error"
    reader = "caller"
    cure = "Correct the request and send it again."


class InvalidRequest(RequestError):
    """A field is missing, has the wrong type or an impossible value."""


class InvalidInputs(RequestError):
    """What a mission's tool was given cannot be computed with. `problems` has a sentence for each input at fault."""

    code = "invalid_inputs"
    cure = "Correct what is named and send it again."

    def __init__(self, problems: Mapping[str, str], *, param: str | None = None) -> None:
        said = [f"{path}: {sentence}" if path else sentence for path, sentence in problems.items()]
        super().__init__(" ".join(said), param=param or next(iter(problems), None) or None)
        self.problems = dict(problems)


class PromptTooLong(RequestError):
    """The messages do not fit into the model's context."""

    code = "context_length_exceeded"
    cure = "Shorten the messages, or ask about fewer things at once."


class TooLarge(RequestError):
    """A request body or an uploaded file is over its limit."""

    code = "too_large"
    status = 413
    cure = "Send less at once: split the file, or raise the limit in the settings."


class Unauthenticated(RequestError):
    """No credential, or one that is unknown, revoked, expired or cut short. Never says which."""

    code = "invalid_api_key"
    status = 401
    type = "authentication_error"
    cure = "Send a valid key as 'Authorization: Bearer pb-…'; an administrator makes one with 'publius key create'."


class Forbidden(RequestError):
    """The credential is good, but its role or scopes do not include this."""

    code = "permission_denied"
    status = 403
    type = "permission_error"
    cure = "Ask an administrator of your agency for a role or key that includes it."


class NotFound(RequestError):
    """It does not exist, or it belongs to another agency: the two look the same on purpose."""

    code = "not_found"
    status = 404
    type = "not_found_error"
    cure = "Check the identifier; lists show what is there."


class Conflict(RequestError):
    """It exists already, or changed in between."""

    code = "conflict"
    status = 409
    cure = "Choose another name, or read the present state first."


class EndsEngine(RequestError):
    """The engine died with this request under way, twice; it is not tried again for a day."""

    code = "request_ends_engine"
    status = 422
    cure = "Word or shorten it differently, or ask the operator to let it in again."


class NotFetched(RequestError):
    """An address of a source that may not be asked, does not answer, or answers with something else."""

    code = "not_fetched"
    status = 422
    cure = "Correct the address, or try again later."


class OverLimit(RequestError):
    """The agency is past one of its limits. `retry_after` says when to come back."""

    status = 429
    type = "rate_limit_error"

    def __init__(self, message: str, *, retry_after: int, cure: str | None = None) -> None:
        super().__init__(message, cure=cure)
        self.retry_after = retry_after


class RateLimited(OverLimit):
    """Too many requests in this minute."""

    code = "rate_limit_exceeded"
    cure = "Wait for the number of seconds in Retry-After, then send it again."


class BudgetSpent(OverLimit):
    """The agency's daily tokens are used up."""

    code = "insufficient_quota"
    cure = "Wait until tomorrow (UTC), or ask your administrator for a larger daily budget."


class QueueFull(OverLimit):
    """The agency has as many requests waiting for the engine as it may. `retry_after` is from the pace seen."""

    code = "queue_full"
    cure = "Wait for the number of seconds in Retry-After, then send it again; send fewer at once."


class UnreadableDocument(PubliusError):
    """A file that cannot be read. The message names the cause, never the content."""

    code = "unreadable_document"
    status = 422
    type = "invalid_request_error"
    reader = "caller"
    cure = "Open the file in its own program, save it again or export it as PDF or text, and upload that."


class ServiceError(PubliusError):
    """The platform cannot serve this now. The caller did nothing wrong."""

    code = "service_unavailable"
    status = 503
    reader = "operator"

    def __init__(self, message: str, *, cure: str | None = None, retry_after: int | None = 5) -> None:
        super().__init__(message, cure=cure)
        self.retry_after = retry_after


class EngineUnavailable(ServiceError):
    """The engine is starting, restarting or full."""

    code = "engine_unavailable"
    cure = "Try again in a few seconds; the engine is restarted by itself."


class EngineFull(EngineUnavailable):
    """All places for waiting are taken, by all agencies together. `retry_after` is from the pace seen."""

    code = "engine_full"
    cure = "Wait for the number of seconds in Retry-After, then send it again."


class WaitedTooLong(EngineUnavailable):
    """The request waited for its turn as long as it may (PUBLIUS_QUEUE_SECONDS); nothing was read or written."""

    code = "queue_deadline"
    cure = "Wait for the number of seconds in Retry-After, then send it again."


class AnswerTooSlow(ServiceError):
    """The answer was not whole within PUBLIUS_ANSWER_SECONDS; what had been sent is incomplete."""

    code = "answer_deadline"
    status = 504
    cure = "Ask for a shorter answer, or send it again when there is less to do."


class EngineFailed(ServiceError):
    """The engine or upstream broke in mid-answer; what had been sent is incomplete."""

    code = "engine_failed"
    status = 502
    cure = "Send the question again; the engine is restarted by itself."


class EngineLost(EngineFailed):
    """The engine went away with this request under way. Whoever has released nothing of the answer may ask again."""


class LedgerUnavailable(ServiceError):
    """The record could not be written, so the answer is not given."""

    code = "ledger_unavailable"
    cure = "Try again. The operator should look at the database's disk and log."


class StorageUnavailable(ServiceError):
    """The database does not answer."""

    code = "storage_unavailable"
    cure = "Try again. The operator should look at the database and its log."


class SetupError(PubliusError):
    """Publius cannot start or a command cannot be carried out; read at the terminal."""

    code = "setup_error"
    cure = "See 'publius doctor'."


class PortTaken(SetupError):
    """Another program listens on the port."""

    code = "port_taken"


class DiskFull(SetupError):
    """Too little room for the database, weights or uploads."""

    code = "disk_full"


class WeightsMissing(SetupError):
    """The catalog's weights are not on this machine."""

    code = "weights_missing"
    cure = "Run 'publius models fetch', or copy the file there from a machine that has it."


class DigestMismatch(SetupError):
    """A weights file is not the one that the catalog names."""

    code = "digest_mismatch"
    cure = "Delete the file and run 'publius models fetch' again; if it stays, do not use that source."


class MigrationFailed(SetupError):
    """The database could not be brought to this version; it is as it was."""

    code = "migration_failed"
    cure = "Nothing was changed. Read the reason, mend it, and start again; the previous version still runs on it."
