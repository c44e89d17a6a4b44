#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "base/files.h"
#include "formats/safetensors.h"
#include "formats/shape.h"
#include "formats/tensor_bytes.h"

namespace dotmoe::safetensors {
namespace {

std::int64_t stored_size(const std::filesystem::path& path, const TensorToWrite& tensor) {
    const auto elements = element_count(tensor.shape);
    const auto size = elements ? checked_product(*elements, dtype_size(tensor.dtype)) : std::nullopt;
    if (!size)
        fail("{}: tensor '{}': the shape {} cannot be written", path.string(), tensor.name,
             shape_text(tensor.shape));
    return *size;
}

/// The header as text: joined by hand, because a JSON object that keeps its order finds its keys one by one.
class Header {
  public:
    void add(const std::string& key, const nlohmann::json& value) {
        text_ += fmt::format("{}{}:{}", text_.empty() ? '{' : ',', nlohmann::json(key).dump(), value.dump());
    }

    /// The length and the JSON; blanks after it align the data to 8 bytes.
    std::string bytes() const {
        constexpr std::size_t alignment = 8;
        auto text = text_.empty() ? "{}" : text_ + '}';
        text.resize((text.size() + alignment - 1) / alignment * alignment, ' ');
        const auto length = static_cast<std::uint64_t>(text.size());
        return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + text;
    }

  private:
    std::string text_;
};

}  // namespace

void write(const std::filesystem::path& path, const std::vector<TensorToWrite>& tensors,
           const std::map<std::string, std::string>& metadata) {
    Header header;
    if (!metadata.empty()) header.add("__metadata__", metadata);
    std::set<std::string_view> names;
    std::vector<std::int64_t> sizes;
    std::int64_t offset = 0;
    for (const auto& tensor : tensors) {
        if (!names.insert(tensor.name).second)
            fail("{}: tensor '{}' occurs twice", path.string(), tensor.name);
        sizes.push_back(stored_size(path, tensor));
        const auto end = offset + sizes.back();
        header.add(
            tensor.name,
            {{"dtype", dtype_name(tensor.dtype)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}});
        offset = end;
    }
    AtomicFile file(path);
    file.write(header.bytes());
    for (std::size_t i = 0; i < tensors.size(); ++i)
        file.write(tensor_bytes(path, tensors[i].name, sizes[i], tensors[i].data));
    file.commit();
}

}  // namespace dotmoe::safetensors
