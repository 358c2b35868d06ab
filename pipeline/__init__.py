"""What happens to a submitted form: intake → read → validate → resolve → publish. What is true stands in `schemas`."""
