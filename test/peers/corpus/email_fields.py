"""Prints, as JSON, the fields of every DIRECTORY/*.eml (in the order of their names) as Python's email package reads them.

A field that the package cannot read is {"error": "..."} and nothing is left out.
"""

import email
import email.policy
import json
import pathlib
import sys


def text(value):
    # Bytes that are no text are surrogates in Python; JSON cannot carry them, so they become U+FFFD.
    return None if value is None else str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def guarded(read):
    try:
        return read()
    except Exception as error:  # what the email package raises on hostile input has no common class
        return {"error": f"{type(error).__name__}: {error}"}


def addresses(message, name):
    found = []
    for header in message.get_all(name, []):
        found += [[text(one.display_name), text(one.addr_spec)] for one in header.addresses]
    return found


def date(message):
    header = message["date"]
    moment = None if header is None else header.datetime
    if moment is None:
        return None
    return int(moment.timestamp()) * 1000


def attachments(message):
    """Leaf parts that are not the text to be shown: by disposition, or by not being text.

    `inline` and `opened` (what an enclosed message has inside) and `untyped` (the type is a multipart/digest's
    default) are for explaining differences, and are not compared.
    """
    return [
        {
            "name": text(part.get_filename()),
            "type": part.get_content_type(),
            "inline": part.get_content_disposition() == "inline",
            "untyped": part["content-type"] is None,
            "opened": attachments(part.get_payload(0)) if part.get_content_type() == "message/rfc822" else [],
        }
        for part in leaves(message)
        if part.get_content_disposition() == "attachment"
        or part.get_content_type() not in ("text/plain", "text/html")
    ]


def leaves(part):
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for child in part.get_payload():
            yield from leaves(child)
    else:
        yield part


def fields(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return {
        "subject": guarded(lambda: text(message["subject"])),
        "from": guarded(lambda: addresses(message, "from")),
        "to": guarded(lambda: addresses(message, "to")),
        "date": guarded(lambda: date(message)),
        "messageId": guarded(lambda: text(message["message-id"])),
        "attachments": guarded(lambda: attachments(message)),
    }


json.dump([fields(path.read_bytes()) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))], sys.stdout)
