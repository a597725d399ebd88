"""WebCommander: the API for plugins and REST v4, two generations of one vendor's API over one shop."""

from mockserver import files
from mockserver.vendor import Dialect, Vendor
from mockserver.vendors.webcommander import customers, places, plugin, section, seed, v4
from mockserver.vendors.webcommander.records import Shop

VENDOR = Vendor(
    name="webcommander",
    dialects=[
        Dialect(
            contract=files.contracts() / "webcommander-plugin.yaml",
            operations=[plugin.operations, plugin.addresses, plugin.credit],
            rules=[customers, places, plugin.naming, plugin.wire],
            authenticate=plugin.wire.authenticate,
            judge=plugin.wire.judge,
            refuse=plugin.wire.refuse,
            credentials=seed.plugin_credentials,
            recording="mockserver.vendors.webcommander.plugin.recording",
        ),
        Dialect(
            contract=files.contracts() / "webcommander-v4.yaml",
            operations=[v4.operations, v4.logins, v4.addresses, v4.tokens],
            rules=[customers, places, v4.merging, v4.paging, v4.wire],
            authenticate=v4.wire.authenticate,
            judge=v4.wire.judge,
            refuse=v4.wire.refuse,
            credentials=seed.v4_credentials,
            recording="mockserver.vendors.webcommander.v4.recording",
        ),
    ],
    open=Shop,
    section=section.Section,
    seed=seed.seed,
    hooks=plugin.events.HOOKS,
)
