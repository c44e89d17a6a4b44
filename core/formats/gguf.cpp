#include "formats/gguf.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include "base/error.h"
#include "formats/byte_reader.h"
#include "formats/gguf_metadata.h"
#include "formats/gguf_types.h"
#include "formats/shape.h"

namespace dotmoe::gguf {
namespace {

static_assert(std::endian::native == std::endian::little,
              "GGUF is little-endian, and is read without swapping");

constexpr std::uint32_t supported_version = 3;
constexpr std::uint32_t most_dimensions = 4;  // GGML_MAX_DIMS
constexpr std::uint64_t default_alignment = 32;
constexpr std::uint64_t least_metadata_bytes = 8 + 4 + 1;    // key length, value type, smallest value
constexpr std::uint64_t least_tensor_bytes = 8 + 4 + 4 + 8;  // name length, dimensions, type, offset

/// A tensor whose data is not yet looked up: offsets count from the end of all tensor descriptions.
struct Described {
    Tensor tensor;
    std::uint64_t offset = 0, size = 0;
};

std::uint32_t read_preamble(ByteReader& reader, const std::string& path) {
    if (reader.remaining() == 0) fail("{}: is empty, not a GGUF file", path);
    reader.enter("the magic number");
    const auto magic = reader.take(4);
    const std::string_view text(reinterpret_cast<const char*>(magic.data()), magic.size());
    if (text != "GGUF")
        fail("{}: is not a GGUF file: it starts with '{}' instead of 'GGUF'", path, printable(text));
    reader.enter("the version");
    const auto version = reader.number<std::uint32_t>();
    if (version == supported_version) return version;
    if (version == supported_version << 24)
        fail("{}: is a big-endian GGUF file; only little-endian ones can be read", path);
    fail("{}: is GGUF version {}; only version {} can be read: convert it again with a current llama.cpp",
         path, version, supported_version);
}

std::int64_t read_dimension(ByteReader& reader) {
    const auto dimension = reader.number<std::uint64_t>();
    if (dimension == 0) reader.damaged("a dimension is 0");
    if (!std::in_range<std::int64_t>(dimension)) reader.damaged("a dimension is {}", dimension);
    return static_cast<std::int64_t>(dimension);
}

Described read_description(ByteReader& reader, const std::string& path, std::uint64_t number) {
    reader.enter(fmt::format("the name of tensor {}", number));
    Described described;
    auto& tensor = described.tensor;
    tensor.name = reader.text();
    reader.enter(fmt::format("tensor '{}'", printable(tensor.name)));
    const auto dimensions = reader.number<std::uint32_t>();
    if (dimensions > most_dimensions)
        reader.damaged("it has {} dimensions, at most {} are allowed", dimensions, most_dimensions);
    for (std::uint32_t i = 0; i < dimensions; ++i) tensor.shape.push_back(read_dimension(reader));
    std::ranges::reverse(tensor.shape);
    tensor.type = static_cast<TensorType>(reader.number<std::uint32_t>());
    if (!is_readable(tensor.type))
        fail(
            "{}: tensor '{}' is of type {} (id {}), which cannot be read; take a file quantised as Q4_K_M, "
            "Q6_K or Q8_0",
            path, printable(tensor.name), type_name(tensor.type), static_cast<std::uint32_t>(tensor.type));

    const auto elements = element_count(tensor.shape);
    if (!elements) reader.damaged("the shape {} overflows", shape_text(tensor.shape));
    const auto row = tensor.shape.empty() ? 1 : tensor.shape.back();
    if (row % block_of(tensor.type).elements != 0)
        reader.damaged("rows of {} values do not fill whole blocks of {} ({} values)", row,
                       type_name(tensor.type), block_of(tensor.type).elements);
    const auto size = checked_byte_size(tensor.type, *elements);
    if (!size) reader.damaged("the shape {} overflows", shape_text(tensor.shape));
    described.size = static_cast<std::uint64_t>(*size);
    described.offset = reader.number<std::uint64_t>();
    return described;
}

std::uint64_t read_alignment(const std::map<std::string, Value, std::less<>>& metadata, ByteReader& reader) {
    const auto found = metadata.find("general.alignment");
    reader.enter("metadata entry 'general.alignment'");
    if (found == metadata.end()) return default_alignment;
    const auto* alignment = std::get_if<std::uint64_t>(&found->second);
    if (!alignment || !std::has_single_bit(*alignment) ||
        *alignment > std::numeric_limits<std::uint32_t>::max())
        reader.damaged("it is not a power of two");
    return *alignment;
}

/// Points every tensor at its bytes. `begin` is where the data section starts.
void locate(std::vector<Described>& tensors, std::span<const std::byte> file, std::uint64_t begin,
            std::uint64_t alignment, ByteReader& reader) {
    const auto available = begin < file.size() ? file.size() - begin : 0;
    for (auto& [tensor, offset, size] : tensors) {
        reader.enter(fmt::format("tensor '{}'", printable(tensor.name)));
        if (offset % alignment != 0)
            reader.damaged("its offset {} is not a multiple of the alignment {}", offset, alignment);
        if (offset > available || size > available - offset)
            reader.damaged("its data ({} bytes at offset {}) reaches beyond the {} bytes of data in the file",
                           size, offset, available);
        tensor.data = file.subspan(begin + offset, size);
    }
}

void check_overlaps(const std::vector<Described>& tensors, ByteReader& reader) {
    std::vector<const Described*> by_offset;
    by_offset.reserve(tensors.size());
    for (const auto& described : tensors) by_offset.push_back(&described);
    std::ranges::sort(by_offset, {}, [](const Described* described) { return described->offset; });
    for (std::size_t i = 1; i < by_offset.size(); ++i) {
        const auto &before = *by_offset[i - 1], &here = *by_offset[i];
        reader.enter(fmt::format("tensor '{}'", printable(here.tensor.name)));
        if (here.offset - before.offset < before.size)
            reader.damaged("its data overlaps that of tensor '{}'", printable(before.tensor.name));
    }
}

}  // namespace

std::int64_t Tensor::elements() const {
    return element_count(shape).value();
}

File::File(const std::filesystem::path& path) : file_(path) {
    ByteReader reader(file_.bytes(), path.string());
    version_ = read_preamble(reader, path.string());
    reader.enter("the counts of tensors and metadata entries");
    const auto tensor_count = reader.count(least_tensor_bytes);
    const auto metadata_count = reader.count(least_metadata_bytes);

    for (std::uint64_t i = 0; i < metadata_count; ++i) {
        reader.enter(fmt::format("the key of metadata entry {}", i));
        const std::string key(reader.text());
        reader.enter(fmt::format("metadata entry '{}'", printable(key)));
        if (!metadata_.emplace(key, read_value(reader)).second) reader.damaged("the key occurs twice");
    }

    std::vector<Described> described;
    described.reserve(tensor_count);
    for (std::uint64_t i = 0; i < tensor_count; ++i) {
        described.push_back(read_description(reader, path.string(), i));
        if (!index_.emplace(described.back().tensor.name, i).second) reader.damaged("the name occurs twice");
    }

    const auto alignment = read_alignment(metadata_, reader);
    const auto begin = (reader.position() + alignment - 1) / alignment * alignment;
    locate(described, file_.bytes(), begin, alignment, reader);
    check_overlaps(described, reader);
    tensors_.reserve(described.size());
    for (auto& each : described) tensors_.push_back(std::move(each.tensor));
}

const Tensor* File::find(std::string_view name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? nullptr : &tensors_[found->second];
}

const Tensor& File::at(std::string_view name) const {
    const auto* found = find(name);
    if (!found) fail("{}: tensor '{}' is missing", path().string(), name);
    return *found;
}

}  // namespace dotmoe::gguf
