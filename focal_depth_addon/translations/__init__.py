"""The interface in other languages: one catalogue each, and the translation of sentences with values.

Blender itself translates names, descriptions, labels and reports. It cannot translate what has values in it,
and does not translate why a button is grey: those go through `translate`. The backend's messages are in
English.
"""

import bpy

from . import korean

# Words that Blender translates for another purpose: a "set" of settings, a "network" of nodes. Properties and
# panels that bear one name this as their translation context.
CONTEXT = "Focal Depth"
_CONTEXTS = ("*", "Operator", CONTEXT)
_CATALOGUES = {"ko_KR": korean.MESSAGES}


def translate(text: str, **values: object) -> str:
    """Translate an English text into the language of the interface.

    Parameters
    ----------
    text
        As in the catalogues.
    values
        For the names in braces.
    """
    translated = bpy.app.translations.pgettext_iface(text, CONTEXT)
    return translated.format(**values) if values else translated


def with_contexts(catalogue: dict[str, str]) -> dict[tuple[str, str], str]:
    """Return a catalogue as Blender takes it: a text has one meaning here, whatever its context."""
    return {(context, english): text for english, text in catalogue.items() for context in _CONTEXTS}


def register() -> None:
    catalogues = {language: with_contexts(catalogue) for language, catalogue in _CATALOGUES.items()}
    bpy.app.translations.register(__package__, catalogues)


def unregister() -> None:
    bpy.app.translations.unregister(__package__)
