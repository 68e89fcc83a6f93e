"""A profile as bytes: written, read back, and what older versions wrote."""
