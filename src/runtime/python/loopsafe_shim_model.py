"""Values from texts and JSON by annotation, and a small pydantic.BaseModel where there is no pydantic."""
import datetime
import decimal
import enum
import typing
import uuid

NO_VALUE = object()
NONE = type(None)


class Invalid(Exception):
    """errors: as FastAPI lists them under "detail"."""

    def __init__(self, errors):
        super().__init__("%d validation errors" % len(errors))
        self.errors_ = errors

    def errors(self):
        return self.errors_


class ValidationError(Invalid, ValueError):
    pass


def invalid(kind, loc, message, given):
    return Invalid([{"type": kind, "loc": list(loc), "msg": message, "input": given}])


def missing(loc):
    return invalid("missing", loc, "Field required", None)


def arguments_of(annotation):
    return getattr(annotation, "__args__", None) or ()


def origin_of(annotation):
    return getattr(annotation, "__origin__", None)


def is_union(annotation):
    return origin_of(annotation) is typing.Union or type(annotation).__name__ == "UnionType"


def options_of(annotation):
    """The types that a value may be of, but for None."""
    return [option for option in arguments_of(annotation) if option is not NONE] if is_union(annotation) else [annotation]


def is_model(annotation):
    return isinstance(annotation, type) and (hasattr(annotation, "model_validate") or hasattr(annotation, "parse_obj"))


def is_sequence(annotation):
    return annotation in (list, set, tuple) or origin_of(annotation) in (list, set, tuple)


def read(annotation, value, loc):
    """The value as the annotation wants it, or Invalid."""
    if annotation in (typing.Any, NO_VALUE) or isinstance(annotation, typing.TypeVar):
        return value
    if is_union(annotation):
        return _read_union(arguments_of(annotation), value, loc)
    if origin_of(annotation) is not None and not is_sequence(annotation):
        return _read_generic(annotation, value, loc)
    if is_sequence(annotation):
        return _read_sequence(annotation, value, loc)
    if is_model(annotation):
        return _read_model(annotation, value, loc)
    return _read_plain(annotation, value, loc)


def _read_union(options, value, loc):
    if value is None and NONE in options:
        return None
    error = None
    for option in options:
        try:
            if option is not NONE:
                return read(option, value, loc)
        except Invalid as current:
            error = error or current
    raise error


def _read_generic(annotation, value, loc):
    if origin_of(annotation) is getattr(typing, "Literal", None):
        if value not in arguments_of(annotation):
            raise invalid("literal_error", loc, "Input should be one of %r" % (arguments_of(annotation),), value)
        return value
    if origin_of(annotation) is dict:
        if not isinstance(value, dict):
            raise invalid("dict_type", loc, "Input should be a valid dictionary", value)
        return {key: read(arguments_of(annotation)[1], item, loc + (key,)) for key, item in value.items()}
    return value


def _read_sequence(annotation, value, loc):
    if not isinstance(value, (list, tuple, set)):
        raise invalid("list_type", loc, "Input should be a valid list", value)
    item = (arguments_of(annotation) or (typing.Any,))[0]
    made = [read(item, part, loc + (index,)) for index, part in enumerate(value)]
    return (origin_of(annotation) or annotation)(made)


def _read_model(annotation, value, loc):
    if isinstance(value, annotation):
        return value
    try:
        return (getattr(annotation, "model_validate", None) or annotation.parse_obj)(value)
    except Exception as error:
        if not callable(getattr(error, "errors", None)):
            raise
        raise Invalid([dict(_shown(item), loc=list(loc) + list(item["loc"])) for item in error.errors()]) from None


def _shown(item):
    return {key: value for key, value in item.items() if key in ("type", "msg", "input", "loc")}


def _read_plain(annotation, value, loc):
    if annotation is bool:
        return _read_bool(value, loc)
    if annotation is int:
        return _read_number(int, "int", "integer", value, loc)
    if annotation in (float, decimal.Decimal):
        return _read_number(annotation, "float", "number", value, loc)
    if annotation is str and not isinstance(value, str):
        raise invalid("string_type", loc, "Input should be a valid string", value)
    if annotation is dict and not isinstance(value, dict):
        raise invalid("dict_type", loc, "Input should be a valid dictionary", value)
    return _read_special(annotation, value, loc)


def _read_bool(value, loc):
    words = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in words:
        raise invalid("bool_parsing", loc, "Input should be a valid boolean, unable to interpret input", value)
    return words[str(value).lower()]


def _read_number(make, kind, word, value, loc):
    try:
        if isinstance(value, float) and make is int and not value.is_integer():
            raise ValueError
        return make(value)
    except (TypeError, ValueError, ArithmeticError):
        article = "an" if word == "integer" else "a"
        words = "Input should be a valid %s, unable to parse string as %s %s" % (word, article, word)
        raise invalid(kind + "_parsing", loc, words, value) from None


def _read_special(annotation, value, loc):
    makers = {uuid.UUID: uuid.UUID, datetime.date: datetime.date.fromisoformat,
              datetime.datetime: datetime.datetime.fromisoformat}
    make = makers.get(annotation)
    if make is None and isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        make = annotation
    if make is None or isinstance(value, annotation):
        return value
    try:
        return make(value.replace("Z", "+00:00") if make is makers[datetime.datetime] else value)
    except (ValueError, TypeError, AttributeError):
        raise invalid("value_error", loc, "Input should be a valid %s" % annotation.__name__, value) from None


# --- models ---


class FieldInfo:
    def __init__(self, default=NO_VALUE, default_factory=None, **bounds):
        self.default = NO_VALUE if default is Ellipsis else default
        self.default_factory, self.bounds = default_factory, bounds

    def value(self):
        return self.default_factory() if self.default_factory else self.default

    @property
    def required(self):
        return self.default is NO_VALUE and self.default_factory is None


def Field(default=NO_VALUE, **options):
    return FieldInfo(default, **options)


BOUNDS = {"gt": lambda value, bound: value > bound, "ge": lambda value, bound: value >= bound,
          "lt": lambda value, bound: value < bound, "le": lambda value, bound: value <= bound,
          "min_length": lambda value, bound: len(value) >= bound, "max_length": lambda value, bound: len(value) <= bound}


def check_bounds(bounds, value, loc):
    for name, bound in bounds.items():
        if name in BOUNDS and bound is not None and value is not None and not BOUNDS[name](value, bound):
            raise invalid(name, loc, "Input should be %s %s" % (name, bound), value)


class BaseModel:
    """Fields by annotation, as pydantic has them; no validators."""

    def __init__(self, **values):
        errors = []
        for name, annotation in self._annotations().items():
            try:
                setattr(self, name, self._field_value(name, annotation, values))
            except Invalid as error:
                errors += error.errors_
        if errors:
            raise ValidationError(errors)

    @classmethod
    def _annotations(cls):
        hints = typing.get_type_hints(cls)
        return {name: hints[name] for name in hints if not name.startswith("_") and name not in ("model_config",)}

    @classmethod
    def _info(cls, name):
        default = getattr(cls, name, NO_VALUE)
        return default if isinstance(default, FieldInfo) else FieldInfo(default)

    @classmethod
    def _field_value(cls, name, annotation, values):
        info = cls._info(name)
        if name not in values:
            if info.required:
                raise missing((name,))
            return info.value()
        value = read(annotation, values[name], (name,))
        check_bounds(info.bounds, value, (name,))
        return value

    @classmethod
    def model_validate(cls, value):
        if not isinstance(value, dict):
            raise ValidationError(invalid("model_type", (), "Input should be a valid dictionary", value).errors_)
        return cls(**value)

    def model_dump(self, **options):
        return {name: _dumped(getattr(self, name)) for name in self._annotations()}

    dict = model_dump

    @classmethod
    def model_json_schema(cls, **options):
        fields = cls._annotations()
        required = [name for name in fields if cls._info(name).required]
        schema = {"type": "object", "title": cls.__name__,
                  "properties": {name: schema_of(annotation) for name, annotation in fields.items()}}
        return dict(schema, required=required) if required else schema

    def __eq__(self, other):
        return type(self) is type(other) and self.model_dump() == other.model_dump()

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % item for item in self.model_dump().items()))


def _dumped(value):
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, (list, tuple)):
        return [_dumped(item) for item in value]
    return {key: _dumped(item) for key, item in value.items()} if isinstance(value, dict) else value


SCHEMAS = {int: {"type": "integer"}, float: {"type": "number"}, bool: {"type": "boolean"}, str: {"type": "string"},
           dict: {"type": "object"}, uuid.UUID: {"type": "string", "format": "uuid"},
           datetime.datetime: {"type": "string", "format": "date-time"},
           datetime.date: {"type": "string", "format": "date"}}


def schema_of(annotation):
    if is_union(annotation):
        return {"anyOf": [{"type": "null"} if option is NONE else schema_of(option) for option in arguments_of(annotation)]}
    if is_sequence(annotation):
        return {"type": "array", "items": schema_of((arguments_of(annotation) or (typing.Any,))[0])}
    if origin_of(annotation) is getattr(typing, "Literal", None):
        return {"enum": list(arguments_of(annotation))}
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return {"enum": [member.value for member in annotation]}
    if isinstance(annotation, type) and hasattr(annotation, "model_json_schema"):
        return annotation.model_json_schema(ref_template="#/components/schemas/{model}")
    return dict(SCHEMAS.get(origin_of(annotation) or annotation, {}))
