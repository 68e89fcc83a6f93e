"""Property tests draw the same examples every time, and a slow machine does not fail them."""

from hypothesis import settings

settings.register_profile("audit", deadline=None, derandomize=True)
settings.load_profile("audit")
