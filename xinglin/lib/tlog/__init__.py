"""A transparency log, without a database: the Merkle tree of RFC 9162, and checkpoints as signed notes (C2SP).

merkle.py   hashes, roots, and proofs of inclusion and consistency with their verification
notes.py    the text of a checkpoint and its Ed25519 signatures
"""
