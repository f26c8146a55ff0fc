"""Texts as XML content and attributes.

As ``xml.sax.saxutils`` does it, which brings in all that fetches files over a network: a fiftieth
of a second in every process.
"""

from __future__ import annotations

from html import escape as _escape

_WHITE = str.maketrans({"\n": "&#10;", "\r": "&#13;", "\t": "&#9;", '"': "&quot;"})


def escape(text: str) -> str:
    """A text as the content of an element.

    >>> escape('R&D <"4">')
    'R&amp;D &lt;"4"&gt;'
    """
    return _escape(text, quote=False)


def attribute(text: str) -> str:
    """A text as the value of an attribute, with its quotes.

    >>> attribute('a<"b"\\n')
    '"a&lt;&quot;b&quot;&#10;"'
    """
    return f'"{escape(text).translate(_WHITE)}"'
