"""HMAC-SHA256 as RFC 2104 writes it down, for the doubles alone: what they sign with is not what the server checks with."""

import hashlib

BLOCK = 64


def hex_mac(key: str, data: bytes) -> str:
    block = key.encode()
    block = hashlib.sha256(block).digest() if len(block) > BLOCK else block
    block = block.ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block) + data).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in block) + inner).hexdigest()
