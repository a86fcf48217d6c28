"""The window: pages, dialogs and threads; the only part that imports PyQt6.

Importing this package itself loads nothing of Qt: :mod:`ctlkit_gui.qt.startup` is to be asked
first.
"""
