#include "pipeline/snapshots.h"

#include "transport/diagnostics.h"

namespace dotmoe {
namespace {

template <typename T>
std::vector<T> values(const at::Tensor& tensor, at::ScalarType type) {
    const auto plain = tensor.detach().to(at::kCPU, type).contiguous();
    const auto* first = plain.const_data_ptr<T>();
    return {first, first + plain.numel()};
}

}  // namespace

std::shared_ptr<const PlanSnapshot> plan_snapshot(const SnapshotPlace& place, const Layout& layout,
                                                  const LayerPlan& layer) {
    const auto& owner = layer.hard.owner;
    const auto capacities = layout.capacities(owner.size(0));
    const auto plan = layer.soft.detach().cpu();
    std::optional<double> gap;  // greedy knows no constraints
    if (!layer.allowed) gap = greedy_gap(layer.affinity.detach().cpu(), capacities, owner);
    return std::make_shared<PlanSnapshot>(PlanSnapshot{
        .stage = place.stage,
        .step = place.step,
        .layer = place.layer,
        .neurons = static_cast<int>(plan.size(0)),
        .columns = static_cast<int>(plan.size(1)),
        .shared_column = layout.shared > 0,
        .soft = values<float>(plan, at::kFloat),
        .owner = values<std::int32_t>(owner, at::kInt),
        .capacity = {capacities.begin(), capacities.end()},
        .margin = values<float>(margins(layer.affinity.detach(), owner, layer.hard.prices), at::kFloat),
        .temperature = place.temperature,
        .greedy_gap = gap,
        .soft_hard_gap = soft_hard_gap(plan, owner),
    });
}

std::shared_ptr<const LoadSnapshot> load_snapshot(Stage stage, std::int64_t step, int first_layer,
                                                  const at::Tensor& load) {
    return std::make_shared<LoadSnapshot>(LoadSnapshot{.stage = stage,
                                                       .step = step,
                                                       .first_layer = first_layer,
                                                       .layers = static_cast<int>(load.size(0)),
                                                       .experts = static_cast<int>(load.size(1)),
                                                       .load = values<float>(load, at::kFloat)});
}

}  // namespace dotmoe
