"""What happens to a submitted form: intake → read → validate → resolve → publish. What is true stands in `schemas`."""

import os

# The frame library gives memory back to the system soon after it is done with it, and not only when another asks for
# it.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:100,muzzy_decay_ms:0")
