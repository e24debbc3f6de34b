#!/usr/bin/env python3
"""Checks a proof that was downloaded from a Xinglin time bank, without asking anybody: no network, no database.

    python3 verify_proof.py proof.json
    python3 verify_proof.py proof.json --key 'hospital.example/log+1a2b3c4d+AQ…'
    python3 verify_proof.py consistency.json --since checkpoint-I-kept.txt

Needs Python 3.9 and the package `cryptography`; read it before you trust it, it is short. It checks, in this order:
1. the checkpoint's signature (Ed25519, C2SP signed note) by a key in the file, or better by the key that you give;
2. that the row's text is a leaf of the tree under that checkpoint (RFC 9162, 2.1.3.2), or that the newer of two
   checkpoints begins with the older one (RFC 9162, 2.1.4.2).

It ends with 0 when everything holds, with 1 when something does not, and with 2 when a file cannot be read.
"""

import argparse
import base64
import hashlib
import json
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LARGEST_FILE = 1 << 20


class Wrong(Exception):
    """Something does not hold."""


class Unreadable(Exception):
    """A file is not what it should be."""


def main(arguments=None):
    parser = argparse.ArgumentParser(description="核对从杏林下载的凭证 · checks a proof downloaded from Xinglin")
    parser.add_argument("file", help="凭证文件 · the proof: inclusion or consistency")
    parser.add_argument("--key", action="append", default=[], help="您从别处得到的公钥 · a public key that you trust")
    parser.add_argument("--since", help="您以前留下的存证点 · a checkpoint that you kept")
    told = parser.parse_args(arguments)
    try:
        check(json.loads(read(told.file)), told.key, read(told.since) if told.since else None)
    except Wrong as trouble:
        print(f"✗ 对不上 · does not hold: {trouble}")
        return 1
    except (Unreadable, OSError, ValueError, KeyError, TypeError, AttributeError) as trouble:
        print(f"✗ 读不懂 · cannot be read: {type(trouble).__name__}: {trouble}")
        return 2
    print("✓ 全部对得上 · everything holds")
    return 0


def check(bundle, trusted, kept):
    """Check one file of either kind."""
    if bundle["format"] == "xinglin-proof-1":
        check_inclusion(bundle, trusted)
        if kept is not None:
            raise Unreadable("--since goes with a consistency proof")
    elif bundle["format"] == "xinglin-consistency-1":
        check_consistency(bundle, trusted, kept)
    else:
        raise Unreadable(f"unknown format {bundle['format']!r}")


def check_inclusion(bundle, trusted):
    size, root = signed(bundle["checkpoint"], trusted, bundle["keys"])
    leaf = hashlib.sha256(b"\x00" + bundle["leaf"].encode()).digest()
    if not includes(leaf, bundle["index"], size, hashes(bundle["path"]), root):
        raise Wrong("this row is not in the log under this checkpoint")
    print(f"✓ 第 {bundle['index'] + 1} 条，共 {size} 条 · leaf {bundle['index']} of {size}")
    for name, value in json.loads(bundle["leaf"]).items():
        print(f"    {name}: {value}")


def check_consistency(bundle, trusted, kept):
    if kept is not None and same(kept) != same(bundle["old"]):
        raise Wrong("the older checkpoint is not the one that you kept")
    old_size, old_root = signed(bundle["old"], trusted, bundle["keys"])
    new_size, new_root = signed(bundle["new"], trusted, bundle["keys"])
    if not continues(old_size, new_size, old_root, new_root, hashes(bundle["path"])):
        raise Wrong("the newer log does not begin with the older one: something was changed or taken away")
    print(f"✓ {new_size} 条是从 {old_size} 条原样长出来的 · {new_size} leaves begin with the {old_size} from before")


# ── The signed checkpoint ──


def signed(note, trusted, offered):
    """Size and root of a checkpoint that one of the keys signed; of those in the file only if none was given."""
    text, _gap, signatures = note.rpartition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    for line in trusted or offered:
        name, _hash, public = line.strip().split("+", 2)
        key = base64.b64decode(public, validate=True)
        if len(key) != 33 or key[:1] != b"\x01":
            raise Unreadable("a key is no Ed25519 key")
        for row in signatures.splitlines():
            dash, signer, encoded = row.split(" ", 2)
            signature = base64.b64decode(encoded, validate=True)
            expected = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
            if dash == "—" and signer == name and signature[:4] == expected:
                try:
                    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], text.encode())
                except InvalidSignature:
                    raise Wrong("the signature of the checkpoint is wrong") from None
                print(f"✓ 签名 · signed by {line.strip()}")
                if not trusted:
                    print("  （公钥就在这份文件里，请和从别处得到的比一比 · the key came with the file: compare it)")
                if origin != name:
                    raise Wrong(f"the key of {name} signed a checkpoint of {origin}")
                return int(size), base64.b64decode(root, validate=True)
    raise Wrong("no key that is known signed this checkpoint")


def same(note):
    """A note without what an e-mail or an editor may do to it."""
    return note.replace("\r\n", "\n").strip()


# ── The tree, as in RFC 9162 ──


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def includes(leaf, index, size, path, root):
    if not 0 <= index < size:
        return False
    number, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if number & 1 or number == last:
            found = node(step, found)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            found = node(found, step)
        number, last = number >> 1, last >> 1
    return last == 0 and found == root


def continues(old, new, old_root, new_root, path):
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = [old_root, *path] if old & (old - 1) == 0 else path
    if not steps:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            before, after = node(step, before), node(step, after)
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            after = node(after, step)
        number, last = number >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def hashes(path):
    found = [bytes.fromhex(step) for step in path]
    if len(found) > 64 or any(len(step) != 32 for step in found):
        raise Unreadable("a proof is a list of SHA-256 hashes")
    return found


def read(name):
    with open(name, "rb") as file:
        text = file.read(LARGEST_FILE + 1)
    if len(text) > LARGEST_FILE:
        raise Unreadable(f"{name} is too large for a proof")
    return text.decode("utf-8-sig")


if __name__ == "__main__":
    sys.exit(main())
