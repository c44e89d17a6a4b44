#include "formats/gguf_writer.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "formats/gguf_metadata.h"
#include "formats/gguf_types.h"
#include "formats/shape.h"
#include "formats/tensor_bytes.h"

namespace dotmoe::gguf {
namespace {

constexpr std::uint32_t version = 3;
constexpr std::uint64_t alignment = 32;

std::uint64_t aligned(std::uint64_t position) {
    return (position + alignment - 1) / alignment * alignment;
}

/// Everything before the tensor data.
class Header {
  public:
    template <typename T>
    void number(T value) {
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    }
    void text(std::string_view value) {
        number<std::uint64_t>(value.size());
        bytes_ += value;
    }
    void type(ValueType value) { number(static_cast<std::uint32_t>(value)); }
    void raw(std::string_view value) { bytes_ += value; }
    void pad() { bytes_.resize(aligned(bytes_.size())); }
    const std::string& bytes() const { return bytes_; }

  private:
    std::string bytes_;
};

/// Writes a value's type and the value.
struct ValueWriter {
    Header& header;

    void operator()(std::uint64_t value) const {
        if (std::in_range<std::uint32_t>(value))
            return put(ValueType::uint32, static_cast<std::uint32_t>(value));
        put(ValueType::uint64, value);
    }
    void operator()(std::int64_t value) const {
        if (std::in_range<std::int32_t>(value))
            return put(ValueType::int32, static_cast<std::int32_t>(value));
        put(ValueType::int64, value);
    }
    void operator()(double value) const { put(ValueType::float32, static_cast<float>(value)); }
    void operator()(bool value) const { put(ValueType::boolean, std::uint8_t{value}); }
    void operator()(const std::string& value) const {
        header.type(ValueType::string);
        header.text(value);
    }
    void operator()(const std::vector<std::int64_t>& values) const {
        if (std::ranges::all_of(values,
                                [](std::int64_t value) { return std::in_range<std::int32_t>(value); }))
            return put_array<std::int32_t>(ValueType::int32, values);
        put_array<std::int64_t>(ValueType::int64, values);
    }
    void operator()(const std::vector<double>& values) const { put_array<float>(ValueType::float32, values); }
    void operator()(const std::vector<bool>& values) const {
        put_array<std::uint8_t>(ValueType::boolean, values);
    }
    void operator()(const std::vector<std::string>& values) const {
        begin_array(ValueType::string, values.size());
        for (const auto& value : values) header.text(value);
    }

  private:
    template <typename T>
    void put(ValueType type, T value) const {
        header.type(type);
        header.number(value);
    }
    void begin_array(ValueType type, std::size_t size) const {
        header.type(ValueType::array);
        header.type(type);
        header.number<std::uint64_t>(size);
    }
    template <typename Stored, typename Values>
    void put_array(ValueType type, const Values& values) const {
        begin_array(type, values.size());
        for (const auto value : values) header.number(static_cast<Stored>(value));
    }
};

std::int64_t stored_size(const std::filesystem::path& path, const TensorToWrite& tensor) {
    const auto elements = element_count(tensor.shape);
    const auto size = elements ? checked_byte_size(tensor.type, *elements) : std::nullopt;
    if (!size)
        fail("{}: tensor '{}': the shape {} cannot be written as {}", path.string(), tensor.name,
             shape_text(tensor.shape), type_name(tensor.type));
    return *size;
}

std::vector<std::int64_t> stored_sizes(const std::filesystem::path& path,
                                       const std::vector<TensorToWrite>& tensors) {
    std::vector<std::int64_t> sizes;
    std::set<std::string_view> names;
    for (const auto& tensor : tensors) {
        if (!names.insert(tensor.name).second)
            fail("{}: tensor '{}' occurs twice", path.string(), tensor.name);
        sizes.push_back(stored_size(path, tensor));
    }
    return sizes;
}

Header make_header(const std::vector<std::pair<std::string, Value>>& metadata,
                   const std::vector<TensorToWrite>& tensors, const std::vector<std::int64_t>& sizes) {
    Header header;
    header.raw("GGUF");
    header.number(version);
    header.number<std::uint64_t>(tensors.size());
    header.number<std::uint64_t>(metadata.size());
    for (const auto& [key, value] : metadata) {
        header.text(key);
        std::visit(ValueWriter{header}, value);
    }
    std::uint64_t offset = 0;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto& tensor = tensors[i];
        header.text(tensor.name);
        header.number(static_cast<std::uint32_t>(tensor.shape.size()));
        for (const auto dimension : std::views::reverse(tensor.shape))
            header.number(static_cast<std::uint64_t>(dimension));
        header.number(static_cast<std::uint32_t>(tensor.type));
        header.number(offset);
        offset += aligned(static_cast<std::uint64_t>(sizes[i]));
    }
    header.pad();
    return header;
}

}  // namespace

void write(const std::filesystem::path& path, const std::vector<std::pair<std::string, Value>>& metadata,
           const std::vector<TensorToWrite>& tensors) {
    const auto sizes = stored_sizes(path, tensors);
    AtomicFile file(path);
    file.write(make_header(metadata, tensors, sizes).bytes());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const auto size = static_cast<std::uint64_t>(sizes[i]);
        file.write(tensor_bytes(path, tensors[i].name, sizes[i], tensors[i].data));
        file.write(std::string(aligned(size) - size, '\0'));
    }
    file.commit();
}

}  // namespace dotmoe::gguf
