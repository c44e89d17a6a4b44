#include "formats/number_format.h"

#include <ATen/Parallel.h>

#include <cassert>
#include <cmath>
#include <cstring>

#include "base/error.h"
#include "formats/gguf_types.h"
#include "formats/quantize_q4_k.h"

namespace dotmoe {
namespace {

std::vector<std::byte> bytes_of(const at::Tensor& tensor) {
    std::vector<std::byte> bytes(tensor.nbytes());
    if (!bytes.empty()) std::memcpy(bytes.data(), tensor.const_data_ptr(), bytes.size());
    return bytes;
}

constexpr std::int64_t q8_0_values = 32, q8_0_bytes = 34;

// As ggml's quantize_row_q8_0_ref: the quants come from the scale before it is rounded to fp16.
void quantize_q8_0(const float* values, std::byte* block) {
    float largest = 0;
    for (int i = 0; i < q8_0_values; ++i) largest = std::max(largest, std::abs(values[i]));
    const float scale = largest / 127, inverse = scale > 0 ? 1 / scale : 0;
    const c10::Half stored(scale);
    std::memcpy(block, &stored.x, sizeof(stored.x));
    for (int i = 0; i < q8_0_values; ++i)
        block[2 + i] = static_cast<std::byte>(static_cast<std::int8_t>(std::round(values[i] * inverse)));
}

using Quantiser = void (*)(const float* values, std::byte* block);

std::vector<std::byte> in_blocks(const at::Tensor& values, Quantiser quantise, std::int64_t values_a_block,
                                 std::int64_t bytes_a_block) {
    const auto blocks = values.numel() / values_a_block;
    std::vector<std::byte> bytes(static_cast<std::size_t>(blocks * bytes_a_block));
    const auto* from = values.const_data_ptr<float>();
    at::parallel_for(0, blocks, (1 << 17) / values_a_block, [&](std::int64_t first, std::int64_t last) {
        for (auto block = first; block < last; ++block)
            quantise(from + block * values_a_block, bytes.data() + block * bytes_a_block);
    });
    return bytes;
}

}  // namespace

bool rows_divide(gguf::TensorType type, std::int64_t row) {
    return row % gguf::block_of(type).elements == 0;
}

std::vector<std::byte> encoded(const at::Tensor& tensor, gguf::TensorType type) {
    const auto values = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
    assert(values.dim() == 0 || rows_divide(type, values.size(-1)));
    switch (type) {
        case gguf::TensorType::F32:
            return bytes_of(values);
        case gguf::TensorType::F16:
            return bytes_of(values.to(at::kHalf));
        case gguf::TensorType::BF16:
            return bytes_of(values.to(at::kBFloat16));
        case gguf::TensorType::Q8_0:
            return in_blocks(values, quantize_q8_0, q8_0_values, q8_0_bytes);
        case gguf::TensorType::Q4_K:
            return in_blocks(values, quantize_q4_k, q4_k_values, q4_k_bytes);
        default:
            fail("{} cannot be written here", gguf::type_name(type));
    }
}

}  // namespace dotmoe
