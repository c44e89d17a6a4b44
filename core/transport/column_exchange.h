// Exact repair of a hard plan: neurons change columns along shortest augmenting paths (METHOD §2, exact
// rounding).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "transport/problem.h"

namespace dotmoe {

/// max sum_i A[i, owner_i] with c_e neurons in column e. Every neuron always sits in a column of largest A_ie
/// - p_e (complementary slackness), so the plan is optimal for its own counts; fill() moves one neuron at a
/// time from an overfull column towards one with room, along the cheapest chain of columns, and raises the
/// prices to match.
class ColumnExchange {
  public:
    /// `affinity` [N, columns] row-major, finite or -inf (not allowed), a finite entry in each row, must
    /// outlive this; `prices` [columns] in affinity units.
    ColumnExchange(std::span<const double> affinity, Capacities capacities, std::vector<double> prices);

    /// Neurons above their column's capacity: what fill() has to move.
    std::int64_t excess() const;
    /// False where entries of -inf (constraints.h) leave no feasible plan: the exchange is of no use then.
    bool fill();

    const std::vector<std::int64_t>& owner() const { return owner_; }
    const std::vector<double>& prices() const { return prices_; }
    /// Whether no neuron would gain more than `tolerance` by another column at the present prices.
    bool complementary_slack(double tolerance) const;

  private:
    struct Candidate {
        double cost;  ///< A_ie - A_if: what moving neuron i from e to f loses
        std::int64_t neuron;
        bool operator>(const Candidate& other) const {
            return cost != other.cost ? cost > other.cost : neuron > other.neuron;
        }
    };
    using Heap = std::vector<Candidate>;  ///< least cost first; may hold neurons that have left since

    const double* row(std::int64_t neuron) const { return affinity_.data() + neuron * columns_; }
    std::int64_t best_column(std::int64_t neuron) const;
    std::int64_t first_column(std::int64_t neuron) const;
    std::optional<std::int64_t> shortest_path();
    void raise_prices(std::int64_t target);
    void move_along_path(std::int64_t target);
    void open(std::int64_t column);
    void enter(std::int64_t column, std::int64_t neuron);
    void leave(std::int64_t column, std::int64_t neuron);
    void replace_cheapest(std::int64_t from, std::int64_t to);

    std::span<const double> affinity_;
    std::int64_t columns_, neurons_;
    std::vector<double> prices_;
    std::vector<std::int64_t> owner_;
    std::vector<std::int64_t> surplus_;  ///< neurons minus capacity, per column
    std::vector<std::vector<std::int64_t>>
        members_;                         ///< per column, once a path went through it; leavers stay listed
    std::vector<char> opened_;            ///< members_ and cheapest_ of the column are kept
    std::vector<Candidate> cheapest_;     ///< [columns, columns] neuron of e that loses least by f
    std::vector<Heap> heaps_;             ///< [columns, columns] built when the cheapest first leaves
    std::vector<double> distance_;        ///< of the present search, per column
    std::vector<std::int64_t> previous_;  ///< column before it on the path, -1 at a source
    std::vector<char> settled_;
};

}  // namespace dotmoe
