"""Sends FILE... with smtplib in one session. Usage: smtplib_send.py PORT SENDER RECIPIENT starttls|tls CAFILE FILE...

The password is read from the first line of stdin.
"""

import pathlib
import smtplib
import ssl
import sys


def main():
    port, sender, recipient, security, ca = int(sys.argv[1]), *sys.argv[2:6]
    context = ssl.create_default_context(cafile=ca)
    if security == "tls":
        smtp = smtplib.SMTP_SSL("localhost", port, local_hostname="client.example.test", context=context, timeout=30)
    else:
        smtp = smtplib.SMTP("localhost", port, local_hostname="client.example.test", timeout=30)
        smtp.starttls(context=context)
    smtp.login(sender, sys.stdin.readline().rstrip("\n"))
    for file in sys.argv[6:]:
        refused = smtp.sendmail(sender, [recipient], pathlib.Path(file).read_bytes(), mail_options=["BODY=8BITMIME"])
        assert not refused, refused
    smtp.quit()


main()
