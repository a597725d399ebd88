"""From what a user asks for to a proxy: the one contract, where answers come from, and where they are recorded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from ssl import SSLError
from urllib.parse import urlsplit

import msgspec

from mockserver.app import UnknownVendor, apis_of, build, known_vendors
from mockserver.contract import Contract
from mockserver.fixture import Fixture
from mockserver.har import HarFile, read_har
from mockserver.hosts import is_url
from mockserver.options import Options
from mockserver.proxy.app import MAX_BODY, Proxy, Settings
from mockserver.proxy.messages import Source
from mockserver.proxy.recorder import Recorder
from mockserver.proxy.replaying import Match, Replay
from mockserver.proxy.upstream import Trust, Upstream
from mockserver.shape import meant
from mockserver.vendor import Api, Vendor
from mockserver.world import World


class Unusable(Exception):
    """A proxy cannot be made so. The message says what was wrong, and what would be right."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a proxy is to be: either passing on to `upstream` or playing `replay`. `headers` are `Name: value`.

    `on_loopback` is whether it will listen there only.
    """

    api: str
    upstream: str | None = None
    replay: Path | None = None
    match: Match = "strict"
    record: Path | None = None
    headers: tuple[str, ...] = ()
    trust: Trust = Trust()
    timeout: float = 30.0
    max_body: int = MAX_BODY
    strict: bool = False
    on_loopback: bool = True


def compose(plan: Plan, options: Options) -> Proxy:
    """The proxy, and the recording begun. Raises Unusable, BrokenContract, BrokenRecording, UnknownVendor."""
    own = dict(_header(text) for text in plan.headers)
    world = _world(plan.api, options)
    (api,) = world.apis
    source, name = _source(plan, api)
    settings = Settings(source=name, own=own, strict=plan.strict, max_body=plan.max_body, on_loopback=plan.on_loopback)
    return Proxy(world, source, settings, _recorder(plan, api, own))


def _world(name: str, options: Options) -> World:
    """A world of one API, with nothing in it: a proxy needs what notes, not what answers."""
    found = {
        dialect.contract.stem: (vendor, dialect) for vendor in known_vendors().values() for dialect in vendor.dialects
    }
    if name not in found:
        raise UnknownVendor(
            f"there is no contract called {name}{meant(name, found)}; known: {', '.join(sorted(found))}"
        )
    vendor, dialect = found[name]
    return build(Fixture(), [replace(vendor, dialects=[dialect])], options)


def _source(plan: Plan, api: Api) -> tuple[Source, str]:
    """Where answers come from, and how that is called."""
    if (plan.upstream is None) == (plan.replay is None):
        raise Unusable(
            "say either with --upstream to which server requests go, or with --replay which recording answers them"
        )
    if plan.replay is not None:
        if plan.record is not None:
            raise Unusable("--record goes with --upstream; what --replay answers is in a recording already")
        return Replay(api, read_har(plan.replay), plan.match), str(plan.replay)
    assert plan.upstream is not None  # noqa: S101  one of both is there
    url = _upstream(plan.upstream)
    try:
        trust = plan.trust.context() if urlsplit(url).scheme.lower() == "https" else None
    except (OSError, SSLError) as error:
        raise Unusable(f"there is no certificate in {plan.trust.file}, as PEM: {error.strerror or error}") from None
    return Upstream(url, trust, timeout=plan.timeout, most=plan.max_body), url


def _upstream(given: str) -> str:
    """An address that requests can be sent to, without a slash behind."""
    parts = urlsplit(given) if is_url(given) else None
    if parts is None:
        raise Unusable(f"--upstream: '{given}' is no address that begins with http:// or https://")
    if parts.username is not None:
        raise Unusable(
            "--upstream: a credential in the address would be shown everywhere; give it as --header 'Authorization: ...'"
        )
    if parts.query or parts.fragment:
        raise Unusable(f"--upstream: '{given}' has more than a host and a path; each request brings its own query")
    return given.rstrip("/")


def _header(text: str) -> tuple[bytes, bytes]:
    """A header of `Name: value`; what is wrong is said without the value, which may be a secret."""
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or not name or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise Unusable("--header: a header is a name, a colon and a value, as in 'X-Key: abc'")
    if not value.isascii() or not value.isprintable():
        raise Unusable(f"--header: the value of {name} has signs that no header can carry")
    return name.lower().encode(), value.encode()


def _recorder(plan: Plan, api: Api, own: dict[bytes, bytes]) -> Recorder | None:
    if plan.record is None or plan.upstream is None:
        return None
    file = HarFile(plan.record, f"{api.contract.document['info']['title']}, by mockserver proxy, without secrets")
    return Recorder(file, [api.contract, *_others(api, known_vendors().values())], _upstream(plan.upstream), own)


def _others(api: Api, vendors: Iterable[Vendor]) -> list[Contract]:
    """The contracts of everybody else."""
    return [each.contract for vendor in vendors for each in apis_of(vendor) if each.name != api.name]
