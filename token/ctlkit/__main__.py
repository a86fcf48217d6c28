"""``python -m ctlkit`` is the command ``ctlkit``."""

from __future__ import annotations

from ctlkit._cli import main

if __name__ == "__main__":
    main()
