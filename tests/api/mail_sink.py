"""A mail server that keeps its letters."""

import asyncio


class Sink:
    """A mail server that keeps what it gets: as much of RFC 5321 as one letter takes."""

    def __init__(self) -> None:
        self.letters: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 sink")
        while line := (await reader.readline()).decode().strip():
            if line.upper() == "DATA":
                await say("354 go on")
                letter = await reader.readuntil(b"\r\n.\r\n")
                self.letters.append(letter.decode())
            await say("221 bye" if line.upper() == "QUIT" else "250 ok")
        writer.close()
