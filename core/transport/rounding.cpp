#include "transport/rounding.h"

#include <ATen/core/grad_mode.h>

#include <cassert>
#include <cmath>

#include "base/error.h"
#include "transport/column_exchange.h"
#include "transport/constraints.h"
#include "transport/sinkhorn.h"

namespace dotmoe {
namespace {

constexpr double kLargest = 1e150;  // above it differences and sums of affinities could overflow

// Temperature of the prices, in standard deviations of the affinity: as low as a few iterations can follow.
constexpr double kPriceTemperature = 0.1;
constexpr int kPriceIterations = 20;

// Given prices that misplace more than one neuron in this many (they come from a high temperature, say) meet
// a rival.
constexpr std::int64_t kPoorPrices = 16;

std::vector<double> to_vector(const at::Tensor& values) {
    const auto doubles = values.to(at::kCPU, at::kDouble).contiguous();
    return {doubles.const_data_ptr<double>(), doubles.const_data_ptr<double>() + doubles.numel()};
}

/// Of finite affinity [N, columns].
std::vector<double> sinkhorn_prices(const at::Tensor& affinity, const Capacities& capacities,
                                    const std::optional<at::Tensor>& allowed) {
    const auto centred = affinity - affinity.mean(-1, true);  // a row's mean moves no neuron
    const double spread = centred.square().mean().sqrt().item<double>();
    if (!(spread > 0)) return std::vector<double>(capacities.size(), 0.0);
    const auto solved = sinkhorn((centred / spread).to(at::kFloat), capacities,
                                 {.temperature = kPriceTemperature,
                                  .max_iterations = kPriceIterations,
                                  .tolerance = 1e-2,
                                  .allowed = allowed});
    return to_vector(solved.g.to(at::kDouble) * (-kPriceTemperature * spread));
}

std::vector<double> checked_prices(const at::Tensor& prices, const Capacities& capacities) {
    auto result = to_vector(prices);
    if (result.size() != capacities.size())
        fail("{} prices for {} columns", result.size(), capacities.size());
    for (const double price : result)
        if (!(std::abs(price) <= kLargest)) fail("a price of the rounding is {}: it must be finite", price);
    return result;
}

at::Tensor owner_tensor(const std::vector<std::int64_t>& owner) {
    return at::tensor(owner, at::TensorOptions(at::kLong));
}

/// Returns the largest |A_ie|.
double check_one_problem(const at::Tensor& affinity, const Capacities& capacities) {
    const double largest = check_problem(affinity, capacities);
    if (affinity.dim() != 2) fail("rounding takes one layer at a time, not {} dimensions", affinity.dim());
    return largest;
}

}  // namespace

ExactPlan round_exact(const at::Tensor& affinity, const Capacities& capacities,
                      const std::optional<at::Tensor>& prices, const std::optional<at::Tensor>& allowed) {
    const at::NoGradGuard no_grad;
    const double largest = check_one_problem(affinity, capacities);
    if (largest > kLargest) fail("affinity reaches {}: at most {} can be rounded exactly", largest, kLargest);
    const auto finite = affinity.to(at::kCPU);
    const auto values = (allowed ? only_allowed(finite, *allowed) : finite).to(at::kDouble).contiguous();
    const std::span<const double> entries(values.const_data_ptr<double>(),
                                          static_cast<std::size_t>(values.numel()));

    const auto start_at = [&](std::vector<double> start) {
        return ColumnExchange(entries, capacities, std::move(start));
    };
    auto exchange =
        start_at(prices ? checked_prices(*prices, capacities) : sinkhorn_prices(finite, capacities, allowed));
    if (prices && exchange.excess() > values.size(0) / kPoorPrices) {
        auto second = start_at(sinkhorn_prices(finite, capacities, allowed));
        if (second.excess() < exchange.excess()) exchange = std::move(second);
    }
    if (!exchange.fill()) fail("no plan keeps to the allowed columns and every capacity");
    assert(exchange.complementary_slack(1e-9 * std::max(largest, 1e-300)));
    return {owner_tensor(exchange.owner()), at::tensor(exchange.prices(), at::kDouble)};
}

at::Tensor round_greedy(const at::Tensor& scores, const Capacities& capacities) {
    const at::NoGradGuard no_grad;
    check_one_problem(scores, capacities);
    const auto columns = scores.size(1);
    const auto order =
        std::get<1>(at::sort(scores.to(at::kCPU).flatten(), /*stable=*/true, 0, /*descending=*/true));
    const std::span<const std::int64_t> ranked(order.const_data_ptr<std::int64_t>(),
                                               static_cast<std::size_t>(order.numel()));
    auto room = capacities;
    std::vector<std::int64_t> owner(scores.size(0), -1);
    for (const auto entry : ranked) {
        const auto neuron = entry / columns, column = entry % columns;
        if (owner[neuron] >= 0 || room[column] == 0) continue;
        owner[neuron] = column;
        --room[column];
    }
    return owner_tensor(owner);
}

double plan_value(const at::Tensor& affinity, const at::Tensor& owner) {
    return affinity.gather(-1, owner.to(affinity.device()).unsqueeze(-1)).sum(at::kDouble).item<double>();
}

double greedy_gap(const at::Tensor& affinity, const Capacities& capacities, const at::Tensor& exact_owner) {
    const double exact = plan_value(affinity, exact_owner);
    const double greedy = plan_value(affinity, round_greedy(affinity, capacities));
    const auto share =
        capacity_tensor(capacities, affinity).to(at::kDouble) / static_cast<double>(affinity.size(0));
    const double mean =
        affinity.to(at::kDouble).sum(0).dot(share).item<double>();  // of a random balanced plan
    return exact > mean ? (exact - greedy) / (exact - mean) : 0;
}

}  // namespace dotmoe
