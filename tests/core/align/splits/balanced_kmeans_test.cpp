#include "align/splits/balanced_kmeans.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/align/splits/known_activations.h"
#include "transport/rounding.h"

namespace dotmoe {
namespace {

at::Tensor gram_of(const at::Tensor& points) {
    return points.matmul(points.t());
}

/// Written out: squared distances to the means of the groups.
double inertia_of(const at::Tensor& points, const at::Tensor& owner, std::int64_t clusters) {
    double inertia = 0;
    for (std::int64_t cluster = 0; cluster < clusters; ++cluster) {
        const auto members = points.index_select(0, at::nonzero(owner == cluster).squeeze(1));
        inertia += (members - members.mean(0, true)).square().sum().item<double>();
    }
    return inertia;
}

/// The least inertia of all splits of n points into two halves.
double best_halves(const at::Tensor& points) {
    const auto count = points.size(0);
    std::vector<std::int64_t> owner(static_cast<std::size_t>(count), 0);
    std::fill(owner.begin() + count / 2, owner.end(), 1);
    double best = std::numeric_limits<double>::infinity();
    do best = std::min(best, inertia_of(points, at::tensor(owner, at::kLong), 2));
    while (std::ranges::next_permutation(owner).found);
    return best;
}

/// `groups` times `size` points about far corners, dealt in turn: point i belongs to group i mod groups.
at::Tensor planted(std::int64_t groups, std::int64_t size, double noise) {
    const auto corners = 10 * at::eye(groups, at::kDouble);
    return corners.repeat({size, 1}) + noise * at::randn({groups * size, groups}, at::kDouble);
}

TEST(BalancedKmeans, RecoversPlantedGroups) {
    at::manual_seed(1);
    const auto gram = gram_of(planted(6, 7, 0.3));
    const auto found = balanced_kmeans(gram, kmeans_plus_plus(gram, 6, 3));
    EXPECT_TRUE(test::same_groups(found.owner, at::arange(42, at::kLong).remainder(6)));
}

TEST(BalancedKmeans, FromSomeStartsReachesTheOptimumOfAllBalancedSplits) {
    for (std::uint64_t trial = 0; trial < 6; ++trial) {
        at::manual_seed(trial);
        const auto points = at::randn({10, 3}, at::kDouble);
        const auto gram = gram_of(points);
        const double optimum = best_halves(points);
        double best = std::numeric_limits<double>::infinity();
        for (std::uint64_t seed = 0; seed < 30; ++seed) {
            const auto found = balanced_kmeans(gram, kmeans_plus_plus(gram, 2, seed));
            EXPECT_NEAR(found.inertia, inertia_of(points, found.owner, 2), 1e-9);
            EXPECT_GE(found.inertia, optimum - 1e-9);
            best = std::min(best, found.inertia);
        }
        EXPECT_NEAR(best, optimum, 1e-9) << "trial " << trial;
    }
}

TEST(BalancedKmeans, NoRoundRaisesTheInertiaAndTheLastChangesNothing) {
    at::manual_seed(4);
    const auto points = at::randn({60, 5}, at::kDouble);
    const auto gram = gram_of(points);
    const auto seeds = kmeans_plus_plus(gram, 6, 8);
    const auto whole = balanced_kmeans(gram, seeds, 100);
    ASSERT_GT(whole.rounds, 2);
    ASSERT_LT(whole.rounds, 100);
    double last = std::numeric_limits<double>::infinity();
    for (std::int64_t rounds = 1; rounds <= whole.rounds; ++rounds) {
        const auto found = balanced_kmeans(gram, seeds, rounds);
        EXPECT_LE(found.inertia, last + 1e-9);
        EXPECT_TRUE(at::equal(at::bincount(found.owner, {}, 6), at::full({6}, 10, at::kLong)));
        last = found.inertia;
    }
    EXPECT_TRUE(at::equal(balanced_kmeans(gram, seeds, whole.rounds - 1).owner, whole.owner));
}

TEST(BalancedKmeans, TheFirstRoundIsTheBestAssignmentToTheSeeds) {
    at::manual_seed(6);
    const auto points = at::randn({24, 4}, at::kDouble);
    const auto seeds = at::tensor({3, 17, 9}, at::kLong);
    const auto distances = at::cdist(points, points.index_select(0, seeds)).square();
    EXPECT_TRUE(at::equal(balanced_kmeans(gram_of(points), seeds, 1).owner,
                          round_exact(-distances, {8, 8, 8}).owner));
}

TEST(KmeansPlusPlus, TakesASeedOfEachDistantGroup) {
    at::manual_seed(2);
    const auto gram = gram_of(planted(5, 8, 1e-3));
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const auto groups = std::get<0>(kmeans_plus_plus(gram, 5, seed).remainder(5).sort());
        EXPECT_TRUE(at::equal(groups, at::arange(5, at::kLong))) << groups;
    }
}

TEST(KmeansPlusPlus, PointsThatAreAllTheSameAreNoTrouble) {
    const auto gram = at::ones({12, 12});
    const auto found = balanced_kmeans(gram, kmeans_plus_plus(gram, 4, 1));
    EXPECT_TRUE(at::equal(at::bincount(found.owner, {}, 4), at::full({4}, 3, at::kLong)));
    EXPECT_NEAR(found.inertia, 0, 1e-6);
}

}  // namespace
}  // namespace dotmoe
