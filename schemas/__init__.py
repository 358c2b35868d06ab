"""What is true: the call, the form, the rules, the register. Nothing is imported from `pipeline`, nothing written, and
but one file read: python-stdnum's table of the country's divisions (`schemas.uscc.divisions`)."""
