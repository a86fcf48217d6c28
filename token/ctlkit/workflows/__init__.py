"""The use cases; the command line and the window call nothing else.

Rules:

* Blocking functions over frozen values. What they have to tell on the way goes to the functions
  passed in; they print nothing and ask nothing themselves.
* Each module is imported by who needs it: ``reading`` loads no token library.
"""

from __future__ import annotations
