// GGUF metadata: the value encodings of one key (specification: ggml/docs/gguf.md, gguf_metadata_value_t).
#pragma once

#include "formats/byte_reader.h"
#include "formats/gguf.h"

namespace dotmoe::gguf {

/// gguf_metadata_value_type, as in the file.
enum class ValueType : std::uint32_t {
    uint8,
    int8,
    uint16,
    int16,
    uint32,
    int32,
    float32,
    boolean,
    string,
    array,
    uint64,
    int64,
    float64
};

/// Reads a value's type and the value. Throws Error on an unknown type, a nested array, a boolean that is
/// neither 0 nor 1, an array integer above 2^63 - 1, and lengths that the file can't hold.
Value read_value(ByteReader& reader);

/// "a string", "an integer": for messages.
std::string_view kind_of(const Value& value);

}  // namespace dotmoe::gguf
