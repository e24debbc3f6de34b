"""What leaves the building: senders of text messages. PROTOCOL.md describes the one that speaks HTTP."""
