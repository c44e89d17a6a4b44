// Safetensors cut into files of a size that every file system and download takes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "formats/safetensors.h"

namespace dotmoe {

/// Writes model.safetensors, or, where that would be larger than `limit` bytes,
/// model-00001-of-0000N.safetensors
/// ... and model.safetensors.index.json, as transformers names them. Tensors keep their order; one that is
/// larger than the limit has a file to itself. Throws Error.
void write_shards(const std::filesystem::path& folder, std::vector<safetensors::TensorToWrite> tensors,
                  const std::map<std::string, std::string>& metadata, std::int64_t limit);

}  // namespace dotmoe
