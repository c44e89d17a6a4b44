// Quantised blocks to floats, bit for bit as the `gguf` Python package (gguf/quants.py) does it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/gguf.h"

namespace dotmoe::gguf {

/// out.size() values from data. Throws Error when the sizes do not belong together.
void dequantize(TensorType type, std::span<const std::byte> data, std::span<float> out);

}  // namespace dotmoe::gguf
