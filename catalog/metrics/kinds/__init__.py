"""Kinds of values: what is compared, counted or joined with what, before an engine has to guess."""
