"""存证公示 Transparency: the city's signed log for everyone to see, proofs to take home, the mail to auditors."""
