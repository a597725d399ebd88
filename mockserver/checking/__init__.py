"""Checking a server against a contract: ours, or any that claims to be the vendor.

Schemathesis thinks of the requests and looks at the replies; it runs in one process per contract. What is here tells it what
our contracts say beyond OpenAPI, where to find a server and how to sign in there, and tells a person what came of it.
"""
