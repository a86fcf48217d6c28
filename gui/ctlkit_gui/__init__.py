"""The wizard: a window over ctlkit in which a trust list is made from Server to Done.

Rules:

* Its parts import one way: ``qt`` (windows, threads), ``work`` (carries out what a step asks for),
  ``flow`` (the steps, a pure function).
* PyQt6 is imported in ``qt`` alone, and there not before :mod:`ctlkit_gui.qt.startup` has looked
  whether a window can open.

What lies here is GPL-3.0-or-later, as PyQt6 is.
"""

from __future__ import annotations

from ctlkit import __version__

__all__ = ["__version__"]
