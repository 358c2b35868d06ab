"""What goes out: each module writes one kind of output, aside and then renamed."""

from __future__ import annotations
