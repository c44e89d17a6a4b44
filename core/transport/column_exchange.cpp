#include "transport/column_exchange.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace dotmoe {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

ColumnExchange::ColumnExchange(std::span<const double> affinity, Capacities capacities,
                               std::vector<double> prices)
    : affinity_(affinity),
      columns_(static_cast<std::int64_t>(capacities.size())),
      neurons_(static_cast<std::int64_t>(affinity.size()) / columns_),
      prices_(std::move(prices)),
      owner_(neurons_),
      surplus_(columns_),
      heaps_(columns_ * columns_),
      opened_(columns_, 0),
      cheapest_(columns_ * columns_, kInfinity),
      distance_(columns_),
      previous_(columns_),
      settled_(columns_) {
    for (std::int64_t e = 0; e < columns_; ++e) surplus_[e] = -capacities[e];
    for (std::int64_t i = 0; i < neurons_; ++i) ++surplus_[owner_[i] = best_column(i)];
}

std::int64_t ColumnExchange::best_column(std::int64_t neuron) const {
    const double* a = row(neuron);
    std::int64_t best = 0;
    for (std::int64_t e = 1; e < columns_; ++e)
        if (a[e] - prices_[e] > a[best] - prices_[best]) best = e;
    return best;
}

std::int64_t ColumnExchange::excess() const {
    std::int64_t total = 0;
    for (const auto surplus : surplus_) total += std::max<std::int64_t>(surplus, 0);
    return total;
}

void ColumnExchange::fill() {
    for (auto left = excess(); left > 0; --left) {
        const auto target = shortest_path();
        raise_prices(target);
        move_along_path(target);
    }
}

// Dijkstra over the columns, from every overfull one at once to the nearest with room. The edge e->f is as
// long as the least loss of A - p over the neurons of e that could move to f; ties go to the lowest column.
std::int64_t ColumnExchange::shortest_path() {
    std::fill(settled_.begin(), settled_.end(), 0);
    std::fill(previous_.begin(), previous_.end(), -1);
    for (std::int64_t e = 0; e < columns_; ++e) distance_[e] = surplus_[e] > 0 ? 0 : kInfinity;
    while (true) {
        std::int64_t from = -1;
        for (std::int64_t e = 0; e < columns_; ++e)
            if (!settled_[e] && (from < 0 || distance_[e] < distance_[from])) from = e;
        assert(from >= 0 && distance_[from] < kInfinity);
        if (surplus_[from] < 0) return from;
        settled_[from] = 1;
        if (!opened_[from]) open(from);
        const double* cheapest = &cheapest_[from * columns_];
        for (std::int64_t to = 0; to < columns_; ++to) {
            if (settled_[to]) continue;
            // Never negative but for rounding of the prices.
            const double length = std::max(0.0, cheapest[to] - prices_[from] + prices_[to]);
            if (distance_[from] + length < distance_[to]) {
                distance_[to] = distance_[from] + length;
                previous_[to] = from;
            }
        }
    }
}

// After this the edges of the path have length 0 and no edge a negative one.
void ColumnExchange::raise_prices(std::int64_t target) {
    for (std::int64_t e = 0; e < columns_; ++e)
        if (settled_[e]) prices_[e] += distance_[target] - distance_[e];
}

void ColumnExchange::move_along_path(std::int64_t target) {
    ++surplus_[target];
    auto to = target;
    std::vector<std::int64_t> path{target};
    for (auto from = previous_[to]; from >= 0; to = from, from = previous_[from]) {
        const auto neuron = heap(from, to).front().neuron;
        owner_[neuron] = to;
        path.push_back(from);
        if (!opened_[to]) continue;  // open() will find the neuron
        for (std::int64_t e = 0; e < columns_; ++e) {
            heap(to, e).push_back({row(neuron)[to] - row(neuron)[e], neuron});
            std::push_heap(heap(to, e).begin(), heap(to, e).end(), std::greater<>());
        }
    }
    --surplus_[to];
    for (const auto column : path)
        if (opened_[column]) refresh(column);
}

void ColumnExchange::open(std::int64_t column) {
    opened_[column] = 1;
    for (std::int64_t i = 0; i < neurons_; ++i) {
        if (owner_[i] != column) continue;
        for (std::int64_t e = 0; e < columns_; ++e)
            heap(column, e).push_back({row(i)[column] - row(i)[e], i});
    }
    for (std::int64_t e = 0; e < columns_; ++e)
        std::make_heap(heap(column, e).begin(), heap(column, e).end(), std::greater<>());
    refresh(column);
}

// Drops the neurons that left from the tops of the column's heaps.
void ColumnExchange::refresh(std::int64_t column) {
    for (std::int64_t e = 0; e < columns_; ++e) {
        auto& candidates = heap(column, e);
        while (!candidates.empty() && owner_[candidates.front().neuron] != column) {
            std::pop_heap(candidates.begin(), candidates.end(), std::greater<>());
            candidates.pop_back();
        }
        cheapest_[column * columns_ + e] = candidates.empty() ? kInfinity : candidates.front().cost;
    }
}

bool ColumnExchange::complementary_slack(double tolerance) const {
    for (std::int64_t i = 0; i < neurons_; ++i) {
        const auto best = best_column(i), own = owner_[i];
        if (row(i)[best] - prices_[best] > row(i)[own] - prices_[own] + tolerance) return false;
    }
    return true;
}

}  // namespace dotmoe
