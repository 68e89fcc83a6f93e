"""Rows become counts: everything that is asked of the engine that holds them."""
