"""Drafts: immutable, content-addressed, compared with what consumers already use."""
