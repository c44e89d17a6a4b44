#include "model/read_tensor.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "base/error.h"
#include "formats/dequantize.h"

namespace dotmoe {
namespace {

constexpr std::int64_t kGrain = 1 << 16;  // values a piece of parallel work

}  // namespace

at::Tensor read_tensor(const gguf::Tensor& tensor) {
    auto values = at::empty(tensor.shape, at::kFloat);
    if (values.numel() == 0) return values;
    // A row is a whole number of quantised blocks, so rows can be read apart.
    const auto row = tensor.shape.empty() ? 1 : tensor.shape.back();
    const auto row_bytes = static_cast<std::size_t>(gguf::byte_size(tensor.type, row));
    auto* out = values.mutable_data_ptr<float>();
    at::parallel_for(0, values.numel() / row, std::max<std::int64_t>(1, kGrain / row),
                     [&](std::int64_t first, std::int64_t last) {
                         const auto count = static_cast<std::size_t>(last - first);
                         gguf::dequantize(tensor.type,
                                          tensor.data.subspan(static_cast<std::size_t>(first) * row_bytes,
                                                              count * row_bytes),
                                          {out + first * row, count * static_cast<std::size_t>(row)});
                     });
    return values;
}

void check_finite(const at::Tensor& values, std::string_view tensor, const std::filesystem::path& path) {
    const auto* value = values.const_data_ptr<float>();
    std::atomic<std::int64_t> bad = 0;
    at::parallel_for(0, values.numel(), kGrain, [&](std::int64_t first, std::int64_t last) {
        bad += std::count_if(value + first, value + last, [](float v) { return !std::isfinite(v); });
    });
    if (bad > 0)
        fail("{}: {} holds NaN or infinity in {} of {} values: the file is damaged, use another copy",
             path.string(), tensor, bad.load(), values.numel());
}

}  // namespace dotmoe
