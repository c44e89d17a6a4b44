// Safetensors files, read mapped and written as a stream (format: huggingface/safetensors README).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"

namespace dotmoe::safetensors {

enum class DType { F32, F16, BF16, I64, I32, U8, F64 };
std::string_view dtype_name(DType dtype);
std::int64_t dtype_size(DType dtype);

struct Tensor {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> data;  ///< inside the mapped file; not always aligned to the dtype
};

/// Untrusted input: header length, offsets, shapes and gaps are checked. Throws Error naming the file and the
/// tensor. Tensors come in the order of their data.
class File {
  public:
    explicit File(const std::filesystem::path& path);
    const std::filesystem::path& path() const { return file_.path(); }
    const std::vector<Tensor>& tensors() const { return tensors_; }
    const std::map<std::string, std::string>& metadata() const { return metadata_; }
    const Tensor* find(std::string_view name) const;
    const Tensor& at(std::string_view name) const;  ///< throws Error when absent

  private:
    MappedFile file_;
    std::vector<Tensor> tensors_;
    std::map<std::string, std::string> metadata_;
    std::map<std::string, std::size_t, std::less<>> index_;
};

struct TensorToWrite {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    /// Called once, in order, when it is this tensor's turn: at most one tensor is in memory.
    std::function<std::vector<std::byte>()> data;
};

/// Written atomically, data in the order given. Throws Error when a name occurs twice, the bytes of a tensor
/// do not fit its shape, or the disk is full; then nothing is left behind.
void write(const std::filesystem::path& path, const std::vector<TensorToWrite>& tensors,
           const std::map<std::string, std::string>& metadata);

}  // namespace dotmoe::safetensors
