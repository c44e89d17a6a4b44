// A conversion that nobody trained: for tests of everything that must hold whatever the experts are.
#pragma once

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

#include "experts/expert_set.h"
#include "model/config.h"

namespace dotmoe::test {

/// Random owners, each column exactly full, and routers whose columns have norm 1.5, as trained ones do
/// (METHOD §7).
inline ExpertSet random_experts(const ModelConfig& config, const Layout& layout, std::uint64_t seed) {
    auto generator = at::detail::createCPUGenerator(seed);
    const auto columns = at::repeat_interleave(at::arange(layout.columns()),
                                               at::tensor(layout.capacities(config.neurons), at::kLong));
    const double spread = 1.5 / std::sqrt(static_cast<double>(config.width));
    ExpertSet experts{layout, {}};
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        experts.layers.push_back({columns.index_select(0, at::randperm(config.neurons, generator)),
                                  spread * at::randn({config.width, layout.experts}, generator)});
    return experts;
}

}  // namespace dotmoe::test
