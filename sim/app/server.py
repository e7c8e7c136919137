"""The page's server: on this machine alone, for who has the token, with no way to any other file."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, replace
from functools import cached_property, partial
from importlib.resources import files
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from sim.app.beside import Json, periods_shown, runs_beside
from sim.app.controls import controls_of
from sim.app.dropped import dropped_name
from sim.app.guard import GUARDS, HOST, Guard, too_long
from sim.app.kept import kept_run, kept_runs
from sim.app.moves import file_text, moves_told, overrides_of, problems_told, refused_change
from sim.app.waiting import report_kept, waiting_page
from sim.app.work import BusyError, Order, Work, why_refused
from sim.scenario.choices import inputs_of
from sim.scenario.files import MEGABYTE, SCENARIO_MB
from sim.scenario.problems import CorridorError, Problem, ScenarioError, Spot
from sim.scenario.reading.layers import shipped_names, shipped_titles
from sim.scenario.reading.opening import ledger_of, load
from sim.scenario.reading.read import Reading
from sim.views import words
from sim.views.language import (
    ENGLISH,
    LANGUAGES,
    language_spoken,
    marks,
    message,
    speaking,
    spoken_title,
    translations_in,
)

ASSETS = {"app.css": "text/css"} | {f"{name}.js": "text/javascript" for name in ("app", "speech", "waiting")}
SHUT_IN = "sandbox allow-scripts"
"""What a page of results is held to besides what it says itself: it has no share in the cookie of this page."""
LOOK_S = 0.1
"""How often it is seen whether there is something to tell."""
MOST_REPLICATIONS = 1000


class Page:
    """What the page asks for, and what it is told."""

    def __init__(self, work: Work, first: Reading | None) -> None:
        self.work = work
        self.readings = {} if first is None else {first.name: first}
        self.first = "" if first is None else first.name

    @cached_property
    def titles(self) -> dict[str, str]:
        """The shipped scenarios, title by name: they do not change while the page is open."""
        return shipped_titles()

    def reading(self, name: str) -> Reading:
        """A scenario by its name: one that was handed in, a file beside the runs, else a shipped one, and no other."""
        if name not in self.readings:
            if name not in {*shipped_names(), *self.beside()}:
                raise ScenarioError([Problem(Spot(name), (), message("no scenario of that name"))])
            self.readings[name] = load(self.work.folder / f"{name}.toml" if name in self.beside() else name)
        return self.readings[name]

    def beside(self) -> list[str]:
        """The names of the scenario files beside the runs: of runs, and those that were dropped."""
        return sorted(file.stem for file in self.work.folder.glob("*.toml") if file.stem not in shipped_names())

    def scenarios(self) -> Json:
        """The scenarios to choose from, by name and title, and the one to begin with."""
        own = {name: reading.scenario.title for name, reading in self.readings.items() if name not in shipped_names()}
        names = dict.fromkeys(self.beside(), message("kept here"))
        titles = {name: spoken_title(title) for name, title in (own | self.titles).items()}
        return {"scenarios": names | titles, "first": self.first}

    def scenario(self, name: str) -> Json:
        """A scenario as the page shows it: its controls, and all its inputs by key."""
        reading = self.reading(name)
        about = reading.scenario
        figures = inputs_of(reading.resolved, ledger_of(reading))
        inputs = [
            {"key": figure.key, "value": figure.value, "unit": figure.unit, "source": figure.source}
            for figure in figures
        ]
        summary: Json = {"name": name, "title": spoken_title(about.title), "description": about.description.strip()}
        summary |= {"replications": min(about.study.replications, 10), "seed": about.study.seed}
        summary |= {"horizon": [str(about.horizon.start), str(about.horizon.end)], "periods": periods_shown(about)}
        return summary | {"controls": [asdict(control) for control in controls_of(reading)], "inputs": inputs}

    def take(self, name: str, text: str) -> Json:
        """A scenario that was dropped on the page, see `dropped_name`, as the page shows it."""
        stem = dropped_name(self.work.folder, name, text)
        self.readings[stem] = load(self.work.folder / f"{stem}.toml")
        return self.scenario(stem)

    def order(self, wish: Json) -> Order:
        """What the page asks to be run.

        Raises
        ------
        CorridorError
            If it asks for what cannot be run.
        """
        base = self.reading(str(wish.get("scenario")))
        changes = [str(change) for change in wish.get("changes", [])]
        if problems := [problem for problem in map(refused_change, changes) if problem is not None]:
            raise ScenarioError(problems)
        number = wish.get("replications")
        if not isinstance(number, int) or isinstance(number, bool) or not 2 <= number <= MOST_REPLICATIONS:
            why = message("must be a whole number from 2 to {most}", most=words.figure(MOST_REPLICATIONS))
            raise CorridorError(f"replications: {why}")
        overrides = overrides_of(base, dict(wish.get("moves", {})), changes)
        return Order(base, str(wish.get("name", "")).strip(), overrides, number, str(wish.get("period", "")))

    def text_of_order(self, wish: Json) -> Json:
        """The scenario file of what the page would run, seen to be sound."""
        order = self.order(wish)
        if order.overrides:
            order.base.set(order.overrides)
        return {
            "text": file_text(order.base, order.name or order.base.scenario.title, order.overrides, self.work.folder)
        }

    def ask(self, wish: Json) -> Json:
        """Have a run done."""
        order, moves_by_language = self.order(wish), {}
        for code in LANGUAGES:
            with speaking(code):
                moves_by_language[code] = moves_told(order.base, dict(wish.get("moves", {})), wish.get("changes", []))
        self.work.ask(replace(order, moved=moves_by_language))
        return {"name": order.name}

    def refusal_json(self, error: CorridorError, wish: Json) -> Json:
        """A refusal as the page shows it: each problem with its line, or with the control that it is about."""
        if not isinstance(error, ScenarioError):
            control, _, message = str(error).partition(": ")
            is_of_one = control in ("name", "replications") or (":" in control and " " not in control)
            if is_of_one:
                return {"problems": [{"key": "", "line": None, "message": message, "control": control}]}
            return {"problems": [{"key": "", "line": None, "message": str(error), "control": None}]}
        name, moves = wish.get("scenario"), wish.get("moves")
        reading = self.readings.get(name) if isinstance(name, str) else None
        return {"problems": problems_told(error.problems, reading, moves if isinstance(moves, dict) else {})}


def json_route(page: Page, do: Callable[[Json], Json]) -> Callable[[Request], Any]:
    """A route that hands the JSON it is sent, and the words of its address, to a function, and tells what that says."""

    async def answer(request: Request) -> Response:
        wish: Json = {}
        try:
            text = await body_of(request)
            if text is None:
                return PlainTextResponse(too_long(), 413, GUARDS)
            wish = json.loads(text) if request.method == "POST" else {}
            wish = {**wish, **request.path_params, **request.query_params}
            return JSONResponse(await run_in_threadpool(do, wish), headers=GUARDS)
        except BusyError as error:
            return JSONResponse(page.refusal_json(error, wish), 409, GUARDS)
        except CorridorError as error:
            return JSONResponse(page.refusal_json(error, wish), 422, GUARDS)
        except (ValueError, TypeError, KeyError, RecursionError):
            return PlainTextResponse(message("Refused: not what the page sends."), 400, GUARDS)
        except (OSError, RuntimeError, MemoryError) as error:  # no file, thread or memory is to be had
            return JSONResponse(page.refusal_json(CorridorError(why_refused(error)), wish), 500, GUARDS)

    return answer


async def body_of(request: Request) -> bytes | None:
    """What a request carries; None where it is too long, which one that comes in parts does not say beforehand."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > SCENARIO_MB * MEGABYTE:
            return None
    return body


async def events(work: Work) -> AsyncIterator[str]:
    """What is told of the run under way, as server-sent events, to its end."""
    place = 0
    while True:
        is_over = not work.is_busy
        messages = work.messages
        for event in messages[place:]:  # each is told in the language of who listens
            yield f"data: {json.dumps(event())}\n\n"
        place = len(messages)
        if is_over:
            return
        await asyncio.sleep(LOOK_S)


def page_file(name: str) -> str:
    """A file of the page."""
    return files("sim.app").joinpath("assets", name).read_text(encoding="utf-8")


def speech_of_page() -> Json:
    """The languages, the one of who asks, and in it what the page says by itself, with its marks of numbers."""
    code = language_spoken()
    content = re.sub(r"\s+", " ", page_file("app.html")) + page_file("app.js")
    texts = {} if code == ENGLISH else translations_in(code, content)
    return {"language": code, "names": LANGUAGES, "texts": texts, "marks": marks(code)}


async def await_report(request: Request) -> Response:
    """What is shown at once where a page of results is asked for."""
    text = waiting_page(request.path_params["name"], request.query_params.get("against", ""))
    return Response(text, media_type="text/html", headers=GUARDS)


async def report_or_why(folder: Path, request: Request) -> Response:
    """A page of results, or in words why it cannot be made."""
    names = (request.path_params["name"], request.query_params.get("against", ""))
    try:
        text = await run_in_threadpool(report_kept, folder, tuple(dict.fromkeys(filter(None, names))))
    except (CorridorError, OSError) as error:
        return PlainTextResponse(why_refused(error), 422, GUARDS)
    except Exception as error:  # whatever it is, who waits for the page is told
        why = message("The page of results cannot be made: {why}", why=why_refused(error))
        return PlainTextResponse(why, 500, GUARDS)
    return Response(text, media_type="text/html", headers=GUARDS | {"content-security-policy": SHUT_IN})


def application(page: Page, token: str, port: int, language: str) -> ASGIApp:
    """The page and all that it asks for."""
    work = page.work

    async def begin(request: Request) -> Response:
        return Response(page_file("app.html"), media_type="text/html", headers=GUARDS)

    async def part(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return PlainTextResponse(message("No such file."), 404, GUARDS)
        return Response(page_file(name), media_type=ASSETS[name], headers=GUARDS)

    async def watch(request: Request) -> Response:
        return StreamingResponse(events(work), media_type="text/event-stream", headers=GUARDS)

    def halt(wish: Json) -> Json:
        work.stop.set()
        return {}

    def compare_kept(wish: Json) -> Json:
        run, rival = (kept_run(work.folder, wish[side]) for side in ("name", "against"))
        return runs_beside(run, rival, str(wish.get("period", "")), (wish["name"], wish["against"]))

    posts = {"/scenario": lambda wish: page.take(str(wish["name"]), str(wish["text"])), "/run": page.ask}
    posts |= {"/file": page.text_of_order, "/stop": halt}
    gets: dict[str, Callable[[Json], Json]] = {
        "/speech": lambda wish: speech_of_page(),
        "/scenarios": lambda wish: page.scenarios(),
        "/scenario/{name}": lambda wish: page.scenario(wish["name"]),
        "/state": lambda wish: {"is_busy": work.is_busy},
        "/kept": lambda wish: {"runs": kept_runs(work.folder)},
        "/kept/{name}": compare_kept,
    }
    routes = [
        Route("/", begin),
        Route("/assets/{name}", part),
        Route("/events", watch),
        Route("/waiting/{name}", await_report),
        Route("/report/{name}", partial(report_or_why, work.folder)),
    ]
    routes += [Route(path, json_route(page, do), methods=["POST"]) for path, do in posts.items()]
    routes += [Route(path, json_route(page, do)) for path, do in gets.items()]
    return Guard(Starlette(routes=routes), token, port, language)


def serve_page(work: Work, first: Reading | None, port: int, on_open: Callable[[str], None]) -> None:
    """Serve the page from a thread of its own, and do in this one what is asked for, until it is told to stop.

    It speaks the language that is spoken here, to whoever asks for no other.
    `on_open` is told the address, with its token, once it answers.
    """
    token = secrets.token_urlsafe(32)
    door = socket.create_server((HOST, port))
    port = door.getsockname()[1]
    page = application(Page(work, first), token, port, language_spoken())
    server = uvicorn.Server(uvicorn.Config(page, log_level="critical", access_log=False, lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    try:
        thread.start()
    except RuntimeError as error:
        door.close()
        raise CorridorError(message("The page cannot be served: {why}", why=error)) from error
    try:
        on_open(f"http://{HOST}:{port}/?token={token}")
        with speaking(ENGLISH):  # of what is kept, which machines read
            work.attend()
    finally:
        server.should_exit = server.force_exit = True
        thread.join(5)
        door.close()
