"""家庭: who belongs to one household, by a paper at the desk or by an invitation that the other accepts."""
