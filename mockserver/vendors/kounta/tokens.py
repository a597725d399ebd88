"""OAuth 2.0: the page where a person gives leave, and the tokens that an application gets for it."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from mockserver.call import Call, Refused, Reply
from mockserver.mint import strike
from mockserver.vendors.kounta import page, rules
from mockserver.vendors.kounta.bodies import TokenBody, TokenRequest
from mockserver.vendors.kounta.records import AccessToken, Application, Code, RefreshToken, Restaurant
from mockserver.vendors.kounta.wire import find_ignored, redirect

_TOKEN_SECONDS = 3600
_CODE_SECONDS = 300


def show_authorization(restaurant: Restaurant, call: Call) -> Reply:
    """The page that asks a person for leave."""
    application, uri = rules.check_authorization(restaurant, call)
    company = restaurant.company
    shown = page.authorization(application.name, company.name if company else "this company", uri)
    return Reply(shown, media_type="text/html")


def grant_authorization(restaurant: Restaurant, call: Call) -> Reply:
    """What the person answers, sent on to the application: a code, or that she does not want to."""
    application, uri = rules.check_authorization(restaurant, call)
    if (call.body or {}).get("decision", "allow") == "deny":
        answer = {"error": "access_denied"}
    else:
        code = Code(
            code=_text(restaurant),
            application=application.client_id,
            redirect_uri=uri,
            is_named=bool(call.query.get("redirect_uri")),
            expires=call.at + _CODE_SECONDS,
        )
        restaurant.codes.put(code)
        answer = {"code": code.code}
    if "state" in call.query:
        answer["state"] = call.query["state"]
    return redirect(_with(uri, answer))


def issue_token(restaurant: Restaurant, call: Call, request: TokenRequest) -> Reply:
    """Tokens for a code, for a refresh token, or for nothing but the application's own credentials."""
    find_ignored(call, [name for name in call.body or {} if name not in request.__struct_fields__])
    application = rules.check_client(restaurant, call, request)
    match request.grant_type:
        case "authorization_code":
            code = rules.check_code(restaurant, call, request, application)
            restaurant.codes.remove(code.code)
            refresh = RefreshToken(token=_text(restaurant), application=application.client_id)
            restaurant.refresh_tokens.put(refresh)
            return _issued(restaurant, call, application, refresh)
        case "refresh_token":
            return _issued(restaurant, call, application, rules.check_refresh(restaurant, request, application))
        case "client_credentials":
            return _issued(restaurant, call, application, None)
    if not request.grant_type:
        raise Refused("field-missing", field="grant_type")
    raise Refused("grant-type-unsupported", grant_type=request.grant_type)


def _issued(restaurant: Restaurant, call: Call, application: Application, refresh: RefreshToken | None) -> Reply:
    """A new access token, beside the refresh token where there is one: it stays the same [dossier, section 2.2]."""
    token = AccessToken(token=_text(restaurant), application=application.client_id, expires=call.at + _TOKEN_SECONDS)
    restaurant.access_tokens.put(token)
    if refresh is None:
        return Reply(TokenBody(token.token, "Bearer", _TOKEN_SECONDS))
    return Reply(TokenBody(token.token, "Bearer", _TOKEN_SECONDS, refresh.token))


def _text(restaurant: Restaurant) -> str:
    """The text of a new code or token: 40 hexadecimal digits, as the vendor's tokens are [dossier, section 2.2]."""
    return strike(restaurant.mint, "kounta", 40)


def _with(uri: str, answer: dict[str, str]) -> str:
    """An address with more in its query."""
    parts = urlsplit(uri)
    query = "&".join(filter(None, (parts.query, urlencode(answer))))
    return urlunsplit(parts._replace(query=query))
