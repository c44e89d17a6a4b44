// What two plans side by side differ in, in words.
#pragma once

#include <QString>

#include "events/snapshot.h"

namespace dotmoe::studio {

/// A plan, null where there is none, and the largest load beside it; 0: none is known.
struct Compared {
    const PlanSnapshot* plan = nullptr;
    double largest_load = 0;
};

/// Neurons that have another owner; of plans of as many neurons.
int neurons_elsewhere(const PlanSnapshot& a, const PlanSnapshot& b);

/// One line. Of the same layer in the same shape: how many neurons have another expert. Of others: the
/// largest loads. Of both the soft-hard gaps.
QString difference_text(const Compared& left, const Compared& right);

/// Why a neuron of the right cannot stand in the row that it has on the left; empty where it can: layer,
/// neurons and columns agree.
QString why_rows_differ(const PlanSnapshot* left, const PlanSnapshot* right);

}  // namespace dotmoe::studio
