// Block sizes of ggml's tensor types.
#pragma once

#include <cstdint>
#include <optional>

#include "formats/gguf.h"

namespace dotmoe::gguf {

/// A run of values that is quantised together.
struct Block {
    std::int64_t elements, bytes;
};

/// Whether dequantize() knows the type (type ids come from files: any number is possible).
bool is_readable(TensorType type);

/// Of a readable type.
Block block_of(TensorType type);

/// Of a readable type; nullopt when the elements do not fill whole blocks or the size passes 2^63 - 1.
std::optional<std::int64_t> checked_byte_size(TensorType type, std::int64_t elements);

}  // namespace dotmoe::gguf
