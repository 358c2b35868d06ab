"""The benchmark: forms at any number, the whole job by stage, beside a script of the usual kind (`make bench`)."""
