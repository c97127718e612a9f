"""The commands. Results go to standard output, progress to standard error and only on a terminal."""

import json
import logging
import sys
from collections.abc import Iterable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import anyio
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import eventbus
from eventbus import App, Bus
from eventbus.errors import EventBusError

from . import demo as demo_run
from . import systems as known
from .loading import apply, load_app, read_lines
from .stopping import INTERRUPTED, stop_on_signal

if TYPE_CHECKING:
    from .serving import Place

DRAIN = 30.0

commands: typer.Typer = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Invoke functions the way AWS Lambda is invoked, in process."
)

event_commands: typer.Typer = typer.Typer(no_args_is_help=True, help="Events of every system that invokes functions.")
commands.add_typer(event_commands, name="events")


class Act(Enum):
    SHOP = "shop"
    STREAMS = "streams"


Target = Annotated[str, typer.Argument(metavar="MODULE:APP", help="The app to run, such as shop:app.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@commands.command()
def demo(
    act: Annotated[
        Act, typer.Argument(help="`shop`: bucket, queue, batches. `streams`: a poisoned record, bisected.")
    ] = (Act.SHOP),
    folder: Annotated[
        Path, typer.Option("--input", help="A folder of order files, one JSON object a line.", show_default=False)
    ] = demo_run.SAMPLE,
    as_json: AsJson = False,
) -> None:
    """Files of orders through bucket, function, queue and batches, or over a stream, until the last dead letter; in
    virtual time."""
    if not folder.is_dir():
        _fail(f"--input {folder}: no such folder")
    report = demo_run.run(folder, act.value)
    if as_json:
        print(json.dumps(report.to_json(), indent=2))
        return
    console = Console(highlight=False)
    console.print(_time_line(report))
    if report.story:
        console.print("\nWhere the first dead letter stopped, and why:\n")
        console.print(report.story, markup=False, soft_wrap=True)
    console.print("\nDead letters:")
    for message in report.dead_letters:
        word = "received" if act is Act.SHOP else "tried"
        console.print(f"  {word} {message['receives']} times: {message['body']}", markup=False, soft_wrap=True)
    console.print(
        f"\nsimulated {_span(report.simulated)} in {report.took:.2f} s; "
        f"{len(report.attempts):,} invocations, {len(report.dead_letters):,} dead letters"
    )


@commands.command()
def run(
    target: Target,
    events: Annotated[Path | None, typer.Option(help="A file of calls, one JSON object a line.")] = None,
    virtual: Annotated[bool, typer.Option("--virtual", help="In virtual time; needs --events.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run an app: over a file of calls until everything has settled, or without one until stopped."""
    if virtual and events is None:
        _fail("--virtual needs --events: with nothing to do virtual time would stand still for ever")
    _log_to_stderr()
    try:
        app = load_app(target)
        lines = [] if events is None else list(read_lines(events))
        answers = eventbus.run(lambda: _run(app, lines, serve=events is None), virtual=virtual)
    except (EventBusError, OSError) as error:
        _fail(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    _print_answers(answers, as_json)


@commands.command()
def serve(
    target: Target,
    port: Annotated[
        int,
        typer.Option(
            min=0,
            max=65_535,
            help="For doors that declare none: this one, the next, and so on; 0 for any that is free.",
        ),
    ] = 8_000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    drain: Annotated[float, typer.Option(min=0, help="Seconds for what is under way when stopped.")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each door.")] = False,
) -> None:
    """Let requests in by the front doors of an app, each on a port of its own, until stopped."""
    try:
        from .serving import serve as serve_doors
    except ModuleNotFoundError as missing:
        name = str(missing.name).partition(".")[0]
        if name not in ("h11", "uvicorn", "websockets"):
            raise
        _fail(f"serve needs {name}: pip install 'eventbus[cli,http]'")
    _log_to_stderr()
    try:
        app = load_app(target)
        eventbus.run(lambda: serve_doors(app, host, port, drain, lambda places: _tell(app, places, as_json)))
    except (EventBusError, OSError) as error:
        _fail(str(error))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


@commands.command()
def systems(
    as_json: AsJson = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print the table of sources/README.md.")] = False,
) -> None:
    """What can invoke functions: the event of each system, its answer contract, who retries, what is refused."""
    if as_markdown:
        print(known.markdown(), end="")
        return
    if as_json:
        print(json.dumps([known.to_json(*each) for each in known.systems()], indent=2))
        return
    table = Table("package", "system", "kind", "who retries", box=None, pad_edge=False)
    for name, found in known.systems():
        table.add_row(name, found.name, found.kind, found.retries)
    Console(highlight=False).print(table)


@event_commands.command()
def generate(
    system: Annotated[str, typer.Argument(help="A package of `eventbus systems`, such as sqs.")],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="What the event holds; may be repeated.")
    ] = None,
) -> None:
    """An event as that system sends it, as JSON: to invoke a handler with, by hand or in a test."""
    try:
        print(json.dumps(known.sample(system, settings or ()), indent=2, ensure_ascii=False))
    except EventBusError as error:
        _fail(str(error))


def _tell(app: App, places: "Iterable[Place]", as_json: bool) -> None:
    for place in places:
        line = json.dumps(place.to_json()) if as_json else f"{place.name}  {place.url}  {place.door.host}"
        print(line, flush=True)
    print(f"serving {app.name}; Ctrl-C drains", file=sys.stderr, flush=True)


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")


async def _run(app: App, lines: list[tuple[int, dict[str, Any]]], *, serve: bool) -> dict[str, Any]:
    answers: list[dict[str, Any]] = []
    refused: list[EventBusError] = []
    stopped = anyio.Event()
    async with app.start(environ=True) as bus:
        async with anyio.create_task_group() as tasks:
            await tasks.start(stop_on_signal, partial(_drain, bus, tasks.cancel_scope), tasks, stopped)
            if serve:
                print(f"serving {app.name}; Ctrl-C drains", file=sys.stderr, flush=True)
                await anyio.sleep_forever()
            try:
                await _apply_all(app, bus, lines, answers)
            except EventBusError as error:  # raised outside the group, as it is
                refused.append(error)
            if not stopped.is_set():  # else whoever drains ends the group
                tasks.cancel_scope.cancel()
        if refused and not stopped.is_set():
            raise refused[0]
    statistics = bus.statistics()
    return {
        "answers": answers,
        "invocations": statistics.invocations,
        "failed_invocations": statistics.failed_invocations,
        "seconds": statistics.now,
        "seed": bus.seed,
    }


async def _apply_all(
    app: App, bus: Bus, lines: list[tuple[int, dict[str, Any]]], answers: list[dict[str, Any]]
) -> None:
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        for number, entry in progress.track(lines, description="calls"):
            answers.append({"line": number, "answer": await apply(app, bus, entry)})
    await bus.settle()


async def _drain(bus: Bus, scope: anyio.CancelScope) -> None:
    await bus.aclose(drain=DRAIN)
    scope.cancel()


def _print_answers(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(report, indent=2))
        return
    for each in report["answers"]:
        print(f"line {each['line']}: {json.dumps(each['answer'])}")
    print(
        f"{report['invocations']:,} invocations, {report['failed_invocations']:,} failed, "
        f"{_span(report['seconds'])} on the bus's clock; seed {report['seed']}"
    )


def _time_line(report: demo_run.Report) -> Table:
    table = Table("at", "function", "records", "of them failed", "outcome", box=None, pad_edge=False)
    for attempt in report.attempts:
        failed = str(attempt["failed_records"] or "")
        table.add_row(f"+{attempt['at']:g} s", attempt["function"], str(attempt["records"]), failed, attempt["outcome"])
    return table


def _span(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{rest:g} s"


def _fail(reason: str) -> NoReturn:
    print(f"eventbus: {reason}", file=sys.stderr)
    raise typer.Exit(2)
