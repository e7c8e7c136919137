"""The page's server: on this machine alone, for who has the token, with no way to any other file."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from functools import cached_property
from importlib.resources import files
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sim.app.beside import Json, periods_shown, runs_beside
from sim.app.controls import controls_of
from sim.app.dropped import dropped_name
from sim.app.moves import file_text, overrides_of, problems_told, refused_change
from sim.app.work import BusyError, Order, Work, kept_run, kept_runs, report_of
from sim.scenario.choices import inputs_of
from sim.scenario.files import MEGABYTE, SCENARIO_MB
from sim.scenario.problems import CorridorError, Problem, ScenarioError, Spot
from sim.scenario.reading.layers import shipped_names, shipped_titles
from sim.scenario.reading.opening import ledger_of, load
from sim.scenario.reading.read import Reading

HOST = "127.0.0.1"
ASSETS = {"app.css": "text/css", "app.js": "text/javascript"}
GUARDS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Headers of every response."""
SHUT_IN = "sandbox allow-scripts"
"""What a page of results is held to besides what it says itself: it has no share in the cookie of this page."""
LOOK_S = 0.1
"""How often it is seen whether there is something to tell."""
MOST_REPLICATIONS = 1000


class Guard:
    """Lets through who has the token, of this page, at this address: all else is refused before anything reads it."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self.app, self.token, self.port = app, token, port
        self.hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, let it in with the token of the address, or pass it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        response = self.refusal(request)
        if response is None and request.url.path == "/" and "token" in request.query_params:
            response = RedirectResponse("/", 303)
            response.set_cookie(self.cookie, self.token, httponly=True, samesite="strict")
        if response is None:
            await self.app(scope, receive, send)
        else:
            response.headers.update(GUARDS)
            await response(scope, receive, send)

    @property
    def cookie(self) -> str:
        """The name of the cookie: ports share what a browser keeps of an address."""
        return f"corridor_{self.port}"

    def refusal(self, request: Request) -> Response | None:
        """Why a request is refused; None if it is not."""
        origin = request.headers.get("origin")
        if request.headers.get("host") not in self.hosts:
            return PlainTextResponse("Refused: this server has another name.", 403)
        if (request.method != "GET" or origin is not None) and origin not in {f"http://{host}" for host in self.hosts}:
            return PlainTextResponse("Refused: the request comes from another page.", 403)
        token = request.query_params.get("token") or request.cookies.get(self.cookie, "")
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return PlainTextResponse("Refused: open the address that `corridor app` printed.", 403)
        if int(request.headers.get("content-length") or 0) > SCENARIO_MB * MEGABYTE:
            return PlainTextResponse(f"Refused: more than {SCENARIO_MB} MB.", 413)
        return None


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
                raise ScenarioError([Problem(Spot(name), (), "no scenario of that name")])
            self.readings[name] = load(self.work.folder / f"{name}.toml" if name in self.beside() else name)
        return self.readings[name]

    def beside(self) -> list[str]:
        """The names of the scenario files beside the runs: of runs, and those that were dropped."""
        return sorted(file.stem for file in self.work.folder.glob("*.toml") if file.stem not in shipped_names())

    def scenarios(self) -> Json:
        """The scenarios to choose from, by name and title, and the one to begin with."""
        own = {name: reading.scenario.title for name, reading in self.readings.items() if name not in shipped_names()}
        names = {name: "kept here" for name in self.beside()}
        return {"scenarios": names | own | self.titles, "first": self.first}

    def scenario(self, name: str) -> Json:
        """A scenario as the page shows it: its controls, and all its inputs by key."""
        reading = self.reading(name)
        about = reading.scenario
        figures = inputs_of(reading.resolved, ledger_of(reading))
        inputs = [
            {"key": figure.key, "value": figure.value, "unit": figure.unit, "source": figure.source}
            for figure in figures
        ]
        summary: Json = {"name": name, "title": about.title, "description": about.description.strip()}
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
            raise CorridorError(f"replications: must be a whole number from 2 to {MOST_REPLICATIONS}")
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
        order = self.order(wish)
        self.work.ask(order)
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
                return PlainTextResponse(f"Refused: more than {SCENARIO_MB} MB.", 413, GUARDS)
            wish = json.loads(text) if request.method == "POST" else {}
            wish = {**wish, **request.path_params, **request.query_params}
            return JSONResponse(await run_in_threadpool(do, wish), headers=GUARDS)
        except BusyError as error:
            return JSONResponse(page.refusal_json(error, wish), 409, GUARDS)
        except CorridorError as error:
            return JSONResponse(page.refusal_json(error, wish), 422, GUARDS)
        except (ValueError, TypeError, KeyError, RecursionError):
            return PlainTextResponse("Refused: not what the page sends.", 400, GUARDS)

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
        for event in messages[place:]:
            yield f"data: {json.dumps(event)}\n\n"
        place = len(messages)
        if is_over:
            return
        await asyncio.sleep(LOOK_S)


def page_file(name: str) -> str:
    """A file of the page."""
    return files("sim.app").joinpath("assets", name).read_text(encoding="utf-8")


def application(page: Page, token: str, port: int) -> ASGIApp:
    """The page and all that it asks for."""
    work = page.work

    async def begin(request: Request) -> Response:
        return Response(page_file("app.html"), media_type="text/html", headers=GUARDS)

    async def part(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return PlainTextResponse("No such file.", 404, GUARDS)
        return Response(page_file(name), media_type=ASSETS[name], headers=GUARDS)

    async def replay(request: Request) -> Response:
        names = (request.path_params["name"], request.query_params.get("against", ""))
        try:
            text = await run_in_threadpool(report_of, work.folder, [*dict.fromkeys(filter(None, names))])
        except CorridorError as error:
            return PlainTextResponse(str(error), 422, GUARDS)
        return Response(text, media_type="text/html", headers=GUARDS | {"content-security-policy": SHUT_IN})

    async def watch(request: Request) -> Response:
        return StreamingResponse(events(work), media_type="text/event-stream", headers=GUARDS)

    def halt(wish: Json) -> Json:
        work.stop.set()
        return {}

    def compare_kept(wish: Json) -> Json:
        run, rival = (kept_run(work.folder, wish[side]) for side in ("name", "against"))
        return runs_beside(run, rival, str(wish.get("period", "")))

    posts = {"/scenario": lambda wish: page.take(str(wish["name"]), str(wish["text"])), "/run": page.ask}
    posts |= {"/file": page.text_of_order, "/stop": halt}
    gets: dict[str, Callable[[Json], Json]] = {
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
        Route("/report/{name}", replay),
    ]
    routes += [Route(path, json_route(page, do), methods=["POST"]) for path, do in posts.items()]
    routes += [Route(path, json_route(page, do)) for path, do in gets.items()]
    return Guard(Starlette(routes=routes), token, port)


def serve_page(work: Work, first: Reading | None, port: int, on_open: Callable[[str], None]) -> None:
    """Serve the page from a thread of its own, and do in this one what is asked for, until it is told to stop.

    `on_open` is told the address, with its token, once it answers.
    """
    token = secrets.token_urlsafe(32)
    door = socket.create_server((HOST, port))
    port = door.getsockname()[1]
    page = application(Page(work, first), token, port)
    server = uvicorn.Server(uvicorn.Config(page, log_level="critical", access_log=False, lifespan="off"))
    thread = Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    try:
        on_open(f"http://{HOST}:{port}/?token={token}")
        work.attend()
    finally:
        server.should_exit = server.force_exit = True
        thread.join(5)
        door.close()
