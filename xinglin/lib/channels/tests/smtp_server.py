"""A mail server for tests: takes what it is handed over a real socket, and remembers it."""

from __future__ import annotations

import base64
import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer:
    """Speaks as much SMTP as a sender needs; `refuses` is a verb that it answers with 550, `farewell` its last word."""

    def __init__(self, *, refuses: str = "", farewell: str = "221 bye") -> None:
        self.received: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.passwords: list[str] = []
        mailbox = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 test")
                while line := self.rfile.readline().decode(errors="replace").strip():
                    verb = line.split()[0].upper()
                    if verb == refuses:
                        self.say("550 no")
                    elif verb == "EHLO":
                        self.say("250-test")
                        self.say("250 AUTH PLAIN")
                    elif verb == "AUTH":
                        mailbox.passwords.append(base64.b64decode(line.split()[2]).decode().split("\0")[2])
                        self.say("235 fine")
                    elif verb == "DATA":
                        self.say("354 go on")
                        mailbox.received.append(self.message())
                        self.say("250 taken")
                    elif verb == "QUIT":
                        self.say(farewell)
                        return
                    else:
                        if verb == "RCPT":
                            mailbox.recipients.append(line.partition(":")[2].strip("<>"))
                        self.say("250 fine")

            def message(self) -> EmailMessage:
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    lines.append(line[1:] if line.startswith(b"..") else line)
                return message_from_bytes(b"".join(lines), policy=policy.default)

            def say(self, text: str) -> None:
                self.wfile.write(f"{text}\r\n".encode())

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
