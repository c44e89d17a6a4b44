#include "widgets/plan_iterate.h"

#include <cmath>
#include <span>

namespace dotmoe {

bool endedIn(const SinkhornSnapshot& solve, const PlanSnapshot& plan) {
    const auto potentials = solve.column_residual.size() * static_cast<std::size_t>(plan.columns);
    return solve.stage == plan.stage && solve.step == plan.step && solve.layer == plan.layer &&
           !solve.g.empty() && solve.g.size() == potentials;
}

std::shared_ptr<const PlanSnapshot> planAfter(const PlanSnapshot& plan, const SinkhornSnapshot& solve,
                                              int iteration) {
    const auto columns = static_cast<std::size_t>(plan.columns);
    const auto g = std::span(solve.g).subspan(static_cast<std::size_t>(iteration - 1) * columns, columns);
    const auto last = std::span(solve.g).last(columns);
    std::vector<float> factor(columns);
    for (std::size_t e = 0; e < columns; ++e) factor[e] = std::exp(g[e] - last[e]);

    auto iterate = std::make_shared<PlanSnapshot>(plan);
    double onOwners = 0;
    for (std::size_t n = 0; n < plan.owner.size(); ++n) {
        const auto row = std::span(iterate->soft).subspan(n * columns, columns);
        float sum = 0;
        for (std::size_t e = 0; e < columns; ++e) sum += row[e] *= factor[e];
        for (float& mass : row) mass /= sum;
        onOwners += static_cast<double>(row[static_cast<std::size_t>(plan.owner[n])]);
    }
    iterate->soft_hard_gap = 1 - onOwners / static_cast<double>(plan.owner.size());
    return iterate;
}

}  // namespace dotmoe
