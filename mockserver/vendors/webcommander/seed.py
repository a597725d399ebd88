"""From a fixture's section and its people to the records of a shop."""

from __future__ import annotations

from msgspec.structs import asdict

from mockserver.fixture import BrokenFixture
from mockserver.hosts import is_url
from mockserver.people import Cast
from mockserver.state.collection import NotUnique
from mockserver.vendor import Credential
from mockserver.vendors.webcommander.customers import time_text
from mockserver.vendors.webcommander.drawn import put_drawn
from mockserver.vendors.webcommander.named import put_named
from mockserver.vendors.webcommander.numbering import Books
from mockserver.vendors.webcommander.orders import seconds
from mockserver.vendors.webcommander.passwords import hash_password
from mockserver.vendors.webcommander.records import (
    AccessToken,
    Client,
    Counters,
    Plugin,
    RefreshToken,
    Settings,
    ShippingProfile,
    ShippingRule,
    Shop,
    Webhook,
)
from mockserver.vendors.webcommander.section import (
    Section,
    SeededClient,
    SeededHashing,
    SeededPlugin,
    SeededProfile,
    SeededWebhook,
)

_HERE = "vendors.webcommander"
_LEAST = 8
"""How many KiB argon2 needs for each of its lanes [RFC 9106, section 3.1]."""


def seed(shop: Shop, section: Section, cast: Cast) -> None:
    """Write the shop's records. Raises BrokenFixture."""
    books = Books(section)
    shop.settings_kept.put(_settings(section))
    for position, plugin in enumerate(section.plugins, 1):
        _put_plugin(shop, plugin, position)
    for position, client in enumerate(section.clients, 1):
        _put_client(shop, client, position)
    for profile in section.shipping_profiles:
        _put_profile(shop, profile)
    for id, webhook in enumerate(section.webhooks, 1):
        _put_webhook(shop, webhook, id)
    try:
        put_named(shop, section.customers, cast, books)
        put_drawn(shop, cast, books)
    except NotUnique as error:
        taken = f"{error.index} {error.value!r} belongs to customer {error.key} already"
        raise BrokenFixture(f"{_HERE}.customers: {taken}") from None
    shop.counters.put(Counters(address=books.addresses.last, display=books.displays.last))
    _check_lost(shop, section.lost_email_customer)


def plugin_credentials(shop: Shop) -> list[Credential]:
    """The fixture's plugins."""
    plugins = sorted(shop.plugins, key=lambda plugin: plugin.position)
    return [Credential(plugin.name, {"uuid": plugin.uuid, "accessToken": plugin.access_token}) for plugin in plugins]


def v4_credentials(shop: Shop) -> list[Credential]:
    """The clients' tokens that do not expire."""
    return [
        Credential(client.name, {"Authorization": f"Bearer {token.token}"})
        for client in sorted(shop.clients, key=lambda client: client.position)
        for token in shop.access_tokens
        if token.client == client.client_id and token.expires is None
    ]


def _settings(section: Section) -> Settings:
    costs: SeededHashing = section.password_hash
    if costs.memory_kib < _LEAST * costs.parallelism:
        least = _LEAST * costs.parallelism
        raise BrokenFixture(
            f"{_HERE}.password_hash: memory_kib: at least {least}, which is {_LEAST} for each of parallelism"
        )
    return Settings(
        store_credit_limit=section.store_credit_limit,
        lost_email_customer=section.lost_email_customer,
        **asdict(costs),
    )


def _check_lost(shop: Shop, id: int | None) -> None:
    if id is not None and id not in shop.customers:
        raise BrokenFixture(f"{_HERE}.lost_email_customer: no customer has the id {id}")


def _put_plugin(shop: Shop, seeded: SeededPlugin, position: int) -> None:
    for known in shop.plugins:
        if seeded.name == known.name or seeded.uuid == known.uuid:
            raise BrokenFixture(f"{_HERE}.plugins: {seeded.name}: name and uuid must differ from those of {known.name}")
    shop.plugins.put(Plugin(**asdict(seeded), position=position))


def _put_client(shop: Shop, seeded: SeededClient, position: int) -> None:
    here = f"{_HERE}.clients: {seeded.name}"
    id, access, refresh = seeded.client_id, seeded.access_token, seeded.refresh_token
    for known in shop.clients:
        if seeded.name == known.name or id == known.client_id:
            raise BrokenFixture(f"{here}: name and client_id must differ from those of {known.name}")
    if (access or "") in shop.access_tokens or (refresh or "") in shop.refresh_tokens:
        raise BrokenFixture(f"{here}: another client has the same token")
    shop.clients.put(
        Client(
            client_id=id,
            client_secret=seeded.client_secret,
            username=seeded.username,
            password_hash=hash_password(shop.settings, seeded.password, f"client/{id}"),
            name=seeded.name,
            position=position,
        )
    )
    if access:
        shop.access_tokens.put(AccessToken(token=access, client=id))
    if refresh:
        shop.refresh_tokens.put(RefreshToken(token=refresh, client=id))


def _put_profile(shop: Shop, seeded: SeededProfile) -> None:
    here = f"{_HERE}.shipping_profiles: {seeded.name}"
    if seeded.id in shop.shipping_profiles:
        raise BrokenFixture(f"{here}: two profiles have the id {seeded.id}")
    rules = [rule.id for profile in shop.shipping_profiles for rule in profile.rules]
    for rule in seeded.rules:
        if rule.id in rules:
            raise BrokenFixture(f"{here}: rules: two rules have the id {rule.id}")
        rules.append(rule.id)
    shop.shipping_profiles.put(
        ShippingProfile(
            id=seeded.id,
            name=seeded.name,
            description=seeded.description,
            rules=tuple(ShippingRule(**asdict(rule)) for rule in seeded.rules),
            rule_precedence=seeded.rule_precedence,
            created=time_text(seconds(seeded.created)),
            updated=time_text(seconds(seeded.updated or seeded.created)),
            version=seeded.version,
        )
    )


def _put_webhook(shop: Shop, seeded: SeededWebhook, id: int) -> None:
    here = f"{_HERE}.webhooks[{id - 1}]"
    if not is_url(seeded.source_url):
        raise BrokenFixture(f"{here}: sourceUrl: {seeded.source_url!r} is not an http or https URL")
    plugins = {plugin.name: plugin.uuid for plugin in shop.plugins}
    if seeded.plugin is not None and seeded.plugin not in plugins:
        raise BrokenFixture(f"{here}: plugin: there is none called {seeded.plugin}; known: {', '.join(plugins)}")
    shop.webhooks.put(
        Webhook(
            id=id,
            plugin=plugins.get(seeded.plugin or "", ""),
            source_url=seeded.source_url,
            event_name=seeded.event_name,
            render_scope=seeded.render_scope,
            access_type=seeded.access_type,
        )
    )
