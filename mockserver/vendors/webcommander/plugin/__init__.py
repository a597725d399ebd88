"""The first generation: the API for plugins, and the webhooks that plugins are told by."""

from mockserver.vendors.webcommander.plugin import addresses, credit, events, naming, operations, wire

__all__ = ["addresses", "credit", "events", "naming", "operations", "wire"]
