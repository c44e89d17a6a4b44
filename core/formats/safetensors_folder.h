// The weights of a Hugging Face folder: model.safetensors, or the shards that its index names.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/safetensors.h"

namespace dotmoe::safetensors {

/// Untrusted input. Throws Error naming the file: an index that points outside the folder or to a tensor that
/// its shard lacks, a shard that is missing or holds tensors the index puts elsewhere, and all that File
/// throws.
class Folder {
  public:
    explicit Folder(const std::filesystem::path& folder);

    const std::vector<File>& shards() const { return shards_; }

    struct Found {
        const File* shard;
        const Tensor* tensor;
    };
    /// Both nullptr when absent.
    Found find(std::string_view name) const;
    /// Throws Error when absent.
    Found at(std::string_view name) const;

  private:
    std::filesystem::path path_;
    std::vector<File> shards_;
};

/// model.safetensors, or the index and its shards, each once: the files that hold the weights.
std::vector<std::filesystem::path> weight_files(const std::filesystem::path& folder);

}  // namespace dotmoe::safetensors
