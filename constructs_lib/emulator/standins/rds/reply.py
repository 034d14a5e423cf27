"""RDS replies: the XML documents of the query protocol, read and rewritten."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from xml.etree import ElementTree

from constructs_lib.emulator.calls.call import Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from xml.etree.ElementTree import Element

    from constructs_lib.emulator.calls.call import Call

_NAMESPACE: Final = "http://rds.amazonaws.com/doc/2014-10-31/"
_TAG_KEY: Final = re.compile(r"Tags\.(Tag|member)\.\d+\.Key")
_FILTER_NAME: Final = re.compile(r"Filters\.(Filter|member)\.\d+\.Name")
ElementTree.register_namespace("", _NAMESPACE)


def document(reply: Reply) -> Element:
    """Return the root element of a reply."""
    return ElementTree.fromstring(reply.body)


def resources(root: Element, kind: str) -> Iterable[Element]:
    """Return every described resource of `kind` ("DBInstance"), however deep."""
    return [element for element in root.iter(f"{{{_NAMESPACE}}}{kind}") if len(element)]


def value(element: Element, name: str) -> str:
    """Return the text of the child `name`, "" where there is none."""
    return element.findtext(f"{{{_NAMESPACE}}}{name}") or ""


def child(element: Element, name: str) -> Element | None:
    """Return the child `name`."""
    return element.find(f"{{{_NAMESPACE}}}{name}")


def children(element: Element, name: str) -> list[Element]:
    """Return the members of the list `name`."""
    listed = child(element, name)
    return [] if listed is None else list(listed)


def drop(parent: Element, element: Element | None) -> None:
    """Remove a child, where there is one."""
    if element is not None:
        parent.remove(element)


def replace_list(parent: Element, name: str, texts: Iterable[str]) -> None:
    """Make the list `name` of `parent` hold `texts`."""
    drop(parent, child(parent, name))
    listed = put(parent, name)
    for text in texts:
        ElementTree.SubElement(listed, f"{{{_NAMESPACE}}}member").text = text


def put(parent: Element, name: str, text: str | None = None) -> Element:
    """Return the child `name` with `text`, made where there is none."""
    found = child(parent, name)
    if found is None:
        found = ElementTree.SubElement(parent, f"{{{_NAMESPACE}}}{name}")
    if text is not None:
        found.text = text
    return found


def rewritten(reply: Reply, root: Element) -> Reply:
    """Return the reply with `root` as its document."""
    return reply.with_body(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def answered(operation: str) -> tuple[Element, Element]:
    """Return the document of a new reply to `operation`, and its result element to fill."""
    root = ElementTree.Element(f"{{{_NAMESPACE}}}{operation}Response")
    result = put(root, f"{operation}Result")
    put(put(root, "ResponseMetadata"), "RequestId", str(uuid.uuid4()))
    return root, result


def filled(parent: Element, fields: Mapping[str, str]) -> Element:
    """Return `parent` with a child for each field."""
    for name, text in fields.items():
        put(parent, name, text)
    return parent


def success(root: Element) -> Reply:
    """Return a reply with `root` as its document."""
    return Reply.of(200, {"Content-Type": "text/xml"}, ElementTree.tostring(root, encoding="unicode"))


def failure(code: str, message: str, *, status: int = 400) -> Reply:
    """Return an error reply."""
    root = ElementTree.Element(f"{{{_NAMESPACE}}}ErrorResponse")
    filled(put(root, "Error"), {"Type": "Sender", "Code": code, "Message": message})
    put(root, "RequestId", str(uuid.uuid4()))
    return Reply.of(status, {"Content-Type": "text/xml"}, ElementTree.tostring(root, encoding="unicode"))


def not_in_state(identifier: str, reason: str) -> Reply:
    """Return the error for an instance that is in the wrong state for what was asked."""
    return failure("InvalidDBInstanceState", f"DB instance {identifier} {reason}.")


def asking(call: Call, operation: str, *, region: str | None = None, **parameters: str) -> Call:
    """Return another RDS call of the same caller."""
    body = urlencode({"Action": operation, "Version": call.form["Version"], **parameters})
    return call.instead(region=region, body=body.encode())


def describing(call: Call, identifier: str, *, region: str | None = None) -> Call:
    """Return the call that describes one instance."""
    return asking(call, "DescribeDBInstances", region=region, DBInstanceIdentifier=identifier)


def append(parent: Element, name: str, fields: Mapping[str, str]) -> Element:
    """Return a new child `name` of a list, with a child for each field."""
    return filled(ElementTree.SubElement(parent, f"{{{_NAMESPACE}}}{name}"), fields)


def renamed(reply: Reply, operation: str) -> Reply:
    """Return a reply to another operation with the same result as the reply to `operation`."""
    root = document(reply)
    root.tag = f"{{{_NAMESPACE}}}{operation}Response"
    for element in root:
        if element.tag.endswith("Result"):
            element.tag = f"{{{_NAMESPACE}}}{operation}Result"
    return rewritten(reply, root)


def tags(form: Mapping[str, str]) -> dict[str, str]:
    """Return the tags a call gives."""
    keys = {name: text for name, text in form.items() if _TAG_KEY.fullmatch(name)}
    return {key: form.get(name.removesuffix("Key") + "Value", "") for name, key in keys.items()}


def replace_tags(parent: Element, given: Mapping[str, str]) -> None:
    """Make the tag list of `parent` hold `given`."""
    drop(parent, child(parent, "TagList"))
    listed = put(parent, "TagList")
    for key, text in given.items():
        append(listed, "Tag", {"Key": key, "Value": text})


def shown_tags(element: Element) -> dict[str, str]:
    """Return the tags a description shows."""
    return {value(tag, "Key"): value(tag, "Value") for tag in children(element, "TagList")}


def tag_parameters(given: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters that give these tags."""
    numbered = enumerate(given.items(), start=1)
    return {
        f"Tags.Tag.{number}.{part}": text
        for number, pair in numbered
        for part, text in zip(("Key", "Value"), pair, strict=True)
    }


def filters(form: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the filters a call gives, by name."""
    return {
        name: [text for key, text in form.items() if key.startswith(parameter.removesuffix("Name") + "Values.")]
        for parameter, name in form.items()
        if _FILTER_NAME.fullmatch(parameter)
    }
