"""How the API reads and answers: strict messages in, JSON out, mistakes with a code, never a page or a traceback."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from armslength.kernel.clock import utc_now
from armslength.kernel.errors import Mistake, Mistakes
from armslength.server.features.api.authentication import caller
from armslength.server.models.backends import Verb
from armslength.wire.message import Message, read

LARGEST_MESSAGE = 8 * 2**20  # bytes; a report of 5,000 jobs is about 4 MB
M = TypeVar("M", bound=Message)
View = Callable[..., HttpResponse]


def refusal(mistake: Mistake, *, status: int) -> JsonResponse:
    """Answer with a mistake as JSON."""
    answer = {"code": mistake.code, "what": mistake.what, "where": mistake.where, "hint": mistake.hint}
    response = JsonResponse({name: value for name, value in answer.items() if value}, status=status)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="armslength"'
    return response


def message_answer(message: Message, *, status: int = 200) -> HttpResponse:
    """Answer with a message of the wire."""
    return HttpResponse(message.to_json(), status=status, content_type="application/json")


def read_message(kind: type[M], request: HttpRequest) -> M:
    """Read the one message a request carries; W001 when it is not one, S004 when it is too long."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > LARGEST_MESSAGE:
        raise Mistake(
            "S004", f"a message has at most {LARGEST_MESSAGE} bytes", where=request.path, exit_status=413
        )
    body = request.read(LARGEST_MESSAGE + 1)
    if len(body) > LARGEST_MESSAGE:
        raise Mistake(
            "S004", f"a message has at most {LARGEST_MESSAGE} bytes", where=request.path, exit_status=413
        )
    return read(kind, body, sender="the caller")


def whole_number(request: HttpRequest, name: str, *, default: int) -> int:
    """Read a whole number from 0 from the query of an address, or raise S005."""
    text = request.GET.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Mistake("S005", f"`{name}` must be a whole number from 0", where=request.path, exit_status=400)
    return int(text)


def endpoint(method: str, verb: Verb | None = None) -> Callable[[View], View]:
    """Make a view an address of the API: one method, one kind of token, mistakes as JSON.

    The view is handed the calling backend and the time. `exit_status` of a Mistake from 400 on is its HTTP status.
    """

    def wrap(view: View) -> View:
        @csrf_exempt
        @functools.wraps(view)
        def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if request.method != method:
                mistake = Mistake("S006", f"this address takes {method}", where=request.path)
                response: HttpResponse = refusal(mistake, status=405)
                response["Allow"] = method
                return response
            return _answer(view, request, verb, arguments)

        return answer

    return wrap


def _answer(view: View, request: HttpRequest, verb: Verb | None, arguments: dict[str, Any]) -> HttpResponse:
    now = utc_now()
    try:
        if verb is not None:
            arguments["backend"] = caller(request, verb=verb, now=now)
        response = view(request, now=now, **arguments)
    except Mistake as mistake:
        response = refusal(mistake, status=mistake.exit_status if mistake.exit_status >= 400 else 400)
    except Mistakes as mistakes:
        response = refusal(mistakes.mistakes[0], status=400)
    except PermissionDenied as denied:
        response = refusal(Mistake("S007", str(denied)), status=403)
    except (RequestDataTooBig, UnreadablePostError):
        response = refusal(
            Mistake("S004", "the message did not arrive whole", where=request.path), status=400
        )
    response.headers.setdefault("Cache-Control", "no-store")
    return response
