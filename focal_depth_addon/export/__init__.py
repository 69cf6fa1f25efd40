"""Files of the set for phones, headsets, displays and web pages."""

from .files import require_exporter, write
from .formats import FORMATS, Format
from .presets import PRESETS, TEXTURE, Preset

__all__ = ["FORMATS", "PRESETS", "TEXTURE", "Format", "Preset", "require_exporter", "write"]
