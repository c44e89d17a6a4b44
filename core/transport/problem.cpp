#include "transport/problem.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace dotmoe {
namespace {

[[noreturn]] void fail_not_finite(const at::Tensor& affinity) {
    const auto flat = affinity.reshape({-1});
    const auto bad = at::nonzero(~flat.isfinite()).flatten()[0].item<std::int64_t>();
    const auto columns = affinity.size(-1);
    fail("affinity is {} at neuron {}, column {}: it must be finite (a lower learning rate keeps it so)",
         flat[bad].item<double>(), bad / columns % affinity.size(-2), bad % columns);
}

}  // namespace

double check_problem(const at::Tensor& affinity, const Capacities& capacities) {
    if (affinity.dim() < 2 || !affinity.is_floating_point())
        fail("affinity is {}-dimensional {}: [.., neurons, columns] of a floating-point type is needed",
             affinity.dim(), affinity.toString());
    const auto neurons = affinity.size(-2), columns = affinity.size(-1);
    if (static_cast<std::int64_t>(capacities.size()) != columns)
        fail("affinity has {} columns but there are {} capacities", columns, capacities.size());
    std::int64_t room = 0;
    for (std::size_t e = 0; e < capacities.size(); ++e) {
        if (capacities[e] < 1 || capacities[e] > neurons)
            fail("capacity of column {} is {}: it must lie in 1..{}", e, capacities[e], neurons);
        room += capacities[e];
    }
    if (room != neurons) fail("capacities add up to {}, not to the {} neurons", room, neurons);
    const auto [least, most] = at::aminmax(affinity);  // NaN shows in both
    const double largest = std::max(-least.item<double>(), most.item<double>());
    if (!std::isfinite(largest)) fail_not_finite(affinity);
    return largest;
}

at::Tensor capacity_tensor(const Capacities& capacities, const at::Tensor& like) {
    return at::tensor(capacities, at::kLong).to(like.options());
}

}  // namespace dotmoe
