"""`publius ask`: one question, one answer with its sources, with the server running or not."""

from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.markup import escape

from publius import flow
from publius.application import Application
from publius.cli.terminal import NO, AsJson, OfAgency, console, local_principal, print_json, with_application
from publius.storage.labels import level_of
from publius.types import Answer, Door, Message, Question, Role, Sampling


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    agency: OfAgency,
    model: Annotated[str, typer.Option(help="library answers from the documents, llama from itself.")] = "library",
    ceiling: Annotated[str, typer.Option(help="A label: nothing above it is read. The highest if left out.")] = "",
    max_tokens: Annotated[int | None, typer.Option(help="Most tokens of the answer.")] = None,
    json: AsJson = False,
) -> None:
    """Ask, and get an answer in which each sentence has its source. Exit code 3 if the documents do not answer.

    Example: `publius ask "When is the appeal due?" --agency education --json`
    """

    async def work(application: Application) -> Answer:
        where = await application.database.agency_by_slug(agency)
        where = where.under(level_of(where, ceiling)) if ceiling else where
        asked = Question(
            id=uuid4(),
            door=Door.CLI,
            model=model,
            messages=(Message("user", question),),
            credential=local_principal(where, Role.MEMBER),
            sampling=Sampling(max_tokens=max_tokens),
        )
        return await flow.answer(asked, application)

    answer = with_application(work, engine=True)
    if json:
        print_json(as_data(answer))
    else:
        _show(answer)
    if not answer.checked.answered:
        raise typer.Exit(NO)


def as_data(answer: Answer) -> dict[str, Any]:
    """The answer as `--json` prints it."""
    checked = answer.checked
    return {
        "answer": checked.text,
        "answered": checked.answered,
        "grounded": checked.grounded,
        "quoted": checked.quoted,
        "reply": checked.reply and checked.reply.kind,
        "results": [{"tool": r.name, "arguments": r.arguments, "value": r.value} for r in checked.results],
        "citations": [
            {
                "number": c.number,
                "document": c.document,
                "document_id": c.document_id,
                "name": c.name,
                "revision": c.revision,
                "page": c.page,
                "start": c.start,
                "end": c.end,
                "quote": c.quote,
                "published": c.published,
                "publisher": c.publisher,
                "recognised": c.recognised,
            }
            for c in checked.citations
        ],
        "withheld": [{"text": c.text, "reason": c.reason, "detail": c.detail} for c in checked.withheld],
        "nearest": [{"document": p.title, "document_id": p.document_id, "name": p.name} for p in checked.nearest],
        "model": answer.model,
        "label": answer.label,
        "receipt": answer.receipt,
        "timing": {room: round(seconds, 4) for room, seconds in answer.timing.items()},
    }


def _show(answer: Answer) -> None:
    checked, of_mission = answer.checked, answer.model.startswith("mission:")
    print(checked.text)
    for c in checked.citations:
        page = f", page {c.page}" if c.page else ""
        page += f", read by OCR, confidence {int(c.recognised * 100)} %" if c.recognised is not None else ""
        print(f"\n[{c.number}] {c.document}{page} ({c.name}, characters {c.start} to {c.end})")
        print(f"    {' '.join(c.quote.split())}")
    if of_mission and checked.withheld:
        console.print(
            "\n[dim]What Llama wrote besides, and no tool or source bears out, is left out; --json has it.[/]"
        )
    for claim in () if of_mission else checked.withheld:
        console.print(f"\n[yellow]Withheld[/]: {escape(claim.text)}\n    [dim]{escape(claim.detail)}[/]")
    if not checked.grounded:
        console.print("\n[yellow]Not checked against documents.[/]")
    console.print(f"\nLabel: {escape(answer.label)}")
    receipt = answer.receipt
    console.print(
        f"\n[dim]{answer.timing['total']:.1f} s. Record {receipt.record}, leaf {receipt.position + 1}"
        f" of {receipt.tree_size} in the ledger of {receipt.agency}.[/]"
    )
