"""From matplotlib's SVG to one that stands inline in a page with a strict policy.

The policy allows no style attributes, so these become attributes of presentation; every colour
gets a class beside it, by which the page's style can change it in the dark. Ids get a prefix, so
that several figures fit into one page. Text stays text, in the font of the page.
"""

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree

_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_DROPPED = {"metadata", "style"}
_PAINTS = ("fill", "stroke")


def inline(svg: str, *, name: str, title: str, text: str, colours: Mapping[str, str]) -> str:
    """The figure as an `<svg>` element.

    `name` makes its ids its own; `title` and `text` are what it says to those who do not see it;
    `colours` are the names of its colours, by their hexadecimal form.
    """
    root = ElementTree.fromstring(svg)
    width, height = root.attrib["viewBox"].split()[2:]
    root.attrib = {
        "class": name,
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-text",
    }
    for parent in list(root.iter()):
        for child in list(parent):
            if _local(child.tag) in _DROPPED:
                parent.remove(child)
    used = set(_references(root))
    for element in root.iter():
        _clean(element, name, used, colours)
    for place, (tag, said) in enumerate((("title", title), ("desc", text))):
        own = ElementTree.Element(tag, {"id": f"{name}-{'text' if place else 'title'}"})
        own.text = said
        root.insert(place, own)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(
    element: ElementTree.Element, name: str, used: set[str], colours: Mapping[str, str]
) -> None:
    element.tag = _local(element.tag)
    given = {_local(key): value for key, value in element.attrib.items()}
    classes = [given["class"]] if "class" in given else []
    for key, value in _declarations(given.pop("style", "")):
        if key == "font-family":
            continue
        given[key] = value
        if key in _PAINTS and value in colours:
            classes.append(f"{key}-{colours[value]}")
    if classes:
        given["class"] = " ".join(classes)
    if "id" in given:
        own = given.pop("id")
        if own in used:
            given["id"] = f"{name}-{own}"
    if given.get("href", "").startswith("#"):
        given["href"] = f"#{name}-{given['href'][1:]}"
    element.attrib = {
        key: _REFERENCE.sub(rf"url(#{name}-\1)", value) for key, value in given.items()
    }
    if element.text and not element.text.strip():
        element.text = None
    if element.tail and not element.tail.strip():
        element.tail = "\n"


def _references(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        for key, value in element.attrib.items():
            if _local(key) == "href" and value.startswith("#"):
                yield value[1:]
            yield from _REFERENCE.findall(value)


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for declaration in style.split(";"):
        key, colon, value = declaration.partition(":")
        if colon:
            yield key.strip(), value.strip()


def _local(name: str) -> str:
    return name.rpartition("}")[2]
