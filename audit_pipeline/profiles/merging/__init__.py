"""Profiles of several windows as one, without the rows."""
