// The tensors of an export, whatever file they lie in: for the reader that judges exports.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "formats/gguf.h"

namespace dotmoe {

struct StockEntry {
    std::vector<std::int64_t> shape;
    gguf::TensorType type;  ///< of safetensors F32, F16 or BF16
};

class StockWeights {
  public:
    virtual ~StockWeights() = default;
    virtual std::string where(const std::string& name) const = 0;  ///< the file, for messages
    virtual std::vector<std::string> names() const = 0;
    /// Throws Error naming the tensor when its number format can't be read here.
    virtual std::optional<StockEntry> find(const std::string& name) const = 0;
    virtual at::Tensor read(const std::string& name) const = 0;  ///< fp32
};

/// model.safetensors of a folder, or the files that model.safetensors.index.json names, mapped. Throws Error
/// where the index and its files do not agree, or it names a file outside of the folder.
std::unique_ptr<StockWeights> open_safetensors(const std::filesystem::path& folder);
std::unique_ptr<StockWeights> open_gguf(std::shared_ptr<const gguf::File> file);

}  // namespace dotmoe
