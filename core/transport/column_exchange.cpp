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
      members_(columns_),
      opened_(columns_, 0),
      cheapest_(columns_ * columns_, {kInfinity, -1}),
      heaps_(columns_ * columns_),
      distance_(columns_),
      previous_(columns_),
      settled_(columns_) {
    for (std::int64_t e = 0; e < columns_; ++e) surplus_[e] = -capacities[e];
    for (std::int64_t i = 0; i < neurons_; ++i) ++surplus_[owner_[i] = first_column(i)];
}

// Of the best columns the lowest that has room: equal affinities then need no repair.
std::int64_t ColumnExchange::first_column(std::int64_t neuron) const {
    const auto best = best_column(neuron);
    if (surplus_[best] < 0) return best;
    const double* a = row(neuron);
    for (auto e = best + 1; e < columns_; ++e)
        if (surplus_[e] < 0 && a[e] - prices_[e] == a[best] - prices_[best]) return e;
    return best;
}

std::int64_t ColumnExchange::best_column(std::int64_t neuron) const {
    const double* a = row(neuron);
    std::int64_t best = 0;
    double most = a[0] - prices_[0];
    for (std::int64_t e = 1; e < columns_; ++e) {
        const double profit = a[e] - prices_[e];
        if (profit > most) {
            most = profit;
            best = e;
        }
    }
    return best;
}

std::int64_t ColumnExchange::excess() const {
    std::int64_t total = 0;
    for (const auto surplus : surplus_) total += std::max<std::int64_t>(surplus, 0);
    return total;
}

bool ColumnExchange::fill() {
    for (auto left = excess(); left > 0; --left) {
        const auto target = shortest_path();
        if (!target) return false;
        raise_prices(*target);
        move_along_path(*target);
    }
    return true;
}

// Dijkstra over the columns, from every overfull one at once to the nearest with room. The edge e->f is as
// long as the least loss of A - p over the neurons of e that could move to f; ties go to the lowest column.
std::optional<std::int64_t> ColumnExchange::shortest_path() {
    std::fill(settled_.begin(), settled_.end(), 0);
    std::fill(previous_.begin(), previous_.end(), -1);
    for (std::int64_t e = 0; e < columns_; ++e) distance_[e] = surplus_[e] > 0 ? 0 : kInfinity;
    while (true) {
        std::int64_t from = -1;
        for (std::int64_t e = 0; e < columns_; ++e)
            if (!settled_[e] && (from < 0 || distance_[e] < distance_[from])) from = e;
        if (from < 0 || distance_[from] == kInfinity) return std::nullopt;
        if (surplus_[from] < 0) return from;
        settled_[from] = 1;
        if (!opened_[from]) open(from);
        const Candidate* cheapest = &cheapest_[from * columns_];
        for (std::int64_t to = 0; to < columns_; ++to) {
            if (settled_[to]) continue;
            // Never negative but for rounding of the prices.
            const double length = std::max(0.0, cheapest[to].cost - prices_[from] + prices_[to]);
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
    struct Move {
        std::int64_t neuron, from, to;
    };
    std::vector<Move> moves;  // chosen before any is made: each is from another column
    for (auto to = target; previous_[to] >= 0; to = previous_[to])
        moves.push_back({cheapest_[previous_[to] * columns_ + to].neuron, previous_[to], to});
    ++surplus_[target];
    --surplus_[moves.back().from];
    for (const auto& [neuron, from, to] : moves) owner_[neuron] = to;
    for (const auto& [neuron, from, to] : moves) {
        enter(to, neuron);
        leave(from, neuron);
    }
}

void ColumnExchange::open(std::int64_t column) {
    opened_[column] = 1;
    for (std::int64_t i = 0; i < neurons_; ++i)
        if (owner_[i] == column) enter(column, i);
}

void ColumnExchange::enter(std::int64_t column, std::int64_t neuron) {
    if (!opened_[column]) return;  // open() will find it
    members_[column].push_back(neuron);
    const double* a = row(neuron);
    for (std::int64_t to = 0; to < columns_; ++to) {
        const Candidate candidate{a[column] - a[to], neuron};
        auto& cheapest = cheapest_[column * columns_ + to];
        if (cheapest > candidate) cheapest = candidate;
        auto& heap = heaps_[column * columns_ + to];
        if (heap.empty()) continue;
        heap.push_back(candidate);
        std::push_heap(heap.begin(), heap.end(), std::greater<>());
    }
}

void ColumnExchange::leave(std::int64_t column, std::int64_t neuron) {
    for (std::int64_t to = 0; to < columns_; ++to)
        if (cheapest_[column * columns_ + to].neuron == neuron) replace_cheapest(column, to);
}

// The heap makes this cheap for a large column too, where neuron after neuron leaves.
void ColumnExchange::replace_cheapest(std::int64_t from, std::int64_t to) {
    auto& heap = heaps_[from * columns_ + to];
    if (heap.empty()) {
        for (const auto i : members_[from])
            if (owner_[i] == from) heap.push_back({row(i)[from] - row(i)[to], i});
        std::make_heap(heap.begin(), heap.end(), std::greater<>());
    }
    while (!heap.empty() && owner_[heap.front().neuron] != from) {
        std::pop_heap(heap.begin(), heap.end(), std::greater<>());
        heap.pop_back();
    }
    cheapest_[from * columns_ + to] = heap.empty() ? Candidate{kInfinity, -1} : heap.front();
}

bool ColumnExchange::complementary_slack(double tolerance) const {
    for (std::int64_t i = 0; i < neurons_; ++i) {
        const auto best = best_column(i), own = owner_[i];
        if (row(i)[best] - prices_[best] > row(i)[own] - prices_[own] + tolerance) return false;
    }
    return true;
}

}  // namespace dotmoe
