// k-means with clusters of one size, from inner products alone.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace dotmoe {

struct BalancedClusters {
    at::Tensor owner;    ///< [n] int64: cluster of each point, every cluster holding n / clusters of them
    double inertia = 0;  ///< sum of squared distances to the clusters' means
    std::int64_t rounds = 0;  ///< assignments made
};

/// Lloyd's algorithm with a balanced assignment: each point goes to a cluster such that the sum of squared
/// distances to the centroids is least among all assignments that fill every cluster (round_exact on
/// -distance²), then each centroid becomes its cluster's mean; until the owner stops changing or after
/// `most_rounds`. Neither half can raise the inertia.
///
/// Points enter by their Gram matrix [n, n] (fp32 or fp64, CPU): |x_i - mu|² = G_ii - 2 (G w)_i + wᵀ G w for
/// a centroid mu = sum_j w_j x_j, so vectors over all calibration tokens need not be kept. `seeds` [clusters]
/// int64 are the points that serve as the first centroids. n must be a multiple of their number.
BalancedClusters balanced_kmeans(const at::Tensor& gram, const at::Tensor& seeds,
                                 std::int64_t most_rounds = 20);

/// k-means++ (Arthur and Vassilvitskii 2007): the first seed uniform, each further one with a probability
/// proportional to its squared distance from the nearest seed so far. [clusters] int64.
at::Tensor kmeans_plus_plus(const at::Tensor& gram, std::int64_t clusters, std::uint64_t seed);

}  // namespace dotmoe
