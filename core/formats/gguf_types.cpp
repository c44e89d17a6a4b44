#include <array>
#include <cassert>

#include "base/error.h"
#include "formats/gguf.h"
#include "formats/gguf_types.h"
#include "formats/shape.h"

namespace dotmoe::gguf {
namespace {

struct NamedBlock {
    TensorType type;
    std::string_view name;
    Block block;
};

// ggml's block layouts: a 16-bit scale (and minimum), packed quants; K types pack eight or sixteen sub-blocks
// of 256.
constexpr std::array readable{
    NamedBlock{TensorType::F32, "F32", {1, 4}},       NamedBlock{TensorType::F16, "F16", {1, 2}},
    NamedBlock{TensorType::BF16, "BF16", {1, 2}},     NamedBlock{TensorType::Q4_0, "Q4_0", {32, 18}},
    NamedBlock{TensorType::Q4_1, "Q4_1", {32, 20}},   NamedBlock{TensorType::Q5_0, "Q5_0", {32, 22}},
    NamedBlock{TensorType::Q5_1, "Q5_1", {32, 24}},   NamedBlock{TensorType::Q8_0, "Q8_0", {32, 34}},
    NamedBlock{TensorType::Q4_K, "Q4_K", {256, 144}}, NamedBlock{TensorType::Q5_K, "Q5_K", {256, 176}},
    NamedBlock{TensorType::Q6_K, "Q6_K", {256, 210}},
};

// All of ggml's ids, so that a refusal can name the type; empty where ggml retired the id.
constexpr std::array<std::string_view, 42> ggml_names{
    "F32",   "F16",    "Q4_0",  "Q4_1", "",     "",        "Q5_0",   "Q5_1",    "Q8_0",  "Q8_1",   "Q2_K",
    "Q3_K",  "Q4_K",   "Q5_K",  "Q6_K", "Q8_K", "IQ2_XXS", "IQ2_XS", "IQ3_XXS", "IQ1_S", "IQ4_NL", "IQ3_S",
    "IQ2_S", "IQ4_XS", "I8",    "I16",  "I32",  "I64",     "F64",    "IQ1_M",   "BF16",  "",       "",
    "",      "TQ1_0",  "TQ2_0", "",     "",     "",        "MXFP4",  "NVFP4",   "Q1_0"};

const NamedBlock* find_readable(TensorType type) {
    for (const auto& candidate : readable)
        if (candidate.type == type) return &candidate;
    return nullptr;
}

}  // namespace

bool is_readable(TensorType type) {
    return find_readable(type) != nullptr;
}

Block block_of(TensorType type) {
    const auto* found = find_readable(type);
    assert(found);
    return found->block;
}

std::string_view type_name(TensorType type) {
    const auto id = static_cast<std::size_t>(type);
    return id < ggml_names.size() && !ggml_names[id].empty() ? ggml_names[id] : "unknown";
}

std::optional<std::int64_t> checked_byte_size(TensorType type, std::int64_t elements) {
    const auto block = block_of(type);
    if (elements % block.elements != 0) return std::nullopt;
    return checked_product(elements / block.elements, block.bytes);
}

std::int64_t byte_size(TensorType type, std::int64_t elements) {
    const auto size = checked_byte_size(type, elements);
    if (!size) fail("{} values do not fill whole blocks of {}", elements, type_name(type));
    return *size;
}

}  // namespace dotmoe::gguf
