"""Fetches INBOX with imaplib into DIRECTORY/000001.eml ..., then files, flags, moves and deletes; prints what it saw.

Usage: imaplib_fetch.py PORT LOGIN DIRECTORY [tls|starttls CAFILE]; the password is read from the first line of stdin.
"""

import imaplib
import json
import pathlib
import ssl
import sys

imaplib._MAXLINE = 10_000_000


def main():
    port, login, directory = int(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    security = sys.argv[4] if len(sys.argv) > 4 else "none"
    context = ssl.create_default_context(cafile=sys.argv[5]) if security != "none" else None
    if security == "tls":
        imap = imaplib.IMAP4_SSL("localhost", port, ssl_context=context, timeout=30)
    else:
        imap = imaplib.IMAP4("localhost", port, timeout=30)
    if security == "starttls":
        imap.starttls(context)
    imap.login(login, sys.stdin.readline().rstrip("\n"))
    count = int(imap.select("INBOX", readonly=True)[1][0])
    for number in range(1, count + 1):
        data = imap.fetch(str(number), "(BODY.PEEK[])")[1]
        (directory / f"{number:06}.eml").write_bytes(data[0][1])
    seen = []
    folder = f"Box-{security}"
    seen.append(imap.create(folder)[0])
    seen.append(imap.append(folder, "\\Seen", None, b"Subject: appended\r\n\r\nbody\r\n")[0])
    seen.append(imap.select(folder)[1][0].decode())
    seen.append(imap.search(None, "SEEN")[1][0].decode())
    seen.append(imap.store("1", "+FLAGS", "\\Deleted")[0])
    seen.append(imap.expunge()[1][0].decode())
    seen.append(imap.close()[0])
    seen.append(imap.delete(folder)[0])
    seen.append(imap.logout()[0])
    json.dump(seen, sys.stdout)


main()
