"""The practice cluster: a publisher, subscribers and phones that stand in for real ones.

It speaks as they do on SSH, SFTP, TFTP, HTTP, TLS and the trust service's port, on loopback, and
decides as they do. It is not a call server: nothing registers and nothing rings.

Source: docs/cluster.md, the practice cluster.
"""

from __future__ import annotations
