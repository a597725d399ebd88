"""Webhooks: what is told to apps, queued as records, sent by a courier, and made to go wrong on purpose."""
