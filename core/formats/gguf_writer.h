// Writer of GGUF version 3 files: unquantised tensors (F32, F16, BF16), for toys, exports and tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "formats/gguf.h"

namespace dotmoe::gguf {

struct TensorToWrite {
    std::string name;
    TensorType type = TensorType::F32;
    std::vector<std::int64_t> shape;               ///< numpy order
    std::function<std::vector<std::byte>()> data;  ///< called once, in order: at most one tensor in memory
};

/// Written atomically. Keys keep their order. Numbers are stored as llama.cpp wants them: integers in 32 bits
/// where they fit (an array, where all do), reals as float32. Throws Error when a name occurs twice, the
/// bytes of a tensor do not fit its shape, or the disk is full; then nothing is left behind.
void write(const std::filesystem::path& path, const std::vector<std::pair<std::string, Value>>& metadata,
           const std::vector<TensorToWrite>& tensors);

}  // namespace dotmoe::gguf
