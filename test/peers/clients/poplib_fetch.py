"""Fetches a whole POP3 mailbox with poplib into DIRECTORY/000001.eml ...; prints the UIDLs as JSON.

Usage: poplib_fetch.py PORT LOGIN DIRECTORY [tls|stls CAFILE]; the password is read from the first line of stdin.
"""

import json
import pathlib
import poplib
import ssl
import sys

# poplib refuses lines above 2048 bytes (RFC 1939 knows no limit for them); mail that nobody here wrote has longer ones.
poplib._MAXLINE = 10_000_000


def main():
    port, login, directory = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    security = sys.argv[4] if len(sys.argv) > 4 else "none"
    context = ssl.create_default_context(cafile=sys.argv[5]) if security != "none" else None
    if security == "tls":
        pop = poplib.POP3_SSL("localhost", port, context=context, timeout=30)
    else:
        pop = poplib.POP3("localhost", port, timeout=30)
    if security == "stls":
        pop.stls(context)
    pop.user(login)
    pop.pass_(sys.stdin.readline().rstrip("\n"))
    uidls = [line.decode().split(" ")[1] for line in pop.uidl()[1]]
    for number in range(1, len(uidls) + 1):
        lines = pop.retr(number)[1]
        (directory / f"{number:06}.eml").write_bytes(b"".join(line + b"\r\n" for line in lines))
    pop.quit()
    json.dump(uidls, sys.stdout)


main()
