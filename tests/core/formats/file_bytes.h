// Binary files put together field by field, to be damaged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dotmoe {

class FileBytes {
  public:
    FileBytes& raw(std::string_view bytes) {
        bytes_ += bytes;
        return *this;
    }
    template <typename T>
    FileBytes& number(T value) {
        return raw({reinterpret_cast<const char*>(&value), sizeof(value)});
    }
    FileBytes& u32(std::uint32_t value) { return number(value); }
    FileBytes& u64(std::uint64_t value) { return number(value); }
    /// A 64-bit length and the bytes.
    FileBytes& text(std::string_view value) { return u64(value.size()).raw(value); }
    FileBytes& zeros(std::size_t count) { return raw(std::string(count, '\0')); }
    FileBytes& align(std::size_t alignment) {
        return zeros((alignment - bytes_.size() % alignment) % alignment);
    }

    const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_;
};

/// GGUF's magic, version and counts.
inline FileBytes gguf_preamble(std::uint64_t tensors, std::uint64_t metadata, std::uint32_t version = 3) {
    return FileBytes().raw("GGUF").u32(version).u64(tensors).u64(metadata);
}

struct GgufTensor {
    std::string name = "weights";
    std::vector<std::uint64_t> dimensions{4};  ///< fastest first, as in the file
    std::uint32_t type = 0;
    std::uint64_t offset = 0;
};

inline FileBytes& operator<<(FileBytes& file, const GgufTensor& tensor) {
    file.text(tensor.name).u32(static_cast<std::uint32_t>(tensor.dimensions.size()));
    for (const auto dimension : tensor.dimensions) file.u64(dimension);
    return file.u32(tensor.type).u64(tensor.offset);
}

/// Without metadata; `data` bytes of zeros after the descriptions.
inline std::string gguf_with(const std::vector<GgufTensor>& tensors, std::size_t data) {
    auto file = gguf_preamble(tensors.size(), 0);
    for (const auto& tensor : tensors) file << tensor;
    return file.align(32).zeros(data).bytes();
}

}  // namespace dotmoe
