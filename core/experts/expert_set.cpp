#include "experts/expert_set.h"

namespace dotmoe {

std::vector<at::Tensor> neurons_of_columns(const at::Tensor& owner, const Layout& layout) {
    const auto by_column = at::argsort(owner, /*stable=*/true, 0, /*descending=*/false);
    const auto counts = at::bincount(owner, {}, layout.columns());
    const std::vector<std::int64_t> sizes(counts.const_data_ptr<std::int64_t>(),
                                          counts.const_data_ptr<std::int64_t>() + counts.numel());
    return at::split_with_sizes(by_column, sizes, 0);
}

}  // namespace dotmoe
