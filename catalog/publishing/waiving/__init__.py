"""Waivers of the store: asked for, approved, revoked."""
