#include "transport/constraints.h"

#include <limits>
#include <span>

#include "base/error.h"
#include "transport/column_exchange.h"

namespace dotmoe {
namespace {

at::Tensor as_asked(std::int64_t neurons, const Capacities& capacities,
                    const std::vector<Constraint>& constraints) {
    const auto columns = static_cast<std::int64_t>(capacities.size());
    auto allowed = at::ones({neurons, columns}, at::kBool);
    for (const auto& [kind, neuron, column] : constraints) {
        if (neuron < 0 || neuron >= neurons || column < 0 || column >= columns)
            fail_usage("neuron {} and column {} are no place in a plan of {} neurons and {} columns", neuron,
                       column, neurons, columns);
        auto row = allowed[neuron];
        if (kind == Constraint::Kind::forbid) {
            row[column] = false;
        } else {
            const bool open = row[column].item<bool>();
            row.fill_(false);
            row[column] = open;
        }
        if (!row.any().item<bool>())
            fail_usage(
                "neuron {} is left without a column: its pins and forbidden columns contradict each other",
                neuron);
    }
    return allowed;
}

/// reach[e][f]: a neuron of e may move to f, directly or by pushing others on (Warshall).
std::vector<std::vector<char>> reachable(const at::Tensor& allowed, const std::vector<std::int64_t>& owner) {
    const auto columns = static_cast<std::size_t>(allowed.size(1));
    std::vector reach(columns, std::vector<char>(columns, 0));
    const auto open = allowed.accessor<bool, 2>();
    for (std::size_t i = 0; i < owner.size(); ++i)
        for (std::size_t f = 0; f < columns; ++f)
            if (open[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(f)]) reach[owner[i]][f] = 1;
    for (std::size_t via = 0; via < columns; ++via)
        for (std::size_t from = 0; from < columns; ++from)
            if (reach[from][via])
                for (std::size_t to = 0; to < columns; ++to) reach[from][to] |= reach[via][to];
    return reach;
}

}  // namespace

at::Tensor allowed_columns(std::int64_t neurons, const Capacities& capacities,
                           const std::vector<Constraint>& constraints) {
    auto allowed = as_asked(neurons, capacities, constraints);
    const auto affinity = only_allowed(at::zeros(allowed.sizes(), at::kDouble), allowed);
    check_problem(at::zeros_like(affinity), capacities);
    ColumnExchange exchange({affinity.const_data_ptr<double>(), static_cast<std::size_t>(affinity.numel())},
                            capacities, std::vector<double>(capacities.size(), 0.0));
    if (!exchange.fill())
        fail_usage("no plan obeys all pinned and forbidden columns and keeps every capacity");

    // From one such plan all others come by moving neurons around cycles of columns, so an entry is used by
    // one of them where its column leads back to the neuron's own.
    const auto reach = reachable(allowed, exchange.owner());
    auto open = allowed.accessor<bool, 2>();
    for (std::int64_t i = 0; i < neurons; ++i)
        for (std::int64_t e = 0; e < allowed.size(1); ++e)
            open[i][e] = open[i][e] && reach[e][exchange.owner()[i]];
    return allowed;
}

at::Tensor only_allowed(const at::Tensor& affinity, const at::Tensor& allowed) {
    const auto last = affinity.sizes().slice(affinity.dim() - 2);
    if (allowed.sizes() != affinity.sizes() && allowed.sizes() != last)
        fail("the allowed columns are of another shape than the affinity");
    return affinity.masked_fill(allowed.to(affinity.device()).logical_not(),
                                -std::numeric_limits<double>::infinity());
}

}  // namespace dotmoe
