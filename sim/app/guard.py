"""The door of the page's server: who is let in, and in which language a request is answered."""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sim.scenario.files import MEGABYTE, SCENARIO_MB
from sim.views.language import LANGUAGES, message, speaking

HOST = "127.0.0.1"
GUARDS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Headers of every response."""


class Guard:
    """Lets through who has the token, of this page, at this address: all else is refused before anything reads it."""

    def __init__(self, app: ASGIApp, token: str, port: int, language: str) -> None:
        self.app, self.token, self.port, self.language = app, token, port, language
        self.hosts = {f"{HOST}:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, let it in with the token of the address, or pass it on; all in the language it asks for."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        code = Request(scope, receive).query_params.get("lang", "")
        with speaking(code if code in LANGUAGES else self.language):
            await self.answer(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, let it in, or pass it on."""
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
            return PlainTextResponse(message("Refused: this server has another name."), 403)
        if (request.method != "GET" or origin is not None) and origin not in {f"http://{host}" for host in self.hosts}:
            return PlainTextResponse(message("Refused: the request comes from another page."), 403)
        token = request.query_params.get("token") or request.cookies.get(self.cookie, "")
        if not secrets.compare_digest(token.encode(), self.token.encode()):
            return PlainTextResponse(message("Refused: open the address that `corridor app` printed."), 403)
        if int(request.headers.get("content-length") or 0) > SCENARIO_MB * MEGABYTE:
            return PlainTextResponse(too_long(), 413)
        return None


def too_long() -> str:
    """Why what is sent is refused for its length."""
    return message("Refused: more than {size} MB.", size=SCENARIO_MB)
