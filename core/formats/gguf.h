// Reader of GGUF version 3 files (llama.cpp's model format; specification: ggml/docs/gguf.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/files.h"

namespace dotmoe::gguf {

/// Ids as in the file; only these can be dequantised.
enum class TensorType : std::uint32_t {
    F32 = 0,
    F16 = 1,
    Q4_0 = 2,
    Q4_1 = 3,
    Q5_0 = 6,
    Q5_1 = 7,
    Q8_0 = 8,
    Q4_K = 12,
    Q5_K = 13,
    Q6_K = 14,
    BF16 = 30
};

struct Tensor {
    std::string name;
    TensorType type = TensorType::F32;
    std::vector<std::int64_t> shape;  ///< slowest dimension first (numpy order; the file has it reversed)
    std::span<const std::byte> data;  ///< inside the mapped file
    std::int64_t elements() const;
};

/// A metadata value. Arrays hold one kind; integers of all widths are widened to 64 bits.
using Value = std::variant<std::uint64_t, std::int64_t, double, bool, std::string, std::vector<std::int64_t>,
                           std::vector<double>, std::vector<bool>, std::vector<std::string>>;

/// A mapped GGUF file. The file is untrusted: every count, length, offset and shape is checked against the
/// file's size before it is used, and nothing larger than the file could hold is ever allocated. Throws Error
/// naming the file, the place and what is wrong.
class File {
  public:
    explicit File(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return file_.path(); }
    std::uint32_t version() const { return version_; }
    const std::map<std::string, Value, std::less<>>& metadata() const { return metadata_; }
    const std::vector<Tensor>& tensors() const { return tensors_; }

    const Tensor* find(std::string_view name) const;  ///< nullptr when absent
    const Tensor& at(std::string_view name) const;    ///< throws Error when absent

    /// T is std::string, std::int64_t, double, bool or one of Value's vectors; integers convert to double.
    /// nullopt when the key is absent; throws Error when it holds another kind.
    template <typename T>
    std::optional<T> get(std::string_view key) const;
    /// As get(), but throws Error when the key is absent.
    template <typename T>
    T require(std::string_view key) const;

  private:
    MappedFile file_;
    std::uint32_t version_ = 0;
    std::map<std::string, Value, std::less<>> metadata_;
    std::vector<Tensor> tensors_;
    std::map<std::string, std::size_t, std::less<>> index_;
};

/// Bytes that `elements` values of a type take, and the name users know it by ("Q4_K").
std::int64_t byte_size(TensorType type, std::int64_t elements);
std::string_view type_name(TensorType type);

}  // namespace dotmoe::gguf
