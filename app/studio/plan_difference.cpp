#include "app/studio/plan_difference.h"

#include <functional>
#include <numeric>

#include "app/studio/figures.h"
#include "app/studio/tr.h"
#include "widgets/plan_image.h"

namespace dotmoe::studio {
namespace {

bool is_usable(const PlanSnapshot* plan) {
    return plan && isConsistent(*plan);
}

QString load_text(double load) {
    return load > 0 ? tr("%1×").arg(load, 0, 'f', 2) : tr("–");
}

}  // namespace

int neurons_elsewhere(const PlanSnapshot& a, const PlanSnapshot& b) {
    return std::inner_product(a.owner.begin(), a.owner.end(), b.owner.begin(), 0, std::plus(),
                              std::not_equal_to());
}

QString why_rows_differ(const PlanSnapshot* left, const PlanSnapshot* right) {
    if (!is_usable(left)) return tr("there is no plan on the left yet");
    if (!is_usable(right)) return tr("there is no plan on the right yet");
    if (left->layer != right->layer)
        return tr("layer %1 is on the left, layer %2 on the right").arg(left->layer).arg(right->layer);
    if (left->neurons != right->neurons || left->columns != right->columns ||
        left->shared_column != right->shared_column) {
        const auto shape = [](const PlanSnapshot& plan) {
            return plan.shared_column ? tr("%1 neurons × %2 experts and the shared one")
                                            .arg(plan.neurons)
                                            .arg(plan.columns - 1)
                                      : tr("%1 neurons × %2 experts").arg(plan.neurons).arg(plan.columns);
        };
        return tr("%1 on the left, %2 on the right").arg(shape(*left), shape(*right));
    }
    return {};
}

QString difference_text(const Compared& left, const Compared& right) {
    if (!is_usable(left.plan) || !is_usable(right.plan)) {
        auto why = why_rows_differ(left.plan, right.plan);
        why[0] = why[0].toUpper();
        return why;
    }
    const auto gaps = tr("soft–hard gap %1 left, %2 right")
                          .arg(share_text(left.plan->soft_hard_gap), share_text(right.plan->soft_hard_gap));
    if (why_rows_differ(left.plan, right.plan).isEmpty())
        return tr("%1 of %2 neurons have another expert · %3")
            .arg(neurons_elsewhere(*left.plan, *right.plan))
            .arg(left.plan->neurons)
            .arg(gaps);
    return tr("%1 · largest load %2 left, %3 right")
        .arg(gaps, load_text(left.largest_load), load_text(right.largest_load));
}

}  // namespace dotmoe::studio
