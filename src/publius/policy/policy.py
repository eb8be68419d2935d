"""The room's face: may this principal do this, and what was spent by doing it."""

from collections.abc import Awaitable, Callable

from msgspec import structs

from publius.errors import Forbidden, NotFound
from publius.policy.checks import check
from publius.policy.limits import Limits, Used
from publius.policy.roles import allowed
from publius.storage import Database
from publius.storage.database import PLATFORM
from publius.types import Agency, Grant, Model, Permission, Principal, Question, Share, Usage

LLAMA = Model("llama", False, "Llama itself, for drafting and summarising. Not checked against documents.")
LIBRARY = Model("library", True, "Answers from your agency's documents, each sentence with its source.")


ModelsOf = Callable[[Agency], Awaitable[tuple[Model, ...]]]
MISSION = "mission:"  # begins the id of a model that an agency turns on and off


async def no_missions(agency: Agency) -> tuple[Model, ...]:
    """The models of an agency that has turned on none."""
    return ()


def _before(model: Model, principal: Principal) -> Principal:
    """The principal as this model may know them: with the lower of the two ceilings."""
    agency = principal.agency
    return structs.replace(principal, agency=agency.under(agency.labels.ceiling_of(model.id)))


class ModelNotFound(NotFound):
    """There is no such model, or not for this principal."""

    code = "model_not_found"
    cure = "GET /v1/models lists the models that you can use."


class Policy:
    """What may be asked, seen and spent. `max_tokens` is the most that one answer may have.

    `models` is what each agency can ask; `missions` tells what one can ask besides.
    """

    def __init__(
        self,
        database: Database,
        *,
        max_tokens: int,
        models: tuple[Model, ...] = (LLAMA, LIBRARY),
        missions: ModelsOf = no_missions,
    ) -> None:
        self._database = database
        self._limits = Limits(database)
        self._max_tokens = max_tokens
        self._models = models
        self._missions = missions

    def require(self, principal: Principal, permission: Permission) -> None:
        """Raise Forbidden unless the principal's role and scopes include `permission`."""
        if permission not in allowed(principal):
            raise Forbidden(f"{principal.name!r} ({principal.role}) does not have the permission {permission}.")

    async def models(self, principal: Principal) -> tuple[Model, ...]:
        """The models that this principal can ask; none for one who cannot ask."""
        always = self._always(principal)
        return (*always, *await self._missions(principal.agency)) if always else ()

    async def model(self, principal: Principal, id: str) -> Model:
        """The model of that id.

        Raises:
            NotFound: there is none for this principal; code `model_not_found`.
        """
        # Which missions are on, the database knows; who asks anything else does not wait for it.
        known = await self.models(principal) if id.startswith(MISSION) else self._always(principal)
        for model in known:
            if model.id == id:
                return model
        raise ModelNotFound(f"There is no model {id[:64]!r}.", param="model")

    async def authorize(self, principal: Principal, question: Question) -> Grant:
        """Check the question and count it.

        Raises:
            Forbidden: the principal may not ask, or not this model in a conversation above its ceiling.
            NotFound: no such model.
            InvalidRequest: a field is impossible.
            RateLimited, BudgetSpent: the agency is past a limit; what is refused earlier is not counted.
        """
        self.require(principal, Permission.ASK)
        model = await self.model(principal, question.model)
        tokens = check(question, model, self._max_tokens)
        principal = _before(model, principal)
        if question.level > principal.agency.ceiling:
            label = principal.agency.labels.name(question.level)
            raise Forbidden(
                f"This conversation is {label}, which is above what {model.id} may read.",
                cure="Ask another model, or begin a new conversation.",
            )
        share = await self.admit(principal)
        return Grant(principal, model, tokens, share, sees_cached=Permission.SEE_CACHED in allowed(principal))

    def _always(self, principal: Principal) -> tuple[Model, ...]:
        return self._models if Permission.ASK in allowed(principal) else ()

    async def admit(self, principal: Principal) -> Share:
        """Count one request against the agency's limits; returns its share of the engine, which stands beside them.

        Raises:
            RateLimited, BudgetSpent: the agency is past one of them.
        """
        return await self._limits.take(principal.agency)

    async def admit_stranger(self) -> None:
        """Count one question of nobody known against the platform's own rate.

        Its refusal is recorded too, and without a rate anybody could fill the disk with such records.

        Raises:
            RateLimited: strangers sent too many.
        """
        await self._limits.take(await self._database.agency_by_slug(PLATFORM))

    async def usage(self, principal: Principal) -> Used:
        """What the principal's agency used today, and what it may."""
        return await self._limits.used(principal.agency)

    async def settle(self, grant: Grant, usage: Usage) -> None:
        """Add what an answer read and wrote to the agency's tokens of today."""
        await self.spend(grant.principal, usage.prompt_tokens + usage.completion_tokens)

    async def spend(self, principal: Principal, tokens: int) -> None:
        """Add tokens to the agency's sum of today."""
        if tokens > 0:
            await self._limits.spend(principal.agency, tokens)
