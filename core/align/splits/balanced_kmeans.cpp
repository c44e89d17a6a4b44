#include "align/splits/balanced_kmeans.h"

#include <ATen/CPUGeneratorImpl.h>

#include <vector>

#include "transport/rounding.h"

namespace dotmoe {
namespace {

/// Squared distances of all points to centroids [n, clusters]; weights [n, clusters], a centroid a column.
at::Tensor squared_distances(const at::Tensor& gram, const at::Tensor& weights) {
    const auto products = gram.matmul(weights);      // G w
    const auto norms = (weights * products).sum(0);  // w^T G w
    return gram.diagonal().unsqueeze(1) - 2 * products + norms;
}

}  // namespace

BalancedClusters balanced_kmeans(const at::Tensor& gram, const at::Tensor& seeds, std::int64_t most_rounds) {
    const auto points = gram.size(0), clusters = seeds.size(0);
    const Capacities capacities(static_cast<std::size_t>(clusters), points / clusters);
    const auto members = [&](const at::Tensor& owner) {
        return at::one_hot(owner, clusters).to(gram.scalar_type());
    };

    BalancedClusters result;
    auto weights = at::zeros({points, clusters}, gram.options()).scatter_(0, seeds.unsqueeze(0), 1);
    while (result.rounds < most_rounds) {
        const auto owner = round_exact(-squared_distances(gram, weights), capacities).owner;
        ++result.rounds;
        const bool settled = result.owner.defined() && at::equal(owner, result.owner);
        result.owner = owner;
        weights = members(owner) / static_cast<double>(capacities.front());
        if (settled) break;
    }
    result.inertia =
        (squared_distances(gram, weights) * members(result.owner)).sum(at::kDouble).item<double>();
    return result;
}

at::Tensor kmeans_plus_plus(const at::Tensor& gram, std::int64_t clusters, std::uint64_t seed) {
    const auto generator = at::detail::createCPUGenerator(seed);
    const auto products = gram.to(at::kDouble);
    const auto norms = products.diagonal();
    // Copies of a seed are at distance 0; the floor leaves a choice where there are only copies.
    constexpr double least = 1e-30;
    auto nearest = at::ones({products.size(0)}, products.options());
    std::vector<std::int64_t> seeds;
    while (std::ssize(seeds) < clusters) {
        const auto next = at::multinomial(nearest, 1, false, generator).item<std::int64_t>();
        const auto distance = (norms + norms[next] - 2 * products.select(0, next)).clamp_min(least);
        nearest = seeds.empty() ? distance : at::minimum(nearest, distance);
        seeds.push_back(next);
    }
    return at::tensor(seeds, at::kLong);
}

}  // namespace dotmoe
