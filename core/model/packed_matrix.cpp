#include "model/packed_matrix.h"

#include <algorithm>
#include <vector>

#include "base/device.h"
#include "base/team.h"
#include "model/panel_kernel.h"

namespace dotmoe {
namespace {

constexpr std::int64_t kItemsPerThread = 6;  // so that a thread that was put aside costs little

}  // namespace

PackedMatrix::PackedMatrix(const at::Tensor& weight, WeightFormat format, bool exact)
    : rows_(weight.size(0)), values_(pack_panels(weight, format)) {
    panels_ = {format, values_.const_data_ptr(), weight.size(1), values_.size(0), exact};
}

void PackedMatrix::multiply(const float* x, std::int64_t tokens, float* y) const {
    const auto count = static_cast<std::size_t>(tokens);
    std::vector<const float*> from(count);
    for (std::size_t t = 0; t < count; ++t) from[t] = x + static_cast<std::int64_t>(t) * panels_.depth;
    const auto items = std::min<std::int64_t>(panels_.count, kItemsPerThread * thread_count());
    share_out(items, [&](std::int64_t item) {
        const auto first = item * panels_.count / items, end = (item + 1) * panels_.count / items;
        const auto whole = std::min(end, rows_ / kPanelWidth);
        std::vector<float*> to(count);
        for (std::size_t t = 0; t < count; ++t)
            to[t] = y + static_cast<std::int64_t>(t) * rows_ + first * kPanelWidth;
        dotmoe::multiply(panels_.slice(first, whole - first), from.data(), to.data(), tokens);
        if (whole == end) return;
        // The rows that fill up the last panel are no part of y.
        std::vector<float> padded(count * kPanelWidth);
        for (std::size_t t = 0; t < count; ++t) to[t] = padded.data() + t * kPanelWidth;
        dotmoe::multiply(panels_.slice(whole, 1), from.data(), to.data(), tokens);
        for (std::size_t t = 0; t < count; ++t)
            std::copy_n(to[t], rows_ - whole * kPanelWidth,
                        y + static_cast<std::int64_t>(t) * rows_ + whole * kPanelWidth);
    });
}

}  // namespace dotmoe
