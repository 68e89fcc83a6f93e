"""The model formats that can be read: one module in `formats/` for each."""

from audit_pipeline.catalog import discover
from audit_pipeline.models import formats
from audit_pipeline.models.base import ModelFormat

MODEL_FORMATS = discover(formats, "MODEL_FORMAT", ModelFormat)
