"""Files of the set for phones, headsets and web pages."""

from .files import require_exporter, write
from .presets import PRESETS, TEXTURE, Preset

__all__ = ["PRESETS", "TEXTURE", "Preset", "require_exporter", "write"]
