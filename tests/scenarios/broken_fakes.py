"""Ways to break the fakes, each at a point that a scenario of the gallery is about."""

from __future__ import annotations

import builtins
import pkgutil
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from mockserver.call import Refused

Breaking = Callable[[Any], Any]
"""What stands in the place of something that is given."""


@dataclass(frozen=True)
class Broken:
    """A workflow that must fail at a step, or after the last one (None), once `target` has become what `by` makes of it."""

    workflow: str
    at: str | None
    target: str
    by: Breaking

    @property
    def original(self) -> Any:
        """What is there; a module may have a builtin of its own."""
        try:
            return pkgutil.resolve_name(self.target)
        except AttributeError:
            return getattr(builtins, self.target.partition(":")[2])


def _nothing(_: Any) -> Any:
    return lambda *_, **__: None


def _always(value: Any) -> Breaking:
    return lambda _: lambda *_, **__: value


def _with(**fields: Any) -> Breaking:
    """A record that is always made with these values."""
    return lambda made: lambda **given: made(**{**given, **fields})


def _without(name: str) -> Breaking:
    """A function to which one thing is never said."""
    return lambda done: (
        lambda *given, **named: done(*given, **{key: each for key, each in named.items() if key != name})
    )


def _draft(alter: Callable[[Any, Any], Any]) -> Breaking:
    """A customer made of a draft and of what was before, and then altered."""
    return lambda applied: lambda draft, before: alter(applied(draft, before), before)


def _armed(most: int | None = None, window: tuple[float, float] | None = None) -> Breaking:
    """Rules that act more often than they say, or at other times."""

    def by(armed: Any) -> Any:
        return lambda entry, pattern, times, begins, ends, need: armed(
            entry, pattern, most or times, *(window or (begins, ends)), need
        )

    return by


def _forgiving(done: Any) -> Any:
    """Whatever is refused, is not."""

    def instead(*given: Any, **named: Any) -> None:
        with suppress(Refused):
            done(*given, **named)

    return instead


def _jealous(check: Any) -> Any:
    """A vendor that takes no e-mail twice."""

    def instead(restaurant: Any, customer: Any) -> None:
        check(restaurant, customer)
        if any(other.email == customer.email and other.id != customer.id for other in restaurant.customers):
            raise Refused("contact-missing")

    return instead


def _knowing(header: bytes, only: str) -> Breaking:
    """Requests that always have the same in a header."""
    return lambda asked: lambda call, name: only if name == header else asked(call, name)


def _plain(customer: Any, _before: Any) -> Any:
    return replace(customer, last_name=customer.last_name.encode("ascii", "ignore").decode())


def _remembering(customer: Any, before: Any) -> Any:
    return replace(customer, last_name=before.last_name or customer.last_name)


_ENDLESS, _EVER = _with(expires=9e12), _armed(most=10**9)
_VENDORS, _HOOKS, _BOOK = "mockserver.vendors", "mockserver.webhooks.queue:misbehave", "mockserver.faults.book:Armed"
_WEBCOMMANDER, _STATES = f"{_VENDORS}.webcommander", "mockserver.faults.scenarios:Scenarios"
_WELL_BEHAVED: Breaking = lambda _: lambda delivery, *_, **__: iter([delivery])  # noqa: E731  a table's entry
_LOSING: Breaking = lambda _: lambda delivery, *_, **__: iter([replace(delivery, status="dropped")])  # noqa: E731

BROKEN = [
    Broken("twice-at-open2b", "open2b-again", f"{_VENDORS}.open2b.rules:_check_email", _nothing),
    Broken("twice-at-kounta", "kounta-again", f"{_VENDORS}.kounta.rules:check_customer", _jealous),
    Broken("twice-at-webcommander-plugin", "plugin-again", f"{_WEBCOMMANDER}.customers:check_email", lambda _: lambda _shop, email, _owner=None: email),
    Broken("twice-at-webcommander-v4", "v4-again", f"{_WEBCOMMANDER}.customers:check_email", lambda _: lambda _shop, email, _owner=None: email),
    Broken("twice-at-spurtcommerce", "spurtcommerce-again", f"{_VENDORS}.spurtcommerce.customers:collated", _always("")),
    Broken("kounta-token-ends", "kounta-too-late", f"{_VENDORS}.kounta.tokens:AccessToken", _ENDLESS),
    Broken("webcommander-token-ends", "v4-too-late", f"{_WEBCOMMANDER}.v4.tokens:AccessToken", _ENDLESS),
    Broken("spurtcommerce-session-ends", "spurtcommerce-too-late", f"{_VENDORS}.spurtcommerce.accounts:AccessToken", _ENDLESS),
    Broken("lost", "nobody-is-told", _HOOKS, _WELL_BEHAVED),
    Broken("duplicated", "told-three-times", _HOOKS, _WELL_BEHAVED),
    Broken("late", "nothing-yet", _HOOKS, _WELL_BEHAVED),
    Broken("in-the-wrong-order", "first-number", _HOOKS, _WELL_BEHAVED),
    Broken("forged", "wrong-signature", _HOOKS, _LOSING),
    Broken("app-is-down", None, "mockserver.webhooks.queue:Webhooks.give_up", _nothing),
    Broken("used-up-and-recovered", "one-too-many", "mockserver.limits:Limiter.meter", _forgiving),
    Broken("hit-in-the-middle", "tried-again", _BOOK, _EVER),
    Broken("rows-counted", "rows-3-to-5", f"{_VENDORS}.open2b.search:islice", lambda cut: lambda found, first, end: cut(found, end and end - first)),
    Broken("after-the-last-id", "second-page", f"{_VENDORS}.open2b.search:_holds", _always(value=True)),
    Broken("newest-first", "page-two", f"{_VENDORS}.spurtcommerce.customers:newest", lambda newest: lambda found, page: newest([each for each in found if "Paige" not in each.first_name], page)),
    Broken("trash-makes-gaps", "third-is-on-no-page", f"{_WEBCOMMANDER}.customers:trash", _nothing),
    Broken("in-step", "married-at-kounta", _BOOK, _EVER),
    Broken("in-step", "seen-through-v4", f"{_WEBCOMMANDER}.customers:alter", _without("email")),
    Broken("forgotten-by-open2b", "open2b-by-id", "mockserver.state.collection:Collection.remove", _nothing),
    Broken("forgotten-by-webcommander", None, f"{_WEBCOMMANDER}.customers:exchanged", lambda _: lambda customer, _address: customer.addresses),
    Broken("forgotten-by-kounta", None, f"{_VENDORS}.kounta.customers:apply", _draft(_remembering)),
    Broken("forgotten-by-spurtcommerce", None, f"{_VENDORS}.spurtcommerce.customers:_columns", lambda kept: lambda sent: {**kept(sent), "first_name": "Greta"}),
    Broken("in-drops-but-whole", "trickling-list", "mockserver.faults.effect:_send_body", lambda sent: lambda body, dribble, **how: sent(body[:-1] if dribble else body, dribble, **how)),
    Broken("down-for-a-while", "created-in-the-end", _BOOK, _EVER),
    Broken("answer-lost", "has-it-happened", "mockserver.meddling:_perform", _nothing),
    Broken("half-an-hour", "all-is-well", _BOOK, _armed(window=(0.0, 9e12))),
    Broken("gateway-gives-up", "orders-in-the-end", _BOOK, _EVER),
    Broken("same-customer", "trash-through-the-plugin", f"{_WEBCOMMANDER}.customers:trash", _nothing),
    Broken("same-password", "old-password-is-wrong", f"{_WEBCOMMANDER}.plugin.operations:is_right", _always(value=True)),
    Broken("lagging", "not-in-the-list-yet", "mockserver.meddling:as_it_was", _always(nullcontext(enter_result=True))),
    Broken("asked-again", "no-json", _BOOK, _EVER),
    Broken("through-maintenance", "no-writing", f"{_STATES}.lead_on", _nothing),
    Broken("a-tester-closes-it", "closed-by-a-tester", f"{_STATES}.set", _nothing),
    Broken("no-passwords", "asks-for-passwords", f"{_VENDORS}.open2b.rules:check_rights", _nothing),
    Broken("order-desk", "may-not-list", f"{_VENDORS}.spurtcommerce.wire:_may", _always(value=True)),
    Broken("swapped-secrets", "do-not-belong-together", "mockserver.call:Call.header", _knowing(b"accesstoken", "11b4ec017714ef095b8e115545467fcb")),
    Broken("other-paging", "page-after", f"{_WEBCOMMANDER}.v4.paging:Page", lambda made: lambda found, total: made(found[::-1], total)),
    Broken("two-add-ons", "called-by-them", f"{_VENDORS}.kounta.records:Restaurant.reference_id", _always("mine-1")),
    Broken("there-and-back", "out-of-kounta", f"{_VENDORS}.kounta.customers:apply", _draft(_plain)),
    Broken("at-midnight", "kounta-new-year", f"{_VENDORS}.kounta.wire:local_time", lambda told: lambda second, _offset: told(second, "+00:00")),
    Broken("group-of-its-own", "not-while-he-is-in-it", f"{_VENDORS}.spurtcommerce.groups:any", _always(value=False)),
]  # fmt: skip
