"""What is true: the call, the form, the rules, the register. No I/O, nothing imported from `pipeline`."""
