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
    """Leaf parts that are not the text to be shown: by disposition, by file name, or by not being text."""
    found = []
    for part in leaves(message):
        disposition = part.get_content_disposition()
        kind = part.get_content_type()
        if disposition == "attachment" or kind not in ("text/plain", "text/html"):
            found.append({"name": text(part.get_filename()), "type": kind})
    return found


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
        "defects": sorted({type(defect).__name__ for part in message.walk() for defect in part.defects}),
    }


json.dump([fields(path.read_bytes()) for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))], sys.stdout)
