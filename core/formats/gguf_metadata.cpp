#include "formats/gguf_metadata.h"

#include <utility>

namespace dotmoe::gguf {
namespace {

bool read_bool(ByteReader& reader) {
    const auto byte = reader.number<std::uint8_t>();
    if (byte > 1) reader.damaged("a boolean holds {}", byte);
    return byte == 1;
}

template <typename T>
std::vector<std::int64_t> read_integers(ByteReader& reader) {
    std::vector<std::int64_t> values(reader.count(sizeof(T)));
    for (auto& value : values) {
        const auto stored = reader.number<T>();
        if (!std::in_range<std::int64_t>(stored))
            reader.damaged("the array holds {}, which is above 2^63 - 1", stored);
        value = static_cast<std::int64_t>(+stored);  // promoted first: an int8 is a number, not a character
    }
    return values;
}

template <typename T>
std::vector<double> read_reals(ByteReader& reader) {
    std::vector<double> values(reader.count(sizeof(T)));
    for (auto& value : values) value = reader.number<T>();
    return values;
}

std::vector<bool> read_bools(ByteReader& reader) {
    std::vector<bool> values(reader.count(1));
    for (auto&& value : values) value = read_bool(reader);
    return values;
}

std::vector<std::string> read_strings(ByteReader& reader) {
    constexpr auto least_bytes = sizeof(std::uint64_t);  // a string's own length
    std::vector<std::string> values(reader.count(least_bytes));
    for (auto& value : values) value = reader.text();
    return values;
}

Value read_array(ByteReader& reader) {
    const auto type = reader.number<std::uint32_t>();
    switch (static_cast<ValueType>(type)) {
        case ValueType::uint8:
            return read_integers<std::uint8_t>(reader);
        case ValueType::int8:
            return read_integers<std::int8_t>(reader);
        case ValueType::uint16:
            return read_integers<std::uint16_t>(reader);
        case ValueType::int16:
            return read_integers<std::int16_t>(reader);
        case ValueType::uint32:
            return read_integers<std::uint32_t>(reader);
        case ValueType::int32:
            return read_integers<std::int32_t>(reader);
        case ValueType::uint64:
            return read_integers<std::uint64_t>(reader);
        case ValueType::int64:
            return read_integers<std::int64_t>(reader);
        case ValueType::float32:
            return read_reals<float>(reader);
        case ValueType::float64:
            return read_reals<double>(reader);
        case ValueType::boolean:
            return read_bools(reader);
        case ValueType::string:
            return read_strings(reader);
        case ValueType::array:
            reader.damaged("arrays of arrays are not supported");
    }
    reader.damaged("array element type {} is unknown", type);
}

}  // namespace

Value read_value(ByteReader& reader) {
    const auto type = reader.number<std::uint32_t>();
    switch (static_cast<ValueType>(type)) {
        case ValueType::uint8:
            return std::uint64_t{reader.number<std::uint8_t>()};
        case ValueType::uint16:
            return std::uint64_t{reader.number<std::uint16_t>()};
        case ValueType::uint32:
            return std::uint64_t{reader.number<std::uint32_t>()};
        case ValueType::uint64:
            return reader.number<std::uint64_t>();
        case ValueType::int8:
            return std::int64_t{reader.number<std::int8_t>()};
        case ValueType::int16:
            return std::int64_t{reader.number<std::int16_t>()};
        case ValueType::int32:
            return std::int64_t{reader.number<std::int32_t>()};
        case ValueType::int64:
            return reader.number<std::int64_t>();
        case ValueType::float32:
            return double{reader.number<float>()};
        case ValueType::float64:
            return reader.number<double>();
        case ValueType::boolean:
            return read_bool(reader);
        case ValueType::string:
            return std::string(reader.text());
        case ValueType::array:
            return read_array(reader);
    }
    reader.damaged("value type {} is unknown", type);
}

std::string_view kind_of(const Value& value) {
    struct Kind {
        std::string_view operator()(std::uint64_t) const { return "an integer"; }
        std::string_view operator()(std::int64_t) const { return "an integer"; }
        std::string_view operator()(double) const { return "a number"; }
        std::string_view operator()(bool) const { return "a boolean"; }
        std::string_view operator()(const std::string&) const { return "a string"; }
        std::string_view operator()(const std::vector<std::int64_t>&) const { return "an array of integers"; }
        std::string_view operator()(const std::vector<double>&) const { return "an array of numbers"; }
        std::string_view operator()(const std::vector<bool>&) const { return "an array of booleans"; }
        std::string_view operator()(const std::vector<std::string>&) const { return "an array of strings"; }
    };
    return std::visit(Kind{}, value);
}

}  // namespace dotmoe::gguf
