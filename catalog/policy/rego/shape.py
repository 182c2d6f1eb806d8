"""What a value looks like, as JSON Schema: of the view by its published schema, of parameters by themselves."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from catalog.policy.rego.tokens import NotInProfile
from catalog.policy.rego.tree import Scalar, Term

Shape = Mapping[str, Any]
UNKNOWN: Final[Shape] = {}
TEXT: Final[Shape] = {"type": "string"}
NUMBER: Final[Shape] = {"type": "number"}
_MANY: Final = ("array", "object")


def shape_of(value: Any) -> Shape:
    """The shape of a plain value; what a list holds is what all its items have in common."""
    if isinstance(value, Mapping):
        fields = {name: shape_of(one) for name, one in value.items()}
        return {"type": "object", "properties": fields, "required": sorted(fields)}
    if isinstance(value, list | tuple):
        return list_of(common(map(shape_of, value)))
    if isinstance(value, bool) or value is None:
        return {"type": "boolean"}
    return NUMBER if isinstance(value, int | float) else TEXT


def list_of(item: Shape) -> Shape:
    """An array or set of such items."""
    return {"type": "array", "items": item}


def resolved(shape: Shape, schema: Shape) -> Shape:
    """The shape itself where it only names a definition of the schema."""
    name = shape.get("$ref", "")
    return schema["$defs"][name.rpartition("/")[2]] if name else shape


def common(shapes: Iterable[Shape]) -> Shape:
    """What holds for every one of the shapes; unknown for none."""
    found: Shape | None = None
    for one in shapes:
        if found is None or found == one:
            found = one
        elif found.get("type") == one.get("type") == "object" and {"properties"} <= found.keys() & one.keys():
            both = found["properties"].keys() & one["properties"].keys()
            fields = {name: common((found["properties"][name], one["properties"][name])) for name in both}
            found = {"type": "object", "properties": fields, "required": sorted(both)}
        elif found.get("type") == one.get("type") == "array":
            found = list_of(common((found.get("items", UNKNOWN), one.get("items", UNKNOWN))))
        else:
            return UNKNOWN
    return found or UNKNOWN


def field_of(shape: Shape, part: Term) -> Shape:
    """What a field or index gives; raises `NotInProfile` for what is not there or may be missing."""
    if not shape:
        return UNKNOWN
    kind = shape.get("type")
    if kind not in _MANY:
        raise NotInProfile(part.at, "a part of something that has none is read here", "PORT-005")
    if isinstance(part, Scalar) and isinstance(part.value, str):
        return _named(shape, part, part.value)
    if shape.get("additionalProperties") is False:
        raise NotInProfile(
            part.at, "a field of the view is read by a name that is not written out", "PORT-005"
        )
    return element_of(shape)


def element_of(shape: Shape) -> Shape:
    """What `some … in` gives one by one."""
    if shape.get("type") == "array":
        return shape.get("items", UNKNOWN)  # type: ignore[no-any-return]  # shapes hold shapes
    more = shape.get("additionalProperties")
    return more if isinstance(more, Mapping) else common(shape.get("properties", {}).values())


def is_many(shape: Shape) -> bool:
    """Whether it can be gone through, as far as is known."""
    return not shape or shape.get("type") in _MANY


def always_has(shape: Shape, part: Term) -> bool:
    """Whether the field is there in every such value."""
    return isinstance(part, Scalar) and part.value in shape.get("required", ())


def _named(shape: Shape, part: Scalar, name: str) -> Shape:
    fields = shape.get("properties", {})
    if name in fields:
        return fields[name]  # type: ignore[no-any-return]  # shapes hold shapes
    if isinstance(shape.get("additionalProperties"), Mapping):
        raise NotInProfile(part.at, f"`{name}` is read as if it were always there", "PORT-005")
    raise NotInProfile(part.at, f"`{name}` is nothing that is there", "PORT-005")
