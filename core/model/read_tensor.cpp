#include "model/read_tensor.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "formats/dequantize.h"

namespace dotmoe {

at::Tensor read_tensor(const gguf::Tensor& tensor) {
    auto values = at::empty(tensor.shape, at::kFloat);
    if (values.numel() == 0) return values;
    // A row is a whole number of quantised blocks, so rows can be read apart.
    const auto row = tensor.shape.empty() ? 1 : tensor.shape.back();
    const auto row_bytes = static_cast<std::size_t>(gguf::byte_size(tensor.type, row));
    auto* out = values.mutable_data_ptr<float>();
    at::parallel_for(0, values.numel() / row, std::max<std::int64_t>(1, (1 << 16) / row),
                     [&](std::int64_t first, std::int64_t last) {
                         const auto count = static_cast<std::size_t>(last - first);
                         gguf::dequantize(tensor.type,
                                          tensor.data.subspan(static_cast<std::size_t>(first) * row_bytes,
                                                              count * row_bytes),
                                          {out + first * row, count * static_cast<std::size_t>(row)});
                     });
    return values;
}

void check_finite(const at::Tensor& values, const gguf::Tensor& tensor, const std::filesystem::path& path) {
    // A sum of finite fp32 weights stays finite in fp64, and one NaN or infinity spoils it: cheaper than a
    // mask.
    if (std::isfinite(values.sum(at::kDouble).item<double>())) return;
    const auto bad = at::isfinite(values).logical_not().sum().item<std::int64_t>();
    const bool nan = at::isnan(values).any().item<bool>();
    fail("{}: {} holds {} in {} of {} values: the file is damaged or its training diverged; use another copy",
         path.string(), tensor.name, nan ? "NaN" : "infinity", bad, values.numel());
}

}  // namespace dotmoe
