#include "formats/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "base/error.h"
#include "formats/byte_reader.h"
#include "formats/shape.h"

namespace dotmoe::safetensors {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t longest_header = 100'000'000;  // as the reference implementation
constexpr int deepest_header = 3;                      // file, tensor, list
constexpr std::string_view metadata_key = "__metadata__";

struct NamedType {
    DType dtype;
    std::string_view name;
    std::int64_t size;
};
constexpr std::array types{
    NamedType{DType::F32, "F32", 4}, NamedType{DType::F16, "F16", 2}, NamedType{DType::BF16, "BF16", 2},
    NamedType{DType::I64, "I64", 8}, NamedType{DType::I32, "I32", 4}, NamedType{DType::U8, "U8", 1},
    NamedType{DType::F64, "F64", 8},
};

const NamedType& named(DType dtype) {
    return *std::ranges::find(types, dtype, &NamedType::dtype);
}

/// Refuses what a DOM would swallow: names that occur twice, and nesting (each level of which takes memory).
struct HeaderGuard {
    const ByteReader& reader;
    std::set<std::string> names;

    bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
        const bool opens =
            event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
        if (opens && depth >= deepest_header) reader.damaged("the JSON is nested too deep");
        if (event == Json::parse_event_t::key && depth == 1) {
            const auto& name = parsed.get_ref<const std::string&>();
            if (!names.insert(name).second) reader.damaged("the name '{}' occurs twice", printable(name));
        }
        return true;
    }
};

Json read_header(ByteReader& reader) {
    reader.enter("the header");
    const auto length = reader.number<std::uint64_t>();
    if (length > longest_header)
        reader.damaged("it claims {} bytes, more than the {} allowed", length, longest_header);
    const auto bytes = reader.take(length);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    HeaderGuard guard{reader, {}};
    Json header;
    try {
        header = Json::parse(text, std::ref(guard));
    } catch (const Json::exception& error) {
        const auto* parse = dynamic_cast<const Json::parse_error*>(&error);
        reader.damaged("it is not valid JSON{}", parse ? fmt::format(" (at byte {})", 8 + parse->byte) : "");
    }
    if (!header.is_object()) reader.damaged("it is not a JSON object");
    return header;
}

std::map<std::string, std::string> read_metadata(const Json& stored, ByteReader& reader) {
    reader.enter(std::string(metadata_key));
    if (!stored.is_object()) reader.damaged("it is not a JSON object");
    std::map<std::string, std::string> metadata;
    for (const auto& [key, value] : stored.items()) {
        if (!value.is_string()) reader.damaged("'{}' is not a string", printable(key));
        metadata.emplace(key, value.get<std::string>());
    }
    return metadata;
}

/// A list of numbers that are no less than 0.
std::vector<std::int64_t> read_sizes(const Json& entry, const char* key, const ByteReader& reader) {
    const auto list = entry.find(key);
    if (list == entry.end() || !list->is_array()) reader.damaged("it has no list '{}'", key);
    std::vector<std::int64_t> sizes;
    for (const auto& size : *list) {
        const bool fits = size.is_number_unsigned() && std::in_range<std::int64_t>(size.get<std::uint64_t>());
        if (!fits)
            reader.damaged("'{}' holds {}", key,
                           printable(size.dump(-1, ' ', true, Json::error_handler_t::replace)));
        sizes.push_back(size.get<std::int64_t>());
    }
    return sizes;
}

DType read_dtype(const Json& entry, const ByteReader& reader) {
    const auto name = entry.find("dtype");
    if (name == entry.end() || !name->is_string()) reader.damaged("it has no 'dtype'");
    const auto& text = name->get_ref<const std::string&>();
    const auto found = std::ranges::find(types, text, &NamedType::name);
    if (found == types.end()) reader.damaged("its dtype '{}' is not supported", printable(text));
    return found->dtype;
}

struct Placed {
    Tensor tensor;
    std::int64_t begin = 0, end = 0;  ///< in the data section
};

Placed read_tensor(const std::string& name, const Json& entry, std::span<const std::byte> data,
                   ByteReader& reader) {
    reader.enter(fmt::format("tensor '{}'", printable(name)));
    if (!entry.is_object()) reader.damaged("it is not a JSON object");
    Placed placed{{name, read_dtype(entry, reader), read_sizes(entry, "shape", reader), {}}};
    const auto offsets = read_sizes(entry, "data_offsets", reader);
    if (offsets.size() != 2 || offsets[0] > offsets[1])
        reader.damaged("its data_offsets are not a begin and an end");
    placed.begin = offsets[0];
    placed.end = offsets[1];
    if (static_cast<std::uint64_t>(placed.end) > data.size())
        reader.damaged("its data ends at offset {}, beyond the {} bytes of data in the file", placed.end,
                       data.size());

    auto& tensor = placed.tensor;
    const auto elements = element_count(tensor.shape);
    const auto size = elements ? checked_product(*elements, dtype_size(tensor.dtype)) : std::nullopt;
    if (!size) reader.damaged("the shape {} overflows", shape_text(tensor.shape));
    if (*size != placed.end - placed.begin)
        reader.damaged("the shape {} of {} takes {} bytes, but its data_offsets span {}",
                       shape_text(tensor.shape), dtype_name(tensor.dtype), *size, placed.end - placed.begin);
    tensor.data = data.subspan(static_cast<std::size_t>(placed.begin), static_cast<std::size_t>(*size));
    return placed;
}

/// The format allows neither gaps nor overlaps: no byte may hide in a file.
void check_coverage(const std::vector<Placed>& placed, std::size_t data_size, ByteReader& reader) {
    std::int64_t covered = 0;
    for (const auto& each : placed) {
        reader.enter(fmt::format("tensor '{}'", printable(each.tensor.name)));
        if (each.begin != covered)
            reader.damaged("its data begins at offset {}, but the tensor before it ends at {}", each.begin,
                           covered);
        covered = each.end;
    }
    reader.enter("the data");
    if (static_cast<std::size_t>(covered) != data_size)
        reader.damaged("{} bytes belong to no tensor", data_size - static_cast<std::size_t>(covered));
}

}  // namespace

std::string_view dtype_name(DType dtype) {
    return named(dtype).name;
}
std::int64_t dtype_size(DType dtype) {
    return named(dtype).size;
}

File::File(const std::filesystem::path& path) : file_(path) {
    ByteReader reader(file_.bytes(), path.string());
    const auto header = read_header(reader);
    const auto data = file_.bytes().subspan(reader.position());
    std::vector<Placed> placed;
    for (const auto& [name, entry] : header.items()) {
        if (name == metadata_key)
            metadata_ = read_metadata(entry, reader);
        else
            placed.push_back(read_tensor(name, entry, data, reader));
    }
    std::ranges::stable_sort(placed, {}, [](const Placed& each) { return std::pair(each.begin, each.end); });
    check_coverage(placed, data.size(), reader);
    for (auto& each : placed) {
        index_.emplace(each.tensor.name, tensors_.size());
        tensors_.push_back(std::move(each.tensor));
    }
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

}  // namespace dotmoe::safetensors
