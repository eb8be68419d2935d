"""Puts the pages together: every route, the guard, the form check, and the static files."""

from typing import Any

from litestar import Litestar, Response, Router, get
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import HTTPException, NotFoundException
from litestar.params import FromPath
from litestar.static_files import create_static_files_router

from publius.api import server
from publius.api.admission import guard
from publius.api.errors import respond
from publius.application import Application
from publius.errors import NotFound, PubliusError
from publius.types import Permission
from publius.web import account, administration, asking, auditing, documents, jobs, past, querying, sources
from publius.web.conversations import Conversations
from publius.web.missions import forms, interview, outcome, overview
from publius.web.pages import failure, http_failure, unexpected
from publius.web.rendering import STATIC, Templates
from publius.web.visitor import AnyRequest, Site, check_form, session

PAGES = [
    account.sign_in_page,
    account.sign_in,
    account.link_page,
    account.redeem_link,
    account.sign_out,
    account.settings,
    account.change_password,
    account.sign_out_everywhere,
    asking.first_page,
    asking.ask,
    past.list_conversations,
    past.open_conversation,
    past.save_conversation,
    past.rename_conversation,
    past.confirm_deletion,
    past.delete_conversation,
    documents.list_documents,
    documents.open_document,
    documents.download_document,
    documents.show_page,
    documents.label_document,
    querying.query_page,
    querying.run_query,
    documents.confirm_removal,
    documents.remove_document,
    jobs.list_jobs,
    jobs.open_job,
    jobs.change_job,
    auditing.receipt,
    auditing.download_proof,
    auditing.ledger,
    auditing.verify,
    auditing.download_log,
    administration.overview,
    administration.members,
    administration.add_member,
    administration.send_link,
    administration.set_ceiling,
    administration.confirm_lock,
    administration.lock_member,
    administration.keys,
    administration.create_key,
    administration.set_key_ceiling,
    administration.confirm_revocation,
    administration.revoke_key,
    administration.platform,
    sources.list_sources,
    sources.add_page,
    sources.add_source,
    sources.confirm_removal,
    sources.remove_source,
    sources.change_source,
    overview.list_missions,
    overview.open_mission,
    overview.open_source,
    overview.manage_missions,
    overview.turn_on,
    overview.turn_off,
    forms.open_form,
    forms.send_form,
    forms.check_inputs,
    forms.compute_result,
    forms.show_result,
    forms.print_result,
    interview.open_interview,
    interview.start_interview,
    interview.open_question,
    interview.answer_question,
    interview.come_back_later,
    outcome.check_answers,
    outcome.show_outcome,
    outcome.record_outcome,
    outcome.print_outcome,
]
UPLOADS = [documents.add_page, documents.add_documents]
FAILURES = {PubliusError: failure, HTTPException: http_failure, Exception: unexpected}


def create_app(app: Application) -> Litestar:
    """The whole server: the pages, and the API beside them."""
    site = Site(app, Conversations(app.database), Templates())
    served = server.create_app(app, extra_routes=routes(app), state={"site": site})
    served.exception_handlers[NotFoundException] = astray
    return served


def routes(app: Application) -> list[Router]:
    """Every page and static file."""
    largest = app.settings.max_upload_mb * 1_000_000 * documents.UPLOADS_AT_ONCE + 1_000_000
    common: dict[str, Any] = {
        "guards": [guard],
        "before_request": check_form,
        "exception_handlers": FAILURES,
        "opt": {"credential": session, "door": "web"},
    }
    return [
        Router("/", route_handlers=[*PAGES, nowhere], **common),
        Router(
            "/", route_handlers=[documents.add_page, documents.add_documents], request_max_body_size=largest, **common
        ),
        create_static_files_router(
            "/static",
            [STATIC],
            cache_control=CacheControlHeader(max_age=31_536_000, immutable=True, public=True),
            opt={"permission": Permission.NONE, "door": "web"},
        ),
    ]


def astray(request: AnyRequest, error: NotFoundException) -> Response[Any]:
    """An address that fits no route, such as a cut link: a page for people, the envelope for programs."""
    return respond(request, error) if request.url.path.startswith("/v1/") else http_failure(request, error)


@get("/{path:path}", opt={"permission": Permission.SIGN_IN})
async def nowhere(request: AnyRequest, path: FromPath[str]) -> Response[Any]:
    """Any address that is no page. Whoever is not signed in does not hear which addresses are pages."""
    raise NotFound("There is no such page.", cure="Start from the first page.")
