"""Values as tables and as JSON; the words and keys that people and scripts see.

Rules:

* Keys are snake_case attribute names; bytes are lower-case hexadecimal; times are RFC 3339 in
  UTC. Keys are only ever added (docs/json).
* rich is imported where a table is printed.
"""

from __future__ import annotations
