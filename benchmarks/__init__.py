"""What the program exists for, against frozen rivals; one file each, one line of result."""
